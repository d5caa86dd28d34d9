"""An edition goes out to vendors, members note what was said elsewhere, and the vendor's page says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from manifesto.models import RULE_KEYS
from tests.assessments.vendor_commitments.scene import body_of
from tests.factories import Cast, make_expectations, make_release, make_vendor
from vendors.desk import links
from vendors.expectations import acknowledging, sending
from vendors.models import Acknowledgement, Contact, DeskLink, ExpectationEdition, Tier, Vendor


@pytest.fixture
def edition(cast: Cast) -> ExpectationEdition:
    make_release()
    return make_expectations(cast.assessor)


def vendor_with(cast: Cast, name: str, email: str = "kim@vendor.example", tier: str = Tier.CRITICAL) -> Vendor:
    vendor = make_vendor(cast.organisation, name, tier=tier)
    Contact.objects.create(vendor=vendor, name=f"Kim of {name}", email=email)
    return vendor


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def send_to(member: Membership, edition: ExpectationEdition, *vendors: Vendor) -> str:
    url = reverse("expectation_edition_send", args=[edition.pk])
    return body_of(signed_in(member).post(url, {"vendor": [vendor.pk for vendor in vendors]}, follow=True))


def test_each_vendor_is_mailed_by_its_link_or_gets_one(cast: Cast, edition: ExpectationEdition) -> None:
    with_link, without = vendor_with(cast, "Lighthouse"), vendor_with(cast, "Windmill", "lee@vendor.example")
    links.create(cast.assessor, with_link.contacts.get(), now=timezone.now())
    page = send_to(cast.admin, edition, with_link, without)
    assert "2 vendors were written to" in page
    said = {message.to[0]: str(message.body) for message in mail.outbox}
    assert "/desk-link/" not in said["kim@vendor.example"]
    assert "/desk-link/" in said["lee@vendor.example"]
    assert {message.reply_to[0] for message in mail.outbox} == {"Admin <admin@example.org>"}
    rows = sending.addressees(cast.reader, edition, now=timezone.now())
    assert [row.reached_on for row in rows] == [timezone.localdate()] * 2


def test_an_ended_link_is_made_anew_and_not_doubled(cast: Cast, edition: ExpectationEdition) -> None:
    vendor = vendor_with(cast, "Lighthouse")
    links.create(cast.assessor, vendor.contacts.get(), now=timezone.now())
    DeskLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert sending.send(cast.assessor, vendor, now=timezone.now())
    assert (DeskLink.objects.count(), DeskLink.objects.get().issue) == (1, 2)


def test_the_critical_ones_that_were_not_asked_are_proposed(cast: Cast, edition: ExpectationEdition) -> None:
    vendor_with(cast, "Critical")
    vendor_with(cast, "Standard", tier=Tier.STANDARD)
    vendor_with(cast, "No address", email="")
    asked = vendor_with(cast, "Asked")
    sending.send(cast.assessor, asked, now=timezone.now())
    rows = sending.addressees(cast.reader, edition, now=timezone.now())
    assert [row.vendor.name for row in rows if row.is_proposed] == ["Critical"]
    assert [row.vendor.name for row in rows if not row.can_be_reached] == ["No address"]


def test_more_than_twenty_go_out_in_turns_and_the_rest_stays_chosen(
    cast: Cast, edition: ExpectationEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    vendors = [vendor_with(cast, f"Vendor {number}") for number in range(3)]
    page = send_to(cast.assessor, edition, *vendors)
    assert len(mail.outbox) == 2
    assert "1 vendor that you chose is still to be written to" in page


def test_whoever_acknowledged_or_is_of_another_organisation_is_not_written_to(
    cast: Cast, edition: ExpectationEdition
) -> None:
    said, foreign = vendor_with(cast, "Lighthouse"), make_vendor(cast.other_organisation, "Far")
    Contact.objects.create(vendor=foreign, name="Far", email="far@vendor.example")
    link, _token = links.create(cast.assessor, said.contacts.get(), now=timezone.now())
    acknowledging.acknowledge(link, edition, accept_rest=True, now=timezone.now())
    assert "Nobody was written to" in send_to(cast.assessor, edition, said, foreign)
    assert mail.outbox == []


def test_a_mail_that_is_refused_is_told(
    cast: Cast, edition: ExpectationEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.mailed_links.links.send", lambda *args, **fields: False)
    assert "Not reached: Lighthouse" in send_to(cast.assessor, edition, vendor_with(cast, "Lighthouse"))


# On the vendor's page --------------------------------------------------------------------------------------------
def test_the_vendors_page_says_how_far_it_is(cast: Cast, edition: ExpectationEdition) -> None:
    vendor, client = vendor_with(cast, "Lighthouse"), signed_in(cast.assessor)

    def page() -> str:
        return body_of(client.get(vendor.get_absolute_url()))

    assert "was not sent to this vendor yet" in page()
    sending.send(cast.assessor, vendor, now=timezone.now())
    assert "has not answered since" in page()
    link = DeskLink.objects.select_related(*links.RELATED).get()
    rule = {"stance": "discusses", "comment": "A day, please", "version": 0}
    acknowledging.save_reply(link, edition, RULE_KEYS[0], **rule, now=timezone.now())
    assert "A day, please" not in page()  # not before it is acknowledged
    acknowledging.acknowledge(link, edition, accept_rest=True, now=timezone.now())
    assert "was acknowledged on" in page()
    assert "A day, please" in page()
    assert "Send again" not in page()


def test_the_expectations_say_how_many_answered_and_lead_to_who(cast: Cast, edition: ExpectationEdition) -> None:
    first = vendor_with(cast, "Lighthouse")
    vendor_with(cast, "Windmill", "lee@vendor.example")
    said = {f"{rule}-stance": "accepts" for rule in RULE_KEYS}
    said |= {"on": timezone.localdate().isoformat(), "by": "Lee", "note": "Met"}
    assert signed_in(cast.admin).post(reverse("expectation_note", args=[first.pk]), said).status_code == 302
    for url in (reverse("expectations"), edition.get_absolute_url()):
        assert "Vendors that acknowledged it: 1 of 2." in body_of(signed_in(cast.assessor).get(url))
        assert "Vendors that acknowledged it" not in body_of(signed_in(cast.reader).get(url))
    sent_to = reverse("expectation_edition_send", args=[edition.pk])
    assert f"{first.get_absolute_url()}#expected" in signed_in(cast.assessor).get(sent_to).content.decode()


def test_a_member_notes_what_was_said_in_a_meeting(cast: Cast, edition: ExpectationEdition) -> None:
    vendor = vendor_with(cast, "Lighthouse")
    url = reverse("expectation_note", args=[vendor.pk])
    said = {f"{rule}-stance": "accepts" for rule in RULE_KEYS} | {
        "on": timezone.localdate(),
        "by": "Lee",
        "note": "Met",
    }
    late = said | {"on": timezone.localdate() + timedelta(days=1)}
    assert "still to come" in body_of(signed_in(cast.admin).post(url, late))
    assert signed_in(cast.admin).post(url, said).status_code == 302
    row = Acknowledgement.objects.get()
    assert (row.by, row.note, row.recorded_by, row.accepts_all) == ("Lee", "Met", cast.admin.user, True)


def test_the_page_of_sending_takes_the_same_few_queries(cast: Cast, edition: ExpectationEdition) -> None:
    client, url = signed_in(cast.assessor), reverse("expectation_edition_send", args=[edition.pk])

    def more(number: int) -> None:
        vendor = vendor_with(cast, f"Vendor {number}")
        link, _token = links.create(cast.assessor, vendor.contacts.get(), now=timezone.now())
        acknowledging.acknowledge(link, edition, accept_rest=True, now=timezone.now())

    more(0)
    one = queries(lambda: client.get(url))
    for number in range(1, 4):
        more(number)
    assert queries(lambda: client.get(url)) == one


def queries(asked: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as caught:
        asked()
    return len(caught)
