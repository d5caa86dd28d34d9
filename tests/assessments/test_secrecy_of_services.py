"""A service reads with the eyes of the person who made it: what waits for their answers waits for its calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Role, User
from accounts.operations import Scope
from accounts.tokens import connected
from assessments.approval import chain
from assessments.independence import let_read, note_entries_read
from assessments.lifecycle import transitions
from assessments.lifecycle.periods import Period
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import Answer, Assessment, AssessmentState, Meeting, Reading, Response
from assessments.questionnaire.delegation import delegate
from assessments.questionnaire.saving import Draft, save_answer
from assessments.raters import asking
from assessments.secrecy import (
    hidden_answers,
    is_rating,
    kept_apart,
    readable_entries,
    readable_responses,
    vendors_being_rated,
)
from reports.exports.chosen import secrecy_of
from tests.factories import (
    NOW,
    Cast,
    add_rater,
    make_assessment,
    make_connected,
    make_member,
    make_release,
    make_vendor,
)
from vendors.withheld import withheld

pytestmark = pytest.mark.django_db
# How the administrator who made the service stands to the assessment.
STANDINGS = ("not asked", "asked", "handed in", "withdrawn", "holds a question")


PHASES = ("outstanding", "all in", "meeting begun")


def stood(cast: Cast, standing: str, phase: str) -> Assessment:
    """A colleague has written and handed in; the assessor is outstanding, or has, too, or the meeting has begun
    without them."""
    assessment = make_assessment(cast.assessor, vendor=make_vendor(cast.organisation, "Lighthouse"), grade=2)
    for answer in Answer.objects.filter(response=add_rater(assessment, cast.colleague, grade=3)):
        save_answer(answer, Draft(grade=1, comment="Never"), version=0, author=cast.colleague.user, now=NOW)
    transitions.hand_in(cast.colleague, assessment)
    if standing in ("asked", "handed in", "withdrawn"):
        own = add_rater(assessment, cast.admin, grade=4)
        if standing == "handed in":
            transitions.hand_in(cast.admin, assessment)
        if standing == "withdrawn":
            Response.objects.filter(pk=own.pk).update(withdrawn_at=timezone.now())
    if standing == "holds a question":
        lent = Answer.objects.filter(response__rater=cast.assessor.user, response__assessment=assessment).first()
        assert lent is not None
        delegate(cast.assessor, lent, cast.admin, now=timezone.now())
    if phase == "all in" and standing != "holds a question":
        transitions.hand_in(cast.assessor, assessment)
    if phase == "meeting begun":
        Meeting.objects.create(assessment=assessment, held_on=NOW.date(), created_by=cast.assessor.user)
    return assessment


def reads_more(service: Membership, maker: Membership, assessment: Assessment) -> Iterator[str]:
    """What the service may read or do that its maker may not: nothing, if all is well."""
    if set(kept_apart(maker.user)) - set(kept_apart(service.user)):
        yield "assessments"
    if set(vendors_being_rated(maker)) - set(vendors_being_rated(service)) or withheld(maker) - withheld(service):
        yield "vendors"
    if secrecy_of(maker).assessments - secrecy_of(service).assessments:
        yield "exports"
    if set(hidden_answers(maker.user)) - set(hidden_answers(service.user)):
        yield "answers"
    if set(readable_responses(assessment, service)) - set(readable_responses(assessment, maker)):
        yield "questionnaires"
    trail = AuditEntry.objects.all()
    if set(readable_entries(trail, service.user)) - set(readable_entries(trail, maker.user)):
        yield "trail"
    if is_rating(assessment, maker.user) and not is_rating(assessment, service.user):
        yield "the table of the raters"


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_service_never_reads_more_than_its_maker(cast: Cast, standing: str, phase: str) -> None:
    assessment = stood(cast, standing, phase)
    service, _secret = make_connected(cast.admin)
    assert list(reads_more(service, cast.admin, assessment)) == []
    assert let_read(assessment, service.user) == let_read(assessment, cast.admin.user)


def test_a_service_that_read_for_itself_is_noticed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assessment = stood(cast, "asked", "meeting begun")
    service, _secret = make_connected(cast.admin)
    monkeypatch.setattr(User, "judge", property(lambda user: user))
    found = set(reads_more(service, cast.admin, assessment))
    assert found == {
        "assessments", "vendors", "exports", "answers", "questionnaires", "trail", "the table of the raters"
    }  # fmt: skip


def test_what_opens_for_the_maker_opens_for_the_service(cast: Cast) -> None:
    assessment = stood(cast, "asked", "meeting begun")
    service, _secret = make_connected(cast.admin)
    assert not readable_responses(assessment, service).exists()
    transitions.hand_in(cast.admin, assessment)
    assert readable_responses(assessment, service).count() == 2


def test_what_a_service_reads_its_maker_has_read(cast: Cast) -> None:
    assessment = stood(cast, "not asked", "all in")
    service, _secret = make_connected(cast.admin)
    assert let_read(assessment, service.user)
    assert list(Reading.objects.values_list("user", flat=True)) == [cast.admin.user_id]


def test_entries_of_the_trail_that_it_reads_are_on_its_maker_s_record(cast: Cast) -> None:
    stood(cast, "not asked", "all in")
    service, _secret = make_connected(cast.admin)
    note_entries_read(readable_entries(AuditEntry.objects.all(), service.user), service.user)
    assert list(Reading.objects.values_list("user", flat=True)) == [cast.admin.user_id]


def test_whoever_takes_it_over_lends_it_their_eyes(cast: Cast) -> None:
    assessment = stood(cast, "asked", "meeting begun")
    second = make_member(cast.organisation, "second", Role.ADMIN)
    service, _secret = make_connected(second)
    assert readable_responses(assessment, service).exists()
    connected.take_over(cast.admin, service, now=timezone.now())
    service = Membership.everybody.select_related("user__made_by").get(pk=service.pk)
    assert not readable_responses(assessment, service).exists()


def test_nobody_asks_a_service_to_rate_and_it_does_not_ask_itself(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    service, _secret = make_connected(cast.admin, Scope.ASSESSMENTS_WRITE)
    for ask in (lambda: asking.rate_myself(service, assessment), lambda: asking.invite(service, assessment, [service])):
        with pytest.raises(IllegalTransition):
            ask()
    assert not Response.objects.filter(rater=service.user).exists()


def test_a_service_decides_nothing(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=4)
    transitions.hand_in(cast.assessor, assessment)
    transitions.submit(cast.assessor, assessment)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.IN_REVIEW
    service, _secret = make_connected(cast.admin)
    Membership.everybody.filter(pk=service.pk).update(role=Role.APPROVER)
    service = Membership.everybody.select_related("organisation", "user").get(pk=service.pk)
    assert not chain.may_decide_on(assessment, service)
    assert not chain.may_send_back(assessment, service)
    assert not chain.waiting_for(service).exists()
    assert chain.waiting_for(cast.approver).exists()


def test_what_a_service_begins_is_owned_by_its_maker(cast: Cast) -> None:
    service, _secret = make_connected(cast.admin, Scope.ASSESSMENTS_WRITE)
    period = Period(start=date(2026, 1, 1), end=date(2026, 3, 31))
    vendor = make_vendor(cast.organisation, "Lighthouse")
    assessment = transitions.create_assessment(service, vendor=vendor, release=make_release(), period=period)
    assert assessment.owner == cast.admin.user
