"""An outside rater sees the assessment that they are asked about, and nothing else of the organisation: every route is
opened with everything around it marked by one word, which no page, file, mail or calendar of theirs may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import ROUTES, Gate, right_for
from accounts.members import changes, invitations
from accounts.models import AuditEntry, Membership, OrganisationRows, Role, User
from assessments.approval import chain
from assessments.independence import Standing, standing_of
from assessments.lifecycle import transitions
from assessments.models import Answer, ApprovalLevel, Assessment, Digest, Response
from assessments.questionnaire import delegation
from assessments.raters import asking
from assessments.raters import mails as rater_mails
from assessments.schedule import digest
from assessments.schedule.calendar import calendar_of
from tests.config.routes import OBJECTS, Route, World, arguments, routes
from tests.config.test_access import FORBIDDEN, LET_IN, NOT_FOUND, Visitor, about, undone
from tests.factories import (
    Cast,
    add_rater,
    make_assessment,
    make_cast,
    make_incident,
    make_member,
    make_release,
    make_vendor,
)
from vendors.models import Contact, Service

# By which provider the organisation signs in; they come in there, too.
OF_THEIR_OWN_ORGANISATION = {"sign_in_at"}
MARK = "harbour"
ADDRESS = "rita@consultancy.example"
NOT_TAKEN = "not taken"  # the page knows no such method
OWN = tuple(route for route in routes() if route.name in ROUTES)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`assessment`: what the outside rater is asked about, by a member whose name is theirs to know."""

    cast: Cast
    asker: Membership
    assessment: Assessment
    outsider: Membership

    @property
    def response(self) -> Response:
        return Response.objects.get(assessment=self.assessment, rater=self.outsider.user)


@pytest.fixture
def scene(db: None) -> Scene:
    """Everybody and everything is marked, but the organisation, whoever asks, and the vendor that is asked about."""
    make_release()
    cast = make_cast()
    cast.organisation.name, cast.organisation.slug = "Seaside Clinic", "seaside"
    cast.organisation.save()
    cast.department.name = "Harbour procurement"
    cast.department.save()
    for member in (cast.assessor, cast.colleague, cast.approver, cast.reader, cast.admin):
        member.user.name = f"Harbour {member.user.name}"
        member.user.save()
    asker = make_member(cast.organisation, "inviter", Role.ASSESSOR)
    vendor = make_vendor(cast.organisation, "Lighthouse Systems", notes="Harbour note", department=cast.department)
    Contact.objects.create(vendor=vendor, name="Harbour contact at Lighthouse")
    Service.objects.create(vendor=vendor, name="Harbour records at Lighthouse")
    make_incident(vendor, "Harbour 77", title="Harbour records stand still")
    due_on = timezone.localdate() + timedelta(days=40)
    assessment = make_assessment(asker, vendor=vendor, grade=3, due_on=due_on)
    others = add_rater(assessment, cast.assessor, grade=1)
    others.answers.update(comment="Harbour comment", vendor_says="Harbour hears")
    asked = asking.invite_address(asker, assessment, ADDRESS, language="en", note="Because you were there.")
    rater_mails.ask(asker, [asked])
    invitation = invitations.find(asked.token)
    assert invitation is not None
    outsider = invitations.create_account(
        invitation, name="Rita", password="harbour lights", language="en", now=timezone.now()
    )
    return Scene(cast=cast, asker=asker, assessment=assessment, outsider=outsider)


