"""An incident is known by source and reference, whatever vendor it is at: one that arrives elsewhere moves there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from tests.factories import Cast, make_feedback, make_incident, make_vendor
from tests.vendors.incident_import.files import (
    as_csv,
    check_input,
    checked,
    counts,
    import_input,
    imported,
    options_for,
    started,
    told,
    undone,
    worked,
)
from vendors.incident_import import batches, worker, writing
from vendors.incidents import changes as incident_changes
from vendors.models import ImportState, Incident, IncidentChange, IncidentImport, Service, Vendor

BOTH_NEW = {"Example A": "new", "Example B": "new"}
QUICKLY = (Phase.explicit, Phase.generate)
FEW = settings.default.max_examples // 6


@pytest.fixture
def a(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Example A")


@pytest.fixture
def b(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Example B")


def everything() -> list[tuple[Any, ...]]:
    return list(
        Incident.objects.order_by("source", "reference").values_list(
            "organisation", "vendor__name", "source", "reference", "changed_in", *writing.COLUMNS
        )
    )


def at(reference: str) -> str:
    return Incident.objects.get(reference=reference).vendor.name


def row(reference: str, vendor: str, title: str = "") -> tuple[str, ...]:
    return (reference, "2026-01-05 10:00", "", title, "", vendor)


# There -----------------------------------------------------------------------------------------------------------
def test_an_incident_that_changes_hands_is_at_the_last_vendor_and_open_at_none(cast: Cast) -> None:
    import_input(cast.assessor, "move_1.csv", vendors=BOTH_NEW)
    upload = import_input(cast.assessor, "move_2.csv", vendors=BOTH_NEW)
    assert counts(upload) == {"changed": 1, "moved": 1, "unchanged": 1}
    moved = Incident.objects.get(reference="INC0000001")
    assert (moved.vendor.name, moved.resolved_at) == ("Example B", datetime(2026, 9, 20, 7, tzinfo=UTC))
    assert not Incident.objects.filter(vendor__name="Example A").open().exists()
    assert Incident.objects.count() == 2


def test_the_check_says_how_many_would_move_from_where_to_where_and_moves_none(cast: Cast) -> None:
    import_input(cast.assessor, "move_1.csv", vendors=BOTH_NEW)
    upload = check_input(cast.assessor, "move_2.csv", vendors=BOTH_NEW)
    assert counts(upload) == {"changed": 1, "moved": 1, "unchanged": 1}
    assert upload.told == {"moves": [{"from": "Example A", "to": "Example B", "incidents": 1}]}
    assert at("INC0000001") == "Example A"


def test_both_vendors_figures_are_computed_anew(cast: Cast, a: Vendor, b: Vendor) -> None:
    imported(cast.assessor, as_csv([row("INC-1", "Example A")]), options_for())
    before = dict(Vendor.objects.values_list("name", "facts_revision"))
    imported(cast.assessor, as_csv([row("INC-1", "Example B")]), options_for())
    after = dict(Vendor.objects.values_list("name", "facts_revision"))
    assert all(after[name] > before[name] for name in ("Example A", "Example B"))


def test_a_service_of_the_former_vendor_is_let_go_or_found_at_the_new_one(cast: Cast, a: Vendor, b: Vendor) -> None:
    for vendor in (a, b):
        Service.objects.create(vendor=vendor, name="Payroll")
    header = ("Number", "Opened", "Supplier", "Service")
    columns = {"reference": "Number", "opened": "Opened", "vendor": "Supplier", "service": "Service"}

    def bring(*rows: tuple[str, ...]) -> None:
        lines = [(reference, "2026-01-05 10:00", *rest) for reference, *rest in rows]
        imported(cast.assessor, as_csv(lines, header=header), options_for(columns=columns))

    bring(("INC-1", "Example A", "Payroll"), ("INC-2", "Example A", "Payroll"))
    bring(("INC-1", "Example B", ""), ("INC-2", "Example B", "payroll"))
    found = dict(Incident.objects.values_list("reference", "service__vendor__name"))
    assert found == {"INC-1": None, "INC-2": "Example B"}


def test_the_move_stands_in_the_history_of_both_vendors(cast: Cast, a: Vendor, b: Vendor) -> None:
    rows = [row(f"INC-{number}", "Example A") for number in range(3)]
    imported(cast.assessor, as_csv(rows), options_for())
    imported(cast.assessor, as_csv([row(f"INC-{number}", "Example B") for number in range(2)]), options_for())
    told_of = AuditEntry.objects.filter(verb="incidentimport.moved")
    assert sorted(told_of.values_list("subject_id", flat=True)) == sorted([str(a.pk), str(b.pk)])
    assert {(one.before["vendor"], one.after["vendor"], one.after["moved"]) for one in told_of} == {
        ("Example A", "Example B", 2)
    }


def test_an_incident_of_another_organisation_stays_where_it_is(cast: Cast, a: Vendor) -> None:
    theirs = make_incident(make_vendor(cast.other_organisation), "INC-1", source="other")
    upload = imported(cast.assessor, as_csv([row("INC-1", "Example A")]), options_for())
    assert counts(upload) == {"new": 1}
    theirs.refresh_from_db()
    assert theirs.vendor.organisation == cast.other_organisation


def test_two_vendors_of_one_reference_in_a_file_are_a_problem(cast: Cast, a: Vendor, b: Vendor) -> None:
    upload = imported(cast.assessor, as_csv([row("INC-1", "Example A"), row("INC-1", "Example B")]), options_for())
    assert counts(upload) == {"new": 1, "error": 1, "problems": 1}
    assert told(upload) == [(3, "Number", "INC-1", "reference_twice")]


# And back --------------------------------------------------------------------------------------------------------
def test_an_undo_brings_the_incident_back_to_its_vendor(cast: Cast, a: Vendor, b: Vendor) -> None:
    import_input(cast.assessor, "move_1.csv")
    before = everything()
    upload = import_input(cast.assessor, "move_2.csv")
    revisions = dict(Vendor.objects.values_list("name", "facts_revision"))
    upload = undone(cast.assessor, upload)
    assert (upload.state, upload.counts["kept"]) == (ImportState.UNDONE, 0)
    assert everything() == before
    after = dict(Vendor.objects.values_list("name", "facts_revision"))
    assert all(after[name] > revisions[name] for name in ("Example A", "Example B"))
    assert AuditEntry.objects.filter(verb="incidentimport.moved", before={"vendor": "Example B"}).count() == 2


def test_a_service_comes_back_with_its_vendor(cast: Cast, a: Vendor, b: Vendor) -> None:
    payroll = Service.objects.create(vendor=a, name="Payroll")
    make_incident(a, "INC-1", source="other", service=payroll)
    undone(cast.assessor, imported(cast.assessor, as_csv([row("INC-1", "Example B")]), options_for()))
    incident = Incident.objects.get()
    assert (incident.vendor, incident.service) == (a, payroll)


def test_a_worker_that_dies_after_some_moves_is_followed_by_one_that_tells_them_all(
    cast: Cast, a: Vendor, b: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    rows = [row(f"INC-{number}", "Example A") for number in range(5)]
    imported(cast.assessor, as_csv(rows), options_for())
    before = everything()
    upload = checked(cast.assessor, as_csv([(*one[:5], "Example B") for one in rows]), options_for())
    started(cast.assessor, upload)
    killed_after(1, upload, monkeypatch)
    assert Incident.objects.filter(vendor=b).count() == 2
    upload = worked(upload)
    assert (upload.state, counts(upload)) == (ImportState.DONE, {"changed": 5, "moved": 5})
    assert upload.told["moves"] == [{"from": "Example A", "to": "Example B", "incidents": 5}]
    assert {one.after["moved"] for one in AuditEntry.objects.filter(verb="incidentimport.moved")} == {5}
    undone(cast.assessor, upload)
    assert everything() == before
    assert not IncidentChange.objects.exists()


def killed_after(batches_done: int, upload: IncidentImport, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt that ends in the middle; its lease has run out."""
    real = batches.Pass._batch
    done: list[int] = []

    def batch(self: Any, *arguments: Any) -> None:
        if len(done) == batches_done:
            raise KeyboardInterrupt
        real(self, *arguments)
        done.append(1)

    with monkeypatch.context() as patched:
        patched.setattr(batches.Pass, "_batch", batch)
        with pytest.raises(KeyboardInterrupt):
            worker.work_on(upload.pk)
    IncidentImport.objects.filter(pk=upload.pk).update(lease_until=timezone.now())


