"""What a timeline says of how a vendor worked, by hand and by properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.timeline.record import Happened, Kind, Outcome, Record, Said, record_of, together

OPENED = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ALL_FIVE = {"asked": "the log of the server", "why": "to see the last error", "does": "compare it with ours"}


def at(minutes: float) -> datetime:
    return OPENED + timedelta(minutes=minutes)


def contact(minutes: float, *, due: float | None = None, **said: Any) -> Happened:
    return Happened(kind=Kind.CONTACT, at=at(minutes), next_at=None if due is None else at(due), **said)


def change(minutes: float) -> Happened:
    return Happened(kind=Kind.CHANGE, at=at(minutes))


def record(*entries: Happened, ended: float | None = None, now: float = 240, known: float | None = None) -> Record:
    return record_of(
        entries,
        opened=OPENED,
        ended=None if ended is None else at(ended),
        now=at(now),
        cause_known=None if known is None else at(known),
    )


# What was said ---------------------------------------------------------------------------------------------------
def test_what_was_said_is_counted_of_the_contacts_each_and_all_five() -> None:
    found = record(
        contact(5, due=35, next_step="we call you", **ALL_FIVE),
        contact(30, asked="which users", why="   "),
        contact(60),
        Happened(kind=Kind.NOTE, at=at(70)),
    )
    assert (found.contacts, found.said_all) == (3, 1)
    assert found.said == {Said.ASKED: 2, Said.WHY: 1, Said.DOES: 1, Said.NEXT_STEP: 1, Said.NEXT_AT: 1}


def test_a_timeline_of_notes_alone_says_nothing_of_the_vendor() -> None:
    assert record(Happened(kind=Kind.NOTE, at=at(3))).is_empty


# Silence ---------------------------------------------------------------------------------------------------------
def test_the_longest_silence_lies_between_two_contacts() -> None:
    silence = record(contact(10), contact(20), contact(95), ended=120).silence
    assert silence is not None
    assert (silence.since, silence.until, silence.length) == (at(20), at(95), timedelta(minutes=75))


def test_who_never_answers_is_silent_from_the_beginning_until_now() -> None:
    silence = record(now=50).silence
    assert silence is not None
    assert silence.length == timedelta(minutes=50)


def test_what_was_said_after_the_business_ran_breaks_no_silence_before() -> None:
    silence = record(contact(10), contact(200), ended=100).silence
    assert silence is not None
    assert silence.length == timedelta(minutes=90)


def test_without_a_minute_to_be_silent_in_there_is_no_silence() -> None:
    assert record(now=0).silence is None


# Promised moments ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("entries", "ended", "now", "outcome", "late"),
    [
        ([contact(0, due=30), contact(25)], None, 240, Outcome.KEPT, 0),
        ([contact(0, due=30), contact(30.9)], None, 240, Outcome.KEPT, 0),  # noted in the minute that was promised
        ([contact(0, due=30), contact(42)], None, 240, Outcome.MISSED, 12),
        ([contact(0, due=30)], None, 30.5, Outcome.PENDING, 0),
        ([contact(0, due=30)], None, 31, Outcome.MISSED, 1),
        ([contact(0, due=30)], 90, 240, Outcome.MISSED, 60),  # until the business ran
        ([contact(0, due=30)], 20, 240, Outcome.FELL_AWAY, 0),
        ([contact(50, due=80)], 40, 240, Outcome.FELL_AWAY, 0),  # given after the end
        ([contact(0, due=30), change(10)], None, 240, Outcome.MISSED, 210),  # a change of ours is no answer
    ],
)
def test_a_promised_moment(
    entries: list[Happened], ended: float | None, now: float, outcome: Outcome, late: int
) -> None:
    promise = record(*entries, ended=ended, now=now).promises[0]
    assert (promise.outcome, promise.late) == (outcome, timedelta(minutes=late))


def test_of_missed_moments_the_lateness_is_added_and_the_latest_named() -> None:
    found = record(contact(0, due=10), contact(15, due=20, next_step="a fix"), contact(60), ended=70)
    assert (found.kept, found.missed, found.judged, found.late) == (0, 2, 2, timedelta(minutes=45))
    assert found.latest is not None
    assert (found.latest.step, found.latest.late) == ("a fix", timedelta(minutes=40))


# Changes and questions -------------------------------------------------------------------------------------------
def test_changes_before_a_known_cause_are_told_from_those_after() -> None:
    found = record(change(10), change(20), change(50), known=20)
    assert (found.changes, found.blind_changes) == (3, 1)


def test_without_a_known_cause_every_change_was_tried_before_it() -> None:
    assert record(change(10), change(20)).blind_changes == 2


def test_a_question_that_was_asked_before_in_other_words_is_found_with_its_first_time() -> None:
    found = record(
        contact(5, asked="The log of the database server"),
        contact(20, asked="How many users?"),
        contact(40, asked="the log of the  database server, please"),
    )
    assert [(again.at, again.earlier) for again in found.asked_again] == [(at(40), at(5))]


def test_short_words_are_no_question_that_was_asked_before() -> None:
    assert record(contact(5, asked="no"), contact(9, asked="no")).asked_again == ()


# Properties ------------------------------------------------------------------------------------------------------
texts = st.sampled_from(["", "  ", "the log", "the version of the client", "who is hit"])
contacts = st.builds(
    lambda minutes, due, asked, why, does, step: contact(
        minutes, due=None if due is None else minutes + due, asked=asked, why=why, does=does, next_step=step
    ),
    st.integers(0, 300),
    st.none() | st.integers(0, 90),
    texts,
    texts,
    texts,
    texts,
)
entries = st.lists(contacts | st.integers(0, 300).map(change), max_size=12)
ends = st.none() | st.integers(1, 320)


@given(entries, ends)
def test_numbers_of_a_record_hold_together(happened: list[Happened], ended: int | None) -> None:
    found = record(*happened, ended=ended, now=330)
    assert found.contacts + found.changes == len(happened)
    assert 0 <= found.said_all <= min(found.said.values()) <= max(found.said.values()) <= found.contacts
    assert len(found.promises) == found.said[Said.NEXT_AT]
    assert sum(len(found.of(outcome)) for outcome in Outcome) == len(found.promises)
    assert all((promise.late > timedelta()) == (promise.outcome is Outcome.MISSED) for promise in found.promises)
    assert found.blind_changes <= found.changes
    assert len(found.asked_again) <= max(0, found.said[Said.ASKED] - 1)


@given(entries, st.integers(1, 320))
def test_the_longest_silence_is_no_shorter_than_the_mean_and_within_the_incident(
    happened: list[Happened], ended: int
) -> None:
    found = record(*happened, ended=ended, now=330)
    assert found.silence is not None
    whole = timedelta(minutes=ended)
    within = sum(entry.is_contact and entry.at <= at(ended) for entry in happened)
    assert whole / (within + 1) <= found.silence.length + timedelta(microseconds=1) <= whole + timedelta(microseconds=1)


@given(entries, contacts, ends)
def test_one_contact_more_never_makes_the_silence_longer(
    happened: list[Happened], more: Happened, ended: int | None
) -> None:
    before, after = record(*happened, ended=ended, now=330), record(*happened, more, ended=ended, now=330)
    assert before.silence is not None
    assert after.silence is not None
    assert after.silence.length <= before.silence.length


@given(entries, ends)
def test_the_order_in_which_entries_were_written_changes_no_number(happened: list[Happened], ended: int | None) -> None:
    there, back = record(*happened, ended=ended, now=330), record(*reversed(happened), ended=ended, now=330)
    assert (there.said, there.said_all, there.silence) == (back.said, back.said_all, back.silence)


@given(st.lists(st.tuples(entries, ends), max_size=4))
def test_records_together_are_their_sums(several: list[tuple[list[Happened], int | None]]) -> None:
    records = [record(*happened, ended=ended, now=330) for happened, ended in several]
    found = together(records)
    assert found.incidents == len(records)
    for name in ("contacts", "said_all", "kept", "missed", "changes", "blind_changes"):
        assert getattr(found, name) == sum(getattr(one, name) for one in records)
    assert found.late == sum((one.late for one in records), timedelta())
    longest = max((one.silence.length for one in records if one.silence), default=None)
    assert (found.silence.length if found.silence else None) == longest
