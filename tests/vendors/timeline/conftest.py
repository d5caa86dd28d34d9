from __future__ import annotations

import pytest

from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.models import Incident, Service, Vendor


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


@pytest.fixture
def service(vendor: Vendor) -> Service:
    return Service.objects.create(vendor=vendor, name="Patient records")


@pytest.fixture
def incident(vendor: Vendor) -> Incident:
    """Open since half past nine in the morning of UTC, which is half past ten here."""
    return make_incident(vendor, "H-2026-001", opened=NOW, hours=None)
