"""Changes of contracts and papers: what is kept, what the trail tells, what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from tests.factories import Cast, make_contract, make_vendor
from vendors.attachments import AttachmentError
from vendors.contracts import changes
from vendors.models import Contract, ContractFile, Paper, PaperKind, Service, TermDecision, TermUnit, Vendor

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def last_entry(verb: str) -> AuditEntry:
    return AuditEntry.objects.filter(verb=verb).latest("pk")


def a_file(name: str = "contract.txt", content: bytes = b"three months") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def added(cast: Cast, vendor: Vendor, **fields: Any) -> Contract:
    fields = {"reference": "C-1", "ends_on": date(2026, 12, 31), "notice": 3, "renews_months": 12, **fields}
    return changes.add_contract(cast.assessor, Contract(vendor=vendor, **fields), today=TODAY)


# Adding ----------------------------------------------------------------------------------------------------------
def test_a_contract_is_added_with_the_day_to_decide_by_and_its_services(cast: Cast, vendor: Vendor) -> None:
    service = Service.objects.create(vendor=vendor, name="Records")
    contract = Contract(vendor=vendor, reference="C-1", ends_on=date(2026, 12, 31), notice=3)
    changes.add_contract(cast.assessor, contract, today=TODAY, services=[service], files=[a_file()])

    kept = Contract.objects.get()
    assert (kept.decide_by, kept.ended_on, kept.decision) == (date(2026, 9, 30), None, "")
    assert list(kept.services.all()) == [service]
    assert [(file.name, file.vendor, file.paper) for file in kept.files.all()] == [("contract.txt", vendor, None)]
    entry = last_entry("contract.added")
    assert entry.vendor_ref == vendor.pk
    assert entry.after["services"] == ["Records"]
    assert entry.after["ends_on"] == "2026-12-31"


def test_a_contract_entered_after_it_renewed_stands_in_the_term_that_runs(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor, ends_on=date(2024, 5, 31))
    assert (contract.ends_on, contract.decide_by) == (date(2026, 5, 31), date(2026, 2, 28))


def test_a_contract_entered_after_its_end_is_ended(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor, ends_on=date(2025, 12, 31), renews_months=None)
    assert (contract.ended_on, contract.decide_by) == (date(2025, 12, 31), date(2025, 9, 30))
    assert not Contract.objects.running().exists()


def test_a_contract_without_an_end_has_no_day(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor, ends_on=None, renews_months=None)
    assert (contract.decide_by, contract.ended_on) == (None, None)
    assert Contract.objects.running().exists()
    assert not Contract.objects.to_decide().exists()


def test_the_same_reference_in_capitals_is_refused_within_a_vendor_alone(cast: Cast, vendor: Vendor) -> None:
    added(cast, vendor, reference="c-1")
    with pytest.raises(changes.ReferenceInUse):
        added(cast, vendor, reference="C-1")
    added(cast, make_vendor(cast.organisation, "Harbour Line"), reference="C-1")
    assert Contract.objects.count() == 2


# Changing --------------------------------------------------------------------------------------------------------
def test_another_notice_moves_the_day_and_leaves_the_decision(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor)
    changes.decide(cast.assessor, contract, decision=TermDecision.CONTINUE, reason="It works.", today=TODAY)
    contract.notice, contract.notice_unit = 90, TermUnit.DAYS
    changes.change_contract(cast.assessor, contract, changed={"notice", "notice_unit"}, today=TODAY)
    contract.refresh_from_db()
    assert (contract.decide_by, contract.decision) == (date(2026, 10, 2), TermDecision.CONTINUE)
    entry = last_entry("contract.changed")
    assert entry.before == {"decide_by": "2026-09-30", "notice": 3, "notice_unit": "months"}
    assert entry.after == {"decide_by": "2026-10-02", "notice": 90, "notice_unit": "days"}


def test_another_end_is_another_term_that_is_undecided(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor, renews_months=None)
    changes.decide(cast.assessor, contract, decision=TermDecision.CONTINUE, reason="It works.", today=TODAY)
    contract.ends_on = date(2027, 12, 31)
    changes.change_contract(cast.assessor, contract, changed={"ends_on"}, today=TODAY)
    contract.refresh_from_db()
    assert (contract.decide_by, contract.decision, contract.decided_by) == (date(2027, 9, 30), "", None)
    assert last_entry("contract.changed").before["decision"] == "continue"


def test_a_later_end_lets_a_contract_run_again(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor, ends_on=date(2025, 12, 31), renews_months=None)
    contract.ends_on = date(2026, 12, 31)
    changes.change_contract(cast.assessor, contract, changed={"ends_on"}, today=TODAY)
    contract.refresh_from_db()
    assert (contract.ended_on, contract.decide_by) == (None, date(2026, 9, 30))


def test_a_note_on_a_contract_that_has_ended_begins_no_other_term(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor)
    changes.end_contract(cast.assessor, contract, ended_on=date(2026, 6, 30))
    contract.note = "Replaced by C-2."
    changes.change_contract(cast.assessor, contract, changed={"note"}, today=date(2028, 1, 1))
    kept = Contract.objects.get()
    assert (kept.note, kept.ends_on, kept.ended_on) == ("Replaced by C-2.", date(2026, 12, 31), date(2026, 6, 30))


def test_a_contract_that_was_to_end_does_not_renew_when_it_is_edited_before_the_job_ran(
    cast: Cast, vendor: Vendor
) -> None:
    contract = added(cast, vendor)
    changes.decide(cast.assessor, contract, decision=TermDecision.END, reason="Too slow.", today=TODAY)
    contract.note = "Notice was given."
    changes.change_contract(cast.assessor, contract, changed={"note"}, today=date(2027, 1, 1))
    kept = Contract.objects.get()
    assert (kept.ended_on, kept.decision) == (date(2026, 12, 31), TermDecision.END)


def test_what_a_colleague_changed_meanwhile_stays(cast: Cast, vendor: Vendor) -> None:
    mine = added(cast, vendor)
    theirs = Contract.objects.get()
    theirs.notice = 6
    changes.change_contract(cast.colleague, theirs, changed={"notice"}, today=TODAY)
    mine.note = "In the safe."
    changes.change_contract(cast.assessor, mine, changed={"note"}, today=TODAY)
    kept = Contract.objects.get()
    assert (kept.notice, kept.note, kept.decide_by) == (6, "In the safe.", date(2026, 6, 30))


def test_saving_what_stands_there_writes_nothing(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor)
    changes.change_contract(cast.assessor, contract, changed=changes.CONTRACT_FIELDS, today=TODAY, services=[])
    assert not AuditEntry.objects.filter(verb="contract.changed").exists()


# Deciding --------------------------------------------------------------------------------------------------------
def test_a_decision_is_kept_with_who_when_and_why(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor)
    changes.decide(cast.assessor, contract, decision=TermDecision.END, reason="Four rules are broken.", today=TODAY)
    kept = Contract.objects.get()
    assert (kept.decision, kept.decided_on, kept.decided_by) == (TermDecision.END, TODAY, cast.assessor.user)
    assert not Contract.objects.to_decide().exists()
    assert last_entry("contract.decided").after["decision_reason"] == "Four rules are broken."


def test_a_decision_that_is_taken_back_leaves_the_contract_to_decide(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor)
    changes.decide(cast.assessor, contract, decision=TermDecision.END, reason="Too slow.", today=TODAY)
    changes.decide(cast.colleague, contract, decision=None, reason="", today=TODAY)
    kept = Contract.objects.to_decide().get()
    assert (kept.decided_on, kept.decided_by, kept.decision_reason) == (None, None, "")
    assert last_entry("contract.decided").before["decision"] == "end"


@pytest.mark.parametrize("fields", [{"ends_on": None, "renews_months": None}, {"ended_on": TODAY}])
def test_what_has_no_end_or_has_ended_is_not_decided(cast: Cast, vendor: Vendor, fields: dict[str, Any]) -> None:
    contract = added(cast, vendor, **fields)
    with pytest.raises(changes.NothingToDecide):
        changes.decide(cast.assessor, contract, decision=TermDecision.END, reason="No.", today=TODAY)


def test_an_end_that_was_noted_can_be_taken_back(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor)
    changes.end_contract(cast.assessor, contract, ended_on=TODAY)
    assert not Contract.objects.running().exists()
    changes.end_contract(cast.assessor, contract, ended_on=None)
    assert Contract.objects.to_decide().exists()
    assert [entry.after for entry in AuditEntry.objects.filter(verb="contract.ended").order_by("pk")] == [
        {"ended_on": "2026-03-02"},
        {"ended_on": None},
    ]


# Papers and files ------------------------------------------------------------------------------------------------
def test_a_newer_paper_stands_in_the_place_of_the_old_one_once(cast: Cast, vendor: Vendor) -> None:
    old = changes.add_paper(cast.assessor, Paper(vendor=vendor, kind=PaperKind.CERTIFICATE, name="ISO 27001"))
    new = Paper(vendor=vendor, kind=PaperKind.CERTIFICATE, name="ISO 27001", expires_on=date(2029, 1, 31))
    changes.replace_paper(cast.assessor, old, new)
    assert list(Paper.objects.current()) == [new]
    assert last_entry("paper.replaced").after == {"replaced_by": "ISO 27001", "expires_on": "2029-01-31"}
    with pytest.raises(changes.Replaced):
        changes.replace_paper(cast.assessor, old, Paper(vendor=vendor, kind=PaperKind.CERTIFICATE, name="another"))
    assert Paper.objects.count() == 2


def test_without_the_newer_paper_the_old_one_counts_again(cast: Cast, vendor: Vendor) -> None:
    old = changes.add_paper(cast.assessor, Paper(vendor=vendor, kind=PaperKind.INSURANCE, name="Liability"))
    new = changes.replace_paper(cast.assessor, old, Paper(vendor=vendor, kind=PaperKind.INSURANCE, name="Liability"))
    changes.delete_paper(cast.assessor, new)
    assert list(Paper.objects.current()) == [old]


def test_a_file_is_kept_once_and_ten_are_the_most(cast: Cast, vendor: Vendor) -> None:
    contract = added(cast, vendor)
    with transaction.atomic():
        changes.keep_files(cast.assessor, contract, [a_file(), a_file("again.txt")])
    assert contract.files.count() == 1
    more = [a_file(f"{number}.txt", str(number).encode()) for number in range(10)]
    with pytest.raises(AttachmentError), transaction.atomic():
        changes.keep_files(cast.assessor, contract, more)
    assert contract.files.count() == 1


def test_with_a_contract_its_files_go_when_that_is_certain(
    cast: Cast, vendor: Vendor, django_capture_on_commit_callbacks: Any
) -> None:
    contract = added(cast, vendor)
    with transaction.atomic():
        changes.keep_files(cast.assessor, contract, [a_file()])
    file = ContractFile.objects.get().file
    with django_capture_on_commit_callbacks(execute=True):
        changes.delete_contract(cast.assessor, contract)
    assert not file.storage.exists(file.name)
    assert not ContractFile.objects.exists()


def test_the_database_refuses_a_file_of_nothing_and_a_term_that_ends_before_it_starts(vendor: Vendor) -> None:
    with pytest.raises(IntegrityError, match="contract_ends_after_start"), transaction.atomic():
        Contract.objects.create(vendor=vendor, reference="C-1", starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 31))
    contract = make_contract(vendor)
    with pytest.raises(IntegrityError, match="contract_renews_for_some_time"), transaction.atomic():
        Contract.objects.filter(pk=contract.pk).update(renews_months=0)
