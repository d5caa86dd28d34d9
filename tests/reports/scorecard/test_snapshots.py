"""The snapshot is complete, canonical, verified, computes to its own numbers, and never changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Department
from assessments.findings import findings
from assessments.independence import note_reading
from assessments.lifecycle import transitions
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Consensus,
    Evidence,
    Meeting,
    Reply,
    ReplyRequest,
    Response,
)
from assessments.score import agreement, arithmetic, reading, self_view
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links, reply
from reports import worker
from reports.models import DocumentKind, Scorecard, ScorecardRule
from reports.scorecard import freezing, snapshots, view
from tests.factories import NOW, Cast, add_rater, make_assessment, make_incident, make_release, make_vendor
from tests.reports import cards, earlier_versions
from vendors import facts_revision
from vendors.models import Contact, MeasureTarget, Vendor


def test_approving_makes_the_scorecard_with_its_numbers(cast: Cast) -> None:
    card = cards.approved(cast, grade=3)
    assert (card.number, card.rules_met, card.verdict, card.confidence) == ("S-2026-001", 7, "met", "low")
    assert (card.approved_by, card.approved_at, card.engine_version) == (cast.approver.user, NOW, "2")
    assert card.average == 75
    assert card.weakest_rule == "support"
    rules = list(card.rules.values_list("position", "key", "status", "percent", "coverage"))
    assert rules[0] == (1, "support", "met", 75, 100)
    assert len(rules) == 7


def test_approving_records_the_scorecard_in_the_trail_of_its_assessment(cast: Cast) -> None:
    card = cards.approved(cast)
    entry = AuditEntry.objects.get(object_type="reports.scorecard")
    assert (entry.verb, entry.actor, entry.subject_id) == (
        "scorecard.made",
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
    transitions.submit(cast.assessor, assessment, now=NOW)
    transitions.send_back(cast.approver, assessment, reason="Look again", now=NOW)
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
    assert score == reading.current_score(assessment)
    assert score == snapshots.score_of(content)
    assert arithmetic.as_data(score) == content["score"]


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
    transitions.submit(cast.assessor, assessment, now=NOW)
    Response.objects.create(assessment=assessment, rater=cast.colleague.user)
    transitions.approve(cast.approver, assessment, now=NOW)
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
    transitions.submit(cast.assessor, assessment, now=NOW)
    transitions.approve(cast.approver, assessment, now=new_year)
    assert assessment.scorecard.number == "S-2027-001"


def test_an_approval_whose_scorecard_fails_is_undone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(content: object) -> str:
        raise OSError("no")

    monkeypatch.setattr(snapshots, "canonical", broken)
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.submit(cast.assessor, assessment, now=NOW)
    with pytest.raises(OSError, match="no"):
        transitions.approve(cast.approver, assessment, now=NOW)
    assert Assessment.objects.get(pk=assessment.pk).state == AssessmentState.IN_REVIEW
    assert not Scorecard.objects.exists()


def test_a_snapshot_that_computes_otherwise_than_the_approver_saw_is_refused(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "current_score", lambda assessment: None)
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.submit(cast.assessor, assessment, now=NOW)
    with pytest.raises(RuntimeError, match="current score"):
        transitions.approve(cast.approver, assessment, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_scorecard_is_made() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        snapshots.make_scorecard(Assessment(), transitions.Approval())


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


# Everybody who has a say ------------------------------------------------------------------------------------------
@pytest.fixture
def spoken(cast: Cast) -> Assessment:
    """Two raters who differ, one who never handed in, a vendor that graded itself, and a consensus on one question."""
    Department.objects.create(organisation=cast.organisation, name="Informatics", is_it=True)
    vendor = make_vendor(cast.organisation, "Example Systems", department=cast.department)
    assessment = make_assessment(cast.assessor, grade=1, vendor=vendor)
    add_rater(assessment, cast.colleague, grade=3, submitted_at=NOW)
    add_rater(assessment, cast.reader, grade=4)
    contact = Contact.objects.create(vendor=vendor, name="Robin Example", email="robin@vendor.example")
    link, _token = links.create(cast.assessor, assessment, contact)
    own = Answer.objects.filter(response=link.response_id, question__key__startswith="support")
    own.update(vendor_says="We stay.", grade=4, updated_through=link)
    vendor_answers.hand_in(link, now=NOW)
    transitions.hand_in(cast.assessor, assessment, now=NOW)  # before the meeting
    meeting = Meeting.objects.create(assessment=assessment, held_on=NOW.date(), created_by=cast.assessor.user)
    meeting.attendees.add(cast.assessor.user, cast.colleague.user)
    Consensus.objects.create(
        assessment=assessment,
        question=assessment.release.questions.get(key="support-1"),
        meeting=meeting,
        grade=3,
        reason="We read the records together.",
        decided_by=cast.assessor.user,
        decided_at=NOW,
    )
    return assessment


def approve_without_the_late(cast: Cast, assessment: Assessment) -> dict[str, Any]:
    transitions.submit(cast.assessor, assessment, without_outstanding=True, now=NOW)
    transitions.approve(cast.approver, assessment, now=NOW)
    return snapshots.load(Scorecard.objects.get(assessment=assessment))


def test_snapshot_says_who_was_asked_who_was_heard_and_how_far_they_agree(cast: Cast, spoken: Assessment) -> None:
    content = approve_without_the_late(cast, spoken)
    assert [(one["kind"], one["name"]) for one in content["responses"]] == [
        ("customer", "Assessor"),
        ("customer", "Colleague"),
        ("vendor", "Robin Example"),
    ]
    assert content["outstanding"] == [{"name": "Reader", "department": None}]
    assert content["heard"] == [
        {"name": "Procurement", "why": "ordering", "heard": True},
        {"name": "Informatics", "why": "it", "heard": False},
    ]
    agreed = content["agreement"]
    assert (agreed["raters"], agreed["questions"], agreed["level"]) == (2, 14, "weak")
    assert float(agreed["alpha"]) == agreement.rater_agreement(spoken).alpha


def test_what_was_not_handed_in_is_nowhere_in_the_snapshot(cast: Cast, spoken: Assessment) -> None:
    Answer.objects.filter(response__rater=cast.reader.user).update(comment="Never handed in")
    approve_without_the_late(cast, spoken)
    assert "Never handed in" not in Scorecard.objects.get(assessment=spoken).snapshot


def test_the_score_uses_the_consensus_and_the_vendor_never_counts(cast: Cast, spoken: Assessment) -> None:
    content = approve_without_the_late(cast, spoken)
    assert content["consensus"] == {
        "support-1": {
            "grade": 3,
            "not_applicable": False,
            "reason": "We read the records together.",
            "held_on": "2026-03-02",
        }
    }
    assert content["meetings"] == [{"held_on": "2026-03-02", "present": ["Assessor", "Colleague"]}]
    score = snapshots.recompute(content)
    assert score == reading.current_score(spoken) == snapshots.score_of(content)
    assert score.rules[0].percent == Fraction(75 + 50, 2)
    without_vendor = [one for one in content["responses"] if one["kind"] == "customer"]
    assert snapshots.recompute({**content, "responses": without_vendor}) == score


def test_the_gap_is_that_of_the_assessment(cast: Cast, spoken: Assessment) -> None:
    content = approve_without_the_late(cast, spoken)
    assert content["gap"][0] == {"rule": "support", "vendor": "100", "customer": "125/2", "difference": "75/2"}
    assert content["gap"][1]["vendor"] is None
    for stored, found in zip(content["gap"], self_view.gaps(spoken), strict=True):
        assert stored["vendor"] == (None if found.vendor is None else str(found.vendor))
        assert stored["difference"] == (None if found.difference is None else str(found.difference))


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_reply_is_kept_once_it_was_sent(cast: Cast, spoken: Assessment, is_sent: bool) -> None:
    transitions.submit(cast.assessor, spoken, without_outstanding=True, now=NOW)
    spoken.refresh_from_db()
    request = ReplyRequest.objects.create(
        assessment=spoken,
        shown=reply.shown_of(spoken, now=NOW),
        fingerprint=spoken.fingerprint,
        due_on=NOW.date() - timedelta(days=1),
        opened_by=cast.assessor.user,
        opened_at=NOW,
        submitted_at=NOW if is_sent else None,
    )
    Reply.objects.create(request=request, rule="support", stance="contests", text="We see that otherwise.")
    transitions.approve(cast.approver, spoken, now=NOW)
    content = snapshots.load(Scorecard.objects.get(assessment=spoken))
    assert content["reply"]["due_on"] == "2026-03-01"
    assert ("We see that otherwise." in str(content)) is is_sent
    assert [(one["rule"], one["stance"], one["to_earlier_result"]) for one in content["replies"]] == (
        [("support", "contests", False)] if is_sent else []
    )


def test_a_question_answered_by_a_delegate_names_them(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    Answer.objects.filter(question__key="speed-1").update(updated_by=cast.colleague.user)
    Answer.objects.filter(question__key="speed-2").update(updated_by=cast.assessor.user)
    content = snapshots.load(cards.approve(cast, assessment))
    by = {answer["question"]: answer["by"] for answer in content["responses"][0]["answers"]}
    assert (by["speed-1"], by["speed-2"], by["proof-1"]) == ("Colleague", None, None)


# What earlier versions wrote --------------------------------------------------------------------------------------
def schema_1() -> Scorecard:
    """A scorecard as the first version of the snapshot stored it, to the last byte."""
    text = (Path(__file__).parent / "schema_1.json").read_text(encoding="utf-8")
    return Scorecard(number="S-2026-001", snapshot=text, sha256=SCHEMA_1, approved_at=NOW, engine_version="1")


SCHEMA_1 = "bcdb2980cd6ee865d11129d6be93cdb379830b7dff5a9ffdd9c7a5c7b9566cc6"


def test_a_snapshot_of_the_first_schema_is_read_and_recomputes() -> None:
    content = snapshots.load(schema_1())
    assert content["schema"] == 1
    assert snapshots.recompute(content) == snapshots.score_of(content)
    assert (content["score"]["met"], content["gap"], content["reply"]) == (4, [], None)


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_a_snapshot_of_the_first_schema_is_shown_and_printed(language: str) -> None:
    card = view.view_of(schema_1(), language=language)
    assert (card.met, card.agreement, card.has_gap, card.reply_note, card.previous) == (4, "", False, "", "")
    assert [one.level for one in card.approvals] == [""]
    assert worker.produce(schema_1(), language=language).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("part", ["consensus", "agreement", "replies", "gap", "heard"])
def test_no_part_can_be_tampered_with(part: str) -> None:
    card = cards.scorecard(cards.full())
    content = json.loads(card.snapshot)
    card.snapshot = snapshots.canonical({**content, part: cards.snapshot()[part]})
    with pytest.raises(snapshots.SnapshotDamaged):
        snapshots.load(card)


@pytest.mark.parametrize("schema", range(1, 9))
def test_a_snapshot_of_each_earlier_schema_recomputes_and_says_nothing_of_what_the_customer_sets(schema: int) -> None:
    card = earlier_versions.of_schema(schema)
    content = snapshots.load(card)
    assert snapshots.recompute(content) == snapshots.score_of(content)
    assert (content["expectations"], content["supplementary"], content["practice"]) == (None, [], None)
    assert len(view.view_of(card, language="fr").rules) == 7
    if schema == 8:
        assert worker.produce(card, language="fr").startswith(b"%PDF-1.7")


def schema_2() -> Scorecard:
    """A scorecard as the second version stored it: raters, consensus, the vendor’s view and its reply, no measures."""
    text = (Path(__file__).parent / "schema_2.json").read_text(encoding="utf-8")
    return Scorecard(number="S-2026-001", snapshot=text, sha256=SCHEMA_2, approved_at=NOW, engine_version="1")


SCHEMA_2 = "68a484c28d936ce4e2c29094e9f8a8f6cc8a784eb3d05d09ae7562f02caed855"


def test_a_snapshot_of_the_second_schema_is_read_and_recomputes() -> None:
    content = snapshots.load(schema_2())
    assert content["schema"] == 2
    assert snapshots.recompute(content) == snapshots.score_of(content)
    assert snapshots.gap_of(content) == content["gap"]
    assert (content["measures"], content["targets"], content["findings"]) == (None, {}, [])


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_a_snapshot_of_the_second_schema_is_shown_and_says_nothing_of_measures(language: str) -> None:
    card = view.view_of(schema_2(), language=language)
    assert (card.measured, card.measured_note, card.charts, card.targets) == (None, "", (), ())
    assert card.has_gap
    assert worker.produce(schema_2(), language=language).startswith(b"%PDF-1.7")


def schema_3() -> Scorecard:
    """A scorecard as the third version stored it: its measures had no basis, and the share of repeats decided."""
    text = (Path(__file__).parent / "schema_3.json").read_text(encoding="utf-8")
    return Scorecard(number="S-2026-001", snapshot=text, sha256=SCHEMA_3, approved_at=NOW, engine_version="1")


SCHEMA_3 = "c9dba5e03db1c0f134f50d1dc0f4f4287faa129d1a0fc9165948620e01576a60"


def test_a_snapshot_of_the_third_schema_is_read_and_recomputes() -> None:
    content = snapshots.load(schema_3())
    assert content["schema"] == 3
    assert snapshots.recompute(content) == snapshots.score_of(content)


def test_a_snapshot_of_the_third_schema_says_of_its_measures_what_it_said_then() -> None:
    card = view.view_of(schema_3(), language="en")
    assert card.measured is not None
    assert card.measured.basis is None
    assert card.measured.window == "49 mission-critical incidents opened from 1\u00a0April 2024 to 31\u00a0March 2026."
    assert card.measured.left_out == (
        "1 incident is still open, so it has no time to resolve yet.",
        "The newest month is shown but is in no trend: it is not complete, or ended less than 37.5 hours ago, the time "
        "within which nine of ten incidents were resolved.",
        "11 incidents are not mission-critical, so they are in no measure.",
    )
    assert [notice.text.replace("\u00a0", " ") for notice in card.measured.notices] == [
        "The vendor claims that rule 5, “Be fast”, is met, yet the mean duration of critical incidents rises by 3 "
        "hours a month (p < 0.001, 8 months).",
        "The vendor claims that rule 6, “Prove it”, is met, yet the share of problems that come back rises by 5.6 "
        "percentage points a month (p = 0.01, 8 months).",
    ]
    assert [notice.brief for notice in card.measured.notices] == [notice.text for notice in card.measured.notices]
    (speed, median), (repeats,) = (card.measured.rows[at].lines for at in (4, 5))
    assert [part.replace("\u00a0", " ") for part in speed.details] == [
        "rising by 3 hours a month, p < 0.001, 8 months",
        "agreed target: 8 hours, missed",
    ]
    assert (speed.known, median.details[1:], repeats.decides) == ("", (), True)
    assert next(chart.words for chart in card.charts).replace("\u00a0", " ") == "flat, p = 1, 8 months"


def schema_4() -> Scorecard:
    """A scorecard as the fourth version stored it: each agreement says who was there, and nobody whether a rater had
    read others' answers."""
    text = (Path(__file__).parent / "schema_4.json").read_text(encoding="utf-8")
    return Scorecard(number="S-2026-001", snapshot=text, sha256=SCHEMA_4, approved_at=NOW, engine_version="1")


