"""Whoever has read others' answers does not rate independently: it is on record, whatever the page, and it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Membership, Role
from assessments import independence
from assessments.consensus import attendance
from assessments.independence import Standing, standing_of, those_who_know
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, AssessmentState, Consensus, Meeting, Reading, Response
from assessments.questionnaire import delegation
from assessments.questionnaire.saving import Draft, save_answer
from assessments.raters import asking
from assessments.score.agreement import rater_agreement
from assessments.score.arithmetic import Confidence
from assessments.score.reading import current_score
from assessments.secrecy import is_kept_apart
from tests.assessments.test_secrecy import MARK, Planted, stands_on
from tests.config.routes import World
from tests.config.test_access import undone
from tests.factories import NOW, Cast, add_rater, make_assessment, make_member

SignIn = Callable[[Membership], Client]
LATER = NOW + timedelta(days=1)


# What is read is on record -----------------------------------------------------------------------------------------
@pytest.fixture
def world(cast: Cast) -> Planted:
    """All have handed in, and a question was agreed on, so that everybody may read everything."""
    planted = Planted(cast)
    planted.write()
    for rater in (cast.colleague, cast.assessor, cast.reader):
        transitions.hand_in(rater, planted.collecting)
    return planted


def told_without_a_record(client: Client, member: Membership, world: Planted) -> tuple[list[str], list[str]]:
    """Each page with nothing on record yet: those that show what the other rater wrote, and those among them after
    which it is not on record that this person read it."""
    showing, unrecorded = [], []
    for name, url in world.pages():
        with undone():
            Reading.objects.all().delete()
            if MARK in stands_on(client.get(url)):
                showing.append(name)
                if member.user_id not in those_who_know(world.collecting.pk):
                    unrecorded.append(name)
    return showing, unrecorded


TOLD = {"assessment_review", "assessment_history", "evidence_download", "assessment_consensus", "pack_docx"}


@pytest.mark.parametrize(
    ("who", "pages"),
    [("assessor", TOLD), ("admin", {*TOLD, "audit_list"})],
)
def test_no_page_shows_what_another_wrote_without_putting_it_on_record(
    who: str, pages: set[str], world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    member = getattr(cast, who)
    showing, unrecorded = told_without_a_record(signed_in(member), member, world)
    assert set(showing) == pages
    assert unrecorded == []


def test_the_walk_notices_a_page_that_forgets_it(
    world: Planted, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "assessments.score.overview.let_read", lambda assessment, user: not is_kept_apart(assessment, user)
    )
    monkeypatch.setattr("assessments.findings.panel.let_read", lambda assessment, user: False)
    _showing, unrecorded = told_without_a_record(signed_in(cast.approver), cast.approver, world)
    assert unrecorded == ["assessment_review"]


def test_a_delegate_who_sees_the_question_is_known_to_have_seen_it(world: Planted, cast: Cast) -> None:
    assert world.helper.user_id in those_who_know(world.collecting.pk)
    assert world.helper.user_id not in those_who_know(world.collecting.pk, but_for=world.rater.pk)


def test_figures_made_of_others_answers_are_on_record_too(cast: Cast, signed_in: SignIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.hand_in(cast.assessor, assessment)
    signed_in(cast.approver).get(reverse("assessment_detail", args=[assessment.pk]))
    assert those_who_know(assessment.pk) == {cast.approver.user_id}


def test_what_the_vendor_would_be_shown_is_on_record_too(cast: Cast, signed_in: SignIn) -> None:
    """The percentages of the rules stand on the page that asks the vendor for its reply."""
    assessment = World(cast).in_review
    signed_in(cast.colleague).get(reverse("vendor_reply_open", args=[assessment.pk]))
    assert cast.colleague.user_id in those_who_know(assessment.pk)


def test_whoever_gets_the_vendor_s_way_to_the_result_is_known_to_have_it(cast: Cast, signed_in: SignIn) -> None:
    link = World(cast).reply_link
    signed_in(cast.colleague).get(reverse("link_renew", args=[link.pk]))
    assert cast.colleague.user_id not in those_who_know(link.assessment_id)
    signed_in(cast.colleague).post(reverse("link_renew", args=[link.pk]), {"by": "hand"})
    assert cast.colleague.user_id in those_who_know(link.assessment_id)


def test_what_a_rater_wrote_to_a_delegate_is_on_record_by_the_trail_too(
    world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    html = signed_in(cast.admin).get(reverse("audit_list"), {"kind": "assessments.delegation"}).content.decode()
    assert f"Please {MARK}" in html
    assert cast.admin.user_id in those_who_know(world.collecting.pk)


def test_a_delegate_who_looks_at_the_history_still_knows_the_one_answer_alone(cast: Cast, signed_in: SignIn) -> None:
    world = Planted(cast)
    world.write()
    html = signed_in(world.helper).get(reverse("assessment_history", args=[world.collecting.pk])).content.decode()
    assert f"Please {MARK}" in html
    assert world.helper.user_id not in those_who_know(world.collecting.pk, but_for=world.rater.pk)


def test_the_first_moment_is_kept(cast: Cast, signed_in: SignIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.hand_in(cast.assessor, assessment)
    client = signed_in(cast.approver)
    client.get(reverse("assessment_review", args=[assessment.pk]))
    first = Reading.objects.get().first_at
    client.get(reverse("assessment_review", args=[assessment.pk]))
    independence.note_reading(assessment.pk, cast.approver.user)
    assert Reading.objects.get().first_at == first


def test_a_person_reads_for_the_first_time_once(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    Reading.objects.create(assessment=assessment, user=cast.reader.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.create(assessment=assessment, user=cast.reader.user)


def test_the_vendor_is_never_marked(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(assessment=assessment, kind="vendor", not_independent_since=NOW)


def test_ones_own_answers_alone_are_no_reading(cast: Cast, signed_in: SignIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    client = signed_in(cast.assessor)
    transitions.hand_in(cast.assessor, assessment)
    for name in ("assessment_detail", "assessment_review", "assessment_consensus", "assessment_history"):
        client.get(reverse(name, args=[assessment.pk]))
    assert not Reading.objects.exists()


@pytest.mark.parametrize("state", [AssessmentState.APPROVED, AssessmentState.CANCELLED])
def test_nothing_is_kept_where_nobody_can_rate_any_more(cast: Cast, signed_in: SignIn, state: AssessmentState) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    assessment.responses.update(submitted_at=NOW)
    Assessment.objects.update(state=state)
    signed_in(cast.approver).get(reverse("assessment_review", args=[assessment.pk]))
    assert not Reading.objects.exists()


# What follows from it ----------------------------------------------------------------------------------------------
@pytest.fixture
def assessment(cast: Cast) -> Assessment:
    """The owner and a reader have handed in."""
    made = make_assessment(cast.assessor, grade=3)
    add_rater(made, cast.reader, grade=3)
    for member in (cast.assessor, cast.reader):
        transitions.hand_in(member, made, now=NOW)
    return made


def reads(member: Membership, assessment: Assessment) -> None:
    assert independence.let_read(assessment, member.user)


def writes(member: Membership, response: Response, grade: int = 2) -> None:
    answer = response.answers.select_related("question", "response").order_by("pk")[0]
    saved = save_answer(answer, Draft(grade=grade), version=answer.version, author=member.user, now=LATER)
    assert type(saved).__name__ == "Saved"


def own(member: Membership, assessment: Assessment) -> Response:
    return Response.objects.get(assessment=assessment, rater=member.user)


def is_independent(member: Membership, assessment: Assessment) -> bool:
    return own(member, assessment).is_independent


def hands_in(member: Membership, assessment: Assessment) -> None:
    transitions.hand_in(member, assessment, now=LATER)


def test_whoever_reads_and_joins_is_marked(cast: Cast, assessment: Assessment) -> None:
    reads(cast.colleague, assessment)
    asking.rate_myself(cast.colleague, assessment)
    assert is_independent(cast.colleague, assessment)
    writes(cast.colleague, own(cast.colleague, assessment))
    hands_in(cast.colleague, assessment)
    assert own(cast.colleague, assessment).not_independent_since == LATER
    assert AuditEntry.objects.filter(verb="response.not_independent").count() == 1


def test_whoever_has_read_and_is_invited_is_marked(cast: Cast, assessment: Assessment) -> None:
    reads(cast.approver, assessment)
    asking.invite(cast.assessor, assessment, [cast.approver])
    writes(cast.approver, own(cast.approver, assessment))
    hands_in(cast.approver, assessment)
    assert not is_independent(cast.approver, assessment)


def test_leaving_and_joining_again_washes_nothing_off(cast: Cast, assessment: Assessment) -> None:
    """Answers written alone, not handed in, and kept by whoever then knows what to compare them with."""
    asking.rate_myself(cast.colleague, assessment)
    writes(cast.colleague, own(cast.colleague, assessment))
    asking.rate_not(cast.colleague, assessment)
    assert is_independent(cast.colleague, assessment)
    reads(cast.colleague, assessment)
    asking.rate_myself(cast.colleague, assessment)
    hands_in(cast.colleague, assessment)
    assert not is_independent(cast.colleague, assessment)
    transitions.take_up_again(cast.colleague, assessment)
    asking.rate_not(cast.colleague, assessment)
    asking.rate_myself(cast.colleague, assessment)
    hands_in(cast.colleague, assessment)
    assert not is_independent(cast.colleague, assessment)


def test_whoever_judged_alone_and_reads_afterwards_stays_independent_without_a_change(
    cast: Cast, assessment: Assessment
) -> None:
    reads(cast.reader, assessment)
    transitions.take_up_again(cast.reader, assessment)
    hands_in(cast.reader, assessment)
    assert is_independent(cast.reader, assessment)


def test_a_change_after_having_read_ends_independence_and_changing_back_does_not_restore_it(
    cast: Cast, assessment: Assessment
) -> None:
    reads(cast.reader, assessment)
    transitions.take_up_again(cast.reader, assessment)
    writes(cast.reader, own(cast.reader, assessment), grade=1)
    assert own(cast.reader, assessment).not_independent_since == LATER
    writes(cast.reader, own(cast.reader, assessment), grade=3)
    hands_in(cast.reader, assessment)
    assert not is_independent(cast.reader, assessment)


def test_a_change_without_having_read_is_ones_own(cast: Cast, assessment: Assessment) -> None:
    transitions.take_up_again(cast.reader, assessment)
    writes(cast.reader, own(cast.reader, assessment), grade=1)
    hands_in(cast.reader, assessment)
    assert is_independent(cast.reader, assessment)


def test_whoever_was_at_the_meeting_before_handing_in_is_marked(cast: Cast, assessment: Assessment) -> None:
    add_rater(assessment, cast.approver, grade=3)
    there = [cast.assessor.user, cast.reader.user, cast.approver.user]
    attendance.hold(cast.assessor, assessment, held_on=NOW.date(), attendees=there, without_outstanding=True)
    hands_in(cast.approver, assessment)
    assert not is_independent(cast.approver, assessment)
    assert is_independent(cast.reader, assessment)


def test_a_wrong_tick_at_the_meeting_that_was_put_right_marks_nobody(cast: Cast, assessment: Assessment) -> None:
    add_rater(assessment, cast.approver, grade=3)
    wrong, right = [cast.reader.user, cast.approver.user], [cast.reader.user]
    for there in (wrong, right):
        attendance.hold(cast.assessor, assessment, held_on=NOW.date(), attendees=there, without_outstanding=True)
    hands_in(cast.approver, assessment)
    assert is_independent(cast.approver, assessment)


def test_a_colleague_who_has_read_and_writes_in_a_raters_place_marks_the_rating(
    cast: Cast, assessment: Assessment
) -> None:
    late = add_rater(assessment, cast.approver, grade=3)
    Reading.objects.create(assessment=assessment, user=cast.colleague.user)
    delegation.delegate(cast.approver, late.answers.order_by("pk")[0], cast.colleague)
    writes(cast.colleague, late)
    assert not is_independent(cast.approver, assessment)


def test_a_colleague_who_knows_the_one_answer_alone_marks_nothing(cast: Cast, assessment: Assessment) -> None:
    late = add_rater(assessment, cast.approver, grade=3)
    delegation.delegate(cast.approver, late.answers.order_by("pk")[0], cast.colleague)
    writes(cast.colleague, late)
    hands_in(cast.approver, assessment)
    assert is_independent(cast.approver, assessment)


@pytest.mark.parametrize("ended", ["", "done_at", "taken_back_at"])
def test_a_colleague_who_was_handed_a_question_can_be_asked_and_is_marked(
    ended: str, cast: Cast, assessment: Assessment
) -> None:
    late = add_rater(assessment, cast.approver, grade=3)
    lent = delegation.delegate(cast.approver, late.answers.order_by("pk")[0], cast.colleague)
    if ended:
        type(lent).objects.filter(pk=lent.pk).update(**{ended: NOW})
    asking.invite(cast.assessor, assessment, [cast.colleague])
    writes(cast.colleague, own(cast.colleague, assessment))
    hands_in(cast.colleague, assessment)
    assert not is_independent(cast.colleague, assessment)


MOVES = ("read", "join", "leave", "write", "hand in", "take up")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moves=st.lists(st.sampled_from(MOVES), max_size=10))
def test_in_whatever_order_a_rating_is_independent_unless_it_followed_a_reading(cast: Cast, moves: list[str]) -> None:
    """Against a model of one line: read, and then handed in for the first time, or changed."""
    with undone():
        assessment = make_assessment(cast.assessor, grade=3)
        transitions.hand_in(cast.assessor, assessment, now=NOW)
        member, has_read, was_in, expected = cast.colleague, False, False, True
        for number, move in enumerate(moves):
            theirs = Response.objects.filter(assessment=assessment, rater=member.user).first()
            is_open = theirs is not None and theirs.is_outstanding
            if move == "read":
                has_read = independence.let_read(assessment, member.user) or has_read
            elif move == "join" and (theirs is None or theirs.withdrawn_at):
                asking.rate_myself(member, assessment)
            elif move == "leave" and is_open:
                asking.rate_not(member, assessment)
            elif move == "write" and is_open:
                writes(member, own(member, assessment), grade=number % 5)
                expected = expected and not has_read
            elif move == "hand in" and is_open and Answer.objects.filter(response=theirs).answered().exists():
                hands_in(member, assessment)
                expected = expected and (was_in or not has_read)
                was_in = True
            elif move == "take up" and theirs is not None and theirs.submitted_at:
                transitions.take_up_again(member, assessment)
        found = Response.objects.filter(assessment=assessment, rater=member.user).first()
        assert found is None or found.is_independent is expected


# What it counts ----------------------------------------------------------------------------------------------------
def test_a_marked_rating_counts_in_the_mean_and_neither_in_confidence_nor_in_agreement(
    cast: Cast, assessment: Assessment
) -> None:
    add_rater(assessment, cast.colleague, grade=0, submitted_at=NOW)
    before, agreed = current_score(assessment), rater_agreement(assessment)
    own_rating = Response.objects.filter(rater=cast.colleague.user)
    own_rating.update(not_independent_since=NOW)
    Response.objects.filter(rater=cast.reader.user).update(not_independent_since=NOW)
    after, agreed_after = current_score(assessment), rater_agreement(assessment)
    assert before.rules == after.rules and before.average == after.average
    assert after.rules[0].questions[0].grade == 2  # (3 + 3 + 0) / 3
    assert (before.confidence, after.confidence) == (Confidence.MEDIUM, Confidence.LOW)
    assert (agreed.raters, agreed_after.raters) == (3, 1)
    assert after.disagreements == before.disagreements != ()  # whoever has read may still object


# What the pages say ------------------------------------------------------------------------------------------------
def test_the_page_says_it_before_one_joins_and_marks_it_afterwards(
    cast: Cast, assessment: Assessment, signed_in: SignIn
) -> None:
    client, raters = signed_in(cast.colleague), reverse("assessment_raters", args=[assessment.pk])
    assert "You have read what others answered here" not in client.get(raters).content.decode()
    client.get(reverse("assessment_review", args=[assessment.pk]))
    assert "You have read what others answered here" in client.get(raters).content.decode()

    client.post(reverse("rater_join", args=[assessment.pk]))
    html = client.get(raters).content.decode()
    assert "has read others’ answers: would not be independent" in html
    questionnaire = client.get(reverse("questionnaire", args=[assessment.pk, "support"])).content.decode()
    assert "The rating is marked as not independent" in questionnaire

    writes(cast.colleague, own(cast.colleague, assessment))
    hands_in(cast.colleague, assessment)
    assert "not independent: had read others’ answers" in client.get(raters).content.decode()
    review = " ".join(client.get(reverse("assessment_review", args=[assessment.pk])).content.decode().split())
    assert "Your rating is marked as not independent" in review
    assert "1 of them had read others’ answers and is not independent" in review
    assert review.count('<span class="muted">(not independent)</span>') == 14
    meeting = client.get(reverse("assessment_consensus", args=[assessment.pk])).content.decode()
    assert "not independent: had read others’ answers" in meeting


def test_the_officer_is_told_before_inviting_somebody_who_has_read(
    cast: Cast, assessment: Assessment, signed_in: SignIn
) -> None:
    reads(cast.approver, assessment)
    client = signed_in(cast.assessor)
    html = client.get(reverse("assessment_raters", args=[assessment.pk])).content.decode()
    assert "Approver (has read others’ answers: would not be independent)" in html
    assert "Colleague (has read" not in html

    rules = {"rules": ["support"], "language": "en"}
    by_address = {"email": cast.approver.user.email.upper()} | rules
    said = client.post(reverse("rater_invite", args=[assessment.pk]), by_address).content.decode()
    assert "is a member and has read others’ answers" in said
    assert not Response.objects.filter(rater=cast.approver.user).exists()
    client.post(reverse("rater_invite", args=[assessment.pk]), {"people": [cast.approver.pk]} | rules)
    assert Response.objects.filter(rater=cast.approver.user).exists()


def test_the_page_says_it_before_answers_are_taken_up_again(
    cast: Cast, assessment: Assessment, signed_in: SignIn
) -> None:
    client, review = signed_in(cast.reader), reverse("assessment_review", args=[assessment.pk])
    client.get(review)
    assert "If you change an answer now, your rating is marked" in client.get(review).content.decode()
    client.post(reverse("assessment_take_up", args=[assessment.pk]))
    questionnaire = client.get(reverse("questionnaire", args=[assessment.pk, "support"])).content.decode()
    assert "If you change an answer now, your rating is marked" in questionnaire


def test_a_rater_is_told_before_handing_a_question_to_somebody_who_has_read(
    cast: Cast, assessment: Assessment, signed_in: SignIn
) -> None:
    late = add_rater(assessment, cast.approver, grade=3)
    Reading.objects.create(assessment=assessment, user=cast.colleague.user)
    page = signed_in(cast.approver).get(reverse("delegation_add", args=[late.answers.order_by("pk")[0].pk]))
    html = page.content.decode()
    assert html.count("has read others’ answers: yours would not be independent") == 1


@pytest.mark.parametrize(
    ("has_read", "was_in", "expected"),
    [
        (False, False, Standing.ALONE),
        (False, True, Standing.ALONE),
        (True, False, Standing.TOO_LATE),
        (True, True, Standing.IF_CHANGED),
    ],
)
def test_how_a_person_stands_to_the_others_answers(
    cast: Cast, assessment: Assessment, has_read: bool, was_in: bool, expected: Standing
) -> None:
    response = add_rater(assessment, cast.colleague, first_handed_in_at=NOW if was_in else None)
    if has_read:
        independence.note_reading(assessment.pk, cast.colleague.user)
    assert standing_of(assessment, cast.colleague.user, response) == expected
    response.not_independent_since = NOW
    assert standing_of(assessment, cast.colleague.user, response) == Standing.MARKED
    assert bool(independence.notice(expected)) is (expected != Standing.ALONE)


# What is known of the time before ----------------------------------------------------------------------------------
def test_an_installation_of_before_knows_when_raters_first_handed_in_and_who_decided(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    transitions.hand_in(cast.assessor, assessment, now=NOW)
    add_rater(assessment, cast.reader, grade=3, submitted_at=LATER)
    untouched = add_rater(assessment, make_member(cast.organisation, "late", Role.READER))
    meeting = Meeting.objects.create(assessment=assessment, held_on=NOW.date(), created_by=cast.colleague.user)
    Consensus.objects.create(
        assessment=assessment,
        question=assessment.release.questions.all()[0],
        meeting=meeting,
        grade=3,
        reason="So",
        decided_by=cast.colleague.user,
        decided_at=NOW,
    )
    Response.objects.update(first_handed_in_at=None)
    own_rating = own(cast.assessor, assessment)
    handed_in = AuditEntry.objects.get(verb="response.handed_in").at
    Response.objects.filter(pk=own_rating.pk).update(submitted_at=None)

    migration = import_module("assessments.migrations.0008_who_handed_in_first")
    migration.fill(apps, SimpleNamespace(connection=connection))

    assert own(cast.assessor, assessment).first_handed_in_at == handed_in
    assert own(cast.reader, assessment).first_handed_in_at == LATER
    untouched.refresh_from_db()
    assert untouched.first_handed_in_at is None
    found = Reading.objects.values_list("assessment", "user", "first_at")
    assert list(found) == [(assessment.pk, cast.colleague.user_id, NOW)]
