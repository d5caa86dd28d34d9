"""What tests of contracts begin with."""

from __future__ import annotations

import pytest

from tests.factories import Cast, make_vendor
from vendors.models import Vendor


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")
