"""The demo data: fictional, complete, and never beside real data."""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.test import override_settings
from django.utils import timezone, translation

from accounts.models import AuditEntry, Membership, Organisation, Role, User
from assessments.commitments.measured import judgement_from
from assessments.consensus import meeting
from assessments.findings import practice
from assessments.findings.practice import By
from assessments.models import (
    Assessment,
    AssessmentState,
    Commitment,
    CommitmentSource,
    CommitmentState,
    Delegation,
    Evidence,
    ReplyRequest,
    Response,
    StepKind,
    WorkbookUpload,
)
from assessments.questionnaire.rows import RATER
from assessments.workbooks.book import book_of
from assessments.workbooks.plan import plan_of
from assessments.workbooks.reading import filled_in
from config.demo import loading as demo
from manifesto.models import Question, Release
from reports.models import Scorecard
from tests.config.demo import page_costs
from vendors.contracts.decisions import DeadlineKind, upcoming
from vendors.emergencies.checks import CheckState, state_of
from vendors.expectations.gate import faults_of
from vendors.models import Contract, EmergencyPlan, ExpectationEdition, Rehearsal, RehearsalState, Service, Vendor
from vendors.rehearsals.practice import Practice

TODAY = date(2026, 11, 22)


@pytest.fixture
def bank(db: None) -> Release:
    return load_bank()


def load_bank() -> Release:
    demo.load_bank(TODAY)
    release = Release.objects.current()
    assert release is not None
    return release


def newest_card(vendor: str) -> Scorecard:
    return Scorecard.objects.filter(assessment__vendor__name=vendor).latest("approved_at")


def in_hand(vendor: str) -> Assessment:
    return Assessment.objects.exclude(state=AssessmentState.APPROVED).get(vendor__name=vendor)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The demo's edition, and where its files lie."""

    release: Release
    folder: Path


