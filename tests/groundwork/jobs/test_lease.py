"""What every job promises, whatever its kind: documents, imports of incidents and summary mails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership
from assessments.models import Digest, DigestState
from assessments.schedule.digest import DIGESTS
from groundwork.jobs.lease import MAX_ATTEMPTS, TOO_MANY_ATTEMPTS, HeldJob, JobKind, LeaseLostError
from reports.documents.job import RENDERINGS, RenderingFailure
from reports.models import RenderingState
from tests.concurrency import at_once, elsewhere, shared_database
from tests.factories import NOW, Cast, make_cast
from tests.reports.renderings import make_rendering, make_scorecard
from vendors.incident_import.job import IMPORTS
from vendors.models import ImportState, IncidentImport

SOON = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A kind of job, how one of it is wished for, and what a worker writes that has done it."""

    kind: JobKind[Any]
    make: Callable[[Cast], Any]
    another: Callable[[Cast], Any]
    task: str
    setting: str
    due: str  # the column that says when its turn is
    done: dict[str, Any]
    failed: str = "failed"

    def waiting(self, cast: Cast) -> int:
        pk: int = self.make(cast).pk
        return pk

    def row(self, pk: int) -> Any:
        return self.kind.rows().get(pk=pk)

    def claimed(self, pk: int, now: datetime = NOW) -> HeldJob[Any]:
        held = self.kind.claim(pk, now=now)
        assert held is not None
        return held


def make_import(cast: Cast) -> IncidentImport:
    return IncidentImport.objects.create(
        organisation=cast.organisation,
        created_by=cast.assessor.user,
        file_name="incidents.csv",
        state=ImportState.IMPORTING,
        started_at=NOW,
        **IMPORTS.afresh(NOW),
    )


def make_digest(member: Membership) -> Digest:
    return Digest.objects.create(user=member.user, day=timezone.localdate(NOW))


DOCUMENT = Case(
    kind=RENDERINGS,
    make=lambda cast: make_rendering(make_scorecard(cast.assessor), **RENDERINGS.afresh(NOW)),
    another=lambda cast: make_rendering(RENDERINGS.rows().get().subject, language="fr"),
    task="reports.tasks.render_scorecard",
    setting="RENDERING_LEASE",
    due="next_nudge_at",
    done={"state": RenderingState.READY, "size": 1, "sha256": "ab"},
)
IMPORT = Case(
    kind=IMPORTS,
    make=make_import,
    another=make_import,
    task="vendors.tasks.work_on_import",
    setting="IMPORT_LEASE",
    due="next_nudge_at",
    done={"state": ImportState.DONE},
)
MAIL = Case(
    kind=DIGESTS,
    make=lambda cast: make_digest(cast.reader),
    another=lambda cast: make_digest(cast.approver),
    task="assessments.tasks.send_digest",
    setting="DIGEST_LEASE",
    due="next_attempt_at",
    done={"state": DigestState.SENT},
)
CASES = {"document": DOCUMENT, "import": IMPORT, "mail": MAIL}
every_kind = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
nudged_kinds = pytest.mark.parametrize("case", [DOCUMENT, IMPORT], ids=["document", "import"])


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """(task, job) of which workers were told."""
    told: list[tuple[str, int]] = []

    def send_task(name: str, *, args: list[int], retry: bool) -> None:
        assert not retry  # the broker may be away, and nobody shall wait for it
        told.append((name, *args))

    monkeypatch.setattr(current_app, "send_task", send_task)
    return told


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    tried: list[int] = []

    def send_task(_name: str, *, args: list[int], **_options: object) -> None:
        tried.extend(args)
        raise ConnectionError("the broker is away")

    monkeypatch.setattr(current_app, "send_task", send_task)
    return tried


# The claim --------------------------------------------------------------------------------------------------------
@every_kind
def test_a_job_is_claimed_once(cast: Cast, case: Case) -> None:
    pk = case.waiting(cast)
    held = case.claimed(pk)
    assert (held.pk, held.attempts, held.row.token) == (pk, 1, held.token)
    assert case.kind.claim(pk, now=NOW + SOON) is None


@pytest.mark.django_db(transaction=True)
@every_kind
def test_of_many_who_claim_at_once_one_gets_it(tmp_path: Path, case: Case) -> None:
    pk = case.waiting(make_cast())
    with shared_database(tmp_path):
        outcomes = at_once(*[partial(case.kind.claim, pk, now=NOW)] * 6)
        attempts = elsewhere(lambda: case.row(pk).attempts)
    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert (sum(outcome is not None for outcome in outcomes), attempts) == (1, 1)


