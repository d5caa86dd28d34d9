"""What tests of proofs of cause begin with."""

from __future__ import annotations

import pytest

from accounts.models import hash_token
from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.models import Contact, DeskLink, Incident, Vendor


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture
def incident(vendor: Vendor) -> Incident:
    return make_incident(vendor, "INC-1", opened=NOW, hours=4)


@pytest.fixture
def desk(vendor: Vendor) -> DeskLink:
    contact = Contact.objects.create(vendor=vendor, name="Vera Example", email="vera@example.com")
    return make_desk_link(vendor, contact)


def make_desk_link(vendor: Vendor, contact: Contact) -> DeskLink:
    return DeskLink.objects.create(
        vendor=vendor,
        contact=contact,
        name=contact.name,
        email=contact.email,
        token_hash=hash_token(f"{vendor.pk} {contact.pk}"),
        created_at=NOW,
        expires_at=NOW.replace(year=2030),
    )