SCHEMA_4 = "8cf07b79f22721cd821b7da8c316a06ba319c62878d0f0b441f73d112a0910de"


def test_a_snapshot_of_the_fourth_schema_is_read_and_recomputes() -> None:
    content = snapshots.load(schema_4())
    assert content["schema"] == 4
    assert snapshots.recompute(content) == snapshots.score_of(content)


def test_a_snapshot_of_the_fourth_schema_says_who_was_there_where_it_said_it_and_nothing_of_independence() -> None:
    card = view.view_of(schema_4(), language="en")
    agreed = card.rules[0].questions[0].agreed
    assert agreed is not None
    assert (agreed.present, agreed.of_one) == ("Ada Example, Rater 2, Guest Example", False)
    assert (card.meetings, card.independence, [rater.note for rater in card.raters]) == ((), "", ["", "", ""])
    assert "independent" not in view.scorecard_html(schema_4(), language="en")


# Who judged alone, and who was there -------------------------------------------------------------------------------
def test_a_rater_who_had_read_the_others_is_marked_in_the_snapshot_and_wherever_it_is_shown(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=4)
    transitions.hand_in(cast.assessor, assessment, now=NOW)
    for member in (cast.colleague, cast.reader):
        add_rater(assessment, member, grade=4)
    note_reading(assessment.pk, cast.reader.user)
    transitions.hand_in(cast.colleague, assessment, now=NOW)
    transitions.hand_in(cast.reader, assessment, now=NOW)
    content = approve_without_the_late(cast, assessment)
    assert [response["independent"] for response in content["responses"]] == [True, True, False]
    assert snapshots.recompute(content) == reading.current_score(assessment)
    assert (content["agreement"]["raters"], content["engine"], content["schema"]) == (2, "2", 10)

    card = view.view_of(Scorecard.objects.get(), language="en")
    assert [rater.note for rater in card.raters] == ["", "", "not independent: had read others’ answers"]
    assert card.heard.startswith("3 raters from 1 department, not independent: 1")
    assert "Reader (not independent)" in {answer.rater for answer in card.rules[0].questions[0].answers}
    html = view.scorecard_html(Scorecard.objects.get(), language="en")
    assert "1 rater had read others’ answers and is not independent" in html
    assert "these grades count in the mean, but neither in the confidence" in " ".join(html.split())
    assert worker.produce(Scorecard.objects.get(), language="en").startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("present", "said", "settled"),
    [
        (["Ada Example"], "decided by one person", "1 question decided by one person"),
        (["Ada Example", "Bo Example"], "Agreed on", "1 question agreed"),
    ],
)
def test_who_was_there_is_printed_once_and_a_consensus_of_one_is_called_what_it_is(
    present: list[str], said: str, settled: str
) -> None:
    content = cards.full()
    content["consensus"]["speed-practice"] = {**content["consensus"]["support-exit"], "held_on": "2026-02-01"}
    content["meetings"] = [
        {"held_on": "2026-02-01", "present": ["Cem Example", "Dina Example"]},
        {"held_on": "2026-03-01", "present": present},
    ]
    card = cards.scorecard(cards.computed(content))
    html = " ".join(view.scorecard_html(card, language="en").split())
    assert said in html
    assert html.count("Dina Example") == 1
    assert [one.settled for one in view.view_of(card, language="en").meetings] == ["1 question agreed", settled]


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_a_snapshot_of_the_third_schema_is_printed(language: str) -> None:
    html = view.scorecard_html(schema_3(), language=language)
    assert 'class="basis"' not in html
    assert "help/measures" not in html
    assert worker.produce(schema_3(), language=language).startswith(b"%PDF-1.7")


