"""Imports and people at the same time: one import after another, nothing twice, and nobody waits in a circle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from tests.concurrency import at_once
from tests.factories import NOW, Cast, make_vendor
from tests.vendors.incident_import.files import as_csv, checked, counts, imported, kept, options_for, started, worked
from vendors.incident_import import batches, job, worker
from vendors.incidents import changes as incident_changes
from vendors.models import Feedback, ImportState, Incident, IncidentImport, IncidentImportQuerySet, Vendor
from vendors.voice import feedback

MANY = 12


def rows_of(title: str) -> list[tuple[str, ...]]:
    return [(f"INC-{number}", "1/3/2026 08:00", "", title, "", "") for number in range(MANY)]


def waiting(cast: Cast, vendor: Vendor, title: str = "Title") -> IncidentImport:
    """Checked, and queued to be written."""
    upload = checked(cast.assessor, as_csv(rows_of(title)), options_for(vendor))
    return started(cast.assessor, upload)


def two_waiting(cast: Cast, nudged: list[int]) -> list[IncidentImport]:
    found = [waiting(cast, make_vendor(cast.organisation, name)) for name in ("One", "Two")]
    nudged.clear()  # the check of the second has called the first
    return found


@pytest.fixture(autouse=True)
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The imports of which a worker was told; no broker is."""
    told: list[int] = []
    monkeypatch.setattr(job.IMPORTS, "nudge", lambda pk: not told.append(pk))  # type: ignore[func-returns-value]
    return told


# One after another -----------------------------------------------------------------------------------------------
def test_only_one_import_is_worked_on_and_its_end_calls_the_one_that_waits_longest(
    cast: Cast, nudged: list[int], signed_in: Any
) -> None:
    first, second = two_waiting(cast, nudged)
    third = kept(cast.stranger, as_csv(rows_of("x")))
    job.start_check(cast.stranger, third, options_for(make_vendor(cast.other_organisation)), tell_workers=False)
    now = timezone.now()
    assert job.IMPORTS.claim(first.pk, now=now) is not None
    assert (worked(second).token, worked(third).token) == (None, None)  # not of another organisation either
    assert not Incident.objects.exists()
    page = signed_in(cast.assessor).get(reverse("incident_import_detail", args=[second.pk]))
    assert "Waiting for its turn: one import runs at a time." in page.content.decode()
    assert (job.IMPORTS.sweep(now=now + timedelta(seconds=100)), nudged) == (0, [])
    IncidentImport.objects.filter(pk=first.pk).update(lease_until=now - timedelta(seconds=1))  # it died
    assert worked(first).state == ImportState.DONE
    assert nudged == [second.pk]
    assert worked(second).state == ImportState.DONE
    assert nudged == [second.pk, third.pk]
    assert worked(third).state == ImportState.CHECKED
    assert nudged == [second.pk, third.pk]


def test_what_waited_is_swept_at_once_when_the_worker_before_it_died(cast: Cast, nudged: list[int]) -> None:
    first, second = two_waiting(cast, nudged)
    now = timezone.now()
    job.IMPORTS.claim(first.pk, now=now)
    later = now + timedelta(seconds=60)
    assert [job.IMPORTS.sweep(now=later) for _time in range(5)] == [0] * 5
    IncidentImport.objects.filter(pk=first.pk).update(lease_until=now)
    assert job.IMPORTS.sweep(now=later) == 1
    assert nudged == [second.pk]


def test_what_failed_just_now_rests_before_its_next_turn(
    cast: Cast, nudged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, other = two_waiting(cast, nudged)

    def fail(*_arguments: Any) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(batches.Pass, "_batch", fail)
        worked(failing)
    assert nudged == [other.pk]
    worked(other)
    assert nudged == [other.pk]
    assert worked(failing).state == ImportState.DONE


# At once ---------------------------------------------------------------------------------------------------------
at_the_same_time = pytest.mark.django_db(transaction=connection.vendor == "postgresql")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)


def together(*actions: Callable[[], Any]) -> list[Any]:
    """At once where rows can be locked; SQLite has one writer, and they come one after another."""
    return at_once(*actions) if connection.vendor == "postgresql" else [action() for action in actions]


