"""What tests of plans begin with."""

from __future__ import annotations

import pytest

from tests.factories import Cast, make_vendor
from vendors.models import Contact, Service, Vendor


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture
def contact(vendor: Vendor) -> Contact:
    return Contact.objects.create(vendor=vendor, name="Harbour Desk", job="Duty officer", phone="+32 (0)2 555 12 34")


@pytest.fixture
def service(vendor: Vendor) -> Service:
    return Service.objects.create(vendor=vendor, name="Patient record", description="Nobody sees allergies.")
