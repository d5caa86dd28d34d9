"""The vendor learns what becomes of its proof, by the link that it has, or by a new one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.access import Right, roles_with
from accounts.models import Role
from groundwork.words import day
from tests.factories import Cast, hand_in_proof, make_proof
from vendors.models import Contact, DeskLink, Incident, ProofState, ProofStepKind
from vendors.proofs import transitions
from vendors.proofs.telling import tell_vendor

pytestmark = pytest.mark.django_db
ASKED, RETURNED, ACCEPTED = ProofStepKind.ASKED, ProofStepKind.RETURNED, ProofStepKind.ACCEPTED


def test_whoever_has_a_link_is_told_in_their_language_without_it(
    cast: Cast, incident: Incident, desk: DeskLink
) -> None:
    DeskLink.objects.update(language="fr", sent_at=timezone.now())
    proof = make_proof(cast.assessor, incident, contact=desk.contact)

    assert tell_vendor(cast.assessor, proof, ASKED, now=timezone.now())
    [sent] = mail.outbox
    assert sent.to == [desk.email]
    assert "/desk-link/" not in sent.body  # the token is not kept
    assert day(proof.due_on, "fr") in sent.body
    assert DeskLink.objects.get().told_at is not None


def test_a_link_lasts_until_the_proof_is_due(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    DeskLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    proof = make_proof(cast.assessor, incident, contact=desk.contact)
    tell_vendor(cast.assessor, proof, ASKED, now=timezone.now())
    assert timezone.localdate(DeskLink.objects.get().expires_at) >= proof.due_on


def test_whoever_has_none_gets_one_when_something_waits(cast: Cast, incident: Incident) -> None:
    contact = Contact.objects.create(vendor=incident.vendor, name="Vera", email="vera@example.com")
    proof = make_proof(cast.assessor, incident, contact=contact)

    assert tell_vendor(cast.assessor, proof, ASKED, now=timezone.now())
    [sent] = mail.outbox
    assert "/desk-link/" in sent.body and incident.reference in sent.body
    assert DeskLink.objects.get().contact == contact


def test_one_whose_time_is_over_is_sent_again(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    DeskLink.objects.update(expires_at=timezone.now())
    proof = make_proof(cast.assessor, incident, contact=desk.contact)
    assert tell_vendor(cast.assessor, proof, ASKED, now=timezone.now())
    assert "/desk-link/" in mail.outbox[0].body
    assert DeskLink.objects.get().issue == desk.issue + 1


def test_of_what_is_accepted_nobody_gets_a_link(cast: Cast, incident: Incident) -> None:
    contact = Contact.objects.create(vendor=incident.vendor, name="Vera", email="vera@example.com")
    proof = make_proof(cast.assessor, incident, contact=contact, state=ProofState.ACCEPTED)
    assert not tell_vendor(cast.assessor, proof, ACCEPTED, now=timezone.now())
    assert (mail.outbox, DeskLink.objects.count()) == ([], 0)


def test_whoever_handed_it_in_is_told_beside_whoever_owes_it(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    other = Contact.objects.create(vendor=incident.vendor, name="Otto", email="otto@example.com")
    proof = hand_in_proof(desk, make_proof(cast.assessor, incident, contact=other), now=timezone.now())
    due = timezone.localdate() + timedelta(days=5)
    proof = transitions.return_it(cast.assessor, proof, reason="How do you know?", due_on=due, now=timezone.now())

    assert tell_vendor(cast.assessor, proof, RETURNED, now=timezone.now())
    [sent] = mail.outbox
    assert sent.to == [desk.email]
    assert "How do you know?" in sent.body


def test_where_nobody_can_be_reached_no_mail_goes_out(cast: Cast, incident: Incident) -> None:
    assert not tell_vendor(cast.assessor, make_proof(cast.assessor, incident), ASKED, now=timezone.now())


def test_whoever_may_make_no_link_makes_none(cast: Cast, incident: Incident) -> None:
    assert Role.READER not in roles_with(Right.EDIT_VENDORS)
    contact = Contact.objects.create(vendor=incident.vendor, name="Vera", email="vera@example.com")
    proof = make_proof(cast.assessor, incident, contact=contact)
    assert not tell_vendor(cast.reader, proof, RETURNED, now=timezone.now())
    assert not DeskLink.objects.exists()
