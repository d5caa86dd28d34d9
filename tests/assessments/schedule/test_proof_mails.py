"""Whoever follows a proof up learns that it was handed in, and whoever still judges the vendor does not."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from accounts.sending.mark import FIELD
from tests.factories import (
    TEXTS_OF_A_PROOF,
    Cast,
    add_rater,
    make_assessment,
    make_incident,
    make_proof,
    make_release,
    make_vendor,
)
from vendors.desk import links
from vendors.desk.guard import DESK
from vendors.models import CauseProof, Contact
from vendors.proofs import saving

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(cast: Cast) -> CauseProof:
    make_release()
    incident = make_incident(make_vendor(cast.organisation, "Harbour Systems"), "INC-7")
    return make_proof(cast.assessor, incident)


def hand_in(cast: Cast, proof: CauseProof) -> None:
    """As the vendor does it, on its own page."""
    contact = Contact.objects.create(vendor=proof.vendor, name="Vera Example", email="vera@example.com")
    link, _token = links.create(cast.assessor, contact, now=timezone.now())
    for field, text in {**TEXTS_OF_A_PROOF, "why_no_other": "The log names it."}.items():
        saving.save_text(link, proof, field, text, 0, seen="", now=timezone.now())
    client = Client()
    client.cookies[DESK.name_of(link.pk)] = DESK.value_of(link)
    proof.refresh_from_db()
    url = reverse("vendor_proof_hand_in", args=[link.pk, proof.pk])
    client.post(url, {"version": str(proof.version), FIELD: "end"})
    assert CauseProof.objects.handed_in().filter(pk=proof.pk).exists()


def test_its_owner_is_told_with_the_way_to_it_and_none_of_its_words(cast: Cast, proof: CauseProof) -> None:
    hand_in(cast, proof)
    [sent] = mail.outbox
    assert sent.to == ["assessor@example.org"]
    assert sent.subject == "Harbour Systems hands in the cause of INC-7"
    assert proof.get_absolute_url() in sent.body
    assert not any(text in sent.body for text in TEXTS_OF_A_PROOF.values())


def test_without_an_owner_whoever_looks_after_vendors_is_told(cast: Cast, proof: CauseProof) -> None:
    Membership.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    contact = Contact.objects.create(vendor=proof.vendor, name="Otto", email="otto@example.com")
    links.create(cast.colleague, contact, now=timezone.now())
    hand_in(cast, proof)
    assert {to for sent in mail.outbox for to in sent.to} == {"colleague@example.org", "admin@example.org"}


def test_whoever_still_judges_the_vendor_is_not_told(cast: Cast, proof: CauseProof) -> None:
    add_rater(make_assessment(cast.colleague, vendor=proof.vendor), cast.assessor)
    hand_in(cast, proof)
    assert mail.outbox == []