class OfTheirAssessment(World):
    """The things of the world, made of the very assessment that the outside rater is asked about."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.cast)
        self.vendor = scene.assessment.vendor
        self.collecting = scene.assessment
        others = Answer.objects.filter(response__assessment=scene.assessment, response__rater=scene.cast.assessor.user)
        self.answer = others.order_by("pk")[0]

    @cached_property
    def in_review(self) -> Assessment:
        return transitions.submit(self.cast.assessor, self.collecting, without_outstanding=True)


@dataclass(frozen=True, kw_only=True)
class Visit:
    route: str
    got: str
    says: str  # the whole answer, in lower case

    @property
    def tells(self) -> bool:
        return MARK in self.says


def visits(person: Membership, world_of: Callable[[], World], some: Iterable[Route] = OWN) -> Iterator[Visit]:
    """Each route as this person finds it, by GET, and by POST where only that is taken or the page is a form."""
    visitor = Visitor(person)
    for _things, sharing in groupby(sorted(some, key=about), key=about):
        with undone():
            world = world_of()
            for route in sharing:
                url = reverse(route.name, kwargs=arguments(route, world))
                for method in ("get", "post"):
                    with undone():
                        yield _visit(visitor, route, url, method)


def _visit(visitor: Visitor, route: Route, url: str, method: str) -> Visit:
    visitor.client.cookies.clear()
    if visitor.session:
        visitor.client.cookies["sessionid"] = visitor.session
    follow = {"follow": True} if method == "post" else {}
    response = getattr(visitor.client, method)(url, **follow)
    body = b"".join(response).decode(errors="replace")
    got = {403: FORBIDDEN, 404: NOT_FOUND, 405: NOT_TAKEN}.get(response.status_code, LET_IN)
    if response.status_code >= 500 and response.status_code != 503:
        got = f"error {response.status_code}"
    return Visit(route=route.name, got=got, says=f"{body} {dict(response.headers)}".lower())


# Every route ------------------------------------------------------------------------------------------------------
# Doors of people without an account: whoever holds the token of a mail reads what the mail was about.
BY_TOKEN = {"invitation_accept", "vendor_link", "vendor_commitments_link", "desk_link", "pulse_answer", "calendar_feed"}
WITHIN = tuple(route for route in OWN if route.name not in BY_TOKEN)


def test_no_route_tells_an_outside_rater_of_other_vendors_or_people(scene: Scene) -> None:
    """Takes its time: every route is opened twice."""
    found = list(visits(scene.outsider, lambda: World(scene.cast), WITHIN))

    assert {visit.route for visit in found} == {route.name for route in WITHIN}
    assert {visit.route for visit in found if visit.tells} == OF_THEIR_OWN_ORGANISATION
    assert [(visit.route, visit.got) for visit in found if visit.got.startswith("error")] == []
    closed = {route.name for route in WITHIN if "pk" in route.arguments and right_for(ROUTES[route.name])}
    assert len(closed) > 80
    assert [(visit.route, visit.got) for visit in found if visit.route in closed and visit.got == LET_IN] == []


def test_what_the_walk_looks_for_is_there_for_a_reader(scene: Scene) -> None:
    names = {"vendor_list", "vendor_detail", "incident_list", "incident_export", "assessment_list", "feedback_detail"}
    some = [route for route in OWN if route.name in names]

    found = visits(scene.cast.reader, lambda: World(scene.cast), some)

    assert {visit.route for visit in found if visit.tells} == names


def test_of_their_own_assessment_they_open_only_what_is_theirs(scene: Scene) -> None:
    """Takes its time: every route about a thing is opened twice."""
    about_a_thing = [route for route in WITHIN if "pk" in route.arguments and right_for(ROUTES[route.name])]

    found = list(visits(scene.outsider, lambda: OfTheirAssessment(scene), about_a_thing))

    assert [visit.route for visit in found if visit.tells] == []
    assert [(visit.route, visit.got) for visit in found if visit.got.startswith("error")] == []
    assert {visit.route for visit in found if visit.got == LET_IN} == {
        "assessment_detail",
        "assessment_review",
        "assessment_score",
        "assessment_hand_in",
        "assessment_take_up",
        "questionnaire",
        "workbook",
        "workbook_download",
    }


@pytest.mark.parametrize("stage", ["asked", "handed in", "in review", "approved", "cancelled"])
def test_their_pages_tell_nothing_of_the_others_at_any_stage(scene: Scene, stage: str) -> None:
    scene.response.answers.update(grade=2, comment="What I saw myself")
    reach(scene, stage)
    visitor = Visitor(scene.outsider)
    pages = ["work", "assessment_detail", "assessment_review", "rules", "profile", "preferences"]
    for page in pages:
        own = [scene.assessment.pk] if page.startswith("assessment") else []
        response = visitor.page(reverse(page, args=own))
        text = response.content.decode()
        assert (page, response.status_code) == (page, 200)
        assert MARK not in text.lower(), page
        assert not [url for url in links_in(text) if not opens(visitor, url)], page
    assert (
        "What I saw myself" in visitor.page(reverse("assessment_review", args=[scene.assessment.pk])).content.decode()
    )


def reach(scene: Scene, stage: str) -> None:
    """As far as the stage."""
    steps: dict[str, Callable[[], object]] = {
        "asked": lambda: None,
        "handed in": lambda: transitions.hand_in(scene.outsider, scene.assessment),
        "in review": lambda: submitted(scene),
        "approved": lambda: transitions.approve(scene.cast.approver, scene.assessment),
        "cancelled": lambda: None,
    }
    if stage == "cancelled":
        transitions.cancel(scene.asker, scene.assessment, reason="Harbour changed its mind")
        return
    for name in list(steps)[: list(steps).index(stage) + 1]:
        steps[name]()


def submitted(scene: Scene) -> Assessment:
    transitions.hand_in(scene.cast.assessor, scene.assessment)
    return transitions.submit(scene.asker, scene.assessment)


def links_in(text: str) -> set[str]:
    return set(re.findall(r'<a [^>]*href="(/[^"#?]*)', text))


def opens(visitor: Visitor, url: str) -> bool:
    with undone():
        return visitor.page(url).status_code in {200, 302}


def test_a_rater_who_is_withdrawn_finds_nothing_any_more(scene: Scene) -> None:
    asking.withdraw(scene.asker, scene.response)

    found = visits(scene.outsider, lambda: OfTheirAssessment(scene), [r for r in OWN if r.name == "assessment_detail"])

    assert [visit.got for visit in found] == [NOT_FOUND, NOT_TAKEN]


# Every kind of row ------------------------------------------------------------------------------------------------
def kinds() -> list[Any]:
    return [model for model in apps.get_models() if hasattr(model._default_manager, "for_member")]


def test_every_kind_of_row_that_members_read_is_closed_to_outside_raters_by_the_one_mechanism() -> None:
    assert len(kinds()) > 20
    assert [
        model.__name__
        for model in kinds()
        if type(model._default_manager.all()).for_member is not OrganisationRows.for_member
    ] == []


def test_of_each_kind_of_row_an_outside_rater_reads_their_own_alone(scene: Scene) -> None:
    world = OfTheirAssessment(scene)
    for name in ("evidence", "contact", "service", "vendor_with_target", "feedback_file", "pulse", "import_mapping"):
        assert getattr(world, name)
    for name in ("contract", "contract_file", "paper", "proof_file", "rehearsal", "planned_service"):
        assert getattr(world, name)
    for name in ("incident_source", "vendor_import", "approval_level", "vendor_link", "delegation", "invitation"):
        assert getattr(world, name)
    own = scene.response

    read = {model.__name__: set(model._default_manager.for_member(scene.outsider)) for model in kinds()}

    assert {name: rows for name, rows in read.items() if rows} == {
        "Membership": {scene.outsider},
        "Assessment": {scene.assessment},
        "Response": {own},
        "Answer": set(own.answers.all()),
    }
    closed_to_them = [model for model in kinds() if model._default_manager.for_member(scene.cast.admin).exists()]
    assert len(closed_to_them) > 20


def test_the_files_of_the_vendor_are_theirs_for_the_questions_that_they_are_asked_alone(scene: Scene) -> None:
    world = OfTheirAssessment(scene)
    theirs, others = scene.response.answers.order_by("pk")[:2]
    others.delete()  # they are not asked about that one
    vendor_response = world.vendor_link.response
    assert vendor_response is not None
    evidence = {}
    for question in (theirs.question, others.question):
        world.__dict__.pop("evidence", None)
        world.answer = Answer.objects.get(response=vendor_response, question=question)
        evidence[question] = world.evidence
    visitor = Visitor(scene.outsider)
    assert {visitor.gets(reverse("evidence_download", args=[one.pk])) for one in evidence.values()} == {NOT_FOUND}

    Response.objects.filter(pk=vendor_response.pk).update(submitted_at=timezone.now())

    got = {question: visitor.gets(reverse("evidence_download", args=[one.pk])) for question, one in evidence.items()}
    assert got == {theirs.question: LET_IN, others.question: NOT_FOUND}


# Mails and the calendar -------------------------------------------------------------------------------------------
def test_their_mails_and_their_calendar_name_nothing_but_what_they_are_asked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest.DIGESTS, "nudge", lambda pk: True)
    add_rater(make_assessment(scene.cast.assessor, vendor=World(scene.cast).vendor), scene.cast.reader)
    (invited,) = [sent for sent in mail.outbox if sent.to == [ADDRESS]]
    now = datetime.now(ZoneInfo("Europe/Brussels")).replace(hour=9) + timedelta(days=33)
    digest.queue(now)
    for row in Digest.objects.filter(user=scene.outsider.user):
        digest.send(row.pk, now=now)
    asking.remind_now(scene.asker, scene.response)
    rater_mails.ask(scene.asker, [asking.AskedRater(response=scene.response)], again=True)

    mails = [sent for sent in mail.outbox if sent.to == [ADDRESS]]
    assert len(mails) == 3
    calendar = calendar_of(scene.outsider.user, now=now).decode()
    for text in [str(sent.message()) for sent in mails] + [calendar]:
        assert MARK not in text.lower()
    assert "Lighthouse Systems" in calendar
    assert all("Lighthouse Systems" in sent.body for sent in mails)
    reminder = " ".join(str(mails[-1].body).split())
    assert reminder.split("Hello ")[1].startswith("Rita, ")
    assert f"Note from {scene.asker.user.name}: Because you were there." in reminder
    words = " ".join(invited.body.split())
    assert "Your role will be: Outside rater." in words
    assert "nothing else of Seaside Clinic" in words


def test_whoever_hands_in_is_thanked_and_told_what_happens_next(scene: Scene) -> None:
    scene.response.answers.update(grade=3)
    mail.outbox.clear()
    visitor = Visitor(scene.outsider)
    visitor.client.post(reverse("assessment_hand_in", args=[scene.assessment.pk]))

    (sent,) = [one for one in mail.outbox if one.to == [ADDRESS]]
    words = " ".join(str(sent.body).split())
    assert "Thank you: your rating of Lighthouse Systems" in words
    assert "What happens next: Seaside Clinic talks it over" in words
    assert "For as long as others still answer, you can change your answers." in words
    assert sent.reply_to == [f"{scene.asker.user.name} <{scene.asker.user.email}>"]
    assert MARK not in str(sent.message()).lower()


def test_taking_answers_back_says_so_and_leaves_the_way_to_hand_in_on_the_page(scene: Scene) -> None:
    scene.response.answers.update(grade=3)
    scene.response.answers.filter(question__key="support-1").update(grade=None, blank="dont_know")
    scene.response.answers.filter(question__key="support-2").update(grade=None)
    visitor = Visitor(scene.outsider)
    args = [scene.assessment.pk]
    visitor.client.post(reverse("assessment_hand_in", args=args))
    page = visitor.client.post(reverse("assessment_take_up", args=args), follow=True).content.decode()
    assert "Taken back: nobody reads your answers until you hand them in again." in page
    assert "Check and hand in" in page

    review = visitor.client.get(reverse("assessment_review", args=args)).content.decode()
    missing = review.split('id="missing"')[1].split("</section>")[0]
    assert "#question-support-2" in missing
    assert "#question-support-1" not in missing  # “don’t know” is an answer


def test_their_questions_ask_for_their_own_grade_and_send_them_for_no_evidence(scene: Scene) -> None:
    page = Visitor(scene.outsider).client.get(reverse("questionnaire", args=[scene.assessment.pk, "support"]))
    html = page.content.decode()
    assert "Your grade" in html
    assert "How we rate it" not in html
    assert "what to ask for" not in html
    assert "Check and hand in" in html


# The role ---------------------------------------------------------------------------------------------------------
def test_only_an_administrator_lets_them_read_more_and_the_trail_says_so(scene: Scene) -> None:
    visitor = Visitor(scene.outsider)
    assert visitor.gets(reverse("vendor_list")) == FORBIDDEN

    changes.change(scene.cast.admin, scene.outsider, role=Role.READER, department=None, is_active=True)

    assert visitor.gets(reverse("vendor_list")) == LET_IN
    entry = AuditEntry.objects.get(verb="member.changed")
    assert (entry.before["role"], entry.after["role"]) == ("rater", "reader")


def test_a_question_may_be_handed_to_an_outside_rater_who_sees_it_and_nothing_else(scene: Scene) -> None:
    helper = make_member(scene.cast.organisation, "helper", Role.RATER)
    answer = Response.objects.get(assessment=scene.assessment, rater=scene.asker.user).answers.order_by("pk")[0]
    lent = delegation.delegate(scene.asker, answer, helper)
    visitor = Visitor(helper)

    page = visitor.page(reverse("delegation_detail", args=[lent.pk]))

    assert page.status_code == 200
    assert MARK not in page.content.decode().lower()
    assert visitor.gets(reverse("assessment_detail", args=[scene.assessment.pk])) == NOT_FOUND
    assert visitor.gets(reverse("work")) == LET_IN
    assert visitor.gets(reverse("delegation_done", args=[lent.pk])) == LET_IN


def test_an_outside_rater_hands_nothing_on_because_that_would_name_the_members(
    scene: Scene, signed_in: Callable[[Membership | User], Client]
) -> None:
    page = signed_in(scene.outsider).get(reverse("questionnaire", args=[scene.assessment.pk, "support"]))

    assert "Hand this question" not in page.content.decode()


def test_they_stay_independent_however_often_they_look_because_nobody_else_s_answers_are_shown(scene: Scene) -> None:
    scene.response.answers.update(grade=2)
    transitions.hand_in(scene.cast.assessor, scene.assessment)
    transitions.hand_in(scene.outsider, scene.assessment)
    visitor = Visitor(scene.outsider)
    for page in ("assessment_detail", "assessment_review"):
        assert visitor.page(reverse(page, args=[scene.assessment.pk])).status_code == 200

    assert standing_of(scene.assessment, scene.outsider.user, scene.response) is Standing.ALONE


def test_with_two_questionnaires_they_answer_side_by_side_and_see_nothing_else(scene: Scene) -> None:
    second = make_assessment(scene.asker, vendor=make_vendor(scene.cast.organisation, "Beacon Hosting"))
    add_rater(second, scene.outsider)
    make_assessment(scene.cast.assessor, vendor=World(scene.cast).vendor)
    visitor = Visitor(scene.outsider)

    page = visitor.page(reverse("answer_grid_question", args=["support-1"])).content.decode()

    assert MARK not in page.lower()
    assert "Beacon Hosting" in page
    assert "Lighthouse Systems" in page


def test_whoever_was_named_for_a_level_and_only_rates_by_now_does_not_decide(scene: Scene) -> None:
    cast = scene.cast
    ApprovalLevel.objects.create(organisation=cast.organisation, position=1, name="Board", person=scene.outsider)
    scene.response.answers.update(grade=2)
    reach(scene, "in review")
    scene.assessment.refresh_from_db()

    assert chain.refusal(scene.assessment, scene.outsider) is chain.DecisionRefusal.NOT_ASKED
    assert not chain.waiting_for(scene.outsider).exists()
    assert chain.refusal(scene.assessment, cast.approver) is None  # stands in
    assert list(chain.waiting_for(cast.approver)) == [scene.assessment]


def test_the_gates_for_those_who_are_asked_let_outside_raters_come_near_and_the_others_do_not() -> None:
    asked = {name for name, gate in ROUTES.items() if gate is Gate.ASKED}
    named = {name for name, gate in ROUTES.items() if gate is Gate.NAMED}
    assert {"questionnaire", "assessment_hand_in", "delegation_detail", "evidence_add"} <= asked
    assert {"delegation_add", "assessment_approve", "vendor_reply_open", "feedback_edit"} <= named
    assert set(OBJECTS) >= asked | named