@pytest.mark.parametrize("is_killed_again", [False, True])
def test_an_import_that_another_one_overtook_between_two_attempts_ends_and_its_undo_leads_to_the_others_word(
    cast: Cast, a: Vendor, b: Vendor, monkeypatch: pytest.MonkeyPatch, is_killed_again: bool
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    make_incident(a, "INC-0", source="other", title="Before", hours=None)
    first, second = (
        checked(cast.assessor, as_csv([row(f"INC-{number}", vendor, vendor) for number in range(5)]), options_for())
        for vendor in ("Example A", "Example B")
    )
    started(cast.assessor, first)
    killed_after(1, first, monkeypatch)  # INC-0 is changed, INC-1 is made
    second = worked(started(cast.assessor, second))
    assert counts(second) == {"new": 3, "changed": 2, "moved": 2}
    overtaken = everything()
    if is_killed_again:
        killed_after(2, first, monkeypatch)
    first = worked(first)
    assert (first.state, first.attempts) == (ImportState.DONE, 3 if is_killed_again else 2)
    assert counts(first) == {"new": 1, "changed": 4, "moved": 4}  # the new one counts as it did then, and once
    assert first.told["moves"] == [{"from": "Example B", "to": "Example A", "incidents": 5}]
    assert set(Incident.objects.values_list("vendor__name", "title")) == {("Example A", "Example A")}
    first = undone(cast.assessor, first)
    assert everything() == overtaken
    assert first.counts["kept"] == 1  # INC-1 was made by it, and is the other's by now
    assert undone(cast.assessor, second).counts["kept"] == 0
    assert set(Incident.objects.values_list("reference", "vendor__name")) == {(f"INC-{n}", "Example A") for n in (0, 1)}


def test_what_an_earlier_attempt_moved_counts_so_where_another_import_gave_it_a_title_since(
    cast: Cast, a: Vendor, b: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH", 1)
    imported(cast.assessor, as_csv([row("INC-0", "Example A"), row("INC-1", "Example A")]), options_for())
    upload = checked(cast.assessor, as_csv([row("INC-0", "Example B"), row("INC-1", "Example B")]), options_for())
    started(cast.assessor, upload)
    killed_after(1, upload, monkeypatch)
    other = imported(cast.assessor, as_csv([row("INC-0", "Example B", "Titled")]), options_for())
    assert counts(other) == {"changed": 1}
    assert counts(worked(upload)) == {"changed": 2, "moved": 2}
    assert upload.told["moves"] == [{"from": "Example A", "to": "Example B", "incidents": 2}]


def test_whoever_edits_what_has_moved_meanwhile_is_told_so(cast: Cast, a: Vendor, b: Vendor) -> None:
    incident = make_incident(a, "INC-1", source="other")
    seen = incident_changes.incident_fingerprint(incident)
    imported(cast.assessor, as_csv([row("INC-1", "Example B")]), options_for(columns={
        "reference": "Number", "opened": "Opened", "vendor": "Supplier"}))  # fmt: skip
    incident.title = "By hand"
    with pytest.raises(incident_changes.EditedMeanwhile):
        incident_changes.change_incident(cast.assessor, incident, changed=["title"], seen=seen, now=timezone.now())


def test_one_that_moved_while_somebody_deletes_it_changes_the_figures_of_its_vendor(
    cast: Cast, a: Vendor, b: Vendor
) -> None:
    stale = make_incident(a, "INC-1", source="other")
    Incident.objects.update(vendor=b)
    incident_changes.delete_incident(cast.assessor, stale)
    assert Vendor.objects.get(pk=b.pk).facts_revision == 1


def test_what_was_said_of_it_stays_with_whom_it_was_said_of(cast: Cast, a: Vendor, b: Vendor) -> None:
    said = make_feedback(a, incident=make_incident(a, "INC-1", source="other"))
    imported(cast.assessor, as_csv([row("INC-1", "Example B")]), options_for())
    said.refresh_from_db()
    assert (said.vendor, said.incident.vendor) == (a, b)


# Properties ------------------------------------------------------------------------------------------------------
vendors_of_files = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["Example A", "Example B"]), st.sampled_from(["", "Other"])),
    min_size=1,
    max_size=6,
    unique_by=lambda one: one[0],
)


