"""Members show a vendor its commitments: the link is mailed or shown once, sent again, extended, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.commitments import transitions
from assessments.models import CommitmentLink
from tests.assessments.vendor_commitments.scene import Side, body_of
from tests.factories import Cast
from vendors.models import Contact

SignedIn = Callable[..., Client]


@pytest.fixture
def kim(own: Side) -> Contact:
    return Contact.objects.create(vendor=own.vendor, name="Kim", email="kim@vendor.example", language="en")


def add(client: Client, own: Side, contact: Contact, by: str) -> str:
    sent = {"contact": contact.pk, "days": "90", "by": by}
    return body_of(client.post(reverse("commitment_link_add", args=[own.vendor.pk]), sent))


def token_of(page: str) -> str:
    return page.split("/commitments-link/")[1].split("/", maxsplit=1)[0]


def test_a_link_is_mailed_in_the_contacts_language_and_shown_this_once(
    own: Side, kim: Contact, signed_in: SignedIn
) -> None:
    page = add(signed_in(own.member), own, kim, "mail")
    [message] = mail.outbox
    assert message.subject == "Harbour Hospital asks Lighthouse Vendor for its word on 1 commitment"
    assert message.reply_to == ["Assessor <assessor@example.org>"]
    assert token_of(page) in message.body
    assert "The link is on its way to Kim" in page
    link = CommitmentLink.objects.get(contact=kim)
    assert link.sent_at is not None
    assert link.told_at is not None


def test_a_link_to_copy_is_not_mailed(own: Side, kim: Contact, signed_in: SignedIn, client: Client) -> None:
    token = token_of(add(signed_in(own.member), own, kim, "copy"))
    assert mail.outbox == []
    assert Client().get(reverse("vendor_commitments_link", args=[token])).status_code == 200


def test_a_mail_that_is_refused_says_so_and_shows_the_link(own: Side, kim: Contact, signed_in: SignedIn) -> None:
    with mock.patch("accounts.mail.deliver", side_effect=OSError("refused")):
        page = add(signed_in(own.member), own, kim, "mail")
    assert "could not be sent" in page
    assert token_of(page)
    assert "Not delivered" in body_of(signed_in(own.member).get(reverse("commitment_links", args=[own.vendor.pk])))


def test_without_an_address_it_cannot_be_mailed(own: Side, signed_in: SignedIn) -> None:
    lee = Contact.objects.create(vendor=own.vendor, name="Lee")
    page = add(signed_in(own.member), own, lee, "mail")
    assert "hand it over yourself" in page
    assert not CommitmentLink.objects.filter(contact=lee).exists()


def test_a_contact_of_another_vendor_is_no_choice(cast: Cast, own: Side, signed_in: SignedIn) -> None:
    theirs = Side(cast.colleague, "Windmill")
    stranger = Contact.objects.create(vendor=theirs.vendor, name="Kim", email="kim@vendor.example")
    add(signed_in(own.member), own, stranger, "copy")
    assert not CommitmentLink.objects.filter(contact=stranger).exists()


def test_sent_again_the_earlier_one_ends(own: Side, signed_in: SignedIn) -> None:
    client, url = signed_in(own.member), reverse("commitment_link_renew", args=[own.link.pk])
    assert "stops working at once" in body_of(client.get(url))
    token = token_of(body_of(client.post(url, {"by": "copy"})))
    assert Client().get(reverse("vendor_commitments_link", args=[own.shown.token])).status_code == 404
    assert Client().get(reverse("vendor_commitments_link", args=[token])).status_code == 200


def test_it_is_extended_and_withdrawn(own: Side, signed_in: SignedIn) -> None:
    client, day = signed_in(own.member), timezone.localdate() + timedelta(days=200)
    client.post(reverse("commitment_link_extend", args=[own.link.pk]), {"last_day": day.isoformat()})
    assert timezone.localdate(CommitmentLink.objects.get().expires_at) == day
    client.post(reverse("commitment_link_revoke", args=[own.link.pk]))
    assert CommitmentLink.objects.get().revoked_at is not None
    assert Client().get(reverse("vendor_commitments_link", args=[own.shown.token])).status_code == 410


def test_a_contact_with_a_link_is_told_what_waits(own: Side, signed_in: SignedIn) -> None:
    client, url = signed_in(own.member), reverse("commitment_link_tell", args=[own.link.pk])
    page = body_of(client.post(url, follow=True))
    assert "Lighthouse Robin is told by mail that 1 commitment waits for their word." in page
    assert mail.outbox[0].subject == "1 commitment to Harbour Hospital waits for your word"
    transitions.withdraw(own.member, own.asked, text="Done elsewhere.", on=timezone.localdate(), now=timezone.now())
    assert "nobody was written to" in body_of(client.post(url, follow=True))
    assert len(mail.outbox) == 1


def test_where_no_link_works_it_says_that_nobody_is_told(own: Side, kim: Contact, signed_in: SignedIn) -> None:
    client, address = signed_in(own.member), reverse("commitment_links", args=[own.vendor.pk])
    unheard = (
        "1 commitment waits for the vendor’s word, and no link works: the vendor sees nothing, and is told nothing."
    )
    CommitmentLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    page = " ".join(body_of(client.get(address)).split())
    assert unheard in page
    assert "is told by mail" not in page
    add(client, own, kim, "copy")
    page = " ".join(body_of(client.get(address)).split())
    assert unheard not in page
    assert "is told by mail" in page


def test_another_organisation_finds_nothing(cast: Cast, own: Side, signed_in: SignedIn) -> None:
    client = signed_in(cast.stranger)
    assert client.get(reverse("commitment_links", args=[own.vendor.pk])).status_code == 404
    for name in ("renew", "extend", "revoke", "tell"):
        assert client.post(reverse(f"commitment_link_{name}", args=[own.link.pk])).status_code == 404


def test_the_page_takes_as_many_queries_for_one_link_as_for_ten(
    own: Side, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client, url = signed_in(own.member), reverse("commitment_links", args=[own.vendor.pk])
    client.get(url)
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        client.get(url)
    for number in range(10):
        fields = {"name": f"N{number}", "token_hash": f"{number}", "expires_at": own.link.expires_at}
        contact = Contact.objects.create(vendor=own.vendor, name=f"N{number}")
        CommitmentLink.objects.create(
            vendor=own.vendor, contact=contact, created_by=own.member.user, created_at=timezone.now(), **fields
        )
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        client.get(url)
