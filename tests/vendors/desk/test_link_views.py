"""Members give a vendor's contacts their link: mailed, copied, sent again, extended, withdrawn; and see the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from tests.assessments.vendor_commitments.scene import body_of
from tests.factories import Cast, make_vendor
from vendors.desk import links, matters, telling
from vendors.desk.links import NotNow
from vendors.desk.matters import Matter, matters_of
from vendors.models import Contact, DeskLink


@pytest.fixture
def kim(cast: Cast) -> Contact:
    vendor = make_vendor(cast.organisation, "Lighthouse Vendor")
    return Contact.objects.create(vendor=vendor, name="Kim", email="kim@vendor.example", language="fr")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thing waits, one is late, one is there to be read."""
    monkeypatch.setattr(matters, "_makers", {})

    def of(link: DeskLink, today: date) -> list[Matter]:
        return [
            Matter(title="To be read", url="/r/", waits=False, is_open=True),
            Matter(title="Later", url="/l/", waits=True, due_on=today + timedelta(days=3)),
            Matter(title="Late", url="/o/", waits=True, due_on=today - timedelta(days=1)),
        ]

    matters.register("planted", of, position=1)
    yield


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def give(member: Membership, contact: Contact, by: str = "mail") -> str:
    sent = {"contact": contact.pk, "days": 180, "by": by}
    return body_of(signed_in(member).post(reverse("desk_link_add", args=[contact.vendor_id]), sent))


def token_in(said: str) -> str:
    found = re.search(r"/desk-link/([^/\s\"]+)/", said)
    assert found
    return found[1]


def test_a_link_goes_out_in_the_contacts_language_and_is_shown_once(cast: Cast, kim: Contact) -> None:
    page = give(cast.assessor, kim)
    [message] = mail.outbox
    assert message.to == ["kim@vendor.example"]
    assert message.reply_to == ["Assessor <assessor@example.org>"]
    token = token_in(str(message.body))
    assert token == token_in(page)
    link = DeskLink.objects.get()
    assert (link.language, link.sent_at is not None, link.told_at is not None) == ("fr", True, True)
    assert token not in str(list(AuditEntry.objects.values()))
    assert links.LIFE.find(token) == link


def test_a_contact_has_one_link(cast: Cast, kim: Contact) -> None:
    links.create(cast.assessor, kim, now=timezone.now())
    with pytest.raises(NotNow, match="Kim has a link already"):
        links.create(cast.assessor, kim, now=timezone.now())


def test_renew_extend_and_withdraw(cast: Cast, kim: Contact) -> None:
    client = signed_in(cast.assessor)
    link, old = links.create(cast.assessor, kim, now=timezone.now())
    page = body_of(client.post(reverse("desk_link_renew", args=[link.pk]), {"by": "copy"}))
    assert mail.outbox == []
    assert [Client().get(reverse("desk_link", args=[token])).status_code for token in (old, token_in(page))] == [
        404,
        200,
    ]
    day = timezone.localdate() + timedelta(days=200)
    client.post(reverse("desk_link_extend", args=[link.pk]), {"last_day": day.isoformat()})
    assert timezone.localdate(DeskLink.objects.get().expires_at) == day
    client.post(reverse("desk_link_revoke", args=[link.pk]))
    assert Client().get(reverse("desk_link", args=[token_in(page)])).status_code == 410
    verbs = ["desk_link.created", "desk_link.renewed", "desk_link.extended", "desk_link.revoked"]
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))[-4:] == verbs


def test_what_waits_comes_first_the_earliest_day_before_the_others(cast: Cast, kim: Contact, asked: None) -> None:
    link, _token = links.create(cast.assessor, kim, now=timezone.now())
    today = timezone.localdate()
    found = matters_of(link, today=today)
    assert [(one.title, one.is_late(today)) for one in found] == [
        ("Late", True),
        ("Later", False),
        ("To be read", False),
    ]


def test_the_holder_is_told_what_waits_by_the_link_that_they_have(cast: Cast, kim: Contact, asked: None) -> None:
    link, _token = links.create(cast.assessor, kim, now=timezone.now())
    client = signed_in(cast.admin)
    client.post(reverse("desk_link_tell", args=[link.pk]))
    [message] = mail.outbox
    assert "Late" in str(message.body)
    assert "To be read" not in str(message.body)
    assert "/desk-link/" not in str(message.body)
    assert message.reply_to == ["Admin <admin@example.org>"]
    DeskLink.objects.update(revoked_at=timezone.now())
    assert not telling.tell(DeskLink.objects.select_related(*links.RELATED).get(), now=timezone.now())


def test_members_see_what_stands_on_the_desk_and_that_no_link_works(cast: Cast, kim: Contact, asked: None) -> None:
    client, url = signed_in(cast.reader), reverse("desk_links", args=[kim.vendor_id])
    page = body_of(client.get(url))
    assert "Late" in page
    assert "Send the link by mail" not in page
    links.create(cast.assessor, kim, now=timezone.now())
    DeskLink.objects.update(expires_at=timezone.now())
    assert "no link works" in body_of(client.get(url))


def test_whoever_still_judges_sees_only_what_is_open_to_them(
    cast: Cast, kim: Contact, asked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vendors.desk.link_views.withheld", lambda member: {kim.vendor_id})
    page = body_of(signed_in(cast.assessor).get(reverse("desk_links", args=[kim.vendor_id])))
    assert "Late" not in page
    assert "To be read" in page
    assert "once you have handed in your answers" in page


def test_another_organisation_finds_no_link(cast: Cast, kim: Contact) -> None:
    link, _token = links.create(cast.assessor, kim, now=timezone.now())
    client = signed_in(cast.stranger)
    assert client.get(reverse("desk_links", args=[kim.vendor_id])).status_code == 404
    for name in ("renew", "extend", "revoke", "tell"):
        assert client.post(reverse(f"desk_link_{name}", args=[link.pk])).status_code == 404
    foreign = Contact.objects.create(vendor=make_vendor(cast.other_organisation, "Far"), name="Far")
    give(cast.assessor, foreign)
    assert DeskLink.objects.count() == 1


def test_the_page_takes_the_same_few_queries_however_many_links(cast: Cast, kim: Contact) -> None:
    client, url = signed_in(cast.assessor), reverse("desk_links", args=[kim.vendor_id])
    links.create(cast.assessor, kim, now=timezone.now())

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    one = count()
    for number in range(4):
        contact = Contact.objects.create(vendor=kim.vendor, name=f"Lee {number}")
        links.create(cast.assessor, contact, now=timezone.now())
    assert count() == one
