"""A document is genuine when its bytes are ours; what is changed is found, and said."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.db import connection
from django.utils import translation

from assessments.score.arithmetic import RuleStatus
from reports.documents import pdf
from reports.documents.layout import Attached
from reports.fact_sheets import keeping
from reports.fact_sheets.kinds import Facts
from reports.models import Document, FactSheetKind
from reports.scorecard import snapshots
from reports.verification import checking
from reports.verification.outcomes import Outcome
from tests.factories import NOW, Cast, make_assessment
from tests.reports.renderings import make_ready, make_scorecard
from tests.reports.verification import papers

QUERIES = 6
pytestmark = pytest.mark.django_db


def told(report: checking.Report) -> dict[str, str]:
    return {fact.label: fact.text for fact in report.facts}


def test_a_document_as_it_was_made_is_genuine_and_its_numbers_follow(cast: Cast) -> None:
    card, content = papers.made(cast)
    report = checking.check(content, cast.reader)
    assert (report.outcome, report.holds) == (Outcome.GENUINE, True)
    assert told(report)["Document"] == f"Scorecard {card.number}"
    assert told(report)["Organisation"] == cast.organisation.name
    assert told(report)["Vendor"] == card.assessment.vendor.name
    assert str(card.approved_by) in told(report)["Approved"]
    assert all(check.holds for check in report.checks)
    assert len(report.checks) == 4
    assert [rule.number for rule in report.rules] == [1, 2, 3, 4, 5, 6, 7]
    assert all(rule.agrees and rule.stated == rule.computed for rule in report.rules)
    assert report.summary == "Rules that agree: 7 of 7."


def test_a_changed_page_with_the_true_snapshot_is_told_apart(cast: Cast) -> None:
    _card, content = papers.made(cast)
    report = checking.check(papers.edited(content, papers.other_page), cast.reader)
    assert (report.outcome, report.holds) == (Outcome.FILE_CHANGED, False)
    assert [check.holds for check in report.checks] == [False, True, True, True]


def test_a_file_that_a_program_saved_anew_is_not_the_file(cast: Cast) -> None:
    _card, content = papers.made(cast)
    assert checking.check(papers.edited(content, lambda _: None), cast.reader).outcome == Outcome.FILE_CHANGED


def grade_up(snapshot: dict[str, Any]) -> None:
    rule = snapshot["score"]["rules"][2]
    rule["status"], rule["percent"] = RuleStatus.MET.value, "100"


def test_changed_numbers_inside_are_found_rule_by_rule(cast: Cast) -> None:
    card, content = papers.made(cast, grade=1)
    report = checking.check(papers.with_snapshot(content, grade_up), cast.reader)
    assert (report.outcome, report.holds) == (Outcome.CONTENT_CHANGED, False)
    assert told(report)["Document"].endswith(card.number)
    assert [rule.agrees for rule in report.rules] == [True, True, False, True, True, True, True]
    assert (report.rules[2].stated, report.rules[2].computed) == ("Met, 100%", "Broken, 25%")
    assert "It differs from what is on record in: the score." in [check.said for check in report.checks]


def silly(value: Any) -> Any:
    def change(snapshot: dict[str, Any]) -> None:
        snapshot["score"] = value

    return change


@pytest.mark.parametrize(
    "score",
    [
        None,
        [],
        {"rules": 7},
        {"rules": [None, {"rule": []}, {"rule": {}}]},
        {"rules": [{"rule": "help", "status": [], "percent": "1e999999999"}]},
        {"rules": [{"rule": "help", "status": {}, "percent": "9" * 4000}]},
        {"rules": [{"rule": "help", "status": "met", "percent": "1/0"}]},
    ],
)
def test_whatever_stands_where_the_score_should_be_is_not_computed_with(cast: Cast, score: Any) -> None:
    _card, content = papers.made(cast)
    report = checking.check(papers.with_snapshot(content, silly(score)), cast.reader)
    assert report.outcome == Outcome.CONTENT_CHANGED
    assert max(len(rule.stated) for rule in report.rules) < 100
    assert not all(rule.agrees for rule in report.rules)


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b"\xff\xfe", b"{}", b"7", b'{"number": 7}', b'{"number": "S-9999-1"}']
)
def test_a_file_inside_that_is_no_snapshot_of_ours_makes_an_unknown_document(cast: Cast, text: bytes) -> None:
    def replace(document: pikepdf.Pdf) -> None:
        document.attachments["a.json"] = pikepdf.AttachedFileSpec(document, text, filename="a.json")

    with pikepdf.new() as blank:
        blank.add_blank_page()
        out = BytesIO()
        blank.save(out)
    report = checking.check(papers.edited(out.getvalue(), replace), cast.reader)
    assert (report.outcome, report.facts, report.rules) == (Outcome.UNKNOWN, (), ())


def test_a_file_that_cannot_be_read_says_why(cast: Cast) -> None:
    report = checking.check(b"Dear sirs", cast.reader)
    assert (report.outcome, report.sentence) == (
        Outcome.UNREAD,
        "This is not a PDF. Choose the file as you received it.",
    )


def test_another_organisation_hears_of_nothing(cast: Cast) -> None:
    _card, content = papers.made(cast)
    for file in (content, papers.edited(content, papers.other_page), papers.with_snapshot(content, grade_up)):
        report = checking.check(file, cast.stranger)
        assert (report.outcome, report.facts, report.checks, report.rules) == (Outcome.UNKNOWN, (), (), ())


def test_whoever_runs_the_installation_hears_of_all(cast: Cast) -> None:
    _card, content = papers.made(cast)
    assert checking.check(content, None).outcome == Outcome.GENUINE


def test_bytes_are_compared_and_not_the_hash_that_was_noted(cast: Cast) -> None:
    _card, content = papers.made(cast)
    Document.objects.update(content=content[:-1] + b" ")
    assert checking.check(content, cast.reader).outcome == Outcome.FILE_CHANGED


def without_triggers(statement: str) -> None:
    """As somebody does who has the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'reports_scorecard%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(statement)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the triggers are dropped as SQLite names them")
