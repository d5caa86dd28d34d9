"""Each rater judges alone: what is not handed in is read by nobody else, whatever their role and by whatever page."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import ROUTES, right_for
from accounts.models import AuditEntry, Membership, Role
from assessments.lifecycle import transitions
from assessments.models import Answer, Assessment, AssessmentState, Delegation, Evidence, Response, ResponseKind
from assessments.questionnaire import delegation
from assessments.questionnaire.evidence import add_evidence, delete_evidence
from assessments.questionnaire.saving import Draft, save_answer
from assessments.secrecy import (
    hidden_answers,
    may_read,
    may_write,
    readable_entries,
    readable_responses,
    vendors_being_rated,
)
from tests.config.routes import OBJECTS, World, arguments, routes
from tests.factories import (
    NOW,
    Cast,
    add_rater,
    make_assessment,
    make_incident,
    make_member,
    make_proof,
    make_rehearsal,
    make_vendor,
)
from tests.reports import cards
from vendors.emergencies import writing as emergencies
from vendors.models import EntryKind, ProofState, Service
from vendors.timeline import changes as timeline

SignIn = Callable[[Membership], Client]
MARK = "Q7X"  # in every text and every file name that the other rater wrote
FACT = "77.31"
OWN_MARK = "VQ8"  # in every text of the vendor itself
READS_ANSWERS = f'"{Answer._meta.db_table}"'  # stands in the SQL of whatever page can tell anything of an answer
PDF = b"%PDF-1.7\n1 0 obj\n"
# Of the things that an address can name, those that belong to the planted assessment.
PLANTED = {
    "collecting", "handed_in", "in_review", "draft", "answer", "evidence", "open_evidence", "rater", "delegation",
    "vendor",
}  # fmt: skip
BEYOND = {"assessment_open", "assessment_cancel"}


class Planted(World):
    """One assessment: its owner and a reader still judge, a colleague has written what nobody else may see."""

    @cached_property
    def collecting(self) -> Assessment:  # type: ignore[override]
        assessment = make_assessment(self.cast.assessor, vendor=self.vendor, grade=1)
        add_rater(assessment, self.cast.reader, grade=1)
        return assessment

    @cached_property
    def rater(self) -> Response:  # type: ignore[override]
        """The colleague's, each answer marked."""
        return add_rater(self.collecting, self.cast.colleague)

    @property
    def draft(self) -> Assessment:  # type: ignore[override]
        return self.collecting

    handed_in = in_review = draft  # type: ignore[assignment]

    @cached_property
    def answer(self) -> Answer:  # type: ignore[override]
        return self.rater.answers.select_related("question", "response").get(question__key="support-1")

    @cached_property
    def evidence(self) -> Evidence:  # type: ignore[override]
        kept = [self.file(f"{name} {MARK}.pdf") for name in ("kept", "deleted")]
        delete_evidence(kept[1], author=self.writer)
        return kept[0]

    @cached_property
    def delegation(self) -> Delegation:  # type: ignore[override]
        lent = self.rater.answers.get(question__key="proof-1")
        return delegation.delegate(self.cast.colleague, lent, self.helper, note=f"Please {MARK}")

    @cached_property
    def helper(self) -> Membership:
        return make_member(self.cast.organisation, "helper", Role.READER)

    @property
    def writer(self) -> Any:
        return self.cast.colleague.user

    def file(self, name: str) -> Evidence:
        upload = SimpleUploadedFile(name, PDF + name.encode())
        kept = add_evidence(self.answer, upload, author=self.writer, now=NOW)
        assert isinstance(kept, Evidence)
        return kept

    def write(self) -> None:
        """As a person does, so that the trail holds it too."""
        for number, answer in enumerate(self.rater.answers.select_related("question").order_by("pk")):
            texts = {"vendor_says": f"They say {MARK}.", "comment": f"I think {MARK}."}
            graded = {"grade": 4} if number % 3 else {"blank": "not_applicable", "reason": f"Because {MARK}."}
            save_answer(answer, Draft(**texts, **graded), version=0, author=self.writer, now=NOW)  # type: ignore[arg-type]
        self.rater.answers.update(fact_value=FACT)
        assert self.evidence
        assert self.delegation  # before anybody hands in

    @cached_property
    def own(self) -> Response:
        """The vendor's, not handed in, each answer marked."""
        own = Response.objects.create(assessment=self.collecting, kind=ResponseKind.VENDOR)
        questions = self.collecting.release.questions.all()
        said = f"We do {OWN_MARK} that."
        Answer.objects.bulk_create(
            Answer(response=own, question=question, grade=2, vendor_says=said) for question in questions
        )
        return own

    def pages(self) -> Iterator[tuple[str, str]]:
        """Every page for members that can be about this assessment, and those about no single thing. The trail comes
        last: it tells of each export that is fetched on the way."""
        for route in sorted(routes(), key=lambda route: route.name in TRAILS):
            if route.name in BEYOND or right_for(ROUTES.get(route.name)) is None:
                continue
            if "pk" not in route.arguments or OBJECTS[route.name] in PLANTED:
                yield route.name, reverse(route.name, kwargs=arguments(route, self))


