"""A batch is made one document at a time, goes on where it was cut short, and leaves nothing unsaid."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from groundwork.jobs import nudging
from reports import file_jobs, tasks, worker
from reports.batches import archive, job, making
from reports.batches.job import BATCHES, BatchFailure, LeftOut
from reports.documents.job import RenderingFailure, request_rendering
from reports.documents.layout import Layout
from reports.models import Batch, BatchedState, Binding, DocumentKind, FileState, Rendering, RenderingState, Scorecard
from reports.scorecard import view
from tests.factories import Cast, add_rater, make_assessment, make_vendor
from tests.reports import verapdf
from tests.reports.batches.asked import ask, drawing, hash_of, makers, renders
from tests.reports.cards import approved
from tests.reports.renderings import make_ready, make_rendering, make_scorecard

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As the kernel ends a worker: nothing catches it."""


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def cards(cast: Cast) -> list[Scorecard]:
    return [make_scorecard(cast.assessor, number=f"S-2026-00{n}", vendor=f"Vendor {n}") for n in (1, 2, 3)]


def fresh(batch: Batch) -> Batch:
    return Batch.objects.get(pk=batch.pk)


def content(batch: Batch) -> dict[str, bytes]:
    with fresh(batch).file.open("rb") as file, ZipFile(file) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def states(batch: Batch) -> list[str]:
    return list(batch.places.order_by("position").values_list("state", flat=True))


