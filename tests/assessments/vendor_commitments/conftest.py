from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.assessments.vendor_commitments.scene import Side
from tests.factories import Cast, make_release


@pytest.fixture
def own(cast: Cast) -> Side:
    make_release()
    return Side(cast.assessor, "Lighthouse")


@pytest.fixture
def visitor(own: Side, client: Client) -> Client:
    """The contact, come in by the link."""
    client.post(reverse("vendor_commitments_link", args=[own.shown.token]), {"language": "en"})
    return client
