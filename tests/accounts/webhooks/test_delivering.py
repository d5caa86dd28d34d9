"""From an event to its arrival: each at least once, in order, none lost, whatever dies on the way."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, DeliveryState, WebhookDelivery, WebhookEndpoint, WebhookEvent
from accounts.webhooks import changes, cleaning, delivering
from accounts.webhooks.job import DELIVERIES, TRIES, WAITS, wait_after
from accounts.webhooks.kinds import Kind
from accounts.webhooks.sending import Message, Outcome
from accounts.webhooks.telling import named, organisations_wanting, tell
from tests.factories import Cast

ARRIVED, REFUSED = Outcome(status=200), Outcome(status=500, failure="refused")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def after(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


class Post:
    """A receiver without a network: what it got, in order, and what it answers."""

    def __init__(self, answer: Callable[[str], Outcome] = lambda id: ARRIVED) -> None:
        self.answer, self.got = answer, list[Message]()

    def __call__(self, address: str, message: Message, *, now: datetime) -> Outcome:
        self.got.append(message)
        return self.answer(message.id)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    monkeypatch.setattr(random, "uniform", lambda low, high: 1.0)
    return clock


@pytest.fixture
def endpoint(cast: Cast) -> WebhookEndpoint:
    return changes.add(cast.admin, name="Tickets", address="https://receiver.example/", kinds=[]).endpoint


def happened(cast: Cast, about: str = "assessment:1", *, number: int = 0, kind: Kind = Kind.SCORECARD_MADE) -> int:
    """The key of the one delivery of a new event."""
    with transaction.atomic():
        event = tell(kind, cast.organisation.pk, about=about, data=lambda: {"n": number}, now=timezone.now())
    assert event is not None
    return event.deliveries.get().pk


def row(pk: int) -> WebhookDelivery:
    return WebhookDelivery.objects.get(pk=pk)


# Telling -------------------------------------------------------------------------------------------------------------
def test_an_event_is_told_to_each_address_that_wants_it(cast: Cast, endpoint: WebhookEndpoint) -> None:
    other = changes.add(
        cast.admin, name="Chat", address="https://chat.example/", kinds=[Kind.VENDOR_ANSWERED.value]
    ).endpoint
    happened(cast)
    assert WebhookDelivery.objects.get().endpoint == endpoint
    with transaction.atomic():
        tell(Kind.VENDOR_ANSWERED, cast.organisation.pk, about="assessment:1", data=dict, now=timezone.now())
    told = Counter(WebhookDelivery.objects.values_list("endpoint", flat=True))
    assert told == {endpoint.pk: 2, other.pk: 1}


def test_nobody_elsewhere_is_told_and_nothing_is_written_where_nobody_listens(
    cast: Cast, endpoint: WebhookEndpoint
) -> None:
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        assert tell(Kind.TEST, cast.other_organisation.pk, about="a", data=dict, now=timezone.now()) is None
    assert len([one for one in queries if "webhook" in one["sql"]]) == 1
    assert organisations_wanting(Kind.TEST, Kind.COMMITMENT_DUE) == {cast.organisation.pk}
    assert WebhookEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_the_transaction_of_its_change_is_refused(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        tell(Kind.TEST, cast.organisation.pk, about="a", data=dict, now=timezone.now())


def test_what_is_sent_is_the_same_at_each_try(cast: Cast, endpoint: WebhookEndpoint, clock: Clock) -> None:
    pk, post = happened(cast, number=7), Post(lambda id: REFUSED)
    delivering.deliver(pk, post=post)
    clock.after(seconds=6)
    delivering.deliver(pk, post=post)
    first, second = post.got
    assert first == second
    assert first.id == str(row(pk).event.uuid)
    assert first.body == '{"data":{"n":7},"timestamp":"2026-03-02T09:30:00+00:00","type":"scorecard.made"}'


def test_a_thing_is_named_by_its_id_and_its_address_in_the_api(cast: Cast, settings: Any) -> None:
    settings.BASE_URL = "https://manifesto.example.org"
    uuid = cast.department.uuid
    assert named("vendor", uuid) == {
        "vendor": str(uuid),
        "vendor_url": f"https://manifesto.example.org/api/v1/vendors/{uuid}",
    }


# Trying again ---------------------------------------------------------------------------------------------------------
def test_ten_tries_take_a_day_and_the_last_one_ends_it(cast: Cast, endpoint: WebhookEndpoint, clock: Clock) -> None:
    pk, post, began = happened(cast), Post(lambda id: REFUSED), clock.now
    for wait in WAITS:
        delivering.deliver(pk, post=post)
        assert row(pk).due_at == clock.now + timedelta(seconds=wait)
        delivering.deliver(pk, post=post)  # too early: nothing is sent
        WebhookEndpoint.objects.update(rests_until=None)
        clock.after(seconds=wait)
    assert row(pk).state == DeliveryState.WAITING
    delivering.deliver(pk, post=post)
    ended = row(pk)
    assert (ended.state, ended.tries, ended.status, ended.failure) == (DeliveryState.DEAD, TRIES, 500, "refused")
    assert len(post.got) == TRIES == 10
    assert timedelta(hours=24) < clock.now - began < timedelta(hours=26)


def test_waits_are_spread() -> None:
    drawn = {wait_after(3, chance=random.Random(seed)) for seed in range(50)}
    assert len(drawn) == 50
    assert all(wait and timedelta(seconds=240) <= wait <= timedelta(seconds=360) for wait in drawn)
    assert wait_after(TRIES) is None


def test_a_later_event_about_the_same_thing_waits_and_about_another_does_not(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock
) -> None:
    first, second, other = happened(cast), happened(cast), happened(cast, "assessment:2")
    post = Post(lambda id: REFUSED)
    delivering.deliver(first, post=post)
    delivering.deliver(second, post=post)
    assert row(second).last_tried_at is None
    delivering.deliver(other, post=Post())
    assert row(other).state == DeliveryState.DELIVERED
    clock.after(seconds=6)
    delivering.deliver(first, post=Post())
    delivering.deliver(second, post=Post())
    assert row(second).state == DeliveryState.DELIVERED


def test_one_that_was_given_up_holds_nothing_up_and_can_be_sent_again(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock
) -> None:
    first, second = happened(cast), happened(cast)
    WebhookDelivery.objects.filter(pk=first).update(state=DeliveryState.DEAD, tries=TRIES)
    delivering.deliver(second, post=Post())
    changes.send_again(cast.admin, row(first), now=clock.now)
    post = Post()
    delivering.deliver(first, post=post)
    assert row(first).state == DeliveryState.DELIVERED
    assert [message.id for message in post.got] == [str(row(first).event.uuid)]


def test_what_waits_already_is_not_sent_again(cast: Cast, endpoint: WebhookEndpoint) -> None:
    with pytest.raises(changes.WebhookRefusal, match="waits already"):
        changes.send_again(cast.admin, row(happened(cast)), now=timezone.now())


# Kills ---------------------------------------------------------------------------------------------------------------
class KilledError(BaseException):
    """A worker dies: nothing behind the point where it was is done."""


def test_a_try_that_was_cut_short_is_made_again_when_its_lease_is_over(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock, settings: Any
) -> None:
    def dies(id: str) -> Outcome:
        raise KilledError

    pk, post = happened(cast), Post(dies)
    with pytest.raises(KilledError):
        delivering.deliver(pk, post=post)
    delivering.deliver(pk, post=Post())
    assert row(pk).state == DeliveryState.WAITING  # it is still held
    clock.now += settings.WEBHOOK_LEASE + timedelta(seconds=1)
    again = Post()
    delivering.deliver(pk, post=again)
    assert row(pk).state == DeliveryState.DELIVERED
    assert post.got == again.got  # the same id: the receiver can tell


def test_five_deaths_over_one_event_are_one_failed_try(cast: Cast, endpoint: WebhookEndpoint, clock: Clock) -> None:
    pk = happened(cast)
    WebhookDelivery.objects.filter(pk=pk).update(attempts=5)
    delivering.deliver(pk, post=Post())
    assert row(pk).state == DeliveryState.WAITING
    delivering.sweep(clock.now)
    assert (row(pk).tries, row(pk).attempts, row(pk).failure) == (1, 0, "too_many_attempts")
    WebhookDelivery.objects.filter(pk=pk).update(attempts=5, tries=TRIES - 1)
    delivering.sweep(clock.now)
    assert row(pk).state == DeliveryState.DEAD


def test_under_kills_and_failures_each_arrives_in_order_and_none_is_lost(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty events about six things; every third try fails, every eighth worker dies, half of them after the receiver
    took it. The full drill, with processes that are really killed, is `benchmarks/webhook_drill.py`."""
    chance = random.Random(1)
    taken: list[str] = []
    nudged: list[int] = []

    def answer(id: str) -> Outcome:
        drawn = chance.random()
        if drawn < 0.06:
            raise KilledError
        if drawn < 0.4:
            return REFUSED
        taken.append(id)
        if drawn < 0.46:
            raise KilledError
        return ARRIVED

    monkeypatch.setattr(DELIVERIES, "nudge", lambda pk: nudged.append(pk) or True)
    wanted = [happened(cast, f"assessment:{chance.randrange(6)}", number=n) for n in range(40)]
    post = Post(answer)
    for _round in range(400):
        nudged.clear()
        delivering.sweep(clock.now)
        for pk in chance.sample(nudged, len(nudged)):
            try:
                delivering.deliver(pk, post=post)
            except KilledError:
                continue
        clock.after(seconds=chance.choice((5, 60, 1800)))
        if not WebhookDelivery.objects.unfinished().exists():
            break
    rows = WebhookDelivery.objects.select_related("event").order_by("pk")
    assert [one.pk for one in rows] == wanted
    assert {one.state for one in rows} == {DeliveryState.DELIVERED}
    assert set(taken) == {str(one.event.uuid) for one in rows}
    assert len(taken) > 40  # some twice: under one id
    order = {str(one.event.uuid): one.pk for one in rows}
    arrived: dict[str, list[int]] = defaultdict(list)
    for id in dict.fromkeys(taken):
        arrived[rows[wanted.index(order[id])].about].append(order[id])
    assert all(numbers == sorted(numbers) for numbers in arrived.values())


