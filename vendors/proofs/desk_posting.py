"""The whole page of a proof as a browser without JavaScript sends it, and what came of saving it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from groundwork.saved import Closed, Outcome, Saved, status_of
from vendors.models import CauseProof
from vendors.proofs.desk_forms import PartForm
from vendors.proofs.parts import OTHER, OTHER_FIELDS, Part, parts_of

REFUSED = 422


@dataclass(frozen=True, kw_only=True)
class PostedPage:
    """`forms`: of the parts that the page sent; `lost`: the words of rows that are gone meanwhile."""

    forms: tuple[PartForm, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SavedPage:
    """`outcomes`: by the key of each part; `refused`: why a file was not kept, in words; empty: none was refused."""

    posted: PostedPage
    outcomes: Mapping[str, Outcome[Part]]
    refused: str

    @property
    def unsaved(self) -> dict[str, PartForm]:
        return {one.part.key: one for one in self.posted.forms if not isinstance(self.outcomes[one.part.key], Saved)}

    @property
    def is_whole(self) -> bool:
        return not (self.unsaved or self.refused or self.posted.lost)

    @property
    def closed(self) -> str:
        """Why nothing is taken any more; empty while something is."""
        return next((one.reason for one in self.outcomes.values() if isinstance(one, Closed)), "")

    @property
    def status(self) -> int:
        beside = REFUSED if self.refused or self.posted.lost else 200
        return max(status_of(self.outcomes.values()), beside)


def posted(sent: QueryDict, proof: CauseProof) -> PostedPage:
    """Without the part whose other version was taken. “Keep mine” names what the person has seen and replaces."""
    data, taken = sent.copy(), sent.get("take", "")
    kept, _colon, seen = sent.get("keep", "").partition(":")
    if seen:
        data[f"{kept}-version"] = seen
    parts = {part.key: part for part in parts_of(proof, list(proof.other_causes.all()))}
    wanted = [part for key, part in parts.items() if f"{key}-version" in data and key != taken]
    return PostedPage(forms=tuple(PartForm(data, part=part) for part in wanted), lost=_lost(data, parts))


def _lost(data: QueryDict, parts: Collection[str]) -> tuple[str, ...]:
    sent = {name.removesuffix("-version") for name in data if name.startswith(OTHER) and name.endswith("-version")}
    fields = (f"{key}-{name}" for key in sorted(sent - set(parts)) for name in OTHER_FIELDS)
    return tuple(filter(None, (data.get(field, "").strip() for field in fields)))
