"""The summary mails: one a day at most, nothing twice, nothing forgotten, whatever breaks meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership, User
from assessments import tasks
from assessments.lifecycle import transitions
from assessments.models import (
    Assessment,
    Delegation,
    Digest,
    DigestState,
    LinkPurpose,
    Preferences,
    ReplyRequest,
    Response,
    ResponseKind,
    Rhythm,
    VendorLink,
)
from assessments.schedule import digest as reminders
from assessments.schedule.milestones import milestones_between
from groundwork.jobs.lease import MAX_ATTEMPTS
from tests.factories import Cast, add_rater, make_assessment, make_cast, make_member, make_vendor

HERE = ZoneInfo("Europe/Brussels")
DUE = date(2026, 5, 20)  # a Wednesday
FIRST = date(2026, 5, 4)  # a Monday


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HERE)


@pytest.fixture(autouse=True)
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What workers would have been told; no broker is asked."""
    told: list[int] = []
    monkeypatch.setattr(reminders.DIGESTS, "nudge", lambda pk: told.append(pk) or True)
    return told


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """One that threads can share: SQLite in memory knows no waiting for each other, so there a file takes its place."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    with closing(sqlite3.connect(tmp_path / "shared.sqlite3")) as copy:
        memory.backup(copy)
    connection.settings_dict["NAME"], connection.connection = str(tmp_path / "shared.sqlite3"), None
    yield
    connection.close()
    connection.settings_dict["NAME"], connection.connection = name, memory


@pytest.fixture
def asked(cast: Cast) -> Response:
    """The reader is to rate by DUE; nothing else waits for anybody but the owner."""
    return ask(cast)


def ask(cast: Cast) -> Response:
    return add_rater(make_assessment(cast.assessor, due_on=DUE), cast.reader)


def morning(now: datetime) -> None:
    """One round of the scheduler, and workers that do all that it queued."""
    reminders.queue(now)
    for pk in Digest.objects.exclude(state__in=reminders.DONE).values_list("pk", flat=True):
        reminders.send(pk, now=now)


def write_to_nobody_but(user: User | None) -> None:
    """Weeks of mornings are long where everybody's summary is thought about."""
    for other in User.objects.exclude(pk=user and user.pk):
        Preferences.objects.get_or_create(user=other, defaults={"digest": Rhythm.NEVER})


def mails_to(person: Membership | User) -> list[Any]:
    user = person.user if isinstance(person, Membership) else person
    return [sent for sent in mail.outbox if sent.to == [user.email]]


def test_a_mail_goes_out_at_each_milestone_and_on_no_other_day(cast: Cast, asked: Response) -> None:
    days = [(day - DUE).days for day in days_of_mails(cast.reader, date(2026, 5, 11), 31)]
    assert days == [-7, -1, 0, 1, 7, 14, 21]


def test_the_mail_says_what_is_due_where_and_how_far_it_is(cast: Cast, asked: Response) -> None:
    morning(at(DUE - timedelta(days=7)))
    sent = mails_to(cast.reader)[0]
    assert sent.subject == "1 thing waits for you"
    for body in (sent.body, sent.alternatives[0].content):
        assert "Answer the questionnaire" in body
        assert "20\u00a0May 2026" in body
        assert asked.assessment.reference in body
        assert "Answered: 0 of 14" in body
        assert f"http://localhost:8000/assessments/{asked.assessment_id}/questionnaire/support/" in body
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_what_is_late_is_called_late(cast: Cast, asked: Response) -> None:
    morning(at(DUE + timedelta(days=1)))
    sent = mails_to(cast.reader)[0]
    assert sent.subject == "1 thing waits for you, 1 late"
    assert "Late: it was due on 20\u00a0May 2026." in sent.body


