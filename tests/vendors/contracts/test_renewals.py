"""What happens to contracts by itself, once a day."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import Cast, make_contract
from vendors.contracts import changes, renewals
from vendors.models import Contract, TermDecision, Vendor

pytestmark = pytest.mark.django_db
BEFORE, LAST_DAY, AFTER = date(2026, 3, 2), date(2026, 12, 31), date(2027, 1, 1)


def contract_of(vendor: Vendor, **fields: object) -> Contract:
    return make_contract(vendor, today=BEFORE, **{"ends_on": LAST_DAY, **fields})


def decided(cast: Cast, contract: Contract, decision: TermDecision) -> Contract:
    return changes.decide(cast.assessor, contract, decision=decision, reason="Said in March.", today=BEFORE)


def told(verb: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb=verb))


def test_a_term_that_renewed_is_undecided_and_the_trail_keeps_the_decision(cast: Cast, vendor: Vendor) -> None:
    contract = decided(cast, contract_of(vendor), TermDecision.CONTINUE)
    assert renewals.move_on(LAST_DAY) == 0
    assert renewals.move_on(AFTER) == 1
    contract.refresh_from_db()
    assert (contract.ends_on, contract.decide_by) == (date(2027, 12, 31), date(2027, 9, 30))
    assert (contract.decision, contract.decided_on, contract.decided_by_id) == ("", None, None)
    assert Contract.objects.to_decide().get() == contract
    (entry,) = told("contract.renewed")
    assert entry.actor is None
    assert entry.vendor_ref == vendor.pk
    assert (entry.before["decision"], entry.before["decision_reason"]) == ("continue", "Said in March.")
    assert (entry.before["ends_on"], entry.after["ends_on"]) == ("2026-12-31", "2027-12-31")


def test_a_contract_that_nobody_decided_about_renews_too(vendor: Vendor) -> None:
    contract_of(vendor)
    assert renewals.move_on(AFTER) == 1
    assert Contract.objects.get().ends_on == date(2027, 12, 31)


@pytest.mark.parametrize("renews", [12, None])
def test_a_contract_that_was_to_end_ends_whether_it_would_renew_or_not(
    cast: Cast, vendor: Vendor, renews: int | None
) -> None:
    decided(cast, contract_of(vendor, renews_months=renews), TermDecision.END)
    assert renewals.move_on(AFTER) == 1
    kept = Contract.objects.get()
    assert (kept.ended_on, kept.ends_on, kept.decision) == (LAST_DAY, LAST_DAY, TermDecision.END)
    assert len(told("contract.ended")) == 1


def test_a_contract_that_does_not_renew_ends_where_nobody_decided(vendor: Vendor) -> None:
    contract_of(vendor, renews_months=None)
    assert renewals.move_on(AFTER) == 1
    assert Contract.objects.get().ended_on == LAST_DAY


def test_a_contract_that_goes_on_without_a_next_term_waits_for_its_new_end(cast: Cast, vendor: Vendor) -> None:
    decided(cast, contract_of(vendor, renews_months=None), TermDecision.CONTINUE)
    assert renewals.move_on(AFTER) == 0
    kept = Contract.objects.running().get()
    assert (kept.ends_on, kept.decision) == (LAST_DAY, TermDecision.CONTINUE)


def test_a_second_run_changes_nothing_and_years_without_a_run_are_caught_up(vendor: Vendor) -> None:
    contract_of(vendor)
    assert renewals.move_on(date(2031, 6, 1)) == 1
    assert Contract.objects.get().ends_on == date(2031, 12, 31)
    assert renewals.move_on(date(2031, 6, 1)) == 0
    assert len(told("contract.renewed")) == 1


def test_contracts_of_archived_vendors_stand_still_until_the_vendor_is_back(vendor: Vendor) -> None:
    contract_of(vendor)
    Vendor.objects.update(archived_at=timezone.now())
    assert renewals.move_on(AFTER) == 0
    Vendor.objects.update(archived_at=None)
    assert renewals.move_on(AFTER) == 1
