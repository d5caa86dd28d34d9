"""What tests of rehearsals begin with."""

from __future__ import annotations

import pytest

from tests.factories import Cast, make_vendor
from vendors.models import Contact, Vendor


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture
def contact(vendor: Vendor) -> Contact:
    return Contact.objects.create(vendor=vendor, name="Camille Contact", email="camille@vendor.example", language="fr")