def test_several_organisations_come_in_one_mail(cast: Cast, asked: Response) -> None:
    Membership.objects.create(user=cast.reader.user, organisation=cast.other_organisation, role="reader")
    elsewhere = add_rater(make_assessment(cast.stranger, due_on=DUE), cast.reader)
    morning(at(DUE))
    (sent,) = mails_to(cast.reader)
    assert "Harbour Hospital" in sent.body
    assert "Meadow Bank" in sent.body
    assert elsewhere.assessment.vendor.name in sent.body


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "20\u00a0May 2026"), ("fr", "20\u00a0mai 2026"), ("nl", "20\u00a0mei 2026")]
)
def test_it_speaks_the_language_of_whoever_receives_it(
    cast: Cast, asked: Response, language: str, expected: str
) -> None:
    User.objects.filter(pk=cast.reader.user_id).update(language=language)
    morning(at(DUE))
    (sent,) = mails_to(cast.reader)
    assert expected in sent.body
    assert f'lang="{language}"' in sent.alternatives[0].content


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 28, 5, 59, tzinfo=UTC), False),  # winter time: 06:59
        (datetime(2026, 3, 28, 6, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 4, 59, tzinfo=UTC), False),  # the day the clocks go forward: 06:59
        (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), True),
        (datetime(2026, 10, 24, 4, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 5, 30, tzinfo=UTC), False),  # the day they go back: 06:30
        (datetime(2026, 10, 25, 6, 0, tzinfo=UTC), True),
    ],
)
def test_nothing_is_queued_before_seven_where_the_installation_stands(
    cast: Cast, now: datetime, expected: bool
) -> None:
    reminders.queue(now)
    assert Digest.objects.exists() is expected


@pytest.mark.parametrize("due_on", [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)])
def test_no_milestone_is_lost_or_doubled_where_the_clocks_change(cast: Cast, due_on: date) -> None:
    add_rater(make_assessment(cast.assessor, due_on=due_on), cast.reader)
    Membership.objects.exclude(pk=cast.reader.pk).update(is_active=False)
    for hours in range(0, 24 * 12, 6):
        morning(at(due_on - timedelta(days=9), 1) + timedelta(hours=hours))
    assert len(mails_to(cast.reader)) == 4  # a week before, the day before, the day, the day after


def test_a_week_without_a_scheduler_forgets_nothing_and_tells_it_once(cast: Cast, asked: Response) -> None:
    morning(at(DUE - timedelta(days=8)))
    assert mails_to(cast.reader) == [] or Digest.objects.filter(user=cast.reader.user).get().state == DigestState.SENT
    mail.outbox.clear()
    for day in (3, 4, 5, 6):
        morning(at(DUE + timedelta(days=day)))
    assert len(mails_to(cast.reader)) == 1


def test_a_week_in_which_rows_are_queued_and_no_worker_runs_ends_in_one_mail(cast: Cast, asked: Response) -> None:
    for day in range(7):
        reminders.queue(at(DUE + timedelta(days=day)))
    today = at(DUE + timedelta(days=7))
    morning(today)
    assert len(mails_to(cast.reader)) == 1
    states = Digest.objects.filter(user=cast.reader.user).order_by("day").values_list("state", flat=True)
    assert list(states) == [DigestState.FAILED] * 7 + [DigestState.SENT]


def test_an_unsent_mail_of_yesterday_is_not_sent_any_more(cast: Cast, asked: Response) -> None:
    reminders.queue(at(DUE))
    digest = Digest.objects.get(user=cast.reader.user)
    reminders.send(digest.pk, now=at(DUE + timedelta(days=1), 0, 5))
    assert mail.outbox == []


def test_it_is_sent_once_however_often_the_scheduler_and_the_workers_run(cast: Cast, asked: Response) -> None:
    for minute in range(0, 60, 10):
        morning(at(DUE, 9, minute))
    digest = Digest.objects.get(user=cast.reader.user)
    reminders.send(digest.pk, now=at(DUE, 12))
    assert len(mails_to(cast.reader)) == 1
    assert digest.state == DigestState.SENT


def test_nobody_is_told_of_nothing(cast: Cast, asked: Response) -> None:
    morning(at(DUE))
    assert mails_to(cast.approver) == []
    assert Digest.objects.get(user=cast.approver.user).state == DigestState.EMPTY


# Faults ---------------------------------------------------------------------------------------------------------
def refuse(*_: object, **__: object) -> None:
    raise OSError("the mail server is away")


