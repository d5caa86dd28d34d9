"""Administrators add an address, see what became of each event, and send again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.kept_secrets import opened
from accounts.models import AuditEntry, DeliveryState, Membership, WebhookDelivery, WebhookEndpoint
from accounts.webhooks import changes, sending
from accounts.webhooks.kinds import CHOICES, Kind
from accounts.webhooks.sending import Outcome
from accounts.webhooks.telling import tell
from tests.factories import Cast

SignedIn = Callable[[Membership], Client]
ADDRESS = "https://receiver.example/hooks"


@pytest.fixture
def endpoint(cast: Cast) -> WebhookEndpoint:
    return changes.add(cast.admin, name="Tickets", address=ADDRESS, kinds=[]).endpoint


@pytest.fixture
def delivery(cast: Cast, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """One that was given up."""
    with transaction.atomic():
        tell(Kind.VENDOR_ANSWERED, cast.organisation.pk, about="a", data=lambda: {"n": 1}, now=timezone.now())
    WebhookDelivery.objects.update(state=DeliveryState.DEAD, tries=10, status=500, failure="refused", said="<b>no")
    return WebhookDelivery.objects.get()


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_the_secret_is_shown_once(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    sent = {"name": "Tickets", "address": ADDRESS, "kinds": [Kind.VENDOR_ANSWERED.value]}
    page = client.post(reverse("webhook_add"), sent)
    endpoint = WebhookEndpoint.objects.get()
    secret = opened(endpoint.secret)
    assert secret.startswith("whsec_")
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert endpoint.kinds == ["vendor.answered"]
    assert secret not in client.get(reverse("webhook_detail", args=[endpoint.pk])).content.decode()
    assert verbs() == ["webhook.added"]
    assert secret not in str(AuditEntry.objects.get().after)


def test_a_private_address_is_refused_beside_its_field(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.admin).post(reverse("webhook_add"), {"name": "Tickets", "address": "https://10.0.0.1/"})
    assert "The address lies in a private network." in page.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_a_test_cannot_be_chosen() -> None:
    assert len(CHOICES) == 12
    assert "webhook.test" not in dict(CHOICES)


def test_of_two_who_change_it_the_second_is_told(cast: Cast, endpoint: WebhookEndpoint, signed_in: SignedIn) -> None:
    client, url = signed_in(cast.admin), reverse("webhook_edit", args=[endpoint.pk])
    sent = {"name": "Service desk", "address": ADDRESS, "version": endpoint.version}
    assert client.post(url, sent).status_code == 302
    page = client.post(url, sent | {"name": "Other"})
    assert "Somebody changed this webhook" in page.content.decode()
    endpoint.refresh_from_db()
    assert endpoint.name == "Service desk"


CAME_BACK = {
    DeliveryState.DELIVERED: (Outcome(status=204), "The test arrived.", 0),
    DeliveryState.DEAD: (Outcome(failure="certificate"), "certificate is not valid", 12),
}


@pytest.mark.parametrize("state", CAME_BACK)
def test_a_test_is_sent_at_once_and_shows_what_came_back(
    state: DeliveryState, cast: Cast, endpoint: WebhookEndpoint, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while the address rests; one that arrives ends the rest."""
    outcome, said, failures = CAME_BACK[state]
    WebhookEndpoint.objects.update(failures=12, rests_until=timezone.now() + timedelta(hours=1))
    monkeypatch.setattr(sending, "_followed", lambda *_: outcome)
    page = signed_in(cast.admin).post(reverse("webhook_test", args=[endpoint.pk]), follow=True)
    assert said in page.content.decode()
    assert WebhookDelivery.objects.get().state == state
    endpoint.refresh_from_db()
    assert endpoint.failures == failures


def test_tests_are_no_way_to_flood_a_receiver(cast: Cast, endpoint: WebhookEndpoint) -> None:
    def post(*_: object, **__: object) -> Outcome:
        return Outcome(status=204)

    for _one in range(changes.TESTS_A_MINUTE):
        changes.test(cast.admin, endpoint, now=timezone.now(), post=post)
    with pytest.raises(changes.WebhookRefusal, match="Wait a minute"):
        changes.test(cast.admin, endpoint, now=timezone.now(), post=post)