@settings(max_examples=FEW, phases=QUICKLY, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=vendors_of_files, after=vendors_of_files)
def test_any_file_twice_is_once_and_its_undo_brings_back_what_was_where_it_was(
    cast: Cast, a: Vendor, b: Vendor, before: list[Any], after: list[Any]
) -> None:
    Incident.objects.all().delete()
    first, second = (
        as_csv([row(f"INC-{number}", vendor, title) for number, vendor, title in rows]) for rows in (before, after)
    )
    imported(cast.assessor, first, options_for())
    known = everything()
    upload = imported(cast.assessor, second, options_for())
    assert {one.reference: one.vendor.name for one in Incident.objects.all()} == {
        **{f"INC-{number}": vendor for number, vendor, _title in before},
        **{f"INC-{number}": vendor for number, vendor, _title in after},
    }
    then = everything()
    assert counts(imported(cast.assessor, second, options_for())) == {"unchanged": len(after)}
    assert everything() == then
    if upload.wrote_something:
        undone(cast.assessor, upload)
    assert everything() == known


def test_a_batch_asks_for_its_incidents_at_once(cast: Cast, a: Vendor, b: Vendor) -> None:
    """However many move: the database is asked as often."""

    def cost(many: int) -> int:
        Incident.objects.all().delete()
        rows = [row(f"INC-{number}", "Example A") for number in range(many)]
        imported(cast.assessor, as_csv(rows), options_for())
        upload = checked(cast.assessor, as_csv([(*one[:5], "Example B") for one in rows]), options_for())
        started(cast.assessor, upload)
        with CaptureQueriesContext(connection) as caught:
            worked(upload)
        return len(caught)

    assert cost(30) == cost(2)  # more are more than SQLite takes variables at once