# What was measured ------------------------------------------------------------------------------------------------
def slower(vendor: Vendor, *, by: float = 3.0) -> None:
    """Two critical incidents a month from January 2025 to February 2026, each month `by` hours longer."""
    for month in range(14):
        year, index = divmod(2025 * 12 + month, 12)
        for day in (3, 15):
            opened = datetime(year, index + 1, day, 8, tzinfo=UTC)
            make_incident(vendor, f"INC-{year}{index + 1:02}{day:02}", opened=opened, hours=50 + by * month)


@pytest.fixture
def ever_slower(cast: Cast) -> Assessment:
    """Rated met in all rules, submitted, of a vendor that takes ever longer and agreed on 8 hours."""
    vendor = make_vendor(cast.organisation, "Slower Systems")
    slower(vendor)
    MeasureTarget.objects.create(
        vendor=vendor, measure="duration_mean", value=8, note="Annex 4", set_by=cast.assessor.user
    )
    assessment = make_assessment(cast.assessor, grade=3, vendor=vendor)
    transitions.submit(cast.assessor, assessment, now=NOW)
    return assessment


def test_the_snapshot_holds_the_measures_the_targets_and_what_follows(cast: Cast, ever_slower: Assessment) -> None:
    transitions.approve(cast.approver, ever_slower, now=NOW)
    content = snapshots.load(Scorecard.objects.get(assessment=ever_slower))
    assert content["schema"] == 10
    kept = content["measures"]
    assert (kept["until"], kept["cases"], kept["step"]) == ("2026-03-02", 28, "month")  # the period ends later
    assert kept["known_at"].startswith("2026-03-02T")
    duration = next(one for one in kept["series"] if one["measure"] == "duration_mean")
    assert duration["trend"]["direction"] == "rising"
    assert duration["points"][0] == {
        "start": "2025-01-01",
        "end": "2025-01-31",
        "value": "50.00",
        "cases": [],  # row numbers mean nothing outside the database
        "count": 2,
        "known": 2,
        "total": 2,
        "is_left_out": True,
        "why": "before",
    }
    assert (kept["basis"]["horizon_hours"], kept["basis"]["begins"]) == (120, "2025-01-03")
    assert content["targets"] == {"duration_mean": {"value": "8.00", "agreed_on": None, "note": "Annex 4"}}
    speed = next(one for one in content["findings"] if one["rule"] == "speed")
    assert speed["rating"] == {"status": "met", "percent": "75", "finding": "contradicted"}
    assert (speed["claim"], speed["measure"]) == (None, "duration_mean")
    assert speed["incidents"][0] == max(speed["incidents"])
    assert len(speed["incidents"]) == 20 < speed["incident_count"]


