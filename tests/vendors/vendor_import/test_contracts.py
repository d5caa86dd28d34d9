"""Contracts in a file of vendors: what cells say, what a row would do, and that it does it once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry
from tests.factories import NOW, Cast, make_contract, make_vendor
from vendors.contracts import renewals
from vendors.models import Contract, TermDecision, Vendor, VendorImport
from vendors.vendor_import import plan as imports
from vendors.vendor_import.plan import Fate, ImportStep

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate(NOW)  # 2 March 2026
HEADER = "name;contract reference;contract start;contract end;notice;renewal months;months to replace\n"


def steps(cast: Cast, rows: str, *, header: str = HEADER, today: date = TODAY) -> tuple[ImportStep, ...]:
    return imports.plan_for(cast.assessor, imports.read(f"{header}{rows}".encode()), today=today).steps


def only(cast: Cast, row: str, **asked: Any) -> ImportStep:
    (step,) = steps(cast, row, **asked)
    return step


def write(cast: Cast, rows: str, *, header: str = HEADER, days: int = 0) -> VendorImport:
    """As it is done so many days after the first look."""
    table, now = imports.read(f"{header}{rows}".encode()), NOW + timedelta(days=days)
    upload = imports.keep(cast.assessor, table, file_name="vendors.csv", now=now)
    seen = imports.plan_for(cast.assessor, table, today=timezone.localdate(now)).digest
    return imports.apply(cast.assessor, upload, digest=seen, now=now)


def shown(step: ImportStep) -> list[tuple[str, str, str]]:
    return [(one.label, one.shown_before, one.shown_after) for one in step.differences]


# What a row would do ---------------------------------------------------------------------------------------------
def test_a_new_vendor_comes_with_its_contract_cell_by_cell(cast: Cast) -> None:
    step = only(cast, "Example;C-1;01/01/2024;31/12/2026;3 months;12;9\n")
    assert step.fate == Fate.NEW
    assert shown(step) == [
        ("Months to replace", "", "9"),
        ("Contract reference", "", "C-1"),
        ("Contract start", "", "1\u00a0Jan 2024"),
        ("Contract end", "", "31\u00a0Dec 2026"),
        ("Notice", "", "3 months"),
        ("Renews by itself for months", "", "12 months"),
    ]
    write(cast, "Example;C-1;01/01/2024;31/12/2026;3 months;12;9\n")
    contract = Contract.objects.get()
    assert (contract.vendor.name, contract.vendor.months_to_replace) == ("Example", 9)
    assert (contract.starts_on, contract.ends_on) == (date(2024, 1, 1), date(2026, 12, 31))
    assert (contract.decide_by, contract.renews_months) == (date(2026, 9, 30), 12)


@pytest.mark.parametrize(
    ("text", "notice", "unit"),
    [
        ("3 months", 3, "months"), ("3 mois", 3, "months"), ("3 maanden", 3, "months"), ("90 days", 90, "days"),
        ("90 jours", 90, "days"), ("90 dagen", 90, "days"), ("1 jaar", 12, "months"), ("2 ans", 24, "months"),
        ("6 weeks", 42, "days"), ("1MONTH", 1, "months"), ("3.0 months", 3, "months"), ("0 days", 0, "days"),
    ],
)  # fmt: skip
def test_notice_is_understood_in_three_languages(cast: Cast, text: str, notice: int, unit: str) -> None:
    write(cast, f"Example;C-1;;;{text};;\n")
    contract = Contract.objects.get()
    assert (contract.notice, contract.notice_unit) == (notice, unit)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("Example;;;2026-12-31;;;", "Contract end", "Which contract is it?"),
        ("Example;C-1;;soon;;;", "Contract end", "not read as a day"),
        ("Example;C-1;;31/12/26;;;", "Contract end", "four digits"),
        ("Example;C-1;;03/04/2026;;;", "Contract end", "Day or month first?"),
        ("Example;C-1;;2226-12-31;;;", "Contract end", "not read as a day"),
        ("Example;C-1;2027-01-01;2026-12-31;;;", "Contract end", "before it starts"),
        ("Example;C-1;;;3;;", "Notice", "3 months"),
        ("Example;C-1;;;three months;;", "Notice", "3 months"),
        ("Example;C-1;;;3 moons;;", "Notice", "This unit is not known"),
        ("Example;C-1;;;3651 days;;", "Notice", "3 months"),
        ("Example;C-1;;2026-12-31;;0;", "Renews by itself for months", "1 to 120"),
        ("Example;C-1;;2026-12-31;;90 days;", "Renews by itself for months", "1 to 120"),
        ("Example;C-1;;;;12;", "Renews by itself for months", "when the term ends"),
        ("Example;" + "x" * 81 + ";;;;;", "Contract reference", "80"),
        ("Example;;;;;;-1", "Months to replace", "length of time"),
        ("Example;;;;;;121", "Months to replace", "at most 120"),
    ],
)
def test_a_cell_that_cannot_be_taken_says_where_and_what_to_do(cast: Cast, row: str, column: str, said: str) -> None:
    step = only(cast, row + "\n")
    assert step.fate == Fate.ERROR
    (problem,) = step.problems
    assert problem.column == column
    assert said in problem.reason


def test_the_order_of_day_and_month_is_that_of_the_whole_file(cast: Cast) -> None:
    first, second = steps(cast, "One;C-1;;03/04/2027;;;\nTwo;C-2;;25/12/2027;;;\n")
    assert first.contract["ends_on"] == date(2027, 4, 3)
    first, second = steps(cast, "One;C-1;;03/04/2027;;;\nTwo;C-2;;12/25/2027;;;\n")
    assert (first.contract["ends_on"], second.contract["ends_on"]) == (date(2027, 3, 4), date(2027, 12, 25))


def test_a_known_contract_is_found_in_capitals_or_not_and_what_is_left_out_stays(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation, "Example", months_to_replace=6)
    contract = make_contract(vendor, "c-1", today=TODAY, ends_on=date(2026, 12, 31), note="In the safe.")
    step = only(cast, "Example;C-1;;;6 months;;\n")
    assert shown(step) == [("Notice", "3 months", "6 months")]
    write(cast, "Example;C-1;;;6 months;;\n")
    contract.refresh_from_db()
    assert (contract.reference, contract.ends_on, contract.renews_months) == ("c-1", date(2026, 12, 31), 12)
    assert (contract.decide_by, contract.note) == (date(2026, 6, 30), "In the safe.")
    assert Vendor.objects.get().months_to_replace == 6
    entry = AuditEntry.objects.get(verb="contract.changed")
    assert (entry.before, entry.after) == (
        {"decide_by": "2026-09-30", "notice": 3},
        {"decide_by": "2026-06-30", "notice": 6},
    )
    assert entry.vendor_ref == vendor.pk


# The same file again -----------------------------------------------------------------------------------------------
ROWS = "Example;C-1;2024-01-01;2026-12-31;3 months;12;9\nOther;C-2;;2026-06-30;;;\nThird;C-3;;;30 days;;\n"


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    write(cast, ROWS)
    written = list(Contract.objects.order_by("pk").values())
    assert [step.fate for step in steps(cast, ROWS)] == [Fate.UNCHANGED] * 3
    write(cast, ROWS)
    assert list(Contract.objects.order_by("pk").values()) == written
    assert AuditEntry.objects.filter(verb__startswith="contract.").count() == 3


@pytest.mark.parametrize("later", [400, 1200])
def test_nor_does_it_once_terms_have_renewed_or_ended(cast: Cast, later: int) -> None:
    write(cast, ROWS)
    today = TODAY + timedelta(days=later)
    renewals.move_on(today)
    assert Contract.objects.get(reference="C-2").ended_on == date(2026, 6, 30)
    assert Contract.objects.get(reference="C-1").ends_on > today
    assert [step.fate for step in steps(cast, ROWS, today=today)] == [Fate.UNCHANGED] * 3


def test_a_contract_that_a_person_ended_stays_ended_and_a_decision_stays(cast: Cast) -> None:
    write(cast, ROWS)
    Contract.objects.filter(reference="C-1").update(ended_on=TODAY)
    Contract.objects.filter(reference="C-2").update(decision=TermDecision.CONTINUE)
    today = TODAY + timedelta(days=800)
    assert [step.fate for step in steps(cast, ROWS, today=today)] == [Fate.UNCHANGED] * 3


def test_a_later_end_in_the_file_is_another_term_that_is_undecided(cast: Cast) -> None:
    write(cast, ROWS)
    Contract.objects.filter(reference="C-2").update(decision=TermDecision.CONTINUE, decided_by=cast.admin.user)
    write(cast, "Other;C-2;;2027-06-30;;;\n")
    kept = Contract.objects.get(reference="C-2")
    assert (kept.ends_on, kept.decide_by) == (date(2027, 6, 30), date(2027, 6, 30))
    assert (kept.decision, kept.decided_by) == ("", None)


def test_contracts_of_another_organisation_are_never_found(cast: Cast) -> None:
    away = make_contract(make_vendor(cast.other_organisation, "Example"), today=TODAY, ends_on=date(2026, 12, 31))
    write(cast, "Example;C-1;;2027-12-31;;;\n")
    away.refresh_from_db()
    assert away.ends_on == date(2026, 12, 31)
    assert Contract.objects.count() == 2


# Several contracts of one vendor -----------------------------------------------------------------------------------
SEVERAL = "Example;C-1;;2026-12-31;;;9\nexample;C-2;;2027-12-31;;;\nExample;C-3;;2028-12-31;;;9\n"


def test_further_contracts_stand_in_lines_of_their_own(cast: Cast) -> None:
    assert [(step.fate, step.follows) for step in steps(cast, SEVERAL)] == [
        (Fate.NEW, None),
        (Fate.CHANGED, 2),
        (Fate.CHANGED, 2),
    ]
    write(cast, SEVERAL)
    vendor = Vendor.objects.get()
    assert sorted(vendor.contracts.values_list("reference", flat=True)) == ["C-1", "C-2", "C-3"]
    assert [step.fate for step in steps(cast, SEVERAL)] == [Fate.UNCHANGED] * 3
    write(cast, SEVERAL.replace("2028-12-31", "2029-12-31"))
    assert vendor.contracts.get(reference="C-3").ends_on == date(2029, 12, 31)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if not verb.startswith("vendorimport")] == [
        "vendor.added",
        *["contract.added"] * 3,
        "contract.changed",
    ]


@pytest.mark.parametrize(
    "second",
    [
        "Example;C-1;;2027-12-31;;;",  # the same contract
        "Example;c-1;;;;;",
        "Example;C-2;;;;;12",  # says otherwise how long it takes to replace
        "Example;;;;;;9",  # tells no contract
    ],
)
def test_a_line_that_says_anything_else_of_the_same_vendor_is_refused(cast: Cast, second: str) -> None:
    first, refused = steps(cast, f"Example;C-1;;2026-12-31;;;9\n{second}\n")
    assert first.fate == Fate.NEW
    assert refused.fate == Fate.ERROR
    assert "Line 2 speaks of the same vendor." in refused.problems[0].reason


# Words and pages ---------------------------------------------------------------------------------------------------
def test_the_preview_says_each_cell_in_words_and_the_plan_is_the_same_in_any_language(
    cast: Cast, signed_in: Any
) -> None:
    table = imports.read(f"{HEADER}Example;C-1;;2026-12-31;3 months;12;9\n".encode())
    with translation.override("fr"):
        french = imports.plan_for(cast.assessor, table, today=TODAY).digest
    assert french == imports.plan_for(cast.assessor, table, today=TODAY).digest
    upload = imports.keep(cast.assessor, table, file_name="vendors.csv", now=NOW)
    page = signed_in(cast.assessor).get(reverse("vendor_import_preview", args=[upload.pk])).content.decode()
    assert "<ins>31\u00a0Dec 2026</ins>" in page
    assert "<ins>3 months</ins>" in page


def test_the_page_tells_what_belongs_into_each_column(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.assessor).get(reverse("vendor_import")).content.decode()
    assert "By how many months it renews by itself." in page
    assert "Contract number" in page
