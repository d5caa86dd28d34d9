"""Workers are really killed, in both shapes of the product: nothing is lost, nothing published twice."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from hashlib import sha256

import pytest

from accounts.models import Membership, Organisation, Role
from groundwork.jobs.lease import MAX_ATTEMPTS
from reports.documents.job import RenderingFailure, request_rendering
from reports.models import Document, Rendering, RenderingState, Scorecard
from tests.factories import make_member
from tests.reports.renderings import make_scorecard
from tests.reports.servers import wait_until
from tests.reports.workers import Workshop

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ("en", "fr", "nl")


@pytest.fixture
def assessor(workshop: Workshop) -> Membership:
    return make_assessor()


def make_assessor() -> Membership:
    home = Organisation.objects.create(name="Harbour Hospital", slug="harbour")
    return make_member(home, "assessor", Role.ASSESSOR)


def ask(scorecard: Scorecard, language: str = "en") -> Rendering:
    return request_rendering(scorecard, language=language, requested_by=None)


def state_of(rendering: Rendering) -> str:
    return Rendering.objects.get(pk=rendering.pk).state


def wait_for(state: RenderingState, workshop: Workshop, *renderings: Rendering) -> None:
    pks = [rendering.pk for rendering in renderings]
    wait_until(
        lambda: Rendering.objects.filter(pk__in=pks, state=state).count() == len(pks),
        f"{len(pks)} renderings are {state}, not {list(Rendering.objects.filter(pk__in=pks).values_list('state'))}",
        report=workshop.report,
    )


def assert_published_once(*renderings: Rendering) -> None:
    """Each row is ready, has the one document, and that document's hash."""
    rows = Rendering.objects.filter(pk__in=[rendering.pk for rendering in renderings]).select_related("document")
    assert [row.state for row in rows] == [RenderingState.READY] * len(renderings)
    assert Document.objects.count() == Rendering.objects.ready().count()
    for row in rows:
        assert sha256(bytes(row.document.content)).hexdigest() == row.sha256


def test_many_documents_survive_two_workers_of_which_one_is_killed(workshop: Workshop, assessor: Membership) -> None:
    scorecards = [make_scorecard(assessor, number=f"S-2026-00{number}", vendor=f"V{number}") for number in (1, 2, 3)]
    workshop.hold()
    first, _second = workshop.start_workers(2)  # each with a scheduler: two do no harm
    wishes = [ask(scorecard, language) for scorecard in scorecards for language in LANGUAGES]
    wait_until(lambda: len(workshop.executions()) == 4, "all hands are busy", report=workshop.report)
    first.kill_all()
    workshop.let_go()
    wait_for(RenderingState.READY, workshop, *wishes)
    assert_published_once(*wishes)
    attempts = sum(Rendering.objects.values_list("attempts", flat=True))
    assert len(workshop.executions()) == attempts == len(wishes) + 2  # the two that the killed worker held


def test_a_poison_job_fails_after_five_attempts_and_the_others_go_on(workshop: Workshop, assessor: Membership) -> None:
    """Takes its time: five workers are started and die, one after the other, each lease running out."""
    workshop.settings["RENDERING_LEASE_SECONDS"] = "1"
    poison = make_scorecard(assessor, number="S-2026-001", vendor="Poison")
    workshop.poison(poison.number)
    deadly, harmless = ask(poison), ask(make_scorecard(assessor, number="S-2026-002", vendor="Harmless"))
    worker = workshop.start_workers()[0]

    def has_failed() -> bool:
        nonlocal worker
        if not worker.is_alive():  # threads die with their process; whoever supervises it starts it again
            worker.kill_all()
            worker = workshop.start_workers()[0]
        return state_of(deadly) == RenderingState.FAILED

    wait_until(has_failed, "the poison job has failed", seconds=300, report=workshop.report)
    wait_for(RenderingState.READY, workshop, harmless)
    row = Rendering.objects.get(pk=deadly.pk)
    assert (row.attempts, row.failure) == (MAX_ATTEMPTS, RenderingFailure.TOO_MANY_ATTEMPTS)
    assert len(workshop.executions(poison.number)) == MAX_ATTEMPTS
    assert not Document.objects.filter(rendering=deadly).exists()