def test_what_happens_later_changes_nothing_on_the_scorecard(cast: Cast, ever_slower: Assessment) -> None:
    transitions.approve(cast.approver, ever_slower, now=NOW)
    card = Scorecard.objects.get(assessment=ever_slower)
    before = view.view_of(card, language="en")
    ever_slower.vendor.incidents.all().delete()
    MeasureTarget.objects.all().delete()
    make_incident(ever_slower.vendor, hours=1)
    facts_revision.raise_revision(ever_slower.vendor_id)
    assert view.view_of(card, language="en") == before
    assert before.measured is not None
    assert [notice.finding for notice in before.measured.notices] == ["contradicted"]


def test_incidents_between_reading_and_approving_are_frozen_and_refuse_nothing(
    cast: Cast, ever_slower: Assessment
) -> None:
    seen = findings.measured_rules(ever_slower, now=NOW)
    assert seen is not None
    make_incident(ever_slower.vendor, "IN-BETWEEN", opened=NOW - timedelta(days=20), hours=2)
    facts_revision.raise_revision(ever_slower.vendor_id)
    transitions.approve(cast.approver, ever_slower, now=NOW)
    content = snapshots.load(Scorecard.objects.get(assessment=ever_slower))
    assert content["measures"]["cases"] == seen.measures.cases + 1


