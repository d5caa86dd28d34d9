"""The row is the job: every wish reaches one visible end, and none is published twice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from django.utils import translation

from groundwork.jobs.lease import MAX_ATTEMPTS, HeldJob, LeaseLostError
from reports.documents import job as jobs
from reports.documents.job import RENDERINGS, RenderingFailure
from reports.models import Document, DocumentKind, Rendering, RenderingState, Scorecard
from tests.factories import NOW, Cast
from tests.reports.renderings import PDF, make_ready, make_rendering, make_scorecard

SOON = timedelta(seconds=1)
CaptureCommits = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]


@pytest.fixture
def scorecard(cast: Cast) -> Scorecard:
    return make_scorecard(cast.assessor)


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The renderings that workers were told of."""
    told: list[int] = []

    def send_task(name: str, *, args: list[int], retry: bool) -> None:
        assert (name, retry) == ("reports.tasks.render_scorecard", False)
        told.extend(args)

    monkeypatch.setattr(current_app, "send_task", send_task)
    return told


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    def send_task(*_args: object, **_options: object) -> None:
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(current_app, "send_task", send_task)


def state_of(rendering: Rendering | HeldJob[Rendering]) -> str:
    return Rendering.objects.get(pk=rendering.pk).state


# The wish ---------------------------------------------------------------------------------------------------------


def test_a_wish_is_a_row_and_a_nudge_once_the_row_is_committed(
    scorecard: Scorecard, cast: Cast, nudges: list[int], django_capture_on_commit_callbacks: CaptureCommits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        wish = jobs.request_rendering(scorecard, language="fr", requested_by=cast.reader.user)
        assert nudges == []
    assert nudges == [wish.pk]
    assert (wish.state, wish.language, wish.requested_by) == (RenderingState.QUEUED, "fr", cast.reader.user)


def test_a_wish_that_is_rolled_back_nudges_nobody(
    scorecard: Scorecard, nudges: list[int], django_capture_on_commit_callbacks: CaptureCommits
) -> None:
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(ZeroDivisionError),
        transaction.atomic(),
    ):
        jobs.request_rendering(scorecard, language="fr", requested_by=None)
        raise ZeroDivisionError
    assert nudges == []
    assert not Rendering.objects.exists()


