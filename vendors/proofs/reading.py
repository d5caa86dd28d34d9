"""Proofs as a member reads them: which they may see, as lists show them, and what was handed in.

Nobody at the customer reads what the vendor has not handed in. Whoever still judges the vendor sees none of it: what a
proof says of a cause would lead them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from vendors.models import PROOF_SAVED, CauseProof, CauseProofQuerySet, ProofFile, ProofStep
from vendors.proofs.complete import Considered
from vendors.proofs.outcomes import outcomes_of
from vendors.proofs.returning import Outcome
from vendors.proofs.words import Standing, standing
from vendors.withheld import withheld

RELATED = ("vendor", "incident__service", "contact", "owner")
LABELS: Mapping[str, Promise] = {  # of what the vendor says, for those who read it
    "cause": _("The cause"),
    "how_known": _("How the vendor knows it"),
    "assumptions": _("On which assumptions that rests"),
    "prevention": _("What keeps it from coming back"),
    "reach": _("Which other systems need the same"),
    "why_no_other": _("Why no other cause was considered"),
}


@dataclass(frozen=True, kw_only=True)
class ProofRow:
    proof: CauseProof
    standing: Standing
    outcome: Outcome | None


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """What was handed in at one time, as it was frozen. `texts`: field → words; `files`: row number → name."""

    step: ProofStep
    texts: Mapping[str, str]
    others: tuple[Considered, ...]
    files: Mapping[int, str]

    @property
    def said(self) -> list[tuple[Promise, str]]:
        """Label and words of each text that says something, in the order of the form."""
        return [(LABELS[name], self.texts[name]) for name in PROOF_SAVED if self.texts.get(name)]


def readable(member: Membership) -> CauseProofQuerySet:
    """The proofs of the organisation, without those of vendors that this member still judges. One query more."""
    return CauseProof.objects.for_member(member).exclude(vendor__in=withheld(member))


def complete(rows: CauseProofQuerySet) -> CauseProofQuerySet:
    """With all that a row shows."""
    return rows.select_related(*RELATED)


def rows_of(
    proofs: Iterable[CauseProof], *, today: date, now: datetime, outcomes: Mapping[int, Outcome] | None = None
) -> list[ProofRow]:
    """Of `complete` rows. `outcomes`: what became of their causes; where nobody knows it yet, it is found, in four
    queries where any is accepted."""
    found = list(proofs)
    outcomes = outcomes_of(found, now=now) if outcomes is None else outcomes
    return [
        ProofRow(proof=proof, standing=standing(proof, today, outcomes.get(proof.pk)), outcome=outcomes.get(proof.pk))
        for proof in found
    ]


def handed_in(proof: CauseProof) -> Sequence[HandedIn]:
    """Each time it was handed in, the latest last. One query."""
    steps = proof.steps.exclude(content=None).select_related("user", "link").order_by("at", "pk")
    return [content_of(step) for step in steps]


def content_of(step: ProofStep) -> HandedIn:
    content: Mapping[str, Any] = step.content or {}
    return HandedIn(
        step=step,
        texts=content.get("texts", {}),
        others=tuple(Considered(**one) for one in content.get("other_causes", ())),
        files={one["pk"]: one["name"] for one in content.get("files", ())},
    )


def files_of(proof: CauseProof, given: Iterable[HandedIn]) -> list[ProofFile]:
    """The files that were handed in, at whatever time."""
    named = {pk for one in given for pk in one.files}
    return list(proof.files.filter(pk__in=named).select_related("uploaded_by", "uploaded_through")) if named else []
