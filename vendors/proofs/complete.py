"""What is still missing of a proof before it can be handed in: plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Considered:
    """Another cause that was considered, and the fact that ruled it out; either may not be written yet."""

    cause: str = ""
    ruled_out_by: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.cause.strip() and not self.ruled_out_by.strip()

    @property
    def is_whole(self) -> bool:
        return bool(self.cause.strip() and self.ruled_out_by.strip())


@dataclass(frozen=True, kw_only=True)
class Lack:
    """`field`: the text that is missing (a field of the proof, or “other_causes”); `words`: what to do about it."""

    field: str
    words: str | Promise


LACKS: Mapping[str, Promise] = {
    "cause": _("Say what the cause was."),
    "how_known": _("Say how you know that this is the cause."),
    "assumptions": _("Say which assumptions that rests on; where there are none, say so."),
    "prevention": _("Say what keeps it from coming back."),
    "reach": _("Say which other systems need the same; where there are none, say so."),
}
NO_OTHER = _(
    "Name at least one other cause that you considered with the fact that ruled it out, or say why you considered none."
)
HALF_A_CAUSE = _("Write both for each other cause: what it was, and the fact that ruled it out.")
ORDER = ("cause", "how_known", "assumptions", "other_causes", "prevention", "reach")  # as the form asks for them


def lacks_of(texts: Mapping[str, str], others: Iterable[Considered], *, in_file: bool = False) -> tuple[Lack, ...]:
    """All that is missing, in the order of the form; empty: it can be handed in.

    `texts`: what is written, by field of the proof. `in_file`: a member hands in what came as a file by mail: that file
    says the rest, the cause is wanted in words all the same.
    """
    said = [other for other in others if not other.is_empty]
    found = {field: words for field, words in LACKS.items() if not texts.get(field, "").strip()}
    if any(not other.is_whole for other in said):
        found["other_causes"] = HALF_A_CAUSE
    elif not said and not texts.get("why_no_other", "").strip():
        found["other_causes"] = NO_OTHER
    wanted = ("cause",) if in_file else ORDER
    return tuple(Lack(field=field, words=found[field]) for field in wanted if field in found)