def test_the_same_wish_twice_is_one_row_and_one_nudge(
    scorecard: Scorecard, nudges: list[int], django_capture_on_commit_callbacks: CaptureCommits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = jobs.request_rendering(scorecard, language="fr", requested_by=None)
        again = jobs.request_rendering(scorecard, language="fr", requested_by=None)
    assert first.pk == again.pk
    assert nudges == [first.pk]


def test_a_ready_document_is_served_again_and_not_made_again(
    scorecard: Scorecard, nudges: list[int], django_capture_on_commit_callbacks: CaptureCommits
) -> None:
    ready = make_ready(scorecard, language="nl")
    with django_capture_on_commit_callbacks(execute=True):
        again = jobs.request_rendering(scorecard, language="nl", requested_by=None)
    assert (again.pk, again.state, nudges) == (ready.pk, RenderingState.READY, [])


def test_trying_again_starts_a_failed_wish_afresh(
    scorecard: Scorecard, cast: Cast, nudges: list[int], django_capture_on_commit_callbacks: CaptureCommits
) -> None:
    failed = make_rendering(
        scorecard, state=RenderingState.FAILED, failure=RenderingFailure.TOO_SLOW, attempts=5, finished_at=NOW
    )
    with django_capture_on_commit_callbacks(execute=True):
        again = jobs.request_rendering(scorecard, language="en", requested_by=cast.reader.user)
    assert (again.pk, again.state, again.attempts, again.failure) == (failed.pk, RenderingState.QUEUED, 0, "")
    assert (again.finished_at, again.requested_by) == (None, cast.reader.user)
    assert nudges == [failed.pk]


def test_a_wish_survives_that_nobody_can_be_told(
    scorecard: Scorecard, no_broker: None, django_capture_on_commit_callbacks: CaptureCommits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        wish = jobs.request_rendering(scorecard, language="fr", requested_by=None)
    assert state_of(wish) == RenderingState.QUEUED


# The claim --------------------------------------------------------------------------------------------------------


def test_only_one_worker_can_claim_a_job(scorecard: Scorecard) -> None:
    wish = make_rendering(scorecard)
    first = RENDERINGS.claim(wish.pk, now=NOW)
    assert first is not None
    assert (first.row.state, first.attempts, first.row.progress) == (RenderingState.RENDERING, 1, 0)
    assert RENDERINGS.claim(wish.pk, now=NOW + SOON) is None


def test_a_job_whose_lease_ran_out_is_claimed_with_a_new_token(scorecard: Scorecard, settings: Any) -> None:
    wish = make_rendering(scorecard)
    first = RENDERINGS.claim(wish.pk, now=NOW)
    second = RENDERINGS.claim(wish.pk, now=NOW + settings.RENDERING_LEASE + SOON)
    assert first is not None and second is not None
    assert second.attempts == 2
    assert first.token != second.token


@pytest.mark.parametrize("state", [RenderingState.READY, RenderingState.FAILED])
def test_a_finished_job_cannot_be_claimed(scorecard: Scorecard, state: str) -> None:
    finished = make_rendering(scorecard, state=state, failure="unexpected", size=1, sha256="x", attempts=1)
    assert RENDERINGS.claim(finished.pk, now=NOW + timedelta(days=1)) is None


def test_a_job_that_is_gone_cannot_be_claimed(db: None) -> None:
    assert RENDERINGS.claim(404, now=NOW) is None


def test_there_is_no_sixth_attempt(scorecard: Scorecard, settings: Any) -> None:
    wish, now = make_rendering(scorecard), NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        job = RENDERINGS.claim(wish.pk, now=now)
        assert job is not None and job.attempts == attempt
        now += settings.RENDERING_LEASE + SOON
    assert RENDERINGS.claim(wish.pk, now=now) is None


# Progress and its end ---------------------------------------------------------------------------------------------


def test_progress_shows_in_the_row(scorecard: Scorecard) -> None:
    job = claimed(scorecard)
    job.note(progress=40)
    assert Rendering.objects.get(pk=job.pk).progress == 40


def test_progress_of_a_worker_that_lost_its_lease_stops_it(scorecard: Scorecard, settings: Any) -> None:
    slow = claimed(scorecard)
    RENDERINGS.claim(slow.pk, now=NOW + settings.RENDERING_LEASE + SOON)
    with pytest.raises(LeaseLostError):
        slow.note(progress=90)
    assert Rendering.objects.get(pk=slow.pk).progress == 0


def test_publishing_shows_the_document_and_the_end_at_once(scorecard: Scorecard) -> None:
    job = claimed(scorecard)
    assert jobs.publish(job, PDF, now=NOW + SOON)
    row = Rendering.objects.get(pk=job.pk)
    assert (row.state, row.progress, row.size) == (RenderingState.READY, 100, len(PDF))
    assert (row.token, row.lease_until, row.next_nudge_at) == (None, None, None)
    assert bytes(row.document.content) == PDF


def test_a_worker_that_lost_its_lease_publishes_nothing(scorecard: Scorecard, settings: Any) -> None:
    slow = claimed(scorecard)
    fast = RENDERINGS.claim(slow.pk, now=NOW + settings.RENDERING_LEASE + SOON)
    assert fast is not None
    assert not jobs.publish(slow, b"late", now=NOW)
    assert jobs.publish(fast, PDF, now=NOW)
    assert not jobs.publish(slow, b"later", now=NOW)
    assert [bytes(document.content) for document in Document.objects.all()] == [PDF]


def test_a_worker_that_lost_its_lease_fails_nothing(scorecard: Scorecard, settings: Any) -> None:
    slow = claimed(scorecard)
    RENDERINGS.claim(slow.pk, now=NOW + settings.RENDERING_LEASE + SOON)
    assert not slow.fail(RenderingFailure.UNEXPECTED, now=NOW)
    assert not slow.release(RenderingFailure.UNEXPECTED, now=NOW)
    assert state_of(slow) == RenderingState.RENDERING


def test_a_fault_gives_the_job_back_and_lets_it_wait_longer_each_time(scorecard: Scorecard) -> None:
    wish, waits = make_rendering(scorecard), []
    for _attempt in range(1, MAX_ATTEMPTS):
        job = RENDERINGS.claim(wish.pk, now=NOW)
        assert job is not None
        assert job.release(RenderingFailure.UNEXPECTED, now=NOW)
        row = Rendering.objects.get(pk=wish.pk)
        assert (row.state, row.failure) == (RenderingState.QUEUED, "")
        assert row.next_nudge_at is not None
        waits.append(row.next_nudge_at - NOW)
    assert waits == [waits[0] * 2**times for times in range(MAX_ATTEMPTS - 1)]


def test_the_fifth_fault_fails_the_job_with_its_reason(scorecard: Scorecard) -> None:
    wish = make_rendering(scorecard, attempts=MAX_ATTEMPTS - 1)
    job = RENDERINGS.claim(wish.pk, now=NOW)
    assert job is not None
    job.release(RenderingFailure.TOO_SLOW, now=NOW)
    row = Rendering.objects.get(pk=wish.pk)
    assert (row.state, row.failure, row.finished_at) == (RenderingState.FAILED, RenderingFailure.TOO_SLOW, NOW)


# The sweeper ------------------------------------------------------------------------------------------------------


def test_sweeping_nudges_what_waits_too_long_and_nothing_else(scorecard: Scorecard, nudges: list[int]) -> None:
    lost = make_rendering(scorecard, language="en", next_nudge_at=NOW - SOON)
    make_rendering(scorecard, language="fr", next_nudge_at=NOW + SOON)
    make_ready(scorecard, language="nl")
    assert RENDERINGS.sweep(now=NOW) == 1
    assert nudges == [lost.pk]


def test_sweeping_nudges_a_job_whose_worker_died(scorecard: Scorecard, nudges: list[int], settings: Any) -> None:
    job = claimed(scorecard)
    assert RENDERINGS.sweep(now=NOW + settings.RENDERING_LEASE - SOON) == 0
    assert RENDERINGS.sweep(now=NOW + settings.RENDERING_LEASE + SOON) == 1
    assert nudges == [job.pk]


def test_each_nudge_waits_twice_as_long_as_the_one_before_up_to_ten_minutes(
    scorecard: Scorecard, nudges: list[int]
) -> None:
    wish, now, waits = make_rendering(scorecard), NOW, []
    for _sweep in range(12):
        assert RENDERINGS.sweep(now=now) == 1
        row = Rendering.objects.get(pk=wish.pk)
        assert row.next_nudge_at is not None
        waits.append(row.next_nudge_at - now)
        now = row.next_nudge_at
    assert waits[1] == waits[0] * 2
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=10)


def test_two_sweepers_at_the_same_moment_nudge_once(scorecard: Scorecard, nudges: list[int]) -> None:
    wish = make_rendering(scorecard)
    seen_by_both = Rendering.objects.get(pk=wish.pk)
    assert RENDERINGS.postpone(seen_by_both, NOW)
    assert not RENDERINGS.postpone(seen_by_both, NOW)
    assert RENDERINGS.sweep(now=NOW) == 0


def test_sweeping_stops_at_the_first_nudge_that_cannot_be_sent(scorecard: Scorecard, no_broker: None) -> None:
    for language in ("en", "fr", "nl"):
        make_rendering(scorecard, language=language)
    assert RENDERINGS.sweep(now=NOW) == 0
    assert Rendering.objects.overdue(NOW).count() == 2


def test_sweeping_takes_a_bounded_batch(
    scorecard: Scorecard, nudges: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RENDERINGS, "batch", 2)
    for language in ("en", "fr", "nl"):
        make_rendering(scorecard, language=language)
    assert [RENDERINGS.sweep(now=NOW), RENDERINGS.sweep(now=NOW)] == [2, 1]


def test_sweeping_fails_a_job_whose_five_attempts_were_cut_short(
    scorecard: Scorecard, nudges: list[int], settings: Any
) -> None:
    wish = make_rendering(scorecard, attempts=MAX_ATTEMPTS - 1)
    RENDERINGS.claim(wish.pk, now=NOW)
    assert RENDERINGS.sweep(now=NOW + settings.RENDERING_LEASE - SOON) == 0
    assert state_of(wish) == RenderingState.RENDERING
    RENDERINGS.sweep(now=NOW + settings.RENDERING_LEASE + SOON)
    row = Rendering.objects.get(pk=wish.pk)
    assert (row.state, row.failure) == (RenderingState.FAILED, RenderingFailure.TOO_MANY_ATTEMPTS)
    assert nudges == []


# The panel --------------------------------------------------------------------------------------------------------


def test_the_panel_has_every_language_in_one_query(scorecard: Scorecard, django_assert_num_queries: Any) -> None:
    make_ready(scorecard, language="fr", content=b"x" * 184_300)
    make_rendering(scorecard, language="nl", state=RenderingState.FAILED, failure="too_slow")
    with django_assert_num_queries(1):
        english, french, dutch = jobs.documents_of_scorecard(scorecard, now=NOW)[DocumentKind.SCORECARD]
    assert english.rendering is None
    assert (french.size, dutch.size) == ("184\N{NO-BREAK SPACE}kB", "")
    assert dutch.failure == RenderingFailure.TOO_SLOW.label
    with translation.override("fr"):
        assert french.size == "184\N{NO-BREAK SPACE}ko"


def test_the_panel_says_when_a_document_is_late(scorecard: Scorecard) -> None:
    wish = make_rendering(scorecard)
    assert not jobs.document_of(wish, now=NOW).is_late
    assert jobs.document_of(wish, now=NOW + timedelta(minutes=5)).is_late
    assert not jobs.document_of(make_ready(scorecard, language="fr"), now=NOW + timedelta(minutes=5)).is_late


@pytest.mark.parametrize("failure", RenderingFailure)
def test_every_failure_has_words_and_a_code_that_fits_its_column(failure: RenderingFailure) -> None:
    assert len(failure.value) <= Rendering._meta.get_field("failure").max_length  # type: ignore[union-attr,operator]
    assert str(failure.label).endswith(".")


def claimed(scorecard: Scorecard) -> HeldJob[Rendering]:
    job = RENDERINGS.claim(make_rendering(scorecard).pk, now=NOW)
    assert job is not None
    return job