def test_the_page_of_a_delivery_says_why_it_failed_and_what_is_sent(
    cast: Cast, delivery: WebhookDelivery, signed_in: SignedIn
) -> None:
    text = signed_in(cast.admin).get(reverse("webhook_delivery", args=[delivery.pk])).content.decode()
    assert "The receiver did not take it. Its log says why." in text
    assert str(delivery.event.uuid) in text
    assert "&quot;type&quot;: &quot;vendor.answered&quot;" in text
    assert "&lt;b&gt;no" in text


def test_what_was_given_up_is_sent_again_alone_or_all_together(
    cast: Cast, delivery: WebhookDelivery, signed_in: SignedIn
) -> None:
    client = signed_in(cast.admin)
    client.post(reverse("webhook_delivery_again", args=[delivery.pk]))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (DeliveryState.WAITING, 0)
    WebhookDelivery.objects.update(state=DeliveryState.DEAD)
    page = client.post(reverse("webhook_again", args=[delivery.endpoint_id]), follow=True)
    assert "1 event is sent again." in page.content.decode()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.WAITING
    assert verbs() == ["webhook.added", "webhook.sent_again", "webhook.sent_again"]


def test_what_waits_for_an_earlier_event_says_so(cast: Cast, delivery: WebhookDelivery, signed_in: SignedIn) -> None:
    WebhookDelivery.objects.update(state=DeliveryState.WAITING)
    with transaction.atomic():
        event = tell(Kind.VENDOR_ANSWERED, cast.organisation.pk, about="a", data=dict, now=timezone.now())
    assert event
    page = signed_in(cast.admin).get(reverse("webhook_delivery", args=[event.deliveries.get().pk]))
    assert "an earlier event about the same thing" in page.content.decode()
    assert reverse("webhook_delivery", args=[delivery.pk]) in page.content.decode()


def test_a_new_secret_is_shown_once_and_the_page_says_how_long_both_sign(
    cast: Cast, endpoint: WebhookEndpoint, signed_in: SignedIn
) -> None:
    client = signed_in(cast.admin)
    page = client.post(reverse("webhook_secret", args=[endpoint.pk])).content.decode()
    endpoint.refresh_from_db()
    assert opened(endpoint.secret) in page
    assert (
        "signs beside the new one until" in client.get(reverse("webhook_detail", args=[endpoint.pk])).content.decode()
    )


def test_each_change_stands_in_the_trail(cast: Cast, endpoint: WebhookEndpoint, signed_in: SignedIn) -> None:
    client = signed_in(cast.admin)
    for route in ("webhook_pause", "webhook_resume", "webhook_secret", "webhook_delete"):
        client.post(reverse(route, args=[endpoint.pk]))
    assert verbs() == [
        "webhook.added",
        "webhook.paused",
        "webhook.resumed",
        "webhook.secret_rotated",
        "webhook.deleted",
    ]


def test_another_organisation_finds_nothing(cast: Cast, delivery: WebhookDelivery, signed_in: SignedIn) -> None:
    Membership.objects.filter(pk=cast.stranger.pk).update(role="admin")
    client = signed_in(cast.stranger)
    assert client.get(reverse("webhook_detail", args=[delivery.endpoint_id])).status_code == 404
    assert client.get(reverse("webhook_delivery", args=[delivery.pk])).status_code == 404
    assert "Tickets" not in client.get(reverse("webhook_list")).content.decode()


def test_a_page_takes_as_many_queries_for_one_delivery_as_for_many(
    cast: Cast, delivery: WebhookDelivery, signed_in: SignedIn
) -> None:
    client, url = signed_in(cast.admin), reverse("webhook_detail", args=[delivery.endpoint_id])

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len([one for one in captured if "webhook" in one["sql"]])

    few, listed = queries(url), queries(reverse("webhook_list"))
    for n in range(5):
        changes.add(cast.admin, name=f"More {n}", address=ADDRESS, kinds=[])
        with transaction.atomic():
            tell(Kind.VENDOR_ANSWERED, cast.organisation.pk, about=str(n), data=dict, now=timezone.now())
    assert queries(url) == few == 4
    assert queries(reverse("webhook_list")) == listed == 1


def test_there_are_at_most_twenty(cast: Cast, endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.bulk_create(
        WebhookEndpoint(organisation=cast.organisation, name=str(n), secret="", made_by=cast.admin.user)
        for n in range(19)
    )
    with pytest.raises(changes.WebhookRefusal, match="at most 20"):
        changes.add(cast.admin, name="One more", address=ADDRESS, kinds=[])
