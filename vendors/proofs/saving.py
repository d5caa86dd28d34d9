"""The texts of a proof, saved as they are written: by the vendor through its link, or by a member who was told.

Nobody at the customer reads them before they are handed in, so the trail keeps which text was written, not its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork.saved import Closed, Conflict, Invalid, Outcome, Saved
from vendors.models import PROOF_AT_VENDOR, PROOF_SAVED, CauseProof, DeskLink, OtherCause
from vendors.proofs.complete import Considered
from vendors.proofs.transitions import NOT_NOW, NotPossible, actor_of, require

Stored = TypeVar("Stored")
LONGEST = 20_000  # characters of one text
MOST_OTHERS = 20  # other causes: whoever considered more has not found it


def save_text(
    by: DeskLink | Membership,
    proof: CauseProof,
    field: str,
    text: str,
    version: int,
    *,
    now: datetime,
    seen: str | None = None,
) -> Outcome[str]:
    """Keep one text while it is the vendor's turn. Conflict, with what stands there, where somebody changed the proof
    since `version`; not where `seen`, what this text was then, is still what stands there: they wrote another one.

    Raises ValueError for a field that is none of `PROOF_SAVED`, PermissionDenied for whoever it does not concern.
    """
    if field not in PROOF_SAVED:
        raise ValueError(field)
    wanted = text.strip()
    if len(wanted) > LONGEST:
        return Invalid(errors={field: _("Shorten it to %(count)s characters at most.") % {"count": LONGEST}})

    def stored(row: CauseProof) -> str:
        return str(getattr(row, field))

    def write(row: CauseProof) -> None:
        setattr(row, field, wanted)

    return _save(by, proof, field, version, wanted=wanted, seen=seen, stored=stored, write=write)


def save_other_causes(
    by: DeskLink | Membership,
    proof: CauseProof,
    others: Iterable[Considered],
    version: int,
    *,
    now: datetime,
    seen: Sequence[Considered] | None = None,
) -> Outcome[tuple[Considered, ...]]:
    """Keep all other causes, in their order and without empty ones; else as `save_text`."""
    wanted = tuple(
        Considered(cause=other.cause.strip(), ruled_out_by=other.ruled_out_by.strip())
        for other in others
        if not other.is_empty
    )
    if len(wanted) > MOST_OTHERS or any(len(one.cause + one.ruled_out_by) > LONGEST for one in wanted):
        return Invalid(errors={"other_causes": _("Shorten it: there is room for 20 other causes.")})

    def write(row: CauseProof) -> None:
        row.other_causes.all().delete()
        OtherCause.objects.bulk_create(
            OtherCause(proof=row, position=position, cause=one.cause, ruled_out_by=one.ruled_out_by)
            for position, one in enumerate(wanted, start=1)
        )

    before = None if seen is None else tuple(seen)
    return _save(by, proof, "other_causes", version, wanted=wanted, seen=before, stored=considered, write=write)


def save_other_cause(
    by: DeskLink | Membership,
    proof: CauseProof,
    pk: int,
    other: Considered,
    version: int,
    *,
    now: datetime,
    seen: Considered | None = None,
) -> Outcome[Considered]:
    """Keep one row of the other causes, which may become empty; else as `save_text`. OtherCause.DoesNotExist where the
    proof has no such row."""
    wanted = Considered(cause=other.cause.strip(), ruled_out_by=other.ruled_out_by.strip())
    if len(wanted.cause + wanted.ruled_out_by) > LONGEST:
        return Invalid(errors={"cause": _("Shorten it to %(count)s characters at most.") % {"count": LONGEST}})

    def stored(row: CauseProof) -> Considered:
        there = row.other_causes.get(pk=pk)
        return Considered(cause=there.cause, ruled_out_by=there.ruled_out_by)

    def write(row: CauseProof) -> None:
        row.other_causes.filter(pk=pk).update(cause=wanted.cause, ruled_out_by=wanted.ruled_out_by)

    return _save(by, proof, "other_causes", version, wanted=wanted, seen=seen, stored=stored, write=write)


def add_other_cause(by: DeskLink | Membership, proof: CauseProof) -> OtherCause:
    """An empty row to write another cause into, each person their own. NotPossible where it is not the vendor's turn,
    or where there are enough."""
    with transaction.atomic():
        row = CauseProof.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=proof.pk)
        require(by, row)
        if row.state not in PROOF_AT_VENDOR:
            raise NotPossible(NOT_NOW[row.state])
        if row.other_causes.count() >= MOST_OTHERS:
            raise NotPossible(_("A proof of cause holds at most %(count)s other causes.") % {"count": MOST_OTHERS})
        last = row.other_causes.aggregate(last=Max("position"))["last"] or 0
        return row.other_causes.create(position=last + 1)


def considered(proof: CauseProof) -> tuple[Considered, ...]:
    """Its other causes, in their order; rows that are still empty say nothing."""
    rows = (Considered(cause=row.cause, ruled_out_by=row.ruled_out_by) for row in proof.other_causes.all())
    return tuple(one for one in rows if not one.is_empty)


def _save(
    by: DeskLink | Membership,
    proof: CauseProof,
    field: str,
    version: int,
    *,
    wanted: Stored,
    seen: Stored | None,
    stored: Callable[[CauseProof], Stored],
    write: Callable[[CauseProof], None],
) -> Outcome[Stored]:
    with transaction.atomic():
        row = CauseProof.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=proof.pk)
        require(by, row)
        if row.state not in PROOF_AT_VENDOR:
            return Closed(reason=str(NOT_NOW[row.state]))
        there = stored(row)
        if there == wanted:
            # Also a retry whose first attempt arrived though its reply did not: no conflict with oneself.
            return Saved(version=row.version)
        if row.version != version and seen != there:
            return Conflict(stored=there)
        write(row)
        row.version += 1
        row.save()
        audit.record(actor_of(by), "causeproof.written", row, after={"written": field})
    return Saved(version=row.version, changed=frozenset({field}))