def test_a_mail_server_that_is_away_is_tried_again_later(
    cast: Cast, asked: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(reminders.mail, "send", refuse)
        morning(at(DUE))
    digest = Digest.objects.get(user=cast.reader.user)
    assert (digest.state, digest.attempts) == (DigestState.QUEUED, 1)
    morning(at(DUE, 8, 4))
    assert mails_to(cast.reader) == []
    morning(at(DUE, 8, 5))
    assert len(mails_to(cast.reader)) == 1


def test_a_mail_that_takes_too_long_is_tried_again_later_too(
    cast: Cast, asked: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(*_: object, **__: object) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(reminders.mail, "send", hang)
    morning(at(DUE))
    digest = Digest.objects.get(user=cast.reader.user)
    assert (digest.state, digest.attempts, digest.token) == (DigestState.QUEUED, 1, None)


def test_mails_are_paced_and_each_ends_before_its_lease(settings: Any) -> None:
    assert tasks.send_digest.rate_limit == "60/m"
    soft, hard = tasks.send_digest.soft_time_limit, tasks.send_digest.time_limit
    assert 0 < settings.EMAIL_TIMEOUT < soft < hard < settings.DIGEST_LEASE.total_seconds()


def test_after_five_attempts_it_has_failed_and_the_next_day_tells_it(
    cast: Cast, asked: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(reminders.mail, "send", refuse)
        for hour in range(8, 16):
            morning(at(DUE - timedelta(days=1), hour))
    digest = Digest.objects.get(user=cast.reader.user)
    assert (digest.state, digest.attempts) == (DigestState.FAILED, MAX_ATTEMPTS)
    morning(at(DUE))
    assert len(mails_to(cast.reader)) == 1


def test_a_worker_killed_before_sending_is_followed_by_another_after_its_lease(
    cast: Cast, asked: Response, settings: Any
) -> None:
    reminders.queue(at(DUE))
    pk = Digest.objects.get(user=cast.reader.user).pk
    assert reminders.DIGESTS.claim(pk, now=at(DUE)) is not None  # and here it is killed
    reminders.send(pk, now=at(DUE) + settings.RENDERING_LEASE)
    assert mails_to(cast.reader) == []
    reminders.send(pk, now=at(DUE) + settings.RENDERING_LEASE + timedelta(seconds=1))
    assert len(mails_to(cast.reader)) == 1


def test_a_worker_killed_after_sending_gives_a_second_mail_with_the_same_message_id(
    cast: Cast, asked: Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def send_and_die(*args: Any, **kwargs: Any) -> None:
        really_send(*args, **kwargs)
        raise Killed

    really_send = reminders.mail.send
    reminders.queue(at(DUE))
    pk = Digest.objects.get(user=cast.reader.user).pk
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(reminders.mail, "send", send_and_die)
        reminders.send(pk, now=at(DUE))
    reminders.send(pk, now=at(DUE, 9))
    first, second = mails_to(cast.reader)
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.message()["Message-ID"] == f"<digest-{pk}-2026-05-20@localhost>"


def test_a_worker_that_lost_its_lease_does_not_mark_the_mail(cast: Cast, asked: Response, settings: Any) -> None:
    reminders.queue(at(DUE))
    pk = Digest.objects.get(user=cast.reader.user).pk
    slow = reminders.DIGESTS.claim(pk, now=at(DUE))
    again = reminders.DIGESTS.claim(pk, now=at(DUE, 9))
    assert slow is not None
    assert again is not None
    slow.release("", now=at(DUE, 9))
    assert Digest.objects.get(pk=pk).state == DigestState.SENDING


def test_a_broker_that_is_away_costs_one_attempt_a_round(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []
    monkeypatch.setattr(reminders.DIGESTS, "nudge", lambda pk: bool(tried.append(pk)))
    assert reminders.queue(at(DUE)) == 0
    assert len(tried) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared_database")
def test_two_schedulers_and_many_workers_at_once_send_one_mail_each() -> None:
    cast = make_cast()
    ask(cast)
    at_once([lambda: reminders.queue(at(DUE))] * 4)
    people = User.objects.filter(memberships__is_active=True).distinct().count()
    assert Digest.objects.count() == people
    pks = list(Digest.objects.values_list("pk", flat=True))
    at_once([lambda pk=pk: reminders.send(pk, now=at(DUE)) for pk in pks for _ in range(2)])
    assert len(mails_to(cast.reader)) == 1
    assert not Digest.objects.exclude(state__in=reminders.DONE).exists()


def at_once(actions: list[Callable[[], Any]]) -> None:
    barrier, faults = Barrier(len(actions)), []

    def run(action: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=120)
            action()
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert faults == []


# Nothing twice, nothing forgotten -------------------------------------------------------------------------------
runs = st.lists(
    st.tuples(st.integers(0, 60 * 24 * 6), st.sampled_from(["works", "works", "no mail server", "killed"])),
    min_size=1,
    max_size=10,
)


@settings(max_examples=settings.default.max_examples // 4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs=runs, due=st.integers(0, 50))
def test_whenever_it_runs_and_whatever_breaks_each_milestone_is_told_exactly_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, runs: list[tuple[int, str]], due: int
) -> None:
    """Runs at random moments, ten minutes apart at least, some without a mail server, some killed after the claim."""
    due_on = FIRST + timedelta(days=due)
    with transaction.atomic():
        mail.outbox.clear()
        Membership.objects.exclude(pk=cast.reader.pk).update(is_active=False)
        add_rater(make_assessment(cast.assessor, due_on=due_on), cast.reader)
        told: list[date] = []
        since = date.min
        days_with_mail: set[date] = set()
        for step, fate in [*sorted(runs), (61 * 24 * 6 + 8 * 6, "works")]:
            now = at(FIRST, 0) + timedelta(minutes=10 * step)
            day = timezone.localdate(now)
            with monkeypatch.context() as patched:
                if fate == "no mail server":
                    patched.setattr(reminders.mail, "send", refuse)
                if fate == "killed":
                    patched.setattr(reminders, "send", lambda pk, now: reminders.DIGESTS.claim(pk, now=now))
                before = len(mails_to(cast.reader))
                morning(now)
            new = len(mails_to(cast.reader)) - before
            assert new <= 1
            done = Digest.objects.filter(user=cast.reader.user, day=day, state__in=reminders.DONE).exists()
            if new:
                assert day not in days_with_mail
                days_with_mail.add(day)
            if done and day > since:
                window = milestones_between(due_on, after=since, until=day)
                assert bool(window) == (day in days_with_mail)
                told += window
                since = day
        assert told == list(milestones_between(due_on, after=date.min, until=since))
        assert since == FIRST + timedelta(days=61)  # the last round, which works, has told the rest
        transaction.set_rollback(True)


# Wishes ---------------------------------------------------------------------------------------------------------
def wishes(member: Membership, **chosen: Any) -> None:
    Preferences.objects.update_or_create(user=member.user, defaults=chosen)


def days_of_mails(member: Membership, first: date, days: int) -> list[date]:
    write_to_nobody_but(member.user)
    found = []
    for number in range(days):
        before = len(mails_to(member))
        morning(at(first + timedelta(days=number)))
        if len(mails_to(member)) > before:
            found.append(first + timedelta(days=number))
    return found


def test_once_a_week_comes_on_mondays_with_all_that_waits(cast: Cast, asked: Response) -> None:
    Membership.objects.update(joined_at=at(FIRST - timedelta(days=5)))
    wishes(cast.reader, digest=Rhythm.WEEKLY)
    assert days_of_mails(cast.reader, FIRST - timedelta(days=3), 17) == [FIRST, date(2026, 5, 11)]


def test_a_monday_without_a_scheduler_is_made_up_for(cast: Cast, asked: Response) -> None:
    Membership.objects.update(joined_at=at(FIRST - timedelta(days=30)))
    wishes(cast.reader, digest=Rhythm.WEEKLY)
    morning(at(FIRST - timedelta(days=7)))
    assert days_of_mails(cast.reader, FIRST + timedelta(days=2), 5) == [FIRST + timedelta(days=2)]


def test_never_means_never(cast: Cast, asked: Response) -> None:
    wishes(cast.reader, digest=Rhythm.NEVER)
    assert days_of_mails(cast.reader, FIRST, 30) == []
    assert not Digest.objects.filter(user=cast.reader.user).exists()


def test_whoever_wishes_no_mails_between_queueing_and_sending_gets_none(cast: Cast, asked: Response) -> None:
    reminders.queue(at(DUE))
    wishes(cast.reader, digest=Rhythm.NEVER)
    reminders.send(Digest.objects.get(user=cast.reader.user).pk, now=at(DUE))
    assert mails_to(cast.reader) == []


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"before_due": False}, [1, 7]),
        ({"after_due": False}, [-7, -1, 0]),
        ({"before_due": False, "after_due": False}, []),
    ],
)
def test_before_and_after_the_due_date_can_be_switched_off(
    cast: Cast, asked: Response, chosen: dict[str, bool], expected: list[int]
) -> None:
    wishes(cast.reader, **chosen)
    days = days_of_mails(cast.reader, FIRST, 28)
    assert [(day - DUE).days for day in days] == expected


def test_a_new_request_is_in_the_summary_of_whoever_is_not_told_at_once(cast: Cast) -> None:
    wishes(cast.reader, at_once=False)
    morning(at(FIRST, 8))
    asked = ask(cast)
    Response.objects.filter(pk=asked.pk).update(created_at=at(FIRST, 15))
    assert days_of_mails(cast.reader, FIRST + timedelta(days=1), 3) == [FIRST + timedelta(days=1)]


def test_whoever_is_told_at_once_is_not_told_again_the_next_morning(cast: Cast) -> None:
    morning(at(FIRST, 8))
    asked = ask(cast)
    Response.objects.filter(pk=asked.pk).update(created_at=at(FIRST, 15))
    assert days_of_mails(cast.reader, FIRST + timedelta(days=1), 3) == []


# Who is left out ------------------------------------------------------------------------------------------------
def test_what_the_person_may_no_longer_see_is_not_told(cast: Cast, asked: Response) -> None:
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    morning(at(DUE))
    assert mails_to(cast.reader) == []


def test_who_left_between_queueing_and_sending_is_not_told(cast: Cast, asked: Response) -> None:
    reminders.queue(at(DUE))
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    reminders.send(Digest.objects.get(user=cast.reader.user).pk, now=at(DUE))
    assert mails_to(cast.reader) == []


def test_a_person_shut_out_of_the_installation_is_not_told(cast: Cast, asked: Response) -> None:
    User.objects.filter(pk=cast.reader.user_id).update(is_active=False)
    morning(at(DUE))
    assert mails_to(cast.reader) == []


def test_what_is_done_withdrawn_or_cancelled_is_not_told(cast: Cast) -> None:
    done, withdrawn, cancelled = ask(cast), ask(cast), ask(cast)
    Response.objects.filter(pk=done.pk).update(submitted_at=at(FIRST))
    Response.objects.filter(pk=withdrawn.pk).update(withdrawn_at=at(FIRST))
    transitions.cancel(cast.assessor, cancelled.assessment, reason="Not needed")
    morning(at(DUE))
    assert mails_to(cast.reader) == []


def test_old_rows_are_forgotten(cast: Cast) -> None:
    morning(at(FIRST))
    morning(at(FIRST + timedelta(days=91)))
    assert set(Digest.objects.values_list("day", flat=True)) == {FIRST + timedelta(days=91)}


# The vendor's contacts ------------------------------------------------------------------------------------------
def link_to_answer(cast: Cast, *, language: str = "en", **fields: Any) -> VendorLink:
    assessment = make_assessment(cast.assessor, due_on=DUE)
    response = Response.objects.create(assessment=assessment, kind=ResponseKind.VENDOR)
    return make_link(cast, assessment, response=response, language=language, **fields)


def make_link(cast: Cast, assessment: Assessment, **fields: Any) -> VendorLink:
    values = {
        "name": "Contact One",
        "email": "contact.one@vendor.example",
        "language": "en",
        "token_hash": f"{VendorLink.objects.count():064}",
        "created_by": cast.assessor.user,
        "created_at": at(FIRST),
        "sent_at": at(FIRST),
        "expires_at": at(date(2026, 6, 30)),
    }
    return VendorLink.objects.create(assessment=assessment, **{**values, **fields})


def days_to_vendor(first: date, days: int) -> list[int]:
    write_to_nobody_but(None)
    found = []
    for number in range(days):
        mail.outbox.clear()
        morning(at(first + timedelta(days=number)))
        if [sent for sent in mail.outbox if sent.to == ["contact.one@vendor.example"]]:
            found.append((first + timedelta(days=number) - DUE).days)
    return found


def test_a_contact_of_the_vendor_is_reminded_at_the_same_milestones(cast: Cast) -> None:
    link_to_answer(cast)
    assert days_to_vendor(FIRST, 25) == [-7, -1, 0, 1, 7]


def test_the_mail_to_the_vendor_speaks_its_language_and_repeats_no_link(cast: Cast) -> None:
    link_to_answer(cast, language="fr")
    morning(at(DUE))
    (sent,) = [sent for sent in mail.outbox if sent.to == ["contact.one@vendor.example"]]
    assert sent.reply_to == ["Assessor <assessor@example.org>"]
    for body in (sent.body, sent.alternatives[0].content):
        assert "4\u00a0mai 2026" in body  # when the link was mailed
        assert "20\u00a0mai 2026" in body
        assert cast.assessor.user.name in body
        assert "vendor-link" not in body


@pytest.mark.parametrize(
    "fields",
    [
        {"revoked_at": at(FIRST)},
        {"expires_at": at(DUE - timedelta(days=10))},
        {"email": ""},
        {"sent_at": None},
    ],
)
def test_a_link_that_is_dead_or_was_never_mailed_is_not_reminded_of(cast: Cast, fields: dict[str, Any]) -> None:
    link_to_answer(cast, **fields)
    assert days_to_vendor(DUE - timedelta(days=8), 12) == []


def test_a_vendor_that_handed_in_is_not_reminded(cast: Cast) -> None:
    link = link_to_answer(cast)
    Response.objects.filter(pk=link.response_id).update(submitted_at=at(FIRST))
    assert days_to_vendor(DUE - timedelta(days=8), 12) == []


def test_a_link_mailed_anew_is_not_reminded_of_what_its_own_mail_said(cast: Cast) -> None:
    link_to_answer(cast, sent_at=at(DUE - timedelta(days=1), 6))
    assert days_to_vendor(DUE - timedelta(days=1), 3) == [0, 1]


def test_a_reply_is_reminded_of_by_its_own_day_and_not_after_it(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor, grade=3, due_on=FIRST)
    transitions.submit(cast.assessor, assessment)
    request = ReplyRequest.objects.create(
        assessment=assessment, shown={}, due_on=DUE, opened_by=cast.assessor.user, opened_at=at(FIRST)
    )
    make_link(cast, assessment, purpose=LinkPurpose.REPLY, reply_request=request)
    assert days_to_vendor(FIRST, 24) == [-7, -1, 0]


# Tasks ----------------------------------------------------------------------------------------------------------
def test_the_tasks_queue_and_send(
    cast: Cast, asked: Response, nudged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.timezone, "now", lambda: at(DUE))
    tasks.morning()
    assert set(nudged) == set(Digest.objects.values_list("pk", flat=True))
    for pk in nudged:
        tasks.send_digest(pk)
    assert len(mails_to(cast.reader)) == 1


def test_the_task_does_nothing_at_night(cast: Cast, asked: Response, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.timezone, "now", lambda: at(DUE, 3))
    tasks.morning()
    assert not Digest.objects.exists()


def test_a_person_with_much_to_do_costs_as_many_queries_as_one_with_little(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        response = add_rater(
            make_assessment(cast.assessor, vendor=make_vendor(cast.organisation, f"Vendor {number}"), due_on=DUE),
            cast.reader,
        )
        Delegation.objects.create(
            answer=response.assessment.responses.get(rater=cast.assessor.user).answers.first(),
            delegate=cast.reader.user,
            delegated_by=cast.assessor.user,
            delegated_at=at(FIRST),
        )
    make_member(cast.other_organisation, "another", "reader")
    reminders.queue(at(DUE))
    digest = Digest.objects.get(user=cast.reader.user)
    with django_assert_max_num_queries(20):
        reminders.send(digest.pk, now=at(DUE))
    assert mails_to(cast.reader)[0].subject == "6 things wait for you"