# An address that fails -----------------------------------------------------------------------------------------------
def test_after_ten_failures_an_address_rests_longer_each_time_and_one_arrival_ends_it(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock
) -> None:
    keys = [happened(cast, f"assessment:{n}") for n in range(13)]
    rests = []
    for pk in keys[:12]:
        delivering.deliver(pk, post=Post(lambda id: REFUSED))
        endpoint.refresh_from_db()
        rests.append(endpoint.rests_until and (endpoint.rests_until - clock.now).total_seconds())
        clock.now = max(clock.now, endpoint.rests_until or clock.now)
    assert rests == [None] * 9 + [10, 20, 40]
    clock.after(seconds=-1)
    post = Post()
    delivering.deliver(keys[12], post=post)
    assert post.got == []
    clock.after(seconds=1)
    delivering.deliver(keys[12], post=post)
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.failing_since, endpoint.rests_until) == (0, None, None)


def test_at_most_two_tries_at_one_address_run_side_by_side(cast: Cast, endpoint: WebhookEndpoint) -> None:
    keys = [happened(cast, f"assessment:{n}") for n in range(3)]
    assert DELIVERIES.claim(keys[0], now=timezone.now())
    assert DELIVERIES.claim(keys[1], now=timezone.now())
    assert DELIVERIES.claim(keys[2], now=timezone.now()) is None


