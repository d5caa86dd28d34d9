"""What a proof is made of, as its page shows and saves it: five texts, the other causes, and why there were none.

Each part is saved by itself. What a page has seen of it is told by a fingerprint of its words and not by the version of
the whole: so one person who writes in two places never meets themselves, and two people who write in the same place
always meet each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from groundwork.canonical import canonical, hash_of
from vendors.models import CauseProof, OtherCause

OTHER = "other-"  # and the row's number: the key of another cause
BEFORE_OTHERS = ("cause", "how_known", "assumptions")
AFTER_OTHERS = ("why_no_other", "prevention", "reach")
TEXTS = (*BEFORE_OTHERS, *AFTER_OTHERS)
OTHER_FIELDS = ("cause", "ruled_out_by")


@dataclass(frozen=True, kw_only=True)
class Part:
    """`key`: a field of the proof, or `other-` and the number of a row; `texts`: field → what stands in it."""

    key: str
    texts: Mapping[str, str]

    @property
    def seen(self) -> str:
        """Sixteen characters that stand for exactly these words."""
        return hash_of(canonical(self.texts))[:16]

    @property
    def is_blank(self) -> bool:
        return not any(text.strip() for text in self.texts.values())

    def saying(self, texts: Mapping[str, str]) -> Part:
        """The same part with these words; a field that is not named keeps its own."""
        return replace(self, texts={name: texts.get(name, text).strip() for name, text in self.texts.items()})


def parts_of(proof: CauseProof, others: Sequence[OtherCause]) -> tuple[Part, ...]:
    """In the order of the page."""
    rows = (of_row(other) for other in others)
    before, after = ([of_text(proof, name) for name in names] for names in (BEFORE_OTHERS, AFTER_OTHERS))
    return (*before, *rows, *after)


def of_text(proof: CauseProof, name: str) -> Part:
    return Part(key=name, texts={"text": str(getattr(proof, name))})


def of_row(other: OtherCause) -> Part:
    return Part(key=f"{OTHER}{other.pk}", texts={name: str(getattr(other, name)) for name in OTHER_FIELDS})