def test_a_document_outlives_the_only_worker_and_the_scheduler_goes_with_it(embedded_shape: Workshop) -> None:
    embedded_shape.hold()
    first = embedded_shape.start_workers()[0]
    wish = ask(make_scorecard(make_assessor()))
    wait_until(lambda: len(embedded_shape.executions()) == 1, "the worker begins", report=embedded_shape.report)
    assert len(_alive(first.pid)) == 2
    first.kill()
    wait_until(lambda: not _alive(first.pid), "the scheduler is gone too", seconds=60)
    assert state_of(wish) == RenderingState.RENDERING  # nobody knows yet that it died: the lease will tell
    embedded_shape.let_go()
    embedded_shape.start_workers()
    wait_for(RenderingState.READY, embedded_shape, wish)
    assert_published_once(wish)
    assert len(embedded_shape.executions()) == Rendering.objects.get(pk=wish.pk).attempts == 2


def test_a_worker_of_threads_ends_itself_when_a_document_takes_for_ever(embedded_shape: Workshop) -> None:
    embedded_shape.settings |= {"RENDERING_SOFT_LIMIT_SECONDS": "1", "RENDERING_HARD_LIMIT_SECONDS": "2"}
    embedded_shape.hold()
    stuck = embedded_shape.start_workers()[0]
    wish = ask(make_scorecard(make_assessor()))
    wait_until(lambda: not stuck.is_alive(), "the worker gives up", report=embedded_shape.report)
    assert stuck.says("rendering_hard_limit")
    embedded_shape.let_go()
    embedded_shape.start_workers()
    wait_for(RenderingState.READY, embedded_shape, wish)
    assert_published_once(wish)


@pytest.mark.redis
@pytest.mark.postgres
def test_a_worker_that_wakes_up_too_late_publishes_nothing(production_shape: Workshop) -> None:
    production_shape.hold()
    sleeper = production_shape.start_workers()[0]
    wish = ask(make_scorecard(make_assessor()))
    wait_until(lambda: len(production_shape.executions()) == 1, "the worker begins", report=production_shape.report)
    sleeper.freeze()
    production_shape.let_go()
    production_shape.start_workers()
    wait_for(RenderingState.READY, production_shape, wish)
    published = bytes(Document.objects.get().content)
    sleeper.thaw()
    wait_until(lambda: sleeper.says("rendering_lease_lost"), "the sleeper notices", report=production_shape.report)
    assert bytes(Document.objects.get().content) == published
    assert_published_once(wish)


@pytest.mark.redis
@pytest.mark.postgres
def test_documents_survive_that_the_processes_making_them_are_killed(production_shape: Workshop) -> None:
    scorecard = make_scorecard(make_assessor())
    production_shape.hold()
    production_shape.start_workers()
    wishes = [ask(scorecard, language) for language in LANGUAGES]
    wait_until(lambda: len(production_shape.executions()) == 2, "both are busy", report=production_shape.report)
    for line in production_shape.executions():
        os.kill(int(line.split()[-1]), signal.SIGKILL)
    production_shape.let_go()
    wait_for(RenderingState.READY, production_shape, *wishes)
    assert_published_once(*wishes)
    assert len(production_shape.executions()) == len(wishes) + 2


def _alive(group: int) -> list[int]:
    """The living processes of a group."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with suppress(OSError):
            with open(f"/proc/{entry}/stat") as stat:
                state, _parent, leader = stat.read().rpartition(")")[2].split()[:3]
            if int(leader) == group and state != "Z":
                found.append(int(entry))
    return found