def test_the_score_does_not_depend_on_measures(cast: Cast, ever_slower: Assessment) -> None:
    transitions.approve(cast.approver, ever_slower, now=NOW)
    content = snapshots.load(Scorecard.objects.get(assessment=ever_slower))
    assert content["score"]["met"] == 7
    assert snapshots.recompute({**content, "measures": None, "targets": {}, "findings": []}) == snapshots.score_of(
        content
    )


def test_the_vendors_claim_is_held_against_the_measure_too(cast: Cast, spoken: Assessment) -> None:
    slower(spoken.vendor)
    Answer.objects.filter(response__kind="vendor", question__key__startswith="speed").update(grade=4)
    content = approve_without_the_late(cast, spoken)
    speed = next(one for one in content["findings"] if one["rule"] == "speed")
    assert speed["claim"] == {"status": "met", "percent": "100", "finding": "contradicted"}
    assert speed["rating"]["finding"] == "confirmed"


def test_without_incidents_a_scorecard_says_that_nothing_was_measured(cast: Cast) -> None:
    card = cards.approved(cast)
    assert snapshots.load(card)["measures"] is None
    shown = view.view_of(card, language="en")
    assert shown.measured is None
    assert shown.measured_note.startswith("Nothing was measured")


@pytest.mark.parametrize("part", ["measures", "targets", "findings"])
def test_no_fact_can_be_tampered_with(part: str) -> None:
    card = cards.scorecard(cards.with_measures(cards.full(), cards.cases(), targets={"repeats": 30}))
    content = json.loads(card.snapshot)
    card.snapshot = snapshots.canonical({**content, part: cards.snapshot()[part]})
    with pytest.raises(snapshots.SnapshotDamaged):
        snapshots.load(card)


