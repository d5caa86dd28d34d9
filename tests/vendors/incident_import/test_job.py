"""From file to incidents and back: states, counts, what survives a dead worker, and what belongs to whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from tests.factories import Cast, make_feedback, make_incident, make_vendor
from tests.vendors.incident_import.files import (
    as_csv,
    checked,
    counts,
    imported,
    kept,
    options_for,
    started,
    told,
    undone,
    worked,
)
from vendors.incident_import import batches as passes
from vendors.incident_import import files, job, worker, writing
from vendors.incident_import.options_check import OptionsRefused
from vendors.incident_import.rows import matching
from vendors.models import (
    FILES_KEPT,
    EntryKind,
    ImportState,
    Incident,
    IncidentChange,
    IncidentImport,
    Service,
    Vendor,
)
from vendors.timeline import changes as timeline

ROWS = [
    ("INC-1", "29/2/2016 01:16", "29/2/2016 11:29", "Payroll stands still", "1 - Critical", "Example Systems"),
    ("INC-2", "1/3/2016 08:00", "", "Slow screens", "3 - Moderate", "Example Systems"),
]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def everything() -> list[tuple[Any, ...]]:
    names = ("vendor__name", "source", "reference", *writing.COLUMNS)
    return list(Incident.objects.order_by("vendor__name", "source", "reference").values_list(*names))


# Coming in -------------------------------------------------------------------------------------------------------
def test_a_file_is_checked_without_a_trace_and_then_imported(cast: Cast, vendor: Vendor) -> None:
    upload = checked(cast.assessor, as_csv(ROWS), options_for(vendor, critical=("1 - critical",)))
    assert (upload.state, counts(upload)) == (ImportState.CHECKED, {"new": 2})
    assert not Incident.objects.exists()
    started(cast.assessor, upload)
    assert worked(upload).state == ImportState.DONE
    first, second = Incident.objects.order_by("reference")
    assert first.opened_at == datetime(2016, 2, 29, 0, 16, tzinfo=UTC)
    assert first.resolved_at == datetime(2016, 2, 29, 10, 29, tzinfo=UTC)
    assert (first.mission_critical, second.mission_critical, second.resolved_at) == (True, False, None)
    assert (first.created_in, first.source, first.title) == (upload, "other", "Payroll stands still")
    assert (upload.rows_read, upload.rows_total) == (2, 2)


def test_the_same_file_again_changes_nothing(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    before = list(Incident.objects.order_by("pk").values())
    upload = imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    assert counts(upload) == {"unchanged": 2}
    assert list(Incident.objects.order_by("pk").values()) == before


def test_a_newer_export_updates_and_its_empty_cells_empty_nothing(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    newer = [("INC-1", "29/2/2016 01:16", "", "", "", ""), ("INC-2", "1/3/2016 08:00", "2/3/2016 08:00", "", "2", "")]
    upload = imported(cast.assessor, as_csv(newer), options_for(vendor))
    assert counts(upload) == {"changed": 1, "unchanged": 1}
    first, second = Incident.objects.order_by("reference")
    assert (first.title, second.title, second.priority) == ("Payroll stands still", "Slow screens", "2")
    assert second.resolved_at is not None
    assert second.changed_in == upload


def test_good_rows_go_in_without_the_bad_and_each_bad_cell_is_told(cast: Cast, vendor: Vendor) -> None:
    rows = [
        *ROWS,
        ("INC-3", "1/3/2016 10:00", "1/3/2016 09:00", "Back in time", "", ""),
        ("", "yesterday", "", "", "", ""),
        ("INC-4", "27/3/2016 02:30", "", "In the gap", "", ""),
    ]
    upload = imported(cast.assessor, as_csv(rows), options_for(vendor))
    assert counts(upload) == {"new": 2, "error": 3, "problems": 4}
    assert told(upload) == [
        (4, "Resolved", "1/3/2016 09:00", "resolved_before_opened"),
        (5, "Opened", "yesterday", "date_unreadable"),
        (5, "Number", "", "required"),
        (6, "Opened", "27/3/2016 02:30", "date_in_gap"),
    ]


def test_a_row_that_contradicts_what_is_known_is_a_problem_of_that_row(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    later = [("INC-1", "1/4/2016 09:00", "", "", "", ""), ("INC-5", "1/4/2016 09:00", "", "", "", "")]
    upload = imported(cast.assessor, as_csv(later), options_for(vendor))
    assert counts(upload) == {"new": 1, "error": 1, "problems": 1}
    assert told(upload)[0][3] == "resolved_before_opened"


def test_a_reference_twice_is_a_problem_unless_it_says_the_same(cast: Cast, vendor: Vendor) -> None:
    rows = [ROWS[0], ROWS[0], ("INC-1", "1/3/2016 08:00", "", "Another", "", "")]
    upload = imported(cast.assessor, as_csv(rows), options_for(vendor))
    assert counts(upload) == {"new": 1, "repeated": 1, "error": 1, "problems": 1}
    assert told(upload) == [(4, "Number", "INC-1", "reference_twice")]


def test_of_a_log_the_last_line_counts_and_the_log_again_changes_nothing(cast: Cast, vendor: Vendor) -> None:
    log = [ROWS[0], ("INC-1", "29/2/2016 01:16", "1/3/2016 08:00", "Payroll runs again", "2", ""), ROWS[1]]
    options = options_for(vendor, one_line_per_update=True)
    assert counts(imported(cast.assessor, as_csv(log), options)) == {"new": 2, "repeated": 1}
    assert Incident.objects.get(reference="INC-1").title == "Payroll runs again"
    assert counts(imported(cast.assessor, as_csv(log), options)) == {"unchanged": 2, "repeated": 1}


# Vendors and services --------------------------------------------------------------------------------------------
def test_one_file_holds_many_vendors_known_new_left_out_and_undecided(cast: Cast, vendor: Vendor) -> None:
    names = ["Example Systems", "EXAMPLE  systems", "Group 7", "Fresh Vendor", "Internal", "Nobody knows", ""]
    rows = [(f"INC-{number}", "2026-01-05 10:00", "", "", "", name) for number, name in enumerate(names)]
    decisions = {"Group 7": {"vendor": vendor.pk}, "Fresh Vendor": "new", "Internal": "skip"}
    upload = checked(cast.assessor, as_csv(rows), options_for(vendors=decisions))
    assert counts(upload) == {"new": 4, "left_out": 1, "error": 2, "problems": 2}
    assert upload.names["Group 7"] == 1
    assert matching.undecided(upload) == ["Nobody knows"]
    assert {code for *_rest, code in told(upload)} == {"vendor_unknown", "vendor_empty"}
    assert Vendor.objects.count() == 1
    started(cast.assessor, upload)
    worked(upload)
    assert set(Incident.objects.values_list("reference", "vendor__name")) == {
        ("INC-0", "Example Systems"),
        ("INC-1", "Example Systems"),
        ("INC-2", "Example Systems"),
        ("INC-3", "Fresh Vendor"),
    }
    assert AuditEntry.objects.filter(verb="vendor.added", object_label="Fresh Vendor").count() == 1


def test_a_name_that_nobody_knows_is_told_once_with_its_rows(cast: Cast) -> None:
    rows = [(f"INC-{number}", "2026-01-05 10:00", "", "", "", "Who") for number in range(30)]
    upload = checked(cast.assessor, as_csv(rows), options_for())
    assert counts(upload) == {"error": 30, "problems": 1}
    assert upload.problems.get().values == {"count": 30}


def test_services_are_found_by_name_within_the_vendor_and_made_only_when_asked(cast: Cast, vendor: Vendor) -> None:
    payroll = Service.objects.create(vendor=vendor, name="Payroll")
    header = ("Number", "Opened", "Service")
    columns = {"reference": "Number", "opened": "Opened", "service": "Service"}
    rows = [("INC-1", "2026-01-05 10:00", "payroll"), ("INC-2", "2026-01-05 10:00", "Portal")]
    options = options_for(vendor, columns=columns)
    imported(cast.assessor, as_csv(rows, header=header), options)
    assert [one.service for one in Incident.objects.order_by("reference")] == [payroll, None]
    upload = imported(
        cast.assessor, as_csv(rows, header=header), options_for(vendor, columns=columns, new_services=True)
    )
    assert counts(upload)["changed"] == 1
    assert Incident.objects.get(reference="INC-2").service.name == "Portal"


def test_vendors_of_another_organisation_are_refused(cast: Cast) -> None:
    foreign = make_vendor(cast.other_organisation)
    for options in (options_for(foreign), options_for(vendors={"x": {"vendor": foreign.pk}})):
        upload = kept(cast.assessor, as_csv(ROWS))
        with pytest.raises(OptionsRefused) as refused:
            job.start_check(cast.assessor, upload, options)
        assert set(refused.value.messages) == {"vendor"}


def test_options_that_slipped_past_the_check_reach_no_foreign_vendor_either(cast: Cast) -> None:
    foreign = make_vendor(cast.other_organisation)
    upload = checked(cast.assessor, as_csv(ROWS), options_for(make_vendor(cast.organisation)))
    slipped = options_for(foreign).as_data()
    IncidentImport.objects.filter(pk=upload.pk).update(state=ImportState.IMPORTING, options=slipped)
    worked(upload)
    assert not Incident.objects.exists()


def test_what_makes_no_sense_is_told_field_by_field(cast: Cast) -> None:
    upload = kept(cast.assessor, as_csv(ROWS))
    options = options_for(columns={"reference": "Nummer"}, time_zone="Mars/Olympus", source="manual", dates="odd")
    with pytest.raises(OptionsRefused) as refused:
        job.start_check(cast.assessor, upload, options)
    assert set(refused.value.messages) == {"reference", "opened", "time_zone", "source", "dates", "vendor"}
    assert "Its headings: Number, Opened" in refused.value.messages["reference"]


# Dates without an order ------------------------------------------------------------------------------------------
def test_a_file_that_leaves_the_order_of_dates_open_asks_for_it(cast: Cast, vendor: Vendor) -> None:
    rows = [("INC-1", "3/4/2026 10:00", "", "", "", "")]
    upload = checked(cast.assessor, as_csv(rows), options_for(vendor, dates="auto"))
    assert (upload.state, upload.failure) == (ImportState.FAILED, "dates_unsure")
    assert "Choose which comes first" in job.failure_words(upload)
    job.start_check(cast.assessor, upload, options_for(vendor, dates="month_first"), tell_workers=False)
    assert worked(upload).state == ImportState.CHECKED


def test_the_order_that_the_file_tells_is_written_down(cast: Cast, vendor: Vendor) -> None:
    upload = checked(cast.assessor, as_csv(ROWS), options_for(vendor, dates="auto"))
    assert upload.options["dates"] == "day_first"


# Taking back -----------------------------------------------------------------------------------------------------
def test_undo_brings_back_exactly_what_was(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    before = everything()
    other = [
        ("INC-2", "1/3/2016 08:00", "2/3/2016 08:00", "Quick", "1", ""),
        ("INC-9", "1/3/2026 08:00", "", "", "", ""),
    ]
    upload = imported(cast.assessor, as_csv(other), options_for(vendor))
    assert everything() != before
    revision = Vendor.objects.get(pk=vendor.pk).facts_revision
    upload = undone(cast.admin, upload)
    assert (upload.state, upload.counts["kept"], upload.undone_by) == (ImportState.UNDONE, 0, cast.admin.user)
    assert everything() == before
    assert not IncidentChange.objects.exists()
    assert Vendor.objects.get(pk=vendor.pk).facts_revision > revision
    assert AuditEntry.objects.filter(verb="incidentimport.undone", actor=cast.admin.user).count() == 1


def test_undo_leaves_what_somebody_or_a_later_import_touched_and_tells_how_many(cast: Cast, vendor: Vendor) -> None:
    rows = [(f"INC-{number}", "1/3/2026 08:00", "", "Title", "", "") for number in range(6)]
    first = imported(cast.assessor, as_csv(rows), options_for(vendor))
    Incident.objects.filter(reference="INC-0").update(edited_at=timezone.now(), title="By hand")
    make_feedback(vendor, incident=Incident.objects.get(reference="INC-1"))
    told = Incident.objects.get(reference="INC-3")
    note = {"kind": EntryKind.NOTE, "at": told.opened_at, "text": "In its timeline"}
    timeline.add(cast.assessor, told, note, now=timezone.now())
    later = imported(cast.assessor, as_csv([("INC-2", "1/3/2026 08:00", "", "Later", "", "")]), options_for(vendor))
    first = undone(cast.assessor, first)
    assert first.counts["kept"] == 4
    assert set(Incident.objects.values_list("reference", flat=True)) == {"INC-0", "INC-1", "INC-2", "INC-3"}
    later = undone(cast.assessor, later)
    assert (later.counts["kept"], Incident.objects.get(reference="INC-2").title) == (0, "Title")


def test_a_change_that_was_edited_by_hand_since_stays(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "INC-1", source="other", title="Before", hours=None)
    row = ("INC-1", "1/3/2026 08:00", "", "Imported", "", "")
    upload = imported(cast.assessor, as_csv([row]), options_for(vendor))
    Incident.objects.update(edited_at=timezone.now(), title="By hand")
    upload = undone(cast.assessor, upload)
    assert (upload.counts["kept"], Incident.objects.get().title) == (1, "By hand")


def test_incidents_written_by_hand_are_never_those_of_a_file(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "INC-1", title="By hand")
    upload = imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    assert counts(upload) == {"new": 2}
    undone(cast.assessor, upload)
    assert Incident.objects.get().title == "By hand"


# Cancelling ------------------------------------------------------------------------------------------------------
def test_cancel_is_seen_at_the_next_batch_and_nothing_stays(
    cast: Cast, vendor: Vendor, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"INC-{number}", "1/3/2026 08:00", "", "", "", "") for number in range(9)]
    upload = checked(cast.assessor, as_csv(rows), options_for(vendor))
    started(cast.assessor, upload)
    real = writing.write
    calls: list[int] = []

    def write(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        calls.append(1)
        if len(calls) == 3:
            job.cancel(cast.assessor, IncidentImport.objects.get(pk=upload.pk), tell_workers=False)

    monkeypatch.setattr(writing, "write", write)
    assert worked(upload).state == ImportState.CANCELLED
    assert len(calls) == 3
    assert not Incident.objects.exists()
    assert upload.counts["kept"] == 0


def test_cancel_before_a_worker_came_takes_nothing_back(cast: Cast, vendor: Vendor) -> None:
    upload = kept(cast.assessor, as_csv(ROWS))
    job.start_check(cast.assessor, upload, options_for(vendor), tell_workers=False)
    assert job.cancel(cast.assessor, upload).state == ImportState.CANCELLED
    assert worked(upload).state == ImportState.CANCELLED


@pytest.mark.parametrize("state", [ImportState.DONE, ImportState.UNDONE, ImportState.CANCELLED])
def test_what_has_ended_cannot_be_cancelled_checked_or_imported(cast: Cast, vendor: Vendor, state: ImportState) -> None:
    upload = kept(cast.assessor, as_csv(ROWS))
    IncidentImport.objects.update(state=state)
    for act in (
        lambda: job.cancel(cast.assessor, upload),
        lambda: job.start_check(cast.assessor, upload, options_for(vendor)),
        lambda: job.start_import(cast.assessor, upload),
    ):
        with pytest.raises(job.NotNow):
            act()


# Workers that die ------------------------------------------------------------------------------------------------
class Killed(BaseException):
    """As the end of a process: nothing catches it."""


@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_worker_killed_in_the_middle_leaves_an_import_that_the_next_one_ends(
    cast: Cast, vendor: Vendor, small_batches: None, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    make_incident(vendor, "INC-0", source="other", title="Before", hours=None)
    rows = [(f"INC-{number}", "1/3/2026 08:00", "", "New", "", "") for number in range(9)] + [("", "", "", "x", "", "")]
    upload = checked(cast.assessor, as_csv(rows), options_for(vendor))
    expected = dict(upload.counts)
    started(cast.assessor, upload)
    with monkeypatch.context() as patched:
        kill_after(patched, after)
        with pytest.raises(Killed):
            worker.work_on(upload.pk)
    upload.refresh_from_db()
    assert upload.state == ImportState.IMPORTING
    assert worked(upload).state == ImportState.IMPORTING  # the lease still runs
    IncidentImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    upload = worked(upload)
    assert (upload.state, upload.counts, upload.attempts) == (ImportState.DONE, expected, 2)
    assert Incident.objects.filter(title="New").count() == 9
    assert upload.problems.count() == 2
    assert undone(cast.assessor, upload).counts["kept"] == 0
    assert [one.title for one in Incident.objects.all()] == ["Before"]


def kill_after(patched: pytest.MonkeyPatch, batches: int) -> None:
    real = passes.Pass._batch
    done: list[int] = []

    def batch(self: Any, *arguments: Any) -> None:
        if len(done) == batches:
            raise Killed
        real(self, *arguments)
        done.append(1)

    patched.setattr(passes.Pass, "_batch", batch)


def test_a_worker_whose_lease_was_taken_over_writes_nothing_more(
    cast: Cast, vendor: Vendor, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"INC-{number}", "1/3/2026 08:00", "", "", "", "") for number in range(9)]
    upload = checked(cast.assessor, as_csv(rows), options_for(vendor))
    started(cast.assessor, upload)
    real = writing.write

    def write(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        if Incident.objects.count() == 4:
            IncidentImport.objects.update(token="00000000-0000-4000-8000-000000000000")

    monkeypatch.setattr(writing, "write", write)
    assert worked(upload).state == ImportState.IMPORTING
    assert Incident.objects.count() == 2  # the batch in which it lost the lease is undone


def test_five_faults_end_it_with_a_reason_and_it_can_be_undone(
    cast: Cast, vendor: Vendor, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"INC-{number}", "1/3/2026 08:00", "", "", "", "") for number in range(5)]
    upload = checked(cast.assessor, as_csv(rows), options_for(vendor))
    started(cast.assessor, upload)
    real = writing.write

    def write(*arguments: Any, **named: Any) -> None:
        if Incident.objects.exists():
            raise RuntimeError("broken")
        real(*arguments, **named)

    monkeypatch.setattr(writing, "write", write)
    for _attempt in range(5):
        upload = worked(upload)
    assert (upload.state, upload.failure) == (ImportState.FAILED, "unexpected")
    assert "unexpected fault" in job.failure_words(upload)
    assert undone(cast.assessor, upload).state == ImportState.UNDONE
    assert not Incident.objects.exists()


def test_the_sweeper_nudges_what_waits_and_ends_what_is_out_of_attempts(
    cast: Cast, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(job.IMPORTS, "nudge", lambda pk: bool(sent.append(pk)) or True)
    upload = kept(cast.assessor, as_csv(ROWS))
    job.start_check(cast.assessor, upload, options_for(vendor), tell_workers=False)
    soon = timezone.now() + timedelta(minutes=5)
    sweep = job.IMPORTS.sweep
    assert (sweep(now=timezone.now()), sweep(now=soon), sweep(now=soon)) == (0, 1, 0)
    assert sent == [upload.pk]
    IncidentImport.objects.update(attempts=5)
    job.IMPORTS.sweep(now=soon)
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == (ImportState.FAILED, "too_many_attempts")


def test_work_is_told_to_workers_after_the_commit(
    cast: Cast, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(job.IMPORTS, "nudge", lambda pk: bool(sent.append(pk)))
    upload = kept(cast.assessor, as_csv(ROWS))
    with django_capture_on_commit_callbacks(execute=True):
        job.start_check(cast.assessor, upload, options_for(vendor))
        assert sent == []
    assert sent == [upload.pk]


def test_a_worker_that_only_looks_through_a_large_file_keeps_its_lease(
    cast: Cast, vendor: Vendor, small_batches: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(f"INC-{number}", "3/4/2026 08:00", "", "", "", "") for number in range(9)] + [ROWS[0]]
    beats: list[int] = []
    real = job.HeldImport.renew
    monkeypatch.setattr(job.HeldImport, "renew", lambda *args, **named: (beats.append(1), real(*args, **named)))
    upload = checked(cast.assessor, as_csv(rows), options_for(vendor, dates="auto", one_line_per_update=True))
    assert (upload.state, upload.options["dates"]) == (ImportState.CHECKED, "day_first")
    assert len(beats) >= 5 + 1 + 5 + 5 + 1  # the order of dates, the last lines, the batches and the end


# Properties ------------------------------------------------------------------------------------------------------
QUICKLY = (Phase.explicit, Phase.generate)  # each example is a whole import: a smaller one is not worth the wait
FEW = settings.default.max_examples // 6
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
rows_of_files = st.lists(
    st.tuples(
        st.from_regex(r"[A-Z]{1,3}-[0-9]{1,5}", fullmatch=True),
        st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2025, 1, 1)).map(lambda m: m.isoformat() + "Z"),
        st.just(""),
        texts,
        texts,
        st.just(""),
    ),
    min_size=1,
    max_size=9,
    unique_by=lambda row: row[0],
)


@settings(max_examples=FEW, phases=QUICKLY, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows_of_files, cut=st.integers(0, 9), delimiter=st.sampled_from([",", ";", "\t", "|"]))
def test_a_file_in_parts_is_the_whole_and_twice_is_once(
    cast: Cast, vendor: Vendor, rows: list[Any], cut: int, delimiter: str
) -> None:
    Incident.objects.all().delete()
    options = options_for(vendor)
    whole = as_csv(rows, delimiter=delimiter)
    imported(cast.assessor, whole, options)
    once = everything()
    assert counts(imported(cast.assessor, whole, options)) == {"unchanged": len(rows)}
    assert everything() == once
    Incident.objects.all().delete()
    for part in (rows[:cut], rows[cut:]):
        if part:
            imported(cast.assessor, as_csv(part, delimiter=delimiter), options)
    assert everything() == once


@settings(max_examples=FEW, phases=QUICKLY, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=rows_of_files, after=rows_of_files)
def test_undo_of_any_file_over_any_other_brings_back_what_was(
    cast: Cast, vendor: Vendor, before: list[Any], after: list[Any]
) -> None:
    Incident.objects.all().delete()
    imported(cast.assessor, as_csv(before), options_for(vendor))
    known = everything()
    upload = imported(cast.assessor, as_csv(after), options_for(vendor))
    if upload.wrote_something:
        undone(cast.assessor, upload)
    assert everything() == known


# Files -----------------------------------------------------------------------------------------------------------
def test_files_are_dropped_after_a_while_and_the_import_says_so(cast: Cast, vendor: Vendor) -> None:
    upload = checked(cast.assessor, as_csv(ROWS), options_for(vendor))
    assert files.forget_files(timezone.now()) == 0
    assert files.forget_files(timezone.now() + FILES_KEPT + timedelta(days=1)) == 1
    upload.refresh_from_db()
    with pytest.raises(files.ImportRefused, match="not kept any more"):
        job.start_check(cast.assessor, upload, options_for(vendor))
