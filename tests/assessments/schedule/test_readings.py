"""Measures of commitments, read by themselves: what falls back opens its commitment again, once, and is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Membership
from assessments.commitments.measured import figures_of, judgement_from
from assessments.models import Commitment, CommitmentState, CommitmentStep, StepKind
from assessments.schedule import readings
from assessments.schedule.readings import read_due
from tests.assessments.commitments.measuring import BEFORE, GOOD, KEPT_ON, incidents, kept, promised, told
from tests.factories import Cast, add_rater, make_assessment
from vendors.measures.movement import Outcome, Standing
from vendors.models import Incident

BAD = {month: 17.0 + month % 2 for month in range(15, 22)}  # March to September 2026
FELL = datetime(2026, 10, 10, 8, tzinfo=UTC)


def fallen(cast: Cast, **fields: Any) -> Commitment:
    commitment = kept(cast.assessor, **fields)
    incidents(commitment.vendor, BEFORE | GOOD | BAD)
    return commitment


def read(commitment: Commitment, now: datetime = FELL) -> Commitment:
    read_due(now)
    return Commitment.objects.get(pk=commitment.pk)


def test_what_fell_back_is_open_again_and_says_why(cast: Cast) -> None:
    found = read(fallen(cast))
    assert (found.state, found.ended_on, found.kept_by) == (CommitmentState.AGREED, None, "")
    assert found.reopened_on == FELL.date()
    step = CommitmentStep.objects.get(commitment=found, kind=StepKind.REOPENED)
    assert (step.by, told(step)["standing"]) == ("", Standing.FELL_BACK)
    words = judgement_from(told(step)).words
    assert words.startswith("Fell back from 9.3 hours to 17.6 hours")
    assert words.endswith(
        "agreed: at most 12 hours. What was agreed was missed by a tenth or more in each of the last 7 months of which "
        "enough is known."
    )
    assert judgement_from(told(found)).words.startswith(words)


def test_it_is_opened_once_however_often_one_looks(cast: Cast) -> None:
    commitment = fallen(cast)
    for hours in range(3):
        read(commitment, FELL + timedelta(hours=hours))
    read(commitment, FELL + timedelta(days=1))
    assert CommitmentStep.objects.filter(commitment=commitment, kind=StepKind.REOPENED).count() == 1


def test_another_worker_that_looks_at_the_same_row_does_nothing(cast: Cast) -> None:
    commitment = fallen(cast)
    stale = Commitment.objects.select_related("vendor", "organisation").get(pk=commitment.pk)
    read(commitment)
    readings.read(stale, today=FELL.date(), now=FELL)
    assert CommitmentStep.objects.filter(commitment=commitment, kind=StepKind.REOPENED).count() == 1


def test_the_owner_and_all_who_assess_are_told(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    commitment = fallen(cast, owner=cast.reader.user)
    with django_capture_on_commit_callbacks(execute=True):
        read(commitment)
    told = {to for message in mail.outbox for to in message.to}
    assert told == {cast.assessor.user.email, cast.colleague.user.email, cast.reader.user.email}
    message = mail.outbox[0]
    assert message.subject == f"{commitment.vendor}: the commitment {commitment.number} is open again"
    assert "Fell back from 9.3 hours to 17.6 hours" in message.body


def test_whoever_still_judges_the_vendor_is_told_without_figures(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    commitment = fallen(cast)
    add_rater(make_assessment(cast.assessor, vendor=commitment.vendor), cast.colleague)
    Commitment.objects.get().vendor.assessments.get().responses.filter(rater=cast.assessor.user).delete()
    with django_capture_on_commit_callbacks(execute=True):
        read(commitment)
    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert "17.6" not in bodies[cast.colleague.user.email]
    assert "you see the figures afterwards" in bodies[cast.colleague.user.email]
    assert "17.6" in bodies[cast.assessor.user.email]


def test_what_holds_stays_kept(cast: Cast) -> None:
    commitment = kept(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD | {month: 9.0 + month % 2 for month in range(15, 22)})
    found = read(commitment)
    assert found.state == CommitmentState.KEPT
    assert told(found)["standing"] == Standing.HOLDS


def test_what_slips_stays_kept_and_says_so(cast: Cast) -> None:
    commitment = kept(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD | {15: 9.0, 16: 9.0, 17: 17.0, 18: 18.0, 19: 17.0})
    found = read(commitment, datetime(2026, 8, 20, 8, tzinfo=UTC))
    assert (found.state, told(found)["standing"]) == (CommitmentState.KEPT, Standing.SLIPPING)
    judged = judgement_from(told(found))
    assert judged.label == "may be falling back"
    assert judged.words.startswith("May be falling back, from 9.3 hours to 17.3 hours (1\xa0May – 31\xa0July 2026)")
    assert judged.words.endswith("missed by a tenth or more in each of the last 3 months of which enough is known.")


def test_what_was_opened_again_is_not_called_due_on_that_day(cast: Cast) -> None:
    words = judgement_from(told(read(fallen(cast)))).words
    said = "It was opened again on 10\xa0October 2026: what the measure says of the time since is told later."
    assert words.endswith(f"enough is known. {said}")


def test_after_twelve_months_nobody_watches_it_any_more(cast: Cast) -> None:
    commitment = fallen(cast)
    found = read(commitment, datetime.combine(KEPT_ON, FELL.time(), tzinfo=UTC) + timedelta(days=366))
    assert (found.state, found.reading) == (CommitmentState.KEPT, None)


def test_facts_that_go_away_do_not_close_it_and_are_told(cast: Cast) -> None:
    commitment = fallen(cast)
    opened = read(commitment)
    assert "fall_back_is_gone" in told(opened) and not told(opened)["fall_back_is_gone"]
    Incident.objects.filter(opened_at__gte=datetime(2026, 3, 1, tzinfo=UTC)).delete()  # an import is taken back
    incidents(commitment.vendor, {month: 9.0 + month % 2 for month in range(15, 22)})
    found = read(commitment, FELL + timedelta(hours=1))
    assert found.state == CommitmentState.AGREED
    assert told(found)["fall_back_is_gone"]
    assert "by those of today it did not fall back then" in judgement_from(told(found)).words
    assert told(found)["changed_at"] == (FELL + timedelta(hours=1)).isoformat()


def test_a_reading_is_renewed_daily_and_when_facts_change_and_not_else(cast: Cast) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (read_due(now), read_due(now)) == (1, 0)
    first = told(Commitment.objects.get())
    assert (first["outcome"], first["changed_at"]) == (Outcome.MOVED, now.isoformat())
    incidents(commitment.vendor, {15: 9.0})
    assert read_due(now) == 1
    assert read_due(now + timedelta(days=1)) == 1
    later = Commitment.objects.get()
    assert (told(later)["read_on"], told(later)["changed_at"]) == ("2026-03-03", now.isoformat())
    assert later.version == commitment.version  # whoever is editing it is not interrupted


def test_only_those_with_a_measure_that_are_agreed_or_watched_are_read(cast: Cast) -> None:
    promised(cast.assessor, measure="", target=None)
    promised(cast.assessor, state=CommitmentState.PROPOSED, agreed_on=None, agreed_by="")
    kept(cast.assessor, ended_on=date(2025, 9, 1))
    archived = promised(cast.assessor)
    archived.vendor.archived_at = FELL
    archived.vendor.save()
    assert read_due(FELL) == 0


def test_one_that_cannot_be_read_does_not_stop_the_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, other = promised(cast.assessor), promised(cast.assessor)

    def figures(row: Commitment, today: date) -> Any:
        if row.pk == broken.pk:
            raise ValueError("facts that nobody understands")
        return figures_of(row, today)

    monkeypatch.setattr(readings, "figures_of", figures)
    assert read_due(FELL) == 1
    assert Commitment.objects.get(pk=other.pk).read_on == FELL.date()
    assert Commitment.objects.get(pk=broken.pk).read_on is None


def test_looking_takes_one_query_where_nothing_is_to_read(cast: Cast) -> None:
    for _ in range(3):
        promised(cast.assessor)
    read_due(FELL)
    with CaptureQueriesContext(connection) as queries:
        assert read_due(FELL + timedelta(minutes=10)) == 0
    assert len(queries) == 1


def test_an_owner_who_has_left_is_not_told(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    commitment = fallen(cast, owner=cast.reader.user)
    Membership.objects.filter(pk=cast.reader.pk).update(is_active=False)
    with django_capture_on_commit_callbacks(execute=True):
        read(commitment)
    assert cast.reader.user.email not in {to for message in mail.outbox for to in message.to}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(hours=st.lists(st.sampled_from([6.0, 9.0, 11.0, 13.0, 20.0, 30.0]), min_size=7, max_size=7))
def test_whatever_the_months_bring_it_opens_only_for_what_is_worse_than_agreed(cast: Cast, hours: list[float]) -> None:
    commitment = kept(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD | dict(zip(range(15, 22), hours, strict=True)))
    found = read(commitment)
    if found.state == CommitmentState.AGREED:
        since = told(CommitmentStep.objects.get(commitment=found, kind=StepKind.REOPENED))["since"]
        assert float(since["value"]) > 12
    if max(hours) <= 12:
        assert found.state == CommitmentState.KEPT
