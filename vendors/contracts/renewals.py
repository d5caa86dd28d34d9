"""What happens to contracts by itself: a term renews, or the last one ends."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts.trail import audit
from vendors.contracts.agreed import OF_THE_DECISION, OF_THE_TERM, settle
from vendors.models import Contract, ContractQuerySet, TermDecision

AT_ONCE = 500  # contracts a run; the next run takes the next ones
TOLD = (*OF_THE_TERM, *OF_THE_DECISION)


def move_on(today: date) -> int:
    """Move each contract whose term is over to the one that runs today, or end it; how many moved. Safe to run twice,
    or in two places at once, and after any time without a run."""
    moved = 0
    for pk in _past_their_term(today).order_by("ends_on", "pk").values_list("pk", flat=True)[:AT_ONCE]:
        moved += _move_on(pk, today)
    return moved


def _past_their_term(today: date) -> ContractQuerySet:
    """Without those that go on by decision and have no next term: their new end has to be entered."""
    waiting = Q(decision=TermDecision.CONTINUE, renews_months=None)
    return Contract.objects.running().filter(ends_on__lt=today).exclude(waiting)


@transaction.atomic
def _move_on(pk: int, today: date) -> bool:
    """False where somebody was quicker."""
    rows = _past_their_term(today).filter(pk=pk).select_related("vendor__organisation")
    contract = rows.select_for_update(of=("self",), no_key=True).first()
    if contract is None:
        return False
    before = audit.snapshot(contract, TOLD)
    settle(contract, today)
    contract.save(update_fields=[*TOLD, "updated_at"])
    verb = "contract.ended" if contract.ended_on else "contract.renewed"
    audit.record(None, verb, contract, before=before, after=audit.snapshot(contract, TOLD))
    return True