def test_a_batch_becomes_a_zip_of_one_file_a_vendor(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    making.make(batch.pk, renders())
    made = fresh(batch)
    assert content(batch) == {f"brief-S-2026-00{n}-vendor-{n}-fr.pdf": drawing(f"S-2026-00{n}") for n in (1, 2, 3)}
    assert (made.state, made.done, made.total) == (FileState.READY, 3, 3)
    assert made.file_name == f"briefs-{timezone.now():%Y-%m-%d}-{batch.pk}-fr.zip"
    assert made.sha256 == hash_of(made.file.read())
    assert made.expires_at is not None and made.finished_at is not None
    assert made.expires_at - made.finished_at == timedelta(days=7)


def test_what_is_ready_is_not_made_again(cast: Cast, cards: list[Scorecard]) -> None:
    make_rendering(cards[0], kind="brief", language="fr")
    job_of_first = Rendering.objects.get()
    renders().render(job_of_first.pk)
    log: list[str] = []
    making.make(ask(cast.assessor, cards).pk, renders(log=log))
    assert log == ["S-2026-002", "S-2026-003"]


def test_the_same_scorecards_give_the_same_bytes(cast: Cast, cards: list[Scorecard]) -> None:
    batches = [ask(cast.assessor, cards), ask(cast.colleague, cards)]
    for batch in batches:
        making.make(batch.pk, renders(fails=["S-2026-003"]))
    assert len({fresh(batch).sha256 for batch in batches}) == 1


def test_what_cannot_be_made_is_told_in_the_file_and_does_not_stop_the_rest(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    making.make(batch.pk, renders(fails=["S-2026-002"]))
    found = content(batch)
    assert states(batch) == [BatchedState.MADE, BatchedState.LEFT_OUT, BatchedState.MADE]
    assert len(found) == 3
    told = found[archive.LEFT_OUT].decode("utf-8-sig")
    assert told.splitlines()[2].startswith("S-2026-002 · ")
    assert str(RenderingFailure.SNAPSHOT_DAMAGED.label) in told


def test_where_nothing_could_be_made_there_is_no_file(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    making.make(batch.pk, renders(fails=[card.number for card in cards]))
    assert (fresh(batch).state, fresh(batch).failure) == (FileState.FAILED, BatchFailure.NOTHING_MADE)
    assert not fresh(batch).file


def test_a_killed_worker_leaves_its_places_and_the_next_goes_on(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    log: list[str] = []

    def killed_at_the_second(pk: int) -> None:
        if log:
            raise Killed
        renders(log=log).render(pk)

    with pytest.raises(Killed):
        making.make(batch.pk, makers(killed_at_the_second))
    assert states(batch) == [BatchedState.MADE, BatchedState.WAITING, BatchedState.WAITING]
    making.make(batch.pk, renders(log=log))  # its lease has not run out
    assert log == ["S-2026-001"]
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    making.make(batch.pk, renders(log=log))
    assert log == ["S-2026-001", "S-2026-002", "S-2026-003"]
    assert len(content(batch)) == 3


def test_a_document_that_kills_workers_is_left_out_after_three(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    poisoned = request_rendering(
        cards[0], language="fr", requested_by=cast.assessor.user, kind=DocumentKind(batch.kind), tell_workers=False
    )
    Rendering.objects.filter(pk=poisoned.pk).update(attempts=making.CUT_SHORT)
    making.make(batch.pk, renders())
    assert batch.places.get(position=1).failure == LeftOut.CUT_SHORT
    assert len(content(batch)) == 3  # two documents, and what was left out


def test_what_is_being_made_for_somebody_else_is_waited_for(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    wish = make_rendering(cards[0], kind="brief", language="fr")
    held = worker.RENDERINGS.claim(wish.pk, now=timezone.now())
    assert held is not None
    making.make(batch.pk, renders())
    assert (fresh(batch).state, fresh(batch).attempts) == (FileState.QUEUED, 0)
    assert states(batch) == [BatchedState.WAITING, BatchedState.MADE, BatchedState.MADE]
    held.release(RenderingFailure.UNEXPECTED, now=timezone.now())
    making.make(batch.pk, renders())
    assert fresh(batch).state == FileState.READY


def test_a_stretch_ends_so_that_others_in_the_queue_have_their_turn(
    cast: Cast, cards: list[Scorecard], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(nudging, "nudge", lambda task, pk: told.append((task, pk)) or True)
    batch = ask(cast.assessor, cards)
    moments = iter(range(0, 1000, 30))
    making.make(batch.pk, renders(), clock=lambda: float(next(moments)))
    assert states(batch) == [BatchedState.MADE, BatchedState.WAITING, BatchedState.WAITING]
    assert told == [(BATCHES.task, batch.pk)]
    assert (fresh(batch).state, fresh(batch).done) == (FileState.QUEUED, 1)


def test_a_single_wish_never_waits_behind_a_batch(
    cast: Cast, cards: list[Scorecard], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    """While a batch is made, the queue of single documents is told of nothing and finds nothing to do but the one wish
    of a person, which is served in between."""
    told: list[str] = []
    monkeypatch.setattr(nudging, "nudge", lambda task, pk: told.append(task) or True)
    waiting: list[int] = []
    served: list[str] = []
    wish = make_rendering(cards[2], kind="scorecard", language="nl")

    def render(pk: int) -> None:
        waiting.append(Rendering.objects.unfinished().exclude(pk__in=[pk, wish.pk]).count())
        if not served:
            renders(log=served).render(wish.pk)  # by the other worker
        renders().render(pk)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        making.make(ask(cast.assessor, cards).pk, makers(render))
    assert waiting == [0, 0, 0]
    assert served == ["S-2026-003"]
    assert set(told) == {BATCHES.task}
    queues = {task: route["queue"] for task, route in settings.CELERY_TASK_ROUTES.items()}
    assert queues[BATCHES.task] != queues[worker.RENDERINGS.task]


def test_cancelling_stops_between_two_documents(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    log: list[str] = []

    def cancelled_after_the_first(pk: int) -> None:
        renders(log=log).render(pk)
        job.cancel(cast.assessor, batch)

    making.make(batch.pk, makers(cancelled_after_the_first))
    assert log == ["S-2026-001"]
    assert (fresh(batch).state, bool(fresh(batch).file)) == (FileState.CANCELLED, False)
    assert Rendering.objects.get().state == RenderingState.READY  # kept for whoever asks for it
    with pytest.raises(file_jobs.NotNow):
        job.cancel(cast.assessor, batch)


def test_what_waits_for_ones_own_answers_is_left_out_when_asked_and_when_made(cast: Cast) -> None:
    cards = [
        make_scorecard(cast.assessor, number=f"S-2026-00{n}", vendor=f"Vendor {n}", measures={}) for n in (1, 2, 3)
    ]

    def asked_to_rate(card: Scorecard) -> None:
        assessment = make_assessment(cast.colleague, vendor=card.assessment.vendor, release=card.assessment.release)
        add_rater(assessment, cast.assessor)

    asked_to_rate(cards[0])
    batch = ask(cast.assessor, cards)
    assert states(batch) == [BatchedState.LEFT_OUT, BatchedState.WAITING, BatchedState.WAITING]
    asked_to_rate(cards[1])
    making.make(batch.pk, renders())
    assert states(batch) == [BatchedState.LEFT_OUT, BatchedState.LEFT_OUT, BatchedState.MADE]
    assert sorted(content(batch)) == ["brief-S-2026-003-vendor-3-fr.pdf", archive.LEFT_OUT]
    assert set(batch.places.exclude(failure="").values_list("failure", flat=True)) == {LeftOut.WITHHELD}


def test_who_has_left_gets_nothing(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    type(cast.assessor).objects.filter(pk=cast.assessor.pk).update(is_active=False)
    making.make(batch.pk, renders())
    assert (fresh(batch).state, fresh(batch).failure) == (FileState.FAILED, BatchFailure.LEFT)


def test_names_in_the_zip_are_plain_whatever_vendors_are_called(cast: Cast) -> None:
    names = [
        "../../etc/passwd",
        "CON",
        "a/b\\c:d*?",
        "Société Générale 東京",
        "\u202egnp.exe",
        "x" * 120,
        ". .",
        "Same",
    ]
    cards = [make_scorecard(cast.assessor, number=f"S-2026-{n:03}", vendor=name) for n, name in enumerate(names)]
    batch = ask(cast.assessor, cards)
    making.make(batch.pk, renders())
    found = list(content(batch))
    assert len({name.casefold() for name in found}) == len(cards)
    for name in found:
        assert name.isascii() and not set(name) & set('/\\:*?"<>| ') and ".." not in name and len(name) < 100


def test_the_task_and_the_sweep_reach_it(cast: Cast, cards: list[Scorecard], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "render", renders().render)
    batch = ask(cast.assessor, cards)
    Batch.objects.update(next_nudge_at=timezone.now() - timedelta(seconds=1))
    told: list[tuple[str, int]] = []
    monkeypatch.setattr(nudging, "nudge", lambda task, pk: told.append((task, pk)) or True)
    tasks.sweep_batches()
    assert told == [(BATCHES.task, batch.pk)]
    tasks.make_batch(batch.pk)
    assert fresh(batch).state == FileState.READY


def test_the_file_is_deleted_after_seven_days_and_the_row_stays(cast: Cast, cards: list[Scorecard]) -> None:
    batch = ask(cast.assessor, cards)
    making.make(batch.pk, renders())
    path = fresh(batch).file.path
    assert file_jobs.forget_files(Batch.objects.all(), timezone.now() + timedelta(days=6)) == 0
    assert file_jobs.forget_files(Batch.objects.all(), timezone.now() + timedelta(days=8)) == 1
    assert not Path(path).exists()
    assert (fresh(batch).state, fresh(batch).file.name) == (FileState.READY, "")


def test_each_document_costs_the_same_queries(cast: Cast, cards: list[Scorecard]) -> None:
    more = [make_scorecard(cast.assessor, number=f"S-2026-01{n}", vendor=f"More {n}") for n in range(4)]
    for card in [*cards, *more]:
        make_ready(card)
    spent = []
    for some in (cards[:1], cards, [*cards, *more]):
        batch = ask(cast.assessor, some, kind=DocumentKind.SCORECARD, language="en")
        with CaptureQueriesContext(connection) as queries:
            making.make(batch.pk, renders())
        spent.append(len(queries))
    a_document = (spent[1] - spent[0]) / 2
    assert (spent[2] - spent[1]) / 4 == a_document
    assert a_document <= 12


def test_a_bound_one_is_one_file_that_says_how_far_it_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        view,
        "layout",
        lambda card, kind, language: Layout(html="", title=card.number, created="2026-03-02T09:30:00+00:00"),
    )
    cards = [make_scorecard(cast.assessor, number=f"S-2026-00{n}", vendor=f"Vendor {n}") for n in (2, 1)]
    batch = ask(cast.assessor, cards, binding=Binding.BOUND)
    making.make(batch.pk, renders())
    made = fresh(batch)
    assert made.file.read().decode().splitlines() == ["%PDF", "S-2026-002", "S-2026-001"]
    assert (made.state, made.done, made.file_name[-4:]) == (FileState.READY, 2, ".pdf")
    assert states(batch) == [BatchedState.MADE, BatchedState.MADE]
    assert not Rendering.objects.exists()


def test_more_than_a_bound_one_holds_is_refused_with_what_to_do(cast: Cast, cards: list[Scorecard]) -> None:
    with pytest.raises(job.NotSoMany, match=r"At most 8 scorecards fit.*these are 9"):
        ask(cast.assessor, cards * 3, binding=Binding.BOUND, kind=DocumentKind.RECORD)


def test_three_real_documents_in_a_zip_and_bound_keep_their_structure(cast: Cast, tmp_path: Path) -> None:
    """The bound one says of each document what it says alone, and begins each where the contents say."""
    made = [approved(cast, vendor=make_vendor(cast.organisation, f"Vendor {n}"), grade=n) for n in (1, 3, 4)]
    cards = list(Scorecard.objects.filter(pk__in=[card.pk for card in made]).select_related("assessment__vendor"))
    found = {}
    for each in Binding:
        batch = ask(cast.assessor, cards, binding=each, kind=DocumentKind.BRIEF)
        making.make(batch.pk, making.Makers(render=worker.render, bind=worker.bind))
        assert fresh(batch).state == FileState.READY
        found[each] = fresh(batch).file.path
    with ZipFile(found[Binding.ZIP]) as opened:
        single = {name: PdfReader(BytesIO(opened.read(name))) for name in opened.namelist()}
    assert len(single) == 3
    bound = PdfReader(found[Binding.BOUND])
    contents = [int(line.split()[-1]) for line in bound.pages[0].extract_text().splitlines() if "S-2026" in line]
    lengths = [len(single[name].pages) for name in sorted(single)]
    assert len(bound.pages) == 1 + sum(lengths)
    assert contents == [2, 2 + lengths[0], 2 + lengths[0] + lengths[1]]
    assert verapdf.failures(Path(found[Binding.BOUND])) == {Path(found[Binding.BOUND]): []}