def test_a_record_that_was_changed_from_below_is_found_by_its_seal(cast: Cast) -> None:
    _card, content = papers.made(cast)
    without_triggers("UPDATE reports_scorecard SET rules_met = 0")
    report = checking.check(content, cast.reader)
    assert (report.outcome, report.holds) == (Outcome.DAMAGED, False)
    assert [check.holds for check in report.checks] == [True, True, False, True]


def test_an_arithmetic_that_comes_out_differently_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    card, content = papers.made(cast, grade=1)
    better = with_first_met(snapshots.load(card))
    monkeypatch.setattr(snapshots, "recompute", lambda _: snapshots.score_of(better))
    report = checking.check(content, cast.reader)
    assert report.outcome == Outcome.DAMAGED
    assert [rule.agrees for rule in report.rules] == [False] + [True] * 6


def with_first_met(snapshot: dict[str, Any]) -> dict[str, Any]:
    first, *rest = snapshot["score"]["rules"]
    return {**snapshot, "score": {**snapshot["score"], "rules": [{**first, "percent": "100"}, *rest]}}


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_rules_are_in_the_readers_language(cast: Cast, language: str) -> None:
    card, content = papers.made(cast)
    names = [rule["name"][language] for rule in snapshots.load(card)["release"]["rules"]]
    with translation.override(language):
        assert [rule.name for rule in checking.check(content, cast.reader).rules] == names


def test_a_file_costs_the_same_few_queries_whatever_else_there_is(
    cast: Cast, django_assert_num_queries: Callable[[int], Any]
) -> None:
    _card, content = papers.made(cast)
    with django_assert_num_queries(QUERIES):
        checking.check(content, cast.reader)
    for number in range(3):
        make_ready(make_scorecard(cast.admin, number=f"S-2025-00{number}", vendor=f"Other {number}"))
    with django_assert_num_queries(QUERIES):
        checking.check(content, cast.reader)


def test_whoever_still_rates_the_vendor_hears_that_it_is_genuine_and_no_numbers(cast: Cast) -> None:
    card, content = papers.made(cast)
    make_assessment(cast.colleague, vendor=card.assessment.vendor, release=card.assessment.release)
    report = checking.check(content, cast.colleague)
    assert (report.outcome, report.is_kept_back, list(report.rules)) == (Outcome.GENUINE, True, [])
    changed = checking.check(papers.with_snapshot(content, grade_up), cast.colleague)
    assert (changed.outcome, changed.is_kept_back, list(changed.rules)) == (Outcome.CONTENT_CHANGED, True, [])
    assert not any("the score" in check.said for check in changed.checks)


def test_a_sheet_of_facts_that_carries_its_content_is_known_by_it(cast: Cast) -> None:
    facts = Facts(about=1, vendor=None, as_of=NOW, content={"organisation": "x", "edition": 1})
    sheet = keeping.keep(cast.organisation, FactSheetKind.EXPECTATIONS, facts, now=NOW)
    attached = Attached(name="expectations-x-1.json", description="", content=sheet.content)
    content = pdf.to_pdf(papers.PAGE, language="en", title="x", created="2026-03-02T09:30:00Z", attached=attached)
    report = checking.check(content, cast.reader)
    assert report.outcome == Outcome.FILE_CHANGED  # nobody made it here, and what it says is ours
    assert told(report)["Document"] == "What we expect of those who support us"
    assert checking.check(content, cast.stranger).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        b'{"number": "S-\\ud800"}',
        b'{"number": "S-\\u0000"}',
        b'{"number": "%s", "score": {"rules": [{"rule": "support", "status": "\\ud800"}]}}',
        b'{"number": ' + b"[" * 100_000,
    ],
)
def test_a_text_that_no_page_can_show_is_none_of_ours(cast: Cast, text: bytes) -> None:
    card, content = papers.made(cast)

    def carry(document: pikepdf.Pdf) -> None:
        (name,) = document.attachments
        said = text.replace(b"%s", card.number.encode())
        document.attachments[name] = pikepdf.AttachedFileSpec(document, said, filename=name)

    report = checking.check(papers.edited(content, carry), cast.reader)
    assert (report.outcome, report.rules) == (Outcome.UNKNOWN, ())