def to_the_end(upload: IncidentImport) -> str:
    """As a worker that is told of it again and again."""
    for _time in range(2_000):
        worker.work_on(upload.pk)
        upload.refresh_from_db()
        if not upload.is_working:
            return upload.state
        sleep(0.005)
    return upload.state


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many passes ran at the same time, each time that one began."""
    seen: list[int] = []
    running: list[int] = []
    real = batches.Pass.run

    def run(self: Any, *arguments: Any) -> None:
        running.append(1)
        seen.append(len(running))
        try:
            real(self, *arguments)
        finally:
            running.pop()

    monkeypatch.setattr(batches.Pass, "run", run)
    return seen


@at_the_same_time
def test_two_imports_of_the_same_file_at_once_make_one_row_each(
    cast: Cast, at_work: list[int], small_batches: None
) -> None:
    vendor = make_vendor(cast.organisation)
    uploads = [waiting(cast, vendor) for _copy in range(2)]
    at_work.clear()
    assert together(*(partial(to_the_end, upload) for upload in uploads)) == [ImportState.DONE] * 2
    assert (at_work, Incident.objects.count()) == ([1, 1], MANY)
    assert sorted(map(str, counts_of_all())) == sorted([str({"new": MANY}), str({"unchanged": MANY})])


@at_the_same_time
def test_even_two_that_take_no_turns_make_one_row_each(
    cast: Cast, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that was taken for dead may wake up beside the next one: below the turns, each batch has a lock."""
    monkeypatch.setattr(IncidentImportQuerySet, "held", lambda self, now: self.none())
    vendor = make_vendor(cast.organisation)
    uploads = [waiting(cast, vendor) for _copy in range(2)]
    assert together(*(partial(to_the_end, upload) for upload in uploads)) == [ImportState.DONE] * 2
    assert (Incident.objects.count(), set(IncidentImport.objects.values_list("attempts", flat=True))) == (MANY, {1})
    assert sum(map(Counter, counts_of_all()), Counter()) == {"new": MANY, "unchanged": MANY}


def counts_of_all() -> list[dict[str, int]]:
    return [counts(upload) for upload in IncidentImport.objects.all()]


@at_the_same_time
def test_an_import_and_people_who_edit_speak_and_delete_end_without_a_circle(cast: Cast, small_batches: None) -> None:
    vendor = make_vendor(cast.organisation)
    imported(cast.assessor, as_csv(rows_of("First")), options_for(vendor))
    upload = waiting(cast, vendor, "Second")
    gone, *known = Incident.objects.order_by("-pk")  # against the direction of the import
    outcomes = together(
        partial(to_the_end, upload),
        partial(edit, cast, known),
        partial(speak_of, cast, known),
        partial(incident_changes.delete_incident, cast.assessor, gone),
    )
    titles = dict(Incident.objects.values_list("reference", "title"))
    upload.refresh_from_db()
    spoken = Feedback.objects.exclude(incident=None).count()
    assert outcomes == [ImportState.DONE, None, None, None]
    assert (upload.attempts, spoken, sum(counts(upload).values())) == (1, MANY - 1, MANY)
    assert {*titles, gone.reference} == {reference for reference, *_rest in rows_of("")}
    assert set(titles.values()) <= {"Second", "By hand"}


def edit(cast: Cast, rows: list[Incident]) -> None:
    """As from a form; again where the import was quicker, as a person would."""
    for row in rows:
        for _time in range(3):
            incident = Incident.objects.select_related("vendor").get(pk=row.pk)
            seen = incident_changes.incident_fingerprint(incident)
            incident.title = "By hand"
            try:
                incident_changes.change_incident(
                    cast.assessor, incident, changed=["title"], seen=seen, now=timezone.now()
                )
                break
            except incident_changes.EditedMeanwhile:
                continue


def speak_of(cast: Cast, rows: list[Incident]) -> None:
    for row in rows:
        said = Feedback(vendor_id=row.vendor_id, incident=row, name="Example", said_on=NOW.date(), feeling=3)
        feedback.add_feedback(cast.reader, said)