@pytest.fixture(scope="class")
def shown(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The whole demo, made once for all tests that only look at it, and taken away again after them."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), transaction.atomic(), translation.override("en"):
        release = load_bank()
        with override_settings(MEDIA_ROOT=folder):
            demo.load(TODAY)
        yield Shown(release=release, folder=folder)
        transaction.set_rollback(True)


class TestDemoIsComplete:
    def test_demo_holds_twelve_vendors_over_six_quarters_and_an_assessment_in_each_state(
        self, shown: Shown, db: None
    ) -> None:
        organisation = Organisation.objects.get(slug="harbour")
        assert Vendor.objects.filter(organisation=organisation).count() == 12
        states = set(Assessment.objects.values_list("state", flat=True))
        assert states == set(AssessmentState) - {AssessmentState.CANCELLED}
        assert Scorecard.objects.values("assessment__period_end").distinct().count() == 6
        assert not Scorecard.objects.filter(approved_at__date__gt=TODAY).exists()

    def test_demo_has_a_filled_workbook_that_waits_with_a_conflict_and_a_refused_cell(
        self, shown: Shown, db: None
    ) -> None:
        waiting = WorkbookUpload.objects.waiting().get()
        content = (shown.folder / str(waiting.file.name)).read_bytes()
        book = book_of(waiting.response, RATER)

        plan = plan_of(filled_in(content, book), book)

        assert [(one.asked.number, one.fate.value) for one in plan.shown] == [
            *(("1.1", "conflict"), ("4.1", "ready"), ("4.3", "ready"), ("5.1", "ready"), ("6.1", "refused"))
        ]

    def test_demo_expects_by_two_editions_and_a_draft_elsewhere_and_scorecards_say_so(
        self, shown: Shown, db: None
    ) -> None:
        rows = ExpectationEdition.objects.values_list("organisation__slug", "number", "state").order_by("pk")
        assert sorted(rows) == [("harbour", 1, "published"), ("harbour", 2, "published"), ("meadow", 1, "draft")]
        draft = ExpectationEdition.objects.get(organisation__slug="meadow")
        assert len(faults_of(draft)) == 1
        said = {json.loads(card.snapshot)["expectations"] is not None for card in Scorecard.objects.all()}
        assert said == {True, False}
        newest = json.loads(newest_card("Sample Storage Works").snapshot)["expectations"]
        assert newest["edition"] == 2

    def test_demo_compares_what_can_be_compared_and_shows_what_cannot(self, shown: Shown, db: None) -> None:
        editions = {
            (row.vendor.name, row.release.edition) for row in Assessment.objects.select_related("vendor", "release")
        }
        ours = {edition for vendor, edition in editions if vendor == "Sample Storage Works"}
        assert ours == {"2026.1", "2026.3"}
        assert {edition for vendor, edition in editions if vendor == "Example Patient Records"} == {"2026.1"}
        assert ("Dummy Identity Services", "2026.3") in editions
        assert {edition for _vendor, edition in editions} == {"2026.1", "2026.2", "2026.3"}

    def test_demo_has_contracts_to_decide_in_time_too_late_and_decided(self, shown: Shown, db: None) -> None:
        member = Membership.objects.get(user__email="procurement@demo.example")
        due = upcoming(member.organisation, TODAY + timedelta(days=365))
        assert {one.day < TODAY for one in due if one.kind == DeadlineKind.CONTRACT} == {True, False}
        assert {one.day < TODAY for one in due if one.kind == DeadlineKind.PAPER} == {True, False}
        assert Contract.objects.exclude(decision="").exists()

    def test_demo_has_pages_for_when_it_breaks_checked_late_and_never_and_a_domino(
        self, shown: Shown, db: None
    ) -> None:
        plans = EmergencyPlan.objects.annotate(stops=Count("affected"))
        assert {state_of(plan.checked_on, TODAY) for plan in plans} == {
            CheckState.CHECKED,
            CheckState.OVERDUE,
            CheckState.NEVER,
        }
        assert max(plan.stops for plan in plans) == 5
        assert {plan.service.vendor.organisation.slug for plan in plans} == {"harbour", "meadow"}
        assert Service.objects.filter(mission_critical=True, emergency_plan=None).exists()

    def test_demo_has_a_commitment_in_every_state(self, shown: Shown, db: None) -> None:
        assert set(Commitment.objects.values_list("state", flat=True)) == set(CommitmentState)

    def test_demo_opens_one_commitment_again_because_its_measure_fell_back(self, shown: Shown, db: None) -> None:
        opened = Commitment.objects.get(reopened_on__isnull=False)
        assert (opened.vendor.name, opened.state) == ("Pretend Pharmacy Robots", CommitmentState.AGREED)
        step = opened.steps.get(kind=StepKind.REOPENED)
        assert step.figures is not None
        assert float(step.figures["since"]["value"]) > 2 * float(step.figures["kept"]["value"])
        assert step.figures["missed"] >= 6
        assert judgement_from(step.figures).words.startswith("Fell back from ")

    def test_demo_has_a_claim_of_practice_that_was_not_kept_and_one_that_was_outdone(
        self, shown: Shown, db: None
    ) -> None:
        now = timezone.make_aware(datetime.combine(TODAY, time(12)))

        def outcomes(vendor: str) -> dict[tuple[str, By], Practice]:
            latest = newest_card(vendor).assessment
            return {(one.question, one.by): one.held.outcome for one in practice.practice_today(latest, now=now).now()}

        records = outcomes("Example Patient Records")
        assert records["speed-review", By.BOTH] == Practice.LESS
        assert records["speed-practice", By.BOTH] == Practice.KEPT
        assert records["support-rehearsal", By.VENDOR] == Practice.TOO_EARLY  # once a year: a year and a half to tell
        assert outcomes("Imaginary Dispatch Systems")["speed-practice", By.US] == Practice.MORE
        assert {row.state for row in Rehearsal.objects.all()} == {RehearsalState.PLANNED, RehearsalState.HELD}
        assert Commitment.objects.filter(source=CommitmentSource.REHEARSAL, rehearsal__state="held").count() == 1
        dutch = Rehearsal.objects.filter(vendor__organisation__slug="meadow", scenario__contains="Het is de laatste")
        assert dutch.count() == 1

    @pytest.mark.parametrize("cost", page_costs.COSTS, ids=lambda cost: cost.page)
    def test_pages_of_the_demo_cost_no_more_than_their_table_says(
        self, cost: page_costs.Cost, shown: Shown, db: None
    ) -> None:
        member = page_costs.member_of(cost.who)

        with override_settings(MEDIA_ROOT=shown.folder):
            taken = page_costs.taken(page_costs.signed_in(member), cost.address(member))

        assert len(taken.queries) <= cost.queries, "\n".join(taken.queries)
        assert taken.size <= cost.kilobytes * 1000

    @pytest.mark.parametrize("cost", page_costs.COSTS, ids=lambda cost: cost.page)
    def test_no_page_loads_the_renderer_scipy_or_a_writer_of_files(
        self, cost: page_costs.Cost, shown: Shown, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        member, asked, load = page_costs.member_of(cost.who), set(), builtins.__import__

        def noting(name: str, *args: Any, **named: Any) -> Any:
            asked.add(name.partition(".")[0])
            return load(name, *args, **named)

        cache.clear()
        monkeypatch.setattr(builtins, "__import__", noting)
        with override_settings(MEDIA_ROOT=shown.folder):
            page_costs.signed_in(member).get(cost.address(member))
        monkeypatch.undo()
        assert asked
        assert asked & {"weasyprint", "pikepdf", "scipy", "pymannkendall", "openpyxl", "xlsxwriter", "docxtpl"} == set()

    def test_demo_signs_in_one_person_for_each_role(self, shown: Shown, db: None) -> None:
        password, people = demo.accounts()
        assert {person.role for person in people} == {*Role.values, "bank editor"}
        assert all(User.objects.get(email=person.email).check_password(password) for person in people)

    def test_demo_moments_agree_with_the_edition_and_the_history(self, shown: Shown, db: None) -> None:
        for assessment in Assessment.objects.filter(state=AssessmentState.APPROVED).select_related("release"):
            card = Scorecard.objects.get(assessment=assessment)
            history = AuditEntry.objects.filter(subject_type="assessments.assessment", subject_id=assessment.pk)
            entries = {entry.verb: entry.at for entry in history}
            files = Evidence.objects.filter(answer__response__assessment=assessment)
            uploads = files.order_by("uploaded_at").values_list("uploaded_at", flat=True)
            assert assessment.submitted_at is not None and assessment.release.published_at is not None
            moments = [
                assessment.release.published_at,
                assessment.created_at,
                *uploads,
                assessment.submitted_at,
                card.approved_at,
            ]
            assert moments == sorted(moments)
            assert assessment.period_end < TODAY
            for verb, moment in [
                ("assessment.created", assessment.created_at),
                ("assessment.submitted", assessment.submitted_at),
                ("assessment.approved", card.approved_at),
            ]:
                assert abs(entries[verb] - moment) < timedelta(minutes=1)  # the whole demo may take that long

    def test_demo_shows_everyone_who_has_a_say(self, shown: Shown, db: None) -> None:
        content = json.loads(newest_card("Example Patient Records").snapshot)
        assert sorted(response["kind"] for response in content["responses"]) == [*["customer"] * 3, "vendor"]
        assert set(content["consensus"]) == {"proof-cause", "prevention-share"}
        assert [approval["decision"] for approval in content["approvals"]] == ["approved", "approved"]
        assert {reply["stance"] for reply in content["replies"]} == {"agrees", "contests"}

    def test_demo_has_a_meeting_to_hold_and_a_rater_who_is_late(self, shown: Shown, db: None) -> None:
        waiting = in_hand("Dummy Identity Services")
        assert not Response.objects.of_customer().outstanding().filter(assessment=waiting).exists()
        assert {question.question.key for question in meeting.to_discuss(waiting)} >= {"speed-triggers"}
        late = Response.objects.get(assessment__vendor__name="Placeholder Networks", due_on__lt=TODAY)
        assert late.is_outstanding
        assert Delegation.objects.open().count() == 1
        in_review = in_hand("Mockup Imaging Devices")
        assert in_review.waiting_level == 2
        assert ReplyRequest.objects.pending(TODAY).filter(assessment=in_review).exists()

    def test_demo_shows_evidence_on_a_scorecard(self, shown: Shown, db: None, settings: Any) -> None:
        settings.MEDIA_ROOT = shown.folder
        card = newest_card("Example Patient Records")
        answers = json.loads(card.snapshot)["responses"][0]["answers"]
        files = {answer["question"]: [file["name"] for file in answer["evidence"]] for answer in answers}
        assert files["support-ownership"] == ["bridge-log.txt"]
        assert sum(map(len, files.values())) == 4
        evidence = Evidence.objects.filter(name="bridge-log.txt")
        assert evidence.count() == 8
        assert all(b"(fictional)" in one.file.read() for one in evidence)


def test_demo_texts_answer_every_question_of_the_bank(bank: Release) -> None:
    asked = Question.objects.filter(release=bank)
    counting = set(asked.counting().values_list("key", flat=True))
    also = set(asked.values_list("key", flat=True)) - counting
    beside: set[str] = set()
    for texts in demo.read_demo()["answers"].values():
        assert counting <= set(texts) <= counting | also
        beside |= set(texts) & also
    assert beside == also  # each of them somewhere


def test_demo_addresses_are_fictional() -> None:
    data = demo.read_demo()
    emails = [member["email"] for organisation in data["organisations"] for member in organisation["members"]]
    assert emails
    assert all(email.endswith(".example") for email in emails)


def test_demo_never_joins_real_data(bank: Release) -> None:
    Organisation.objects.create(name="Real", slug="real")
    call_command("load_demo", "--if-empty", verbosity=0)
    assert Vendor.objects.count() == 0
    with pytest.raises(CommandError, match="empty database only"):
        call_command("load_demo")


def test_demo_is_refused_in_production(bank: Release, settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never loaded in production"):
        call_command("load_demo")


def test_demo_before_the_set_up_says_what_to_run(db: None) -> None:
    with pytest.raises(CommandError, match="run bin/manage set_up first"):
        call_command("load_demo")