@pytest.fixture
def world(cast: Cast) -> Planted:
    planted = Planted(cast)
    planted.write()
    return planted


TRAILS = {"audit_list", "assessment_history"}


class Seen(dict[str, str]):
    """Page → what stands on it, without what differs from one request to the next."""

    def __init__(self) -> None:
        self.of_answers: set[str] = set()  # pages that asked the database for answers, or left something to be told


def asked_by(name: str, seen: Seen) -> Callable[..., Any]:
    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if READS_ANSWERS in sql:
            seen.of_answers.add(name)
        return execute(sql, *rest)

    return note


def seen_by(client: Client, world: Planted, *, only: Collection[str] = ()) -> Seen:
    """All pages, or those of these names."""
    seen = Seen()
    client.get(reverse("work"))  # takes away what earlier pages left to be told
    for name, url in world.pages():
        if only and name not in only:
            continue
        with connection.execute_wrapper(asked_by(name, seen)):
            response = client.get(url)
        if "messages" in response.cookies:
            seen.of_answers.add(name)
        seen[name] = stands_on(response)
    return seen


def stands_on(response: Any) -> str:
    """What a person gets, without the tokens, which may hold any mark by chance."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = (unpacked(body) if body.startswith(b"PK") else body).decode(errors="replace")
    text += response.headers.get("Content-Disposition", "")
    text = re.sub(r"[\w.-]+:[\w-]{6}:[\w-]{43}", "", text)  # signed with the moment
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "", text)  # of a workbook, when it was made
    return re.sub(r'((csrfmiddlewaretoken|form_end)" value=|x-csrftoken": )"[^"]+"', "", text)


def unpacked(body: bytes) -> bytes:
    """What a packed file holds: a mark is not found in what is squeezed."""
    with ZipFile(BytesIO(body)) as archive:
        return b"\n".join(archive.read(name) for name in sorted(archive.namelist()))


def leaks(seen: dict[str, str]) -> list[str]:
    return [name for name, text in seen.items() if any(mark in text for mark in (MARK, FACT, OWN_MARK))]


def differing(seen: Seen, client: Client, world: Planted) -> list[str]:
    """Which pages are others now that other answers are in the database: of those that ask it for answers."""
    assert len(seen.of_answers) > 10
    trail = seen_by(client, world, only=TRAILS)  # before exports, fetched anew, are told of in it once more
    again = {**seen_by(client, world, only=seen.of_answers - TRAILS), **trail}
    return [name for name in seen.of_answers if seen[name] != again[name]]


JUDGING = ("assessor", "reader")  # the owner and another rater
EVERYBODY = (*JUDGING, "approver", "admin")
TOLD = {"assessment_review", "assessment_history", "evidence_download"}  # what a rater wrote stands on these


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_reads_what_is_not_handed_in_on_any_page_nor_what_follows_from_it(
    who: str, world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    """No text of it, of a rater or of the vendor; and with quite other grades, the same pages to the letter."""
    assert world.own
    client = signed_in(getattr(cast, who))
    seen = seen_by(client, world)
    world.rater.answers.update(grade=0, blank="", reason="")
    world.own.answers.update(grade=4)

    assert len(seen) > 30
    assert {"assessment_review", "assessment_detail", "assessment_history", "evidence_download", "work"} <= seen.keys()
    assert leaks(seen) == []
    assert differing(seen, client, world) == []


@pytest.mark.parametrize("who", JUDGING)
def test_whoever_still_judges_reads_nothing_of_others_although_they_handed_in(
    who: str, world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    transitions.hand_in(cast.colleague, world.collecting)
    client = signed_in(getattr(cast, who))
    seen = seen_by(client, world)
    world.rater.answers.update(grade=0, blank="", reason="")

    assert leaks(seen) == []
    assert differing(seen, client, world) == []


@pytest.mark.parametrize("who", ["approver", "admin"])
def test_whoever_is_not_asked_reads_nothing_before_all_are_in(
    who: str, world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    """Else they could read first, and be asked or join afterwards."""
    transitions.hand_in(cast.colleague, world.collecting)
    transitions.hand_in(cast.reader, world.collecting)

    assert leaks(seen_by(signed_in(getattr(cast, who)), world)) == []


def test_what_is_handed_in_is_read_by_those_who_are_not_asked_once_all_are_in(
    world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    for rater in (cast.colleague, cast.assessor, cast.reader):
        transitions.hand_in(rater, world.collecting)

    for who, pages in (("approver", TOLD), ("admin", {*TOLD, "audit_list"})):
        assert set(leaks(seen_by(signed_in(getattr(cast, who)), world, only=pages))) == pages


def test_handing_in_opens_the_others_and_taking_up_again_closes_them(
    world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    transitions.hand_in(cast.colleague, world.collecting)
    client = signed_in(cast.assessor)

    transitions.hand_in(cast.assessor, world.collecting)
    assert set(leaks(seen_by(client, world, only=TOLD))) == TOLD

    transitions.take_up_again(cast.assessor, world.collecting)
    assert leaks(seen_by(client, world)) == []


def test_what_was_taken_up_again_is_closed_to_the_others(world: Planted, cast: Cast, signed_in: SignIn) -> None:
    transitions.hand_in(cast.colleague, world.collecting)
    transitions.take_up_again(cast.colleague, world.collecting)

    assert leaks(seen_by(signed_in(cast.admin), world)) == []


def test_what_was_never_handed_in_stays_closed_after_the_submission(
    world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    transitions.submit(cast.assessor, world.collecting, without_outstanding=True)

    assert leaks(seen_by(signed_in(cast.approver), world)) == []
    assert leaks(seen_by(signed_in(cast.assessor), world)) == []


@pytest.mark.parametrize("who", EVERYBODY)
def test_saving_into_anothers_answer_is_refused_and_tells_nothing(
    who: str, world: Planted, cast: Cast, signed_in: SignIn
) -> None:
    client, prefix = signed_in(getattr(cast, who)), f"a{world.answer.pk}"
    posted = {f"{prefix}-version": "0", f"{prefix}-choice": "2"}

    for url in (reverse("answer_edit", args=[world.answer.pk]), reverse("evidence_add", args=[world.answer.pk])):
        response = client.post(url, posted, headers={"Accept": "application/json"})
        assert response.status_code == 403
        assert MARK not in response.content.decode()


def test_a_rater_reads_what_they_wrote_themselves(world: Planted, cast: Cast, signed_in: SignIn) -> None:
    pages = {*TOLD, "questionnaire"}

    assert set(leaks(seen_by(signed_in(cast.colleague), world, only=pages))) == pages


class TestDelegates:
    def test_read_the_one_answer_and_nothing_else(self, world: Planted, cast: Cast) -> None:
        lent = world.delegation.answer
        assert may_read(lent, world.helper)
        assert may_write(lent, world.helper.user)
        assert not may_read(world.answer, world.helper)
        assert not may_write(world.answer, world.helper.user)
        assert not may_write(lent, cast.assessor.user)

    def test_do_not_read_the_others_while_they_have_it_in_hand(self, world: Planted, cast: Cast) -> None:
        assert world.delegation
        transitions.hand_in(cast.assessor, world.collecting)
        assert not readable_responses(world.collecting, world.helper).exists()
        delegation.take_back(cast.colleague, world.delegation)
        assert not readable_responses(world.collecting, world.helper).exists()
        for rater in (cast.colleague, cast.reader):
            transitions.hand_in(rater, world.collecting)
        assert readable_responses(world.collecting, world.helper).count() == 3

    def test_find_only_their_question_behind_its_address(self, world: Planted, cast: Cast, signed_in: SignIn) -> None:
        lent = world.delegation.answer
        client = signed_in(world.helper)

        response = client.get(reverse("answer_edit", args=[lent.pk]))

        assert response["Location"] == reverse("delegation_detail", args=[world.delegation.pk])
        assert client.get(reverse("questionnaire", args=[world.collecting.pk, "proof"])).status_code == 403

    def test_save_by_the_same_address_as_the_rater(self, world: Planted, cast: Cast, signed_in: SignIn) -> None:
        lent = world.delegation.answer
        lent.refresh_from_db()
        posted = {"version": lent.version, "choice": "2", "comment": "I measured it.", "fact_unit": "year"}

        response = signed_in(world.helper).post(
            reverse("answer_edit", args=[lent.pk]),
            {f"a{lent.pk}-{name}": value for name, value in posted.items()},
            headers={"Accept": "application/json"},
        )

        lent.refresh_from_db()
        assert response.json()["state"] == "saved"
        assert (lent.grade, lent.updated_by, lent.response.rater) == (2, world.helper.user, cast.colleague.user)


class TestTheVendorsOwn:
    @pytest.fixture
    def own(self, world: Planted) -> Response:
        return world.own

    def test_stands_beside_each_question_once_handed_in_but_never_how_it_grades_itself(
        self, own: Response, world: Planted, cast: Cast, signed_in: SignIn
    ) -> None:
        Response.objects.filter(pk=own.pk).update(submitted_at=NOW)
        client = signed_in(cast.assessor)
        two = seen_by(client, world)
        own.answers.update(grade=None, blank="not_applicable", reason="Not with us VR9.")

        assert two["questionnaire"].count("We do VQ8 that.") == 2
        assert "We do VQ8 that." in two["assessment_review"]
        assert differing(two, client, world) == []

    def test_shows_how_it_grades_itself_to_others_once_all_raters_are_in(
        self, own: Response, world: Planted, cast: Cast, signed_in: SignIn
    ) -> None:
        Response.objects.filter(pk=own.pk).update(submitted_at=NOW)
        for rater in (cast.colleague, cast.assessor, cast.reader):
            transitions.hand_in(rater, world.collecting)

        text = signed_in(cast.approver).get(reverse("assessment_review", args=[world.collecting.pk])).content.decode()

        assert "It gives itself 2 of 4" in text


class TestTheTrail:
    def test_names_the_answer_of_a_file_that_is_gone(self, world: Planted) -> None:
        gone = AuditEntry.objects.get(verb="evidence.deleted")
        assert gone.before["answer"] == str(world.answer.pk)
        assert not Evidence.objects.filter(pk=gone.object_id).exists()

    def test_keeps_delegations_from_others_too(self, world: Planted, cast: Cast) -> None:
        assert world.delegation
        made = AuditEntry.objects.filter(verb="delegation.made")
        assert made.count() == 1
        assert not readable_entries(made, cast.admin.user).exists()
        assert readable_entries(made, cast.colleague.user).exists()

    def test_is_kept_from_operators_as_well(self, world: Planted, cast: Cast) -> None:
        hidden = AuditEntry.objects.filter(verb__in=("answer.changed", "evidence.added"))
        assert hidden.exists()
        assert not readable_entries(hidden, cast.editor).exists()

    def test_goes_on_telling_all_else(self, world: Planted, cast: Cast) -> None:
        transitions.hand_in(cast.assessor, world.collecting)
        verbs = set(readable_entries(AuditEntry.objects.all(), cast.admin.user).values_list("verb", flat=True))
        assert "response.handed_in" in verbs
        assert "answer.changed" not in verbs

    def test_takes_as_many_queries_for_many_hidden_answers_as_for_few(
        self, world: Planted, cast: Cast, signed_in: SignIn
    ) -> None:
        client = signed_in(cast.admin)
        counts = []
        for _turn in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("audit_list"))
            counts.append(len(queries))
            other = make_assessment(cast.colleague)
            for answer in Answer.objects.filter(response__assessment=other).select_related("question"):
                save_answer(answer, Draft(grade=3), version=0, author=cast.colleague.user, now=NOW)
        assert counts[0] == counts[1]


def test_hidden_answers_are_those_that_may_not_be_read(world: Planted, cast: Cast) -> None:
    """The set for the trail and the question about one answer never part."""
    assert world.delegation
    transitions.hand_in(cast.assessor, world.collecting)
    answers = list(Answer.objects.select_related("response__assessment"))
    for member in (cast.assessor, cast.colleague, cast.reader, cast.approver, cast.admin, world.helper):
        hidden = set(hidden_answers(member.user).values_list("pk", flat=True))
        assert hidden == {answer.pk for answer in answers if not may_read(answer, member)}, member


# What is measured -------------------------------------------------------------------------------------------------
HOURS = 7.31  # a figure that nothing else on any page has: “7.3 hours”
FIGURES = re.compile(r"\b7\.3 hours|is (claimed and )?rated (met|partly met|broken), yet")


class Rated(Planted):
    """The same assessment, of a vendor with a scorecard and incidents that take 7.31 hours each, in the months before
    the end of its period and before today."""

    def measure(self) -> None:
        for month in range(14):
            year, index = divmod(2025 * 12 + 1 + month, 12)
            for day in (3, 10, 17):
                make_incident(self.vendor, opened=datetime(year, index + 1, day, tzinfo=UTC), hours=HOURS)
            make_incident(self.vendor, opened=timezone.now() - timedelta(days=30 * month + 3), hours=HOURS)
        self.scorecard = cards.approved(self.cast, vendor=self.vendor)

    def pages(self) -> Iterator[tuple[str, str]]:
        """With those about the vendor and its scorecard. The incidents themselves stay open to everybody."""
        yield from super().pages()
        yield "scorecard_detail", reverse("scorecard_detail", args=[self.scorecard.pk])
        yield "scorecard_rule", reverse("scorecard_rule", args=[self.scorecard.pk, "speed"])
        yield "scorecard_trends", reverse("scorecard_trends", args=[self.scorecard.pk])
        yield "scorecard_change", reverse("scorecard_change", args=[self.scorecard.pk])


@pytest.fixture
def rated(cast: Cast) -> Rated:
    world = Rated(cast)
    world.write()
    world.measure()
    return world


def figures(seen: dict[str, str]) -> list[str]:
    facts = {"incident_list", "incident_detail", "incident_export"}
    return sorted(name for name, text in seen.items() if name not in facts and FIGURES.search(text))


MEASURED_ON = {"vendor_detail", "vendor_measures", "vendor_measure", "scorecard_detail", "scorecard_trends"}


def test_whoever_still_rates_sees_no_figure_and_no_finding_on_any_page(
    rated: Rated, cast: Cast, signed_in: SignIn
) -> None:
    assert set(vendors_being_rated(cast.reader)) == {rated.vendor.pk}
    assert figures(seen_by(signed_in(cast.reader), rated)) == []


def test_whoever_is_not_asked_sees_what_is_measured(rated: Rated, cast: Cast, signed_in: SignIn) -> None:
    assert set(vendors_being_rated(cast.approver)) == set()
    page = signed_in(cast.approver).get(reverse("vendor_detail", args=[rated.vendor.pk]))
    assert FIGURES.search(page.content.decode())


def test_handing_in_shows_what_is_measured_and_taking_up_again_hides_it(
    rated: Rated, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.assessor)
    transitions.hand_in(cast.assessor, rated.collecting)
    shown = MEASURED_ON | {"assessment_review", "assessment_detail", "assessment_consensus"}
    assert set(figures(seen_by(client, rated, only=shown))) == shown

    transitions.take_up_again(cast.assessor, rated.collecting)
    assert figures(seen_by(client, rated)) == []


def test_a_colleague_with_a_question_in_hand_sees_nothing_of_it_either(rated: Rated, signed_in: SignIn) -> None:
    assert rated.delegation
    assert set(vendors_being_rated(rated.helper)) == {rated.vendor.pk}
    assert figures(seen_by(signed_in(rated.helper), rated)) == []


def test_only_the_vendors_that_are_rated_now_are_withheld(rated: Rated, cast: Cast) -> None:
    other = make_assessment(cast.assessor)
    assert set(vendors_being_rated(cast.assessor)) == {rated.vendor.pk, other.vendor_id}
    Assessment.objects.filter(pk=other.pk).update(state=AssessmentState.IN_REVIEW)
    assert set(vendors_being_rated(cast.assessor)) == {rated.vendor.pk}
    assert set(vendors_being_rated(cast.stranger)) == set()


def test_the_trail_tells_nothing_of_what_is_kept_of_a_vendor_to_whoever_still_judges_it(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    incident, service = make_incident(vendor), Service.objects.create(vendor=vendor, name="Records")
    make_proof(cast.assessor, incident, state=ProofState.HANDED_IN)
    make_rehearsal(cast.assessor, vendor, held_on=NOW.date(), now=NOW, went_wrong="A wrong number.")
    said = {"kind": EntryKind.NOTE, "at": incident.opened_at, "text": "They guess."}
    timeline.add(cast.assessor, incident, said, now=NOW)
    emergencies.write(cast.assessor, service, emergencies.Wanted(), version=emergencies.NEW, now=NOW)
    make_assessment(cast.colleague, vendor=vendor)
    kinds = {"vendors.causeproof", "vendors.rehearsal", "vendors.timelineentry", "vendors.emergencyplan"}
    told = AuditEntry.objects.filter(object_type__in=kinds)
    assert set(told.values_list("object_type", flat=True)) == kinds

    assert not readable_entries(told, cast.colleague.user).exists()
    assert readable_entries(told, cast.admin.user).count() == told.count()