@every_kind
def test_it_is_taken_over_once_the_lease_has_run_out_and_not_before(cast: Cast, case: Case) -> None:
    pk = case.waiting(cast)
    first = case.claimed(pk)
    assert case.kind.claim(pk, now=NOW + case.kind.lease()) is None
    second = case.claimed(pk, NOW + case.kind.lease() + SOON)
    assert (second.attempts, second.token == first.token) == (2, False)


@every_kind
def test_a_worker_that_renews_keeps_it(cast: Cast, case: Case) -> None:
    pk, half = case.waiting(cast), case.kind.lease() / 2
    case.claimed(pk).renew(now=NOW + half)
    assert case.kind.claim(pk, now=NOW + case.kind.lease() + SOON) is None
    assert case.kind.sweep(now=NOW + case.kind.lease() + SOON) == 0
    assert case.claimed(pk, NOW + half + case.kind.lease() + SOON).attempts == 2


@every_kind
def test_each_kind_has_a_lease_of_its_own(case: Case, settings: Any) -> None:
    before = {name: other.kind.lease() for name, other in CASES.items()}
    setattr(settings, case.setting, timedelta(hours=7))
    assert [name for name, other in CASES.items() if other.kind.lease() != before[name]] == [
        name for name, other in CASES.items() if other is case
    ]


# Writing under the token ------------------------------------------------------------------------------------------
@every_kind
def test_who_holds_it_ends_it_and_nobody_holds_it_then(cast: Cast, case: Case) -> None:
    pk = case.waiting(cast)
    assert case.claimed(pk).finish(**case.done)
    row = case.row(pk)
    assert (row.state, row.token, row.lease_until) == (case.done["state"], None, None)
    assert case.kind.claim(pk, now=NOW + timedelta(days=1)) is None


@every_kind
def test_who_comes_late_writes_nothing(cast: Cast, case: Case) -> None:
    pk = case.waiting(cast)
    late = case.claimed(pk)
    case.claimed(pk, NOW + case.kind.lease() + SOON)
    before = case.kind.rows().filter(pk=pk).values().get()
    for write in (partial(late.note, state=case.failed), partial(late.renew, now=NOW)):
        with pytest.raises(LeaseLostError):
            write()
    assert not late.finish(**case.done)
    assert not late.fail(RenderingFailure.UNEXPECTED, now=NOW)
    assert not late.release(RenderingFailure.UNEXPECTED, now=NOW)
    assert case.kind.rows().filter(pk=pk).values().get() == before


@every_kind
def test_who_has_ended_it_writes_nothing_more(cast: Cast, case: Case) -> None:
    pk = case.waiting(cast)
    held = case.claimed(pk)
    assert held.finish(**case.done)
    assert not held.finish(state=case.failed)
    assert case.row(pk).state == case.done["state"]


@every_kind
def test_what_is_written_beside_a_lost_lease_is_undone(cast: Cast, case: Case) -> None:
    pk, name = case.waiting(cast), cast.organisation.name
    late = case.claimed(pk)
    case.claimed(pk, NOW + case.kind.lease() + SOON)
    with pytest.raises(LeaseLostError), transaction.atomic():
        type(cast.organisation).objects.update(name="Written too late")
        late.renew(now=NOW)
    cast.organisation.refresh_from_db()
    assert cast.organisation.name == name


# Faults -----------------------------------------------------------------------------------------------------------
@every_kind
def test_after_each_fault_it_waits_twice_as_long_and_the_fifth_ends_it(cast: Cast, case: Case) -> None:
    pk, now, waits = case.waiting(cast), NOW, []
    for _attempt in range(1, MAX_ATTEMPTS):
        assert case.claimed(pk, now).release(RenderingFailure.UNEXPECTED, now=now)
        again_at = getattr(case.row(pk), case.due)
        waits.append(again_at - now)
        now = again_at
    assert waits == [case.kind.first_wait() * 2**times for times in range(MAX_ATTEMPTS - 1)]
    assert case.claimed(pk, now).release(RenderingFailure.UNEXPECTED, now=now)
    assert case.row(pk).state == case.failed


@every_kind
def test_there_is_no_sixth_attempt_and_a_sweep_ends_it(cast: Cast, case: Case, sent: list[tuple[str, int]]) -> None:
    pk, now = case.waiting(cast), NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert case.claimed(pk, now).attempts == attempt
        now += case.kind.lease() + SOON
    assert case.kind.claim(pk, now=now) is None
    assert (case.kind.sweep(now=now), sent) == (0, [])
    row = case.row(pk)
    assert (row.state, row.token, getattr(row, "failure", TOO_MANY_ATTEMPTS)) == (case.failed, None, TOO_MANY_ATTEMPTS)