def test_after_five_days_of_failures_it_is_switched_off_and_administrators_are_told(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock, django_capture_on_commit_callbacks: Any
) -> None:
    pk = happened(cast)
    since = clock.now - timedelta(days=5)
    WebhookEndpoint.objects.update(failures=14, failing_since=since)
    with django_capture_on_commit_callbacks(execute=True):
        delivering.deliver(pk, post=Post(lambda id: REFUSED))
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.paused_because) == (False, "failed_for_days")
    assert [message.to for message in mail.outbox] == [["admin@example.org"]]
    assert mail.outbox[0].subject == "The webhook Tickets was switched off"
    assert AuditEntry.objects.filter(verb="webhook.switched_off", actor=None).count() == 1
    assert row(pk).state == DeliveryState.WAITING


@pytest.mark.parametrize(("days", "failures"), [(4.9, 40), (9, 12)])
def test_neither_a_shorter_fault_nor_few_failures_switch_it_off(
    days: float, failures: int, cast: Cast, endpoint: WebhookEndpoint, clock: Clock
) -> None:
    pk = happened(cast)
    WebhookEndpoint.objects.update(failures=failures, failing_since=clock.now - timedelta(days=days))
    delivering.deliver(pk, post=Post(lambda id: REFUSED))
    endpoint.refresh_from_db()
    assert endpoint.is_active


