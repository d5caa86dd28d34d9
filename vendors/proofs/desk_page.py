"""The page on which a vendor writes its proof, as its template shows it: what happened, each part, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from vendors.models import CauseProof, DeskLink, ProofFile
from vendors.proofs.complete import Considered, lacks_of
from vendors.proofs.desk_forms import PartForm
from vendors.proofs.desk_words import HINTS, LABELS, OTHER_LABELS
from vendors.proofs.parts import AFTER_OTHERS, BEFORE_OTHERS, TEXTS, Part, parts_of
from vendors.proofs.shared import SharedIncident, shared

OTHERS = "other_causes"  # what `complete` calls them together, and where their heading stands on the page


@dataclass(frozen=True, kw_only=True)
class FieldRow:
    """One text that is written; `theirs`: what somebody else wrote meanwhile, None where nobody did."""

    part: str  # what the part calls it; `name`, `id`: with the key of its part before it, for the page
    name: str
    id: str
    label: str | Promise
    value: str
    error: str
    theirs: str | None


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """One part. `key` stands before the name of each field; `stored`: what somebody else wrote meanwhile."""

    key: str
    title: str
    hint: str | Promise
    draft: str  # by which a browser keeps what it could not save yet
    url: str
    version: str
    fields: tuple[FieldRow, ...]
    stored: Part | None

    @property
    def errors(self) -> bool:
        return any(field.error for field in self.fields)


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What is still to be written, and where."""

    anchor: str
    words: str | Promise


@dataclass(frozen=True, kw_only=True)
class ProofPage:
    """`rows`: by the part they stand in: `before`, `others`, `after`. `missing`: empty when it can be handed in."""

    proof: CauseProof
    incident: SharedIncident
    before: tuple[PartRow, ...]
    others: tuple[PartRow, ...]
    after: tuple[PartRow, ...]
    missing: tuple[Missing, ...]
    files: tuple[ProofFile, ...]
    is_late: bool

    @property
    def rows(self) -> tuple[PartRow, ...]:
        return (*self.before, *self.others, *self.after)

    @property
    def unsaved(self) -> tuple[PartRow, ...]:
        return tuple(row for row in self.rows if row.stored or row.errors)


def page_of(link: DeskLink, proof: CauseProof, typed: Mapping[str, PartForm], *, today: date) -> ProofPage:
    """`typed`: the forms that could not be saved, by the key of their part. Five queries."""
    others = list(proof.other_causes.all())
    parts = parts_of(proof, others)
    rows = [_row(link, proof, typed.get(part.key) or PartForm(part=part), number) for part, number in _counted(parts)]
    causes = [Considered(cause=other.cause, ruled_out_by=other.ruled_out_by) for other in others]
    return ProofPage(
        proof=proof,
        incident=shared(proof.incident),
        before=tuple(row for row in rows if row.key in BEFORE_OTHERS),
        others=tuple(row for row in rows if row.key not in TEXTS),
        after=tuple(row for row in rows if row.key in AFTER_OTHERS),
        missing=missing_of(proof, causes),
        files=tuple(proof.files.select_related("uploaded_by", "uploaded_through")),
        is_late=proof.is_late(today),
    )


def missing_of(proof: CauseProof, others: Iterable[Considered]) -> tuple[Missing, ...]:
    texts = {name: str(getattr(proof, name)) for name in TEXTS}
    return tuple(
        Missing(anchor=OTHERS if lack.field == OTHERS else f"{lack.field}-text", words=lack.words)
        for lack in lacks_of(texts, others)
    )


def row_of(link: DeskLink, proof: CauseProof, form: PartForm) -> PartRow:
    """One part alone, as autosave.js shows it beside a conflict."""
    return _row(link, proof, form, 0)


def _counted(parts: Iterable[Part]) -> list[tuple[Part, int]]:
    """Each part with its number among the other causes; 0 for what is none."""
    counted, number = [], 0
    for part in parts:
        number += part.key not in TEXTS
        counted.append((part, number if part.key not in TEXTS else 0))
    return counted


def _row(link: DeskLink, proof: CauseProof, form: PartForm, number: int) -> PartRow:
    part = form.part
    is_other = part.key not in TEXTS
    return PartRow(
        key=part.key,
        title=_("Another cause, no. %(number)s") % {"number": number} if is_other else str(LABELS[part.key]),
        hint="" if is_other else HINTS[part.key],
        draft=f"proof-{proof.pk}-{part.key}",
        url=reverse("vendor_proof_save", args=[link.pk, proof.pk, part.key]),
        version=form.version_shown,
        fields=tuple(_field(form, name) for name in part.texts),
        stored=form.stored,
    )


def _field(form: PartForm, name: str) -> FieldRow:
    part = form.part
    return FieldRow(
        part=name,
        name=f"{part.key}-{name}",
        id=f"{part.key}-{name}",
        label=LABELS[part.key] if part.key in TEXTS else OTHER_LABELS[name],
        value=form.values[name],
        error=form.refused.get(name, ""),
        theirs=form.stored.texts[name] if form.stored else None,
    )
