"""The snapshot is complete, canonical, verified, computes to its own numbers, and never changes."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Department
from assessments import lifecycle, scoring, standing
from assessments.models import Answer, Assessment, AssessmentState, Evidence, Response
from reports import snapshots
from reports.models import Scorecard, ScorecardRule
from tests.factories import NOW, Cast, make_assessment, make_release
from tests.reports import cards


def test_approving_makes_the_scorecard_with_its_numbers(cast: Cast) -> None:
    card = cards.approved(cast, grade=3)
    assert (card.number, card.rules_met, card.verdict, card.confidence) == ("S-2026-001", 7, "met", "low")
    assert (card.approved_by, card.approved_at, card.engine_version) == (cast.approver.user, NOW, "1")
    assert card.average == 75
    assert card.weakest_rule == "support"
    rules = list(card.rules.values_list("position", "key", "status", "percent", "coverage"))
    assert rules[0] == (1, "support", "met", 75, 100)
    assert len(rules) == 7


def test_approving_records_the_scorecard_in_the_trail_of_its_assessment(cast: Cast) -> None:
    card = cards.approved(cast)
    entry = AuditEntry.objects.get(object_type="reports.scorecard")
    assert (entry.verb, entry.actor, entry.subject_id) == (
        "scorecard_made",
        cast.approver.user,
        str(card.assessment_id),
    )
    assert entry.after["sha256"] == card.sha256


def test_snapshot_holds_texts_in_three_languages_answers_evidence_policy_and_decisions(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    answer = cards.answer_of(assessment, "speed-1")
    Answer.objects.filter(pk=answer.pk).update(
        vendor_says="On call", comment="Seen", fact_value="2.50", fact_unit="month"
    )
    Evidence.objects.create(
        answer=answer, file="x", name="log.pdf", size=10, sha256=cards.SHA, uploaded_by=cast.assessor.user
    )
    content = snapshots.load(cards.approve(cast, assessment))
    rule = content["release"]["rules"][4]
    assert rule["name"] == {"en": "Speed (en)", "fr": "Speed (fr)", "nl": "Speed (nl)"}
    assert [level["text"]["nl"] for level in rule["questions"][0]["levels"]] == [
        f"speed question 1 level {grade} (nl)" for grade in range(5)
    ]
    stored = next(a for a in content["responses"][0]["answers"] if a["question"] == "speed-1")
    assert stored == {
        "question": "speed-1",
        "vendor_says": "On call",
        "grade": 3,
        "blank": "",
        "reason": "",
        "comment": "Seen",
        "fact": {"value": "5/2", "unit": "month"},
        "carried_over": False,
        "by": None,
        "evidence": [{"name": "log.pdf", "sha256": cards.SHA, "size": 10}],
    }
    assert content["release"]["policy"]["met_threshold"] == 75
    assert content["responses"][0]["department"] == "Procurement"
    approval = content["approvals"][0]
    assert (approval["decision"], approval["by"], approval["at"], approval["level"]) == (
        "approved",
        "Approver",
        "2026-03-02T09:30:00Z",
        1,
    )
    assert content["assessment"]["submitted_by"] == "Assessor"


def test_decisions_before_the_approval_are_kept(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    lifecycle.submit(cast.assessor, assessment, now=NOW)
    lifecycle.send_back(cast.approver, assessment, reason="Look again", now=NOW)
    content = snapshots.load(cards.approve(cast, assessment))
    assert [(a["decision"], a["reason"]) for a in content["approvals"]] == [
        ("sent_back", "Look again"),
        ("approved", ""),
    ]


def test_snapshot_is_canonical_and_has_its_hash(cast: Cast) -> None:
    card = cards.approved(cast, vendor=None)
    content = json.loads(card.snapshot)
    assert card.snapshot == json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert card.sha256 == snapshots.hash_of(card.snapshot)


def test_a_snapshot_without_its_hash_is_not_read(cast: Cast) -> None:
    card = cards.approved(cast)
    card.snapshot = card.snapshot.replace('"grade":3', '"grade":4')
    with pytest.raises(snapshots.SnapshotDamaged):
        snapshots.load(card)


def test_a_snapshot_of_an_unknown_schema_is_not_read() -> None:
    with pytest.raises(snapshots.SnapshotDamaged):
        snapshots.load(cards.scorecard({**cards.snapshot(), "schema": 99}))


def test_the_snapshot_alone_computes_to_the_standing_score(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=2)
    for key, fields in {
        "support-1": {"grade": 0},
        "guidance-1": {"grade": None, "blank": "dont_know"},
        "proof-1": {"grade": None, "blank": "not_applicable", "reason": "Out of scope"},
        "speed-2": {"grade": None},
    }.items():
        Answer.objects.filter(pk=cards.answer_of(assessment, key).pk).update(**fields)
    content = snapshots.load(cards.approve(cast, assessment))
    score = snapshots.recompute(content)
    assert score == standing.standing(assessment)
    assert score == snapshots.score_of(content)
    assert scoring.as_data(score) == content["score"]


ANSWERS = st.one_of(
    st.fixed_dictionaries({"grade": st.integers(0, 4)}),
    st.fixed_dictionaries({"blank": st.sampled_from(["", "dont_know", "not_applicable"])}),
)


@settings(deadline=None)
@given(raters=st.lists(st.lists(ANSWERS, min_size=22, max_size=22), min_size=1, max_size=3))
def test_whatever_is_answered_the_stored_numbers_are_those_that_the_snapshot_computes(
    raters: list[list[dict[str, Any]]],
) -> None:
    def rater(answers: list[dict[str, Any]]) -> cards.Answers:
        remaining = iter(answers)
        return lambda question: next(remaining)

    content = cards.snapshot(*[rater(answers) for answers in raters])
    read = json.loads(snapshots.canonical(content))
    assert snapshots.score_of(read) == snapshots.recompute(read)
    assert all(isinstance(rule.coverage, Fraction) for rule in snapshots.score_of(read).rules)


def test_a_response_that_was_never_submitted_is_left_out(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    lifecycle.submit(cast.assessor, assessment, now=NOW)
    Response.objects.create(assessment=assessment, rater=cast.colleague.user)
    lifecycle.approve(cast.approver, assessment, now=NOW)
    assert [r["name"] for r in snapshots.load(assessment.scorecard)["responses"]] == ["Assessor"]


def test_what_is_renamed_later_stays_as_it_was(cast: Cast) -> None:
    card = cards.approved(cast)
    vendor = card.assessment.vendor
    vendor.name = "Renamed"
    vendor.save()
    Department.objects.update(name="Renamed")
    card.refresh_from_db()
    content = snapshots.load(card)
    assert content["vendor"]["name"] == "Example Systems 1"
    assert content["responses"][0]["department"] == "Procurement"


def test_numbers_count_by_organisation_and_by_the_year_on_the_wall(cast: Cast) -> None:
    release = make_release()
    assert cards.approved(cast, release=release).number == "S-2026-001"
    assert cards.approved(cast, release=release).number == "S-2026-002"
    new_year = datetime(2027, 1, 1, 0, 10, tzinfo=ZoneInfo("Europe/Brussels"))  # still 2026 in UTC
    assessment = make_assessment(cast.assessor, grade=3, release=release)
    lifecycle.submit(cast.assessor, assessment, now=NOW)
    lifecycle.approve(cast.approver, assessment, now=new_year)
    assert assessment.scorecard.number == "S-2027-001"


def test_an_approval_whose_scorecard_fails_is_undone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(content: object) -> str:
        raise OSError("no")

    monkeypatch.setattr(snapshots, "canonical", broken)
    assessment = make_assessment(cast.assessor, grade=3)
    lifecycle.submit(cast.assessor, assessment, now=NOW)
    with pytest.raises(OSError, match="no"):
        lifecycle.approve(cast.approver, assessment, now=NOW)
    assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.IN_REVIEW
    assert not Scorecard.objects.exists()


def test_a_snapshot_that_computes_otherwise_than_the_approver_saw_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "standing", lambda assessment: None)
    assessment = make_assessment(cast.assessor, grade=3)
    lifecycle.submit(cast.assessor, assessment, now=NOW)
    with pytest.raises(RuntimeError, match="standing score"):
        lifecycle.approve(cast.approver, assessment, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_scorecard_is_made() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        snapshots.make_scorecard(Assessment(), lifecycle.Approval())


CHANGES = {
    "save": lambda card: card.save(),
    "update": lambda card: Scorecard.objects.filter(pk=card.pk).update(verdict="met"),
    "bulk_update": lambda card: Scorecard.objects.bulk_update([card], ["snapshot"]),
    "delete": lambda card: card.rules.all()._raw_delete("default") and None,
    "delete_rule": lambda card: ScorecardRule.objects.filter(scorecard=card).delete(),
    "update_rule": lambda card: ScorecardRule.objects.filter(scorecard=card).update(status="met"),
}


@pytest.mark.parametrize("way", CHANGES)
def test_the_database_refuses_to_change_a_scorecard_through_the_orm(cast: Cast, way: str) -> None:
    card = cards.approved(cast, grade=1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CHANGES[way](card)
    assert Scorecard.objects.get(pk=card.pk).sha256 == card.sha256


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_scorecard SET snapshot = ''",
        "DELETE FROM reports_scorecard",
        "UPDATE reports_scorecardrule SET percent = 100",
        "DELETE FROM reports_scorecardrule",
    ],
)
def test_the_database_refuses_to_change_a_scorecard_through_sql(cast: Cast, statement: str) -> None:
    card = cards.approved(cast, grade=1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Scorecard.objects.get(pk=card.pk).rules.count() == 7
