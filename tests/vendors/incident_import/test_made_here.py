"""An undo takes back the vendors and services that the import made, unless somebody has used them since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from tests.factories import Cast, make_assessment, make_feedback, make_incident, make_release, make_vendor
from tests.vendors.incident_import.files import as_csv, imported, options_for, undone
from vendors.incident_import import made_here
from vendors.models import Contact, Incident, IncidentImport, MeasureTarget, Service, Vendor
from vendors.register import changes

HEADER = ("Number", "Opened", "Supplier", "Service")
COLUMNS = {"reference": "Number", "opened": "Opened", "vendor": "Supplier", "service": "Service"}
NEW: dict[str, Any] = {"columns": COLUMNS, "vendors": {"Fresh": "new"}, "new_services": True}


def fresh(cast: Cast, *references: str, vendor: str = "Fresh", **given: Any) -> IncidentImport:
    rows = [(reference, "2026-01-05 10:00", vendor, "Payroll") for reference in references or ("INC-1",)]
    return imported(cast.assessor, as_csv(rows, header=HEADER), options_for(**{**NEW, **given}))


def made() -> Vendor:
    return Vendor.objects.get(name="Fresh")


def test_vendors_and_services_that_nobody_has_used_go_with_the_import_in_the_trail(cast: Cast) -> None:
    upload = fresh(cast)
    assert (made().created_in, Service.objects.get().created_in) == (upload, upload)
    upload = undone(cast.admin, upload)
    assert not Vendor.objects.exists()
    assert not Service.objects.exists()
    assert upload.told["stayed"] == []
    gone = AuditEntry.objects.filter(verb__in=["vendor.deleted", "service.deleted"], actor=cast.admin.user)
    assert sorted(gone.values_list("object_label", flat=True)) == ["Fresh", "Payroll"]


def assess(cast: Cast) -> None:
    make_release()
    make_assessment(cast.assessor, vendor=made())


USES: dict[str, tuple[Callable[[Cast], Any], str]] = {
    "assessments": (assess, "it is in use (assessments)"),
    "feedback": (lambda cast: make_feedback(made()), "it is in use (feedback)"),
    "contacts": (lambda cast: Contact.objects.create(vendor=made(), name="Ann"), "it is in use (contacts)"),
    "incidents": (lambda cast: make_incident(made(), "BY-HAND"), "it is in use (incidents)"),
    "services": (lambda cast: Service.objects.create(vendor=made(), name="Portal"), "it is in use (services)"),
    "targets": (
        lambda cast: MeasureTarget.objects.create(vendor=made(), measure="volume", value=1, set_by=cast.assessor.user),
        "it is in use (targets)",
    ),
    "edits": (
        lambda cast: changes.archive_vendor(cast.assessor, made(), now=timezone.now()),
        "somebody has edited it",
    ),
}


@pytest.mark.parametrize("use", USES)
def test_a_vendor_that_somebody_has_used_stays_with_the_reason(
    cast: Cast, use: str, signed_in: Callable[..., Client]
) -> None:
    act, reason = USES[use]
    upload = fresh(cast)
    act(cast)
    client = signed_in(cast.assessor)
    asked = client.get(reverse("incident_import_undo", args=[upload.pk])).content.decode()
    upload = undone(cast.assessor, upload)
    assert Vendor.objects.filter(name="Fresh").exists()
    assert [(one["name"], made_here.reason_words(one["reason"])) for one in upload.told["stayed"]] == [
        ("Fresh", reason)
    ]
    page = client.get(upload.get_absolute_url()).content.decode()
    assert reason in asked
    assert reason in page


def test_the_page_says_first_what_goes(cast: Cast, signed_in: Callable[..., Client]) -> None:
    upload = fresh(cast)
    page = signed_in(cast.assessor).get(reverse("incident_import_undo", args=[upload.pk]))
    assert page.context["going"] == ["Fresh: Payroll", "Fresh"]
    assert page.context["staying"] == []


def test_an_incident_that_stays_keeps_its_vendor_and_service(cast: Cast) -> None:
    upload = fresh(cast, "INC-1", "INC-2")
    Incident.objects.filter(reference="INC-1").update(edited_at=timezone.now())
    upload = undone(cast.assessor, upload)
    assert Incident.objects.get().service == Service.objects.get()
    assert upload.told["stayed"] == [
        {"name": "Fresh: Payroll", "reason": "vendors.Incident"},
        {"name": "Fresh", "reason": "vendors.Incident"},
    ]


def test_a_vendor_that_was_there_before_stays_without_a_word(cast: Cast) -> None:
    make_vendor(cast.organisation, "Fresh")
    upload = undone(cast.assessor, fresh(cast))
    assert (Vendor.objects.count(), Service.objects.count(), upload.told["stayed"]) == (1, 0, [])


def test_a_vendor_to_which_a_later_undo_leads_stays(cast: Cast) -> None:
    first = fresh(cast)
    second = fresh(cast, vendor="Next", vendors={"Next": "new"})
    first = undone(cast.assessor, first)
    assert first.told["stayed"] == [{"name": "Fresh", "reason": made_here.MOVED_ON}]
    undone(cast.assessor, second)
    assert Incident.objects.get().vendor.name == "Fresh"


def test_a_new_vendor_to_which_known_incidents_moved_goes_when_they_are_back(cast: Cast) -> None:
    old = make_vendor(cast.organisation, "Old")
    make_incident(old, "INC-1", source="other")
    upload = undone(cast.assessor, fresh(cast))
    assert list(Vendor.objects.all()) == [old]
    assert Incident.objects.get().vendor == old
    assert upload.told["stayed"] == []


def test_a_second_import_into_the_new_vendor_keeps_it(cast: Cast) -> None:
    first = fresh(cast)
    imported(cast.assessor, as_csv([("INC-2", "2026-01-05 10:00", "Fresh", "")], header=HEADER), options_for(**NEW))
    first = undone(cast.assessor, first)
    assert [one["reason"] for one in first.told["stayed"]] == ["vendors.Incident"]
    assert Incident.objects.get().reference == "INC-2"
