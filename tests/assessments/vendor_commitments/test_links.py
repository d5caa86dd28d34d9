"""Links to the commitments: one a contact, with an end that leaves time, under the rights of whoever assesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, hash_token
from assessments.models import Commitment, CommitmentLink
from assessments.vendor_commitments import links
from assessments.vendor_commitments.links import NotNow
from tests.assessments.vendor_commitments.scene import Side
from tests.factories import Cast, make_commitment, make_vendor
from vendors.models import Contact

NOW = timezone.now()


def contact_of(side: Side, name: str = "Kim", email: str = "kim@vendor.example") -> Contact:
    return Contact.objects.create(vendor=side.vendor, name=name, email=email, language="fr")


def test_a_link_keeps_only_the_hash_of_its_token(cast: Cast, own: Side) -> None:
    link, token = links.create(cast.assessor, contact_of(own), now=NOW)
    assert link.token_hash == hash_token(token)
    assert (link.name, link.email, link.language) == ("Kim", "kim@vendor.example", "fr")
    assert links.find(token) == link
    assert token not in str(AuditEntry.objects.filter(verb="commitment_link.created").values())


def test_a_contact_has_one_link_and_another_once_it_was_withdrawn(cast: Cast, own: Side) -> None:
    with pytest.raises(NotNow, match="has a link to the commitments already"):
        links.create(cast.assessor, own.contact, now=NOW)
    links.revoke(cast.assessor, own.link, now=NOW)
    assert links.create(cast.assessor, own.contact, now=NOW)[0].pk != own.link.pk
    with pytest.raises(NotNow, match="was withdrawn"):
        links.extend(cast.assessor, own.link, expires_at=NOW + timedelta(days=9), now=NOW)


def test_without_a_commitment_there_is_nothing_to_show(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    contact = Contact.objects.create(vendor=vendor, name="Kim")
    with pytest.raises(NotNow, match="Propose one first"):
        links.create(cast.assessor, contact, now=NOW)


def test_a_link_stays_until_two_weeks_after_the_last_open_one_is_due(cast: Cast, own: Side) -> None:
    late = timezone.localdate() + timedelta(days=300)
    make_commitment(cast.assessor, own.vendor, due_on=late)
    link, _token = links.create(cast.assessor, contact_of(own), now=NOW)
    assert timezone.localdate(link.expires_at) == late + timedelta(days=14)
    Commitment.objects.update(state="withdrawn", ended_on=late, kept_by="")
    other, _token = links.create(cast.assessor, contact_of(own, "Lee"), now=NOW)
    assert timezone.localdate(other.expires_at) == timezone.localdate(NOW) + timedelta(days=180)


def test_sent_again_it_goes_to_the_address_of_today(cast: Cast, own: Side) -> None:
    own.contact.email = "right@vendor.example"
    own.contact.save()
    link, token = links.renew(cast.assessor, own.link, now=NOW)
    assert (link.email, link.issue) == ("right@vendor.example", 2)
    assert links.find(own.shown.token) is None
    assert links.find(token) == link


@pytest.mark.parametrize("who", ["reader", "approver", "admin", "stranger"])
def test_whoever_may_not_assess_here_changes_no_link(cast: Cast, own: Side, who: str) -> None:
    member, contact = getattr(cast, who), contact_of(own)
    for change in (
        lambda: links.create(member, contact, now=NOW),
        lambda: links.renew(member, own.link, now=NOW),
        lambda: links.extend(member, own.link, expires_at=NOW + timedelta(days=9), now=NOW),
        lambda: links.revoke(member, own.link, now=NOW),
    ):
        with pytest.raises(PermissionDenied):
            change()
    assert CommitmentLink.objects.get().revoked_at is None


def test_only_a_press_comes_in_so_that_mail_scanners_do_not(own: Side, client: Client) -> None:
    url = reverse("vendor_commitments_link", args=[own.shown.token])
    assert client.get(url).status_code == 200
    assert CommitmentLink.objects.get().opened_at is None
    assert client.post(url, {"language": "nl"}).status_code == 302
    assert CommitmentLink.objects.get().opened_at is not None
    client.post(url, {"language": "nl"})
    assert AuditEntry.objects.filter(verb="commitment_link.opened").count() == 1


@pytest.mark.parametrize("end", [timedelta(0), timedelta(days=367)])
def test_it_is_extended_to_a_day_to_come_within_a_year(cast: Cast, own: Side, end: timedelta) -> None:
    with pytest.raises(NotNow, match="at most a year from now"):
        links.extend(cast.assessor, own.link, expires_at=NOW + end, now=NOW)
