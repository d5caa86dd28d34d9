"""Who sees what in a file: the same as on the pages, and nothing of what waits for their own answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, AssessmentState, Consensus, Meeting, Response, ResponseKind
from assessments.score.overview import sheet_for
from assessments.secrecy import readable_responses
from reports.exports import chosen as choosing
from reports.exports import dossiers, writing
from reports.exports.structured import Structured
from reports.models import ExportScope
from reports.scorecard.snapshots import SnapshotDamaged
from tests.factories import Cast, add_rater, make_assessment, make_commitment, make_contract, make_release

ROLES = ("assessor", "colleague", "approver", "reader", "admin")


def export_of(
    member: Membership, folder: Path, *, scope: str = ExportScope.EVERYTHING, about: int = 0
) -> tuple[dict[str, Any], writing.Told]:
    tables = folder / f"tables-{timezone.now().timestamp()}"
    tables.mkdir()
    told = writing.write(
        Structured(folder / "whole.json", language="en", folder=tables),
        choosing.chosen(member, scope, about=about, query="", today=timezone.localdate()),
        member,
        choosing.secrecy_of(member),
        language="en",
        subject="All",
    )
    return json.loads((folder / "whole.json").read_text()), told


def judged(cast: Cast) -> Assessment:
    """The assessor has handed in, the colleague has not, the vendor has answered."""
    release = make_release(questions_per_rule=1)
    assessment = make_assessment(cast.assessor, release=release, grade=3)
    assessment.responses.update(submitted_at=timezone.now())
    add_rater(assessment, cast.colleague, grade=1)
    vendor = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR, submitted_at=timezone.now())
    Answer.objects.bulk_create(
        Answer(response=vendor, question=question, grade=4, vendor_says="We always do.")
        for question in release.questions.all()
    )
    return assessment


def in_state(assessment: Assessment, state: str) -> None:
    if state == "all_in":
        assessment.responses.update(submitted_at=timezone.now())
    elif state == "met":
        meeting = Meeting.objects.create(
            assessment=assessment, held_on=timezone.localdate(), created_by=assessment.owner, others="Somebody"
        )
        question = assessment.release.questions.first()
        assert question is not None
        Consensus.objects.create(
            assessment=assessment,
            question=question,
            meeting=meeting,
            grade=2,
            reason="Talked over",
            decided_by=assessment.owner,
            decided_at=timezone.now(),
        )
    elif state in AssessmentState.values:
        Assessment.objects.filter(pk=assessment.pk).update(state=state)
        assessment.refresh_from_db()


@pytest.mark.parametrize("state", ["collecting", "met", "all_in", "in_review", "cancelled", "draft"])
def test_each_role_reads_the_answers_that_the_pages_show_it(cast: Cast, tmp_path: Path, state: str) -> None:
    assessment = judged(cast)
    in_state(assessment, state)
    for role in ROLES:
        member: Membership = getattr(cast, role)
        content, _told = export_of(member, tmp_path, scope=ExportScope.ASSESSMENT, about=assessment.pk)
        of_raters = {row["response"] for row in content["tables"]["answers"] if row["kind"] == ResponseKind.CUSTOMER}
        readable = readable_responses(assessment, member)
        assert of_raters == {f"{assessment.reference}/{pk}" for pk in readable.values_list("pk", flat=True)}, role
        sheet = sheet_for(assessment, member)
        rules = {row["rule"]: (row["status"], row["percent_exact"]) for row in content["tables"]["rules"]}
        shown = {rule.rule: rule for rule in sheet.score.rules}
        assert rules == {
            key: (rule.status.value, None if rule.percent is None else str(rule.percent)) for key, rule in shown.items()
        }, role


def test_whoever_judges_sees_neither_the_vendors_grades_nor_what_was_agreed(cast: Cast, tmp_path: Path) -> None:
    assessment = judged(cast)
    in_state(assessment, "met")
    make_commitment(cast.assessor, assessment.vendor)
    content, told = export_of(cast.colleague, tmp_path)
    tables = content["tables"]
    assert {row["grade"] for row in tables["answers"] if row["kind"] == "vendor"} == {None}
    assert {row["vendor_says"] for row in tables["answers"] if row["kind"] == "vendor"} == {"We always do."}
    assert tables["consensus"] == tables["commitments"] == tables["replies"] == []
    assert {row["agreed"] for row in tables["questions"]} == {None}
    assert {row["name"] for row in tables["responses"]} == {"", str(cast.colleague.user)}
    assert "your own answers come first" in content["left_out"][0]
    assert (told.vendors, told.assessments, told.read) == (set(), set(), set())


def test_earlier_assessments_of_a_vendor_wait_for_whoever_judges_it_now(cast: Cast, tmp_path: Path) -> None:
    release = make_release(questions_per_rule=1)
    earlier = make_assessment(cast.assessor, release=release, grade=4)
    earlier.responses.update(submitted_at=timezone.now())
    transitions.approve(cast.approver, transitions.submit(cast.assessor, earlier))
    now = make_assessment(cast.assessor, release=release, vendor=earlier.vendor)
    add_rater(now, cast.colleague)
    content, _told = export_of(cast.colleague, tmp_path)
    tables = content["tables"]
    assert {row["assessment"] for row in tables["answers"]} == {now.reference}
    hidden = next(row for row in tables["assessments"] if row["assessment"] == earlier.reference)
    assert (hidden["shown"], hidden["verdict"], hidden["scorecard"]) == ("own", None, None)
    content, _told = export_of(cast.reader, tmp_path)
    assert {row["verdict"] for row in content["tables"]["assessments"]} >= {"met"}


def test_drafts_of_others_and_of_the_vendor_are_in_no_file(cast: Cast, tmp_path: Path) -> None:
    assessment = judged(cast)
    in_state(assessment, "in_review")
    assessment.responses.filter(kind=ResponseKind.VENDOR).update(submitted_at=None)
    content, _told = export_of(cast.admin, tmp_path)
    assert {row["name"] for row in content["tables"]["answers"]} == {str(cast.assessor.user)}
    shown = {row["name"]: row["shown"] for row in content["tables"]["responses"]}
    assert shown[str(cast.colleague.user)] is False


def test_nothing_of_another_organisation_is_in_it(cast: Cast, tmp_path: Path) -> None:
    judged(cast)
    content, _told = export_of(cast.stranger, tmp_path)
    assert set(map(len, content["tables"].values())) == {0}


def test_a_damaged_snapshot_is_named_and_nothing_of_it_told(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment = make_assessment(cast.assessor, grade=4)
    assessment.responses.update(submitted_at=timezone.now())
    transitions.approve(cast.approver, transitions.submit(cast.assessor, assessment))

    def damaged(card: object) -> None:
        raise SnapshotDamaged(str(card))

    monkeypatch.setattr(dossiers, "load", damaged)
    content, _told = export_of(cast.reader, tmp_path)
    (row,) = content["tables"]["assessments"]
    assert (row["source"], row["verdict"]) == ("damaged", None)
    assert content["tables"]["answers"] == []
    assert assessment.reference in content["left_out"][0]


# Queries ----------------------------------------------------------------------------------------------------------
def _queries(member: Membership, folder: Path) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        export_of(member, folder)
    return [query["sql"] for query in captured]


def _assessed(cast: Cast, number: int) -> None:
    release = make_assessment(cast.assessor, grade=number % 5).release
    approved = make_assessment(cast.assessor, release=release, grade=3)
    for one in Assessment.objects.filter(state=AssessmentState.COLLECTING):
        one.responses.filter(submitted_at=None).update(submitted_at=timezone.now())
    transitions.approve(cast.approver, transitions.submit(cast.assessor, approved))
    make_commitment(cast.assessor, approved.vendor)
    make_contract(approved.vendor)


def test_each_of_many_assessments_has_its_own_answers(cast: Cast, tmp_path: Path) -> None:
    """In whatever order they were made: their rows come from queries of their own, and are put together by keys."""
    for number in range(1, 4):
        _assessed(cast, number)
    content, told = export_of(cast.reader, tmp_path)
    grades: dict[str, list[int]] = {}
    for row in content["tables"]["answers"]:
        grades.setdefault(row["assessment"], []).append(row["grade"])
    stored = Answer.objects.values_list("response__assessment__reference", "grade")
    assert {key: sorted(found) for key, found in grades.items()} == {
        key: sorted(grade for reference, grade in stored if reference == key) for key in dict(stored)
    }
    assert told.rows["answers"] == Answer.objects.count() == 6 * 14


def test_queries_do_not_grow_and_the_answers_take_five_at_most(cast: Cast, tmp_path: Path) -> None:
    _assessed(cast, 1)
    few = _queries(cast.reader, tmp_path)
    for number in range(2, 5):
        _assessed(cast, number)
    many = _queries(cast.reader, tmp_path)
    assert len(many) == len(few) == 15
    tables = ("assessments_answer", "assessments_response", "assessments_evidence", "manifesto_question")
    of_answers = [sql for sql in many if any(f' FROM "{table}" ' in sql.partition(" WHERE ")[0] for table in tables)]
    assert len(of_answers) <= 5