def test_a_snapshot_from_before_there_were_notes_is_read_and_shown() -> None:
    stored = {**cards.snapshot(), "schema": 5}
    stored.pop("notes", None)
    card = cards.scorecard(stored)
    assert snapshots.load(card)["notes"] == {}
    shown = view.view_of(card, language="en")
    assert {question.note for rule in shown.rules for question in rule.questions} == {None}


@pytest.mark.parametrize(
    ("asked", "said"),
    [(False, "The vendor was not asked."), (True, "The vendor was asked and did not hand in."), (None, "")],
)
def test_a_vendor_without_answers_was_not_asked_or_did_not_answer_on_page_and_paper(
    asked: bool | None, said: str
) -> None:
    stored = {**cards.snapshot(), "vendor_asked": asked}
    if asked is None:
        stored = {**stored, "schema": 6}
        del stored["vendor_asked"]
    card = cards.scorecard(stored)
    assert view.view_of(card, language="en").vendor_silent == said
    html = view.scorecard_html(card, language="en")
    assert ("The vendor was" in html) == bool(said)
    assert said in html


def test_a_vendor_that_answered_is_not_called_silent() -> None:
    assert view.view_of(cards.scorecard(cards.full()), language="en").vendor_silent == ""


def test_it_is_frozen_whether_the_vendor_was_asked(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    assert freezing.of_assessment(assessment)["vendor_asked"] is False
    contact = Contact.objects.create(vendor=assessment.vendor, name="Robin Example", email="robin@vendor.example")
    links.create(cast.assessor, assessment, contact)
    assert freezing.of_assessment(assessment)["vendor_asked"] is True


def test_paper_without_measures_says_so_under_its_heading_and_the_hashes_under_theirs() -> None:
    card = cards.scorecard(cards.snapshot())
    html = view.scorecard_html(card, language="en", kind=DocumentKind.SCORECARD)
    assert html.index("Facts and trends</h2>") < html.rindex("Nothing was measured")
    assert html.index("For verification</h3>") < html.index("Its SHA-256:")


def test_a_note_of_what_the_vendor_said_is_printed_beside_its_question() -> None:
    asked = cards.snapshot()["release"]["rules"][0]["questions"][0]["key"]
    noted = {"text": "They keep a person on call.", "by": "Bo Rater", "at": "2026-03-02T09:30:00Z"}
    card = cards.scorecard({**cards.snapshot(), "notes": {asked: noted}})
    html = view.scorecard_html(card, language="en")
    assert "They keep a person on call." in html
    assert "Bo Rater" in html
    assert "2 March 2026" in html.replace("\u00a0", " ")