# Nudges -----------------------------------------------------------------------------------------------------------
@every_kind
def test_workers_are_told_once_it_is_committed(
    cast: Cast, case: Case, sent: list[tuple[str, int]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case.kind.nudge_on_commit(7)
        assert sent == []
    assert sent == [(case.task, 7)]
    current_app.loader.import_default_modules()
    assert case.task in current_app.tasks


@every_kind
def test_that_nobody_can_be_told_is_no_fault_of_the_wish(
    cast: Cast, case: Case, no_broker: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        case.kind.nudge_on_commit(7)
    assert no_broker == [7]


@every_kind
def test_what_a_dead_worker_left_is_swept_up_after_its_lease(
    cast: Cast, case: Case, sent: list[tuple[str, int]]
) -> None:
    pk = case.waiting(cast)
    case.claimed(pk)
    assert case.kind.sweep(now=NOW + case.kind.lease()) == 0
    assert case.kind.sweep(now=NOW + case.kind.lease() + SOON) == 1
    assert sent == [(case.task, pk)]


@nudged_kinds
def test_each_nudge_waits_twice_as_long_as_the_one_before_up_to_a_bound(
    cast: Cast, case: Case, sent: list[tuple[str, int]]
) -> None:
    pk, waits = case.waiting(cast), []
    now = case.row(pk).next_nudge_at
    for _sweep in range(9):
        assert case.kind.sweep(now=now - SOON) == 0
        assert case.kind.sweep(now=now) == 1
        next_nudge_at = case.row(pk).next_nudge_at
        waits.append(next_nudge_at - now)
        now = next_nudge_at
    first = case.kind.first_wait()
    assert waits == [min(first * 2**times, case.kind.longest_wait) for times in range(1, 10)]
    assert waits[-1] == timedelta(minutes=10)


@nudged_kinds
def test_of_two_sweepers_at_the_same_moment_one_nudges(cast: Cast, case: Case, sent: list[tuple[str, int]]) -> None:
    row = case.row(case.waiting(cast))
    now = row.next_nudge_at
    assert [case.kind.postpone(row, now), case.kind.postpone(row, now), case.kind.sweep(now=now)] == [True, False, 0]


@every_kind
def test_a_sweep_stops_at_the_first_nudge_that_cannot_be_sent(cast: Cast, case: Case, no_broker: list[int]) -> None:
    case.make(cast)
    case.another(cast)
    assert case.kind.rows().overdue(NOW + timedelta(minutes=1)).count() == 2
    assert case.kind.sweep(now=NOW + timedelta(minutes=1)) == 0
    assert len(no_broker) == 1


# Whatever happens -------------------------------------------------------------------------------------------------
events = st.lists(st.sampled_from(["claim", "die", "fault", "end", "late end", "sweep", "wait"]), max_size=40)


@settings(max_examples=settings.default.max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=events)
@every_kind
def test_whatever_happens_it_ends_once_and_after_five_attempts_at_most(
    cast: Cast, sent: list[tuple[str, int]], case: Case, events: list[str]
) -> None:
    with transaction.atomic():
        pk, now, ends = case.waiting(cast), NOW, 0
        workers: list[HeldJob[Any]] = []
        for event in [*events, *["rest", "claim"] * MAX_ATTEMPTS, "rest", "sweep"]:
            now += SOON
            if event == "wait":
                now += case.kind.lease()
            elif event == "rest":
                now += case.kind.lease() + case.kind.wait(MAX_ATTEMPTS)
            elif event == "sweep":
                case.kind.sweep(now=now)
            elif event == "claim":
                held = case.kind.claim(pk, now=now)
                assert held is None or case.kind.claim(pk, now=now) is None
                workers += [held] if held else []
            elif workers:
                worker = workers[0] if event == "late end" else workers[-1]
                ends += happens(case, worker, event, now)
            row = case.row(pk)
            assert row.attempts <= MAX_ATTEMPTS
            assert ends <= 1
        assert (row.token, row.state in {case.done["state"], case.failed}) == (None, True)
        assert (row.state == case.done["state"]) == (ends == 1)
        transaction.set_rollback(True)


def happens(case: Case, worker: HeldJob[Any], event: str, now: datetime) -> int:
    """How often the job was ended well by it."""
    if event == "fault":
        worker.release(RenderingFailure.UNEXPECTED, now=now)
    return worker.finish(**case.done) if event in {"end", "late end"} else 0
