"""What the database itself refuses of incidents, targets and imports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.models import (
    ImportMapping,
    ImportState,
    Incident,
    IncidentChange,
    IncidentImport,
    MeasureTarget,
    Vendor,
)

Build = Callable[..., models.Model]


def make_import(cast: Cast, **fields: Any) -> IncidentImport:
    fields = {"file_name": "incidents.csv", "created_by": cast.assessor.user, **fields}
    return IncidentImport.objects.create(organisation=cast.organisation, **fields)


def refused(name: str, build: Build, /, **fields: Any) -> None:
    """The database says no, and by the constraint that is meant; SQLite does not name those of uniqueness."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        build(**fields)
    assert name in str(error.value) or "UNIQUE constraint failed" in str(error.value)


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


# Incidents -------------------------------------------------------------------------------------------------------
def test_a_reference_stands_once_within_organisation_and_source(cast: Cast, vendor: Vendor) -> None:
    make_incident(vendor, "INC-1")
    another = make_vendor(cast.organisation, "Another")
    for one in (vendor, another):
        refused("incident_once_per_source", make_incident, vendor=one, reference="INC-1")
    make_incident(another, "INC-1", source="glpi")
    make_incident(make_vendor(cast.other_organisation), "INC-1")
    assert Incident.objects.filter(reference="INC-1").count() == 3


def test_an_incident_is_of_the_organisation_of_its_vendor(cast: Cast, vendor: Vendor) -> None:
    incident = Incident(organisation=cast.other_organisation, vendor=vendor, reference="INC-1", opened_at=NOW)
    incident.save()
    assert Incident.objects.get().organisation == cast.organisation
    incident.vendor = make_vendor(cast.other_organisation)
    incident.save(update_fields=["vendor"])
    assert Incident.objects.get().organisation == cast.other_organisation


def test_an_incident_without_a_reference_is_refused(vendor: Vendor) -> None:
    refused("incident_has_a_reference", Incident.objects.create, vendor=vendor, reference="", opened_at=NOW)


def test_a_service_level_of_another_word_is_refused(vendor: Vendor) -> None:
    refused("incident_sla_known", make_incident, vendor=vendor, sla="nearly")


def test_what_is_resolved_before_it_was_opened_is_refused(vendor: Vendor) -> None:
    refused("incident_resolved_after_opened", make_incident, vendor=vendor, hours=-0.001)


def test_what_is_restored_before_it_was_opened_is_refused(vendor: Vendor) -> None:
    restored = NOW - timedelta(seconds=1)
    refused("incident_restored_after_opened", make_incident, vendor=vendor, restored_at=restored)


def test_all_in_one_moment_and_restored_before_resolved_are_possible(vendor: Vendor) -> None:
    assert make_incident(vendor, hours=0, restored_at=NOW).duration == timedelta()
    assert make_incident(vendor, hours=2, restored_at=NOW + timedelta(hours=1)).pk


@pytest.mark.parametrize("name", ["reopened", "handovers"])
def test_a_number_below_zero_is_refused(vendor: Vendor, name: str) -> None:
    refused(name, make_incident, vendor=vendor, **{name: -1})


def test_a_change_past_the_forms_is_refused_too(vendor: Vendor) -> None:
    incident = make_incident(vendor)
    rows = Incident.objects.filter(pk=incident.pk)
    refused("incident_resolved_after_opened", rows.update, resolved_at=NOW - timedelta(hours=1))


# Targets ---------------------------------------------------------------------------------------------------------
def test_a_vendor_has_one_target_a_measure(cast: Cast, vendor: Vendor) -> None:
    fields = {"vendor": vendor, "measure": "repeats", "value": Decimal("10"), "set_by": cast.assessor.user}
    MeasureTarget.objects.create(**fields)
    refused("target_once_per_measure", MeasureTarget.objects.create, **fields)


def test_a_target_below_zero_is_refused(cast: Cast, vendor: Vendor) -> None:
    fields = {"vendor": vendor, "measure": "repeats", "value": Decimal("-0.01"), "set_by": cast.assessor.user}
    refused("target_not_negative", MeasureTarget.objects.create, **fields)


# Imports ---------------------------------------------------------------------------------------------------------
def test_an_import_in_no_known_state_is_refused(cast: Cast) -> None:
    refused("incident_import_state_known", make_import, cast=cast, state="asleep")
    assert make_import(cast).state == ImportState.MAPPING


def test_the_way_back_is_kept_once_per_import_and_incident(cast: Cast, vendor: Vendor) -> None:
    fields = {"incident_import": make_import(cast), "incident": make_incident(vendor), "before": {}}
    IncidentChange.objects.create(**fields)
    refused("incident_change_once_per_import", IncidentChange.objects.create, **fields)
    IncidentChange.objects.create(**{**fields, "incident_import": make_import(cast)})


def test_a_mapping_has_its_name_once_in_an_organisation(cast: Cast) -> None:
    fields = {"name": "Monthly", "source": "glpi", "created_by": cast.assessor.user}
    ImportMapping.objects.create(organisation=cast.organisation, **fields)
    refused("import_mapping_name_once", ImportMapping.objects.create, organisation=cast.organisation, **fields)
    ImportMapping.objects.create(organisation=cast.other_organisation, **fields)


def test_an_incident_outlives_the_import_that_made_it(cast: Cast, vendor: Vendor) -> None:
    upload = make_import(cast)
    incident = make_incident(vendor, created_in=upload, changed_in=upload)
    upload.delete()
    incident.refresh_from_db()
    assert incident.created_in is None
    assert incident.changed_in is None
