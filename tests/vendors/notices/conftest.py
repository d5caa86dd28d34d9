"""What tests of notices begin with."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department
from tests.factories import Cast, make_vendor
from vendors.desk import links
from vendors.models import AffectedDepartment, Contact, DeskLink, EmergencyPlan, Service, Vendor


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture
def records(cast: Cast, vendor: Vendor) -> Service:
    """Procurement, to which the assessor belongs, depends on it; the wards stand still with it."""
    service = Service.objects.create(vendor=vendor, name="Records", department=cast.department)
    plan = EmergencyPlan.objects.create(service=service, updated_at=timezone.now())
    wards = Department.objects.create(organisation=cast.organisation, name="Wards")
    AffectedDepartment.objects.create(plan=plan, department=wards)
    return service


@pytest.fixture
def desk(cast: Cast, vendor: Vendor) -> tuple[DeskLink, str]:
    contact = Contact.objects.create(vendor=vendor, name="Camille Contact", email="camille@vendor.example")
    link, token = links.create(cast.assessor, contact, now=timezone.now())
    return link, reverse("desk_link", args=[token])