def test_a_receiver_that_is_gone_is_switched_off_at_once(cast: Cast, endpoint: WebhookEndpoint) -> None:
    delivering.deliver(happened(cast), post=Post(lambda id: Outcome(status=410, failure="gone")))
    endpoint.refresh_from_db()
    assert (endpoint.is_active, endpoint.paused_because) == (False, "gone")


def test_what_happens_during_a_pause_arrives_afterwards_in_order(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock
) -> None:
    changes.pause(cast.admin, endpoint)
    keys, post = [happened(cast), happened(cast)], Post()
    for pk in keys:
        delivering.deliver(pk, post=post)
    assert post.got == []
    changes.resume(cast.admin, endpoint, now=clock.now)
    for pk in keys:
        delivering.deliver(pk, post=post)
    assert [message.id for message in post.got] == [str(row(pk).event.uuid) for pk in keys]


def test_the_former_secret_signs_for_a_day_beside_the_new_one(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock
) -> None:
    (former,) = delivering.secrets_of(endpoint, clock.now)
    secret = changes.rotate(cast.admin, endpoint, now=clock.now)
    endpoint.refresh_from_db()
    assert delivering.secrets_of(endpoint, clock.now) == (secret, former)
    assert delivering.secrets_of(endpoint, clock.after(hours=24)) == (secret,)
    assert secret not in endpoint.secret


def test_a_secret_that_cannot_be_opened_is_a_failure_with_its_reason(cast: Cast, endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(secret="of another installation")
    pk = happened(cast)
    delivering.deliver(pk, post=Post())
    assert (row(pk).state, row(pk).failure) == (DeliveryState.WAITING, "secret_lost")


def test_a_fault_of_our_own_is_a_failed_try_too(cast: Cast, endpoint: WebhookEndpoint) -> None:
    def breaks(id: str) -> Outcome:
        raise ZeroDivisionError

    pk = happened(cast)
    delivering.deliver(pk, post=Post(breaks))
    assert (row(pk).tries, row(pk).failure) == (1, "unexpected")


# What is kept --------------------------------------------------------------------------------------------------------
def test_what_arrived_goes_after_a_month_and_the_rest_after_three(
    cast: Cast, endpoint: WebhookEndpoint, clock: Clock
) -> None:
    arrived, dead, waiting = (happened(cast, f"assessment:{n}") for n in range(3))
    delivering.deliver(arrived, post=Post())
    WebhookDelivery.objects.filter(pk=dead).update(state=DeliveryState.DEAD)
    cleaning.forget(clock.after(days=30))
    assert WebhookDelivery.objects.count() == 3
    cleaning.forget(clock.after(seconds=1))
    assert set(WebhookDelivery.objects.values_list("pk", flat=True)) == {dead, waiting}
    assert WebhookEvent.objects.count() == 2
    cleaning.forget(clock.after(days=61))
    assert (WebhookDelivery.objects.count(), WebhookEvent.objects.count()) == (0, 0)


def test_a_sweep_takes_as_many_queries_for_one_as_for_many(
    cast: Cast, endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DELIVERIES, "nudge", lambda pk: True)

    def queries() -> int:
        WebhookDelivery.objects.update(next_nudge_at=timezone.now(), due_at=timezone.now())
        with CaptureQueriesContext(connection) as captured:
            delivering.sweep(timezone.now())
        return len([one for one in captured if one["sql"].startswith("SELECT")])

    happened(cast, "assessment:1")
    few = queries()
    for n in range(2, 9):
        happened(cast, f"assessment:{n}")
    assert queries() == few == 1
