"""One attempt at one document, whatever happens in it: published, given back, or failed with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from groundwork.jobs.lease import HeldJob
from reports import worker
from reports.documents.job import RENDERINGS, RenderingFailure
from reports.documents.pdf import RenderingRefused
from reports.models import Document, Rendering, RenderingState, Scorecard
from reports.scorecard.snapshots import SnapshotDamaged
from reports.tasks import render_scorecard, sweep_renderings
from reports.worker import DocumentTooLargeError, Progress
from tests.factories import NOW, Cast
from tests.reports.renderings import PDF, make_ready, make_rendering, make_scorecard

Produce = Callable[..., bytes]


@pytest.fixture
def scorecard(cast: Cast) -> Scorecard:
    return make_scorecard(cast.assessor)


@pytest.fixture
def produced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Documents are made at once; the list says which."""
    made: list[str] = []

    def produce(scorecard: Scorecard, *, kind: str, language: str, report_progress: Progress) -> bytes:
        report_progress(40)
        made.append(f"{scorecard.number} {kind} {language}")
        return PDF

    monkeypatch.setattr(worker, "produce", produce)
    return made


def ends_with(fault: BaseException) -> Produce:
    def produce(*_args: object, **_options: object) -> bytes:
        raise fault

    return produce


def row_of(rendering: Rendering) -> Rendering:
    return Rendering.objects.get(pk=rendering.pk)


def test_the_task_makes_and_publishes_the_document(scorecard: Scorecard, produced: list[str]) -> None:
    wish = make_rendering(scorecard, language="fr")
    render_scorecard(wish.pk)
    assert produced == ["S-2026-001 scorecard fr"]
    assert (row_of(wish).state, bytes(row_of(wish).document.content)) == (RenderingState.READY, PDF)


def test_the_task_run_twice_makes_one_document(scorecard: Scorecard, produced: list[str]) -> None:
    wish = make_rendering(scorecard)
    render_scorecard(wish.pk)
    render_scorecard(wish.pk)
    assert len(produced) == Document.objects.count() == 1


def test_the_task_leaves_alone_what_is_finished_or_gone(scorecard: Scorecard, produced: list[str]) -> None:
    render_scorecard(make_ready(scorecard).pk)
    render_scorecard(404_404)
    assert produced == []


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (RenderingRefused("https://elsewhere.example/"), RenderingFailure.REFUSED_CONTENT),
        (SnapshotDamaged("another hash"), RenderingFailure.SNAPSHOT_DAMAGED),
        (DocumentTooLargeError("1 GB"), RenderingFailure.TOO_LARGE),
    ],
)
def test_what_would_end_the_same_way_again_fails_at_once(
    scorecard: Scorecard, monkeypatch: pytest.MonkeyPatch, fault: Exception, failure: RenderingFailure
) -> None:
    monkeypatch.setattr(worker, "produce", ends_with(fault))
    wish = make_rendering(scorecard)
    worker.render(wish.pk)
    assert (row_of(wish).state, row_of(wish).failure, row_of(wish).attempts) == (RenderingState.FAILED, failure, 1)


@pytest.mark.parametrize(
    ("fault", "failure"),
    [(ValueError("a fault"), RenderingFailure.UNEXPECTED), (SoftTimeLimitExceeded(), RenderingFailure.TOO_SLOW)],
)
def test_any_other_fault_is_tried_five_times(
    scorecard: Scorecard, monkeypatch: pytest.MonkeyPatch, fault: Exception, failure: RenderingFailure
) -> None:
    monkeypatch.setattr(worker, "produce", ends_with(fault))
    wish = make_rendering(scorecard)
    for _attempt in range(4):
        worker.render(wish.pk)
        assert row_of(wish).state == RenderingState.QUEUED
    worker.render(wish.pk)
    assert (row_of(wish).state, row_of(wish).failure, row_of(wish).attempts) == (RenderingState.FAILED, failure, 5)


def test_an_attempt_whose_lease_was_taken_over_writes_nothing(
    scorecard: Scorecard, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    wish = make_rendering(scorecard)

    def overtaken(*_args: object, **_options: object) -> bytes:
        RENDERINGS.claim(wish.pk, now=timezone.now() + settings.RENDERING_LEASE * 2)
        return b"late"

    monkeypatch.setattr(worker, "produce", overtaken)
    worker.render(wish.pk)
    assert (row_of(wish).state, row_of(wish).attempts) == (RenderingState.RENDERING, 2)
    assert not Document.objects.exists()


def test_an_attempt_stops_as_soon_as_it_hears_that_its_lease_was_taken_over(
    scorecard: Scorecard, produced: list[str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    wish, claim = make_rendering(scorecard), RENDERINGS.claim

    def claim_for_both(pk: int, **options: Any) -> HeldJob[Rendering] | None:
        mine = claim(pk, **options)
        claim(pk, now=timezone.now() + settings.RENDERING_LEASE * 2)
        return mine

    monkeypatch.setattr(RENDERINGS, "claim", claim_for_both)
    worker.render(wish.pk)
    assert produced == []
    assert row_of(wish).state == RenderingState.RENDERING


def test_the_sweeping_task_nudges_what_waits(scorecard: Scorecard, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(RENDERINGS, "nudge", lambda pk: not told.append(pk))
    wish = make_rendering(scorecard, now=NOW)
    sweep_renderings()
    assert told == [wish.pk]


def test_a_warm_process_no_longer_looks_for_garbage_among_what_it_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(worker.pdf, "warm_up", lambda: done.append("warm"))
    monkeypatch.setattr(worker.gc, "collect", lambda: done.append("collected"))
    monkeypatch.setattr(worker.gc, "freeze", lambda: done.append("frozen"))
    monkeypatch.setattr(worker.gc, "set_threshold", lambda made: done.append(f"{made}"))
    worker.warm_up()
    assert done == ["warm", "collected", "frozen", "10000"]
