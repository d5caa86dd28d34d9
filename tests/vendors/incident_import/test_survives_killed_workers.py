"""A worker is really killed in the middle of an import: it ends all the same, and nothing is there twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import make_cast, make_incident, make_vendor
from tests.reports.servers import wait_until
from tests.reports.workers import Workshop
from tests.vendors.incident_import.files import as_csv, checked, counts, options_for
from vendors.incident_import import job
from vendors.incident_import.holding import answers
from vendors.models import ImportState, Incident, IncidentChange, IncidentImport

ROWS = 60
KNOWN = ("INC-3", "INC-25", "INC-50")  # in batches before, at and after the kill


@pytest.mark.redis
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_import_survives_that_its_worker_is_killed(production_shape: Workshop, settings: Any) -> None:
    settings.MEDIA_ROOT = production_shape.folder / "media"  # where the workers look
    production_shape.app = "tests.vendors.incident_import.slow_worker"
    production_shape.settings["IMPORT_LEASE_SECONDS"] = "2"
    cast = make_cast()
    vendor = make_vendor(cast.organisation)
    for reference in KNOWN:
        make_incident(vendor, reference, source="other", title="Before", hours=None)
    rows = [(f"INC-{number}", "1/3/2026 10:00", "", "After", "", "") for number in range(ROWS)]
    rows += [("", "1/3/2026 10:00", "", "Without a reference", "", ""), rows[0]]
    uploads = [
        checked(cast.assessor, as_csv(rows), options_for(vendor)),
        # Of another source: the same references are other incidents, whichever of the two is written first.
        checked(cast.assessor, as_csv(rows), options_for(make_vendor(cast.organisation, "B"), source="desk")),
    ]
    expected = [upload.counts for upload in uploads]

    production_shape.hold()
    worker = production_shape.start_workers()[0]
    for upload in uploads:
        job.start_import(cast.assessor, answers.agree(cast.assessor, upload))
    wait_until(lambda: len(production_shape.executions()) == 3, "it is in the middle", report=production_shape.report)
    worker.kill_all()
    assert Incident.objects.filter(title="After").count() == 20  # the open batch went with the worker
    production_shape.let_go()
    production_shape.start_workers()
    done = IncidentImport.objects.filter(state=ImportState.DONE)
    wait_until(lambda: done.count() == 2, "both have ended", report=production_shape.report)

    first, second = IncidentImport.objects.order_by("pk")
    assert [first.counts, second.counts] == expected
    assert sorted([first.attempts, second.attempts]) == [1, 2]  # of two hands, either may have been the quicker
    assert counts(first) == {"new": ROWS - 3, "changed": 3, "error": 1, "repeated": 1, "problems": 1}
    assert counts(second) == {"new": ROWS, "error": 1, "repeated": 1, "problems": 1}
    written = list(Incident.objects.values_list("vendor__name", "source", "reference"))
    both = ((vendor.name, "other"), ("B", "desk"))
    assert sorted(written) == sorted((*of, f"INC-{number}") for of in both for number in range(ROWS))
    assert set(Incident.objects.values_list("title", flat=True)) == {"After"}
    assert set(IncidentChange.objects.values_list("incident__reference", flat=True)) == set(KNOWN)
    assert (IncidentChange.objects.count(), first.problems.count()) == (3, 1)
