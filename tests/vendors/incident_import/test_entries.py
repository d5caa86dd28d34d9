"""The audit trail of imports: what they changed, how they failed, and what an undo put back, incident by incident."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.models import AuditEntry
from accounts.trail import reading as trail
from tests.factories import Cast, make_vendor
from tests.vendors.incident_import.files import as_csv, checked, imported, options_for, started, undone, worked
from vendors.incident_import import job, writing
from vendors.models import ImportState, Incident, IncidentImport, Vendor

ROWS = [
    ("INC-1", "29/2/2016 01:16", "", "Payroll stands still", "", ""),
    ("INC-2", "1/3/2016 08:00", "", "Slow screens", "", ""),
]
NEWER = [("INC-1", "29/2/2016 01:16", "29/2/2016 11:29", "Payroll stood still", "", ""), ROWS[1]]


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def changes() -> list[AuditEntry]:
    return list(AuditEntry.objects.of_verb("incident.changed").order_by("pk"))


def test_each_incident_that_an_import_changes_has_its_entry_with_before_and_after(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    assert changes() == []

    imported(cast.assessor, as_csv(NEWER), options_for(vendor))

    (entry,) = changes()
    incident = Incident.objects.get(reference="INC-1")
    assert (entry.object_id, entry.object_label, entry.actor) == (str(incident.pk), "INC-1", cast.assessor.user)
    assert (entry.subject_id, entry.vendor_ref) == (str(vendor.pk), vendor.pk)
    assert (entry.before["title"], entry.after["title"]) == ("Payroll stands still", "Payroll stood still")
    assert (entry.before["resolved_at"], entry.after["resolved_at"]) == (None, "2016-02-29T10:29:00+00:00")


def test_an_undo_writes_what_it_puts_back(cast: Cast, vendor: Vendor) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    upload = imported(cast.assessor, as_csv(NEWER), options_for(vendor))

    undone(cast.colleague, upload)

    there, back = changes()
    assert (back.before, back.after) == (there.after, there.before)
    assert back.actor == cast.colleague.user


def test_an_incident_that_goes_to_another_vendor_says_from_which_to_which(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.organisation, "Other Systems")
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))

    imported(cast.assessor, as_csv(ROWS[:1]), options_for(other))

    (entry,) = changes()
    assert (entry.before, entry.after) == ({"vendor": vendor.pk}, {"vendor": other.pk})
    (line,) = trail.lines([entry])
    assert (line.changes[0].before, line.changes[0].after) == (vendor.name, "Other Systems")


def test_a_worker_that_begins_again_writes_no_entry_twice(
    cast: Cast, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(cast.assessor, as_csv(ROWS), options_for(vendor))
    upload = checked(cast.assessor, as_csv(NEWER), options_for(vendor))
    started(cast.assessor, upload)
    with monkeypatch.context() as broken:
        broken.setattr("vendors.incident_import.sources.make_known", _broken)  # after the last batch
        worked(upload)
    assert len(changes()) == 1

    assert worked(upload).state == ImportState.DONE
    assert len(changes()) == 1


def _broken(*_arguments: Any, **_named: Any) -> None:
    raise RuntimeError("broken")


@pytest.fixture
def failed(cast: Cast, vendor: Vendor, small_batches: None, monkeypatch: pytest.MonkeyPatch) -> IncidentImport:
    """Two rows were written when it broke, five times."""
    rows = [(f"INC-{number}", "1/3/2026 08:00", "", "", "", "") for number in range(5)]
    upload = checked(cast.assessor, as_csv(rows), options_for(vendor))
    started(cast.assessor, upload)
    real = writing.write

    def write(*arguments: Any, **named: Any) -> None:
        if Incident.objects.exists():
            raise RuntimeError("broken")
        real(*arguments, **named)

    with monkeypatch.context() as broken:
        broken.setattr(writing, "write", write)
        for _attempt in range(5):
            upload = worked(upload)
    assert upload.state == ImportState.FAILED
    return upload


def test_an_import_that_fails_after_writing_says_so_with_how_far_it_came(failed: IncidentImport) -> None:
    (entry,) = AuditEntry.objects.of_verb("incidentimport.failed")

    assert (entry.object_id, entry.actor_label) == (str(failed.pk), "system")
    assert (entry.after["failure"], entry.after["new"]) == ("unexpected", 2)
    with translation.override("en"):
        (line,) = trail.lines([entry])
    assert "An unexpected fault stopped it, in five attempts." in {change.after[:49] for change in line.changes}


def test_an_import_that_was_undone_after_it_failed_fails_no_more(cast: Cast, failed: IncidentImport) -> None:
    upload = undone(cast.assessor, failed)

    assert (upload.state, upload.failure, upload.failure_values) == (ImportState.UNDONE, "", {})
    assert job.failure_words(upload) == ""
    assert [entry.verb for entry in AuditEntry.objects.about(upload).order_by("pk")] == [
        "incidentimport.told",
        "incidentimport.started",
        "incidentimport.failed",
        "incidentimport.undone",
    ]


def test_an_import_that_the_sweeper_ends_says_so_once(cast: Cast, vendor: Vendor) -> None:
    upload = checked(cast.assessor, as_csv(ROWS), options_for(vendor))
    started(cast.assessor, upload)
    IncidentImport.objects.filter(pk=upload.pk).update(attempts=5)

    job.IMPORTS.sweep(now=timezone.now())
    job.IMPORTS.sweep(now=timezone.now())

    (entry,) = AuditEntry.objects.of_verb("incidentimport.failed")
    assert entry.after["failure"] == "too_many_attempts"


def test_a_check_that_fails_leaves_nothing_because_it_wrote_nothing(cast: Cast, vendor: Vendor) -> None:
    upload = checked(cast.assessor, as_csv([("INC-1", "1/3/2026 08:00", "", "", "", "")] * 1), options_for(vendor))
    IncidentImport.objects.filter(pk=upload.pk).update(state=ImportState.CHECKING, attempts=5)

    job.IMPORTS.sweep(now=timezone.now())

    assert IncidentImport.objects.get().state == ImportState.FAILED
    assert not AuditEntry.objects.of_verb("incidentimport.failed").exists()


def test_the_start_of_an_import_names_its_file(cast: Cast, vendor: Vendor) -> None:
    upload = imported(cast.assessor, as_csv(ROWS), options_for(vendor))

    entry = AuditEntry.objects.of_verb("incidentimport.started").get()
    assert entry.after == {"file_name": upload.file_name, "sha256": upload.sha256, "rows_total": 2}
