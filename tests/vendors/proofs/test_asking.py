"""Proofs that an organisation asks for by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import Organisation
from tests.factories import NOW, Cast, make_incident, make_proof, make_vendor
from vendors.models import CauseProof, Contact, DeskLink, Incident, ProofState, Vendor
from vendors.proofs.asking import ask_due

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + 3 * DAY


@pytest.fixture
def switched_on(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.organisation.pk).update(asks_for_proofs_since=NOW)


def over(vendor: Vendor, reference: str, **fields: object) -> Incident:
    incident = make_incident(vendor, reference, opened=NOW + timedelta(hours=1), **fields)  # type: ignore[arg-type]
    Incident.objects.filter(pk=incident.pk).update(updated_at=NOW + timedelta(hours=6))
    return incident


@pytest.mark.usefixtures("switched_on")
def test_after_what_was_critical_and_is_over_since_then_a_proof_is_asked_for_once(vendor: Vendor) -> None:
    wanted = over(vendor, "INC-1")
    restored = over(vendor, "INC-2", hours=None, restored_at=NOW + timedelta(hours=2))
    over(vendor, "INC-3", mission_critical=False)
    over(vendor, "INC-4", hours=None)
    earlier = make_incident(vendor, "INC-5", opened=NOW - 9 * DAY)
    Incident.objects.filter(pk=earlier.pk).update(updated_at=NOW - 8 * DAY)
    make_incident(vendor, "INC-6", opened=NOW + timedelta(hours=1))  # it came in just now: it may be taken back

    assert ask_due(LATER) == 2

    assert set(CauseProof.objects.values_list("incident", flat=True)) == {wanted.pk, restored.pk}
    proof = CauseProof.objects.get(incident=wanted)
    assert (proof.asked_by, proof.owner, proof.days) == (None, None, 10)
    assert ask_due(LATER) == 0


def test_nothing_is_asked_for_where_nobody_switched_it_on(vendor: Vendor) -> None:
    over(vendor, "INC-1")
    assert ask_due(LATER) == 0


@pytest.mark.usefixtures("switched_on")
def test_neither_of_an_archived_vendor_nor_of_another_organisation_nor_where_it_was_waived(
    cast: Cast, vendor: Vendor
) -> None:
    waived = over(vendor, "INC-1")
    make_proof(cast.assessor, waived, state=ProofState.WAIVED)
    Incident.objects.filter(pk=waived.pk).update(updated_at=NOW + timedelta(hours=6))
    over(make_vendor(cast.organisation, "Archived", archived_at=NOW), "INC-2")
    over(make_vendor(cast.other_organisation, "Meadow Systems"), "INC-3")
    assert ask_due(LATER) == 0


@pytest.mark.usefixtures("switched_on")
def test_the_contact_who_has_a_link_is_asked_and_told(vendor: Vendor, desk: DeskLink) -> None:
    Contact.objects.create(vendor=vendor, name="Aaron Example", email="aaron@example.com")
    over(vendor, "INC-1")

    ask_due(LATER)

    assert CauseProof.objects.get().contact == desk.contact
    [sent] = mail.outbox
    assert sent.to == ["vera@example.com"]
    assert "INC-1" in str(sent.body)
