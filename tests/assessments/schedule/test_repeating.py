"""Assessments that come again: once, at the right time, for the same people, with texts and without grades."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Department, Membership, Role
from assessments.hub.history import history_lines
from assessments.lifecycle import transitions
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Blank,
    Delegation,
    Digest,
    Preferences,
    Response,
    Rhythm,
    VendorNote,
)
from assessments.schedule import digest, repeating
from assessments.schedule.inbox import ItemKind, waiting_for
from manifesto.models import Question, Release, ReleaseState
from tests.assessments.schedule.test_digest import at, at_once, mails_to, shared_database
from tests.factories import NOW, Cast, add_rater, make_assessment, make_cast, make_member, make_release

# The factories' assessment looks at the first quarter: its follower at the second, which ends on 30 June.
OPENS = date(2026, 7, 1)
__all__ = ["shared_database"]  # a fixture


@pytest.fixture
def first(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor, grade=3, repeat_months=3, due_on=date(2026, 4, 20))


def follower_of(assessment: Assessment) -> Assessment | None:
    return Assessment.objects.filter(previous=assessment).first()


def test_it_opens_on_the_day_after_the_following_period_and_not_before(first: Assessment) -> None:
    assert repeating.open_due(at(OPENS - timedelta(days=1), 23)) == []
    (follower,) = repeating.open_due(at(OPENS, 7))
    assert (follower.period_start, follower.period_end) == (date(2026, 4, 1), date(2026, 6, 30))
    assert follower.state == AssessmentState.COLLECTING
    assert (follower.previous, follower.owner, follower.repeat_months) == (first, first.owner, 3)
    assert (follower.vendor, follower.organisation) == (first.vendor, first.organisation)
    assert follower.reference == "A-2026-002"
    assert follower.due_on == date(2026, 7, 20)  # as far from the end of the period as before


def test_the_day_is_that_of_the_installation(first: Assessment) -> None:
    assert repeating.open_due(datetime(2026, 6, 30, 21, 59, tzinfo=UTC)) == []
    assert len(repeating.open_due(datetime(2026, 6, 30, 22, 0, tzinfo=UTC))) == 1


def test_a_series_that_begins_on_day_31_comes_back_to_it_after_a_february(first: Assessment) -> None:
    row = first
    row.period_start, row.period_end, row.repeat_months = date(2025, 8, 31), date(2026, 2, 27), 6
    row.save()
    periods = []
    for opens in (date(2026, 8, 31), date(2027, 2, 28), date(2027, 8, 31)):
        assert repeating.open_due(at(opens - timedelta(days=1))) == []
        (row,) = repeating.open_due(at(opens))
        periods.append((row.period_start, row.period_end))
    assert periods == [
        (date(2026, 2, 28), date(2026, 8, 30)),
        (date(2026, 8, 31), date(2027, 2, 27)),
        (date(2027, 2, 28), date(2027, 8, 30)),
    ]


def test_a_period_that_was_changed_by_hand_is_the_one_to_count_from(first: Assessment) -> None:
    (follower,) = repeating.open_due(at(OPENS))
    follower.period_start, follower.period_end = date(2026, 4, 15), date(2026, 7, 14)
    follower.save()
    (after,) = repeating.open_due(at(date(2026, 10, 15)))
    assert (after.period_start, after.period_end) == (date(2026, 7, 15), date(2026, 10, 14))


def test_it_opens_once_however_often_the_scheduler_runs(first: Assessment) -> None:
    for hour in range(7, 20):
        repeating.open_due(at(OPENS, hour))
    assert Assessment.objects.filter(previous=first).count() == 1


def test_the_follower_is_followed_in_its_turn(first: Assessment) -> None:
    (second,) = repeating.open_due(at(OPENS))
    (third,) = repeating.open_due(at(date(2026, 10, 1)))
    assert third.previous == second
    assert third.period_start == date(2026, 7, 1)


def test_after_a_long_time_out_the_latest_period_opens_and_none_between(first: Assessment) -> None:
    (follower,) = repeating.open_due(at(date(2027, 2, 10)))
    assert (follower.period_start, follower.period_end) == (date(2026, 10, 1), date(2026, 12, 31))
    assert repeating.open_due(at(date(2027, 2, 10), 9)) == []


def test_a_week_without_a_scheduler_leaves_a_week_to_answer(first: Assessment) -> None:
    (follower,) = repeating.open_due(at(date(2026, 7, 18)))
    assert follower.due_on == date(2026, 7, 25)


@pytest.mark.parametrize(
    "change",
    [
        {"repeat_months": None},
        {"state": AssessmentState.CANCELLED},
        {"repeat_months": 12},
    ],
)
def test_what_does_not_repeat_was_cancelled_or_has_time_yet_stays_alone(
    first: Assessment, change: dict[str, Any]
) -> None:
    Assessment.objects.filter(pk=first.pk).update(**change)
    assert repeating.open_due(at(OPENS)) == []


def test_an_archived_vendor_is_not_assessed_again(first: Assessment) -> None:
    first.vendor.archived_at = NOW
    first.vendor.save()
    assert repeating.open_due(at(OPENS)) == []


def test_one_started_by_hand_for_the_same_days_is_enough(cast: Cast, first: Assessment) -> None:
    by_hand = make_assessment(cast.assessor, vendor=first.vendor)
    Assessment.objects.filter(pk=by_hand.pk).update(period_start=date(2026, 4, 1), period_end=date(2026, 6, 30))
    assert repeating.open_due(at(OPENS)) == []
    assert len(repeating.open_due(at(date(2026, 10, 1)))) == 1  # the period after that


def test_it_takes_the_release_that_is_published_now(first: Assessment) -> None:
    newer = make_release("2")
    (follower,) = repeating.open_due(at(OPENS))
    assert follower.release == newer


def test_without_a_published_release_it_waits(first: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Release.objects, "current", lambda: None)
        assert repeating.open_due(at(OPENS)) == []
    assert len(repeating.open_due(at(OPENS))) == 1


# Who ------------------------------------------------------------------------------------------------------------
def test_an_owner_who_left_is_followed_by_the_assessor_who_has_been_there_longest(
    cast: Cast, first: Assessment
) -> None:
    Membership.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    (follower,) = repeating.open_due(at(OPENS))
    assert follower.owner == cast.colleague.user
    assert [response.rater for response in follower.responses.all()] == [cast.colleague.user]


def test_an_owner_who_no_longer_assesses_is_followed_too(cast: Cast, first: Assessment) -> None:
    Membership.objects.filter(pk=cast.assessor.pk).update(role="reader")
    (follower,) = repeating.open_due(at(OPENS))
    assert follower.owner == cast.colleague.user


def test_where_nobody_assesses_any_more_nothing_opens_until_somebody_does(cast: Cast, first: Assessment) -> None:
    assessors = Membership.objects.filter(organisation=cast.organisation, role="assessor")
    assessors.update(is_active=False)
    assert repeating.open_due(at(OPENS)) == []
    assessors.update(is_active=True)
    assert len(repeating.open_due(at(OPENS, 9))) == 1


def test_the_same_raters_are_asked_about_the_same_rules_by_their_own_day(cast: Cast, first: Assessment) -> None:
    asked = add_rater(first, cast.reader, due_on=date(2026, 4, 10))
    asked.answers.exclude(question__rule__key__in=["speed", "proof"]).delete()
    add_rater(first, cast.approver, withdrawn_at=NOW)
    add_rater(first, cast.admin)
    Membership.objects.filter(pk=cast.admin.pk).update(is_active=False)
    (follower,) = repeating.open_due(at(OPENS))
    assert {response.rater for response in follower.responses.all()} == {cast.assessor.user, cast.reader.user}
    theirs = follower.responses.get(rater=cast.reader.user)
    assert theirs.due_on == date(2026, 7, 10)
    assert set(theirs.answers.values_list("question__rule__key", flat=True)) == {"speed", "proof"}
    own = follower.responses.get(rater=cast.assessor.user)
    assert own.answers.count() == Question.objects.filter(release=follower.release).count()
    assert own.department == cast.department


def test_an_outside_rater_speaks_for_the_department_that_was_chosen_the_last_time(
    cast: Cast, first: Assessment
) -> None:
    """All others for the one that they belong to by now."""
    wards, finance = (Department.objects.create(organisation=cast.organisation, name=name) for name in ("W", "F"))
    outsider = make_member(cast.organisation, "outsider", Role.RATER, department=finance)
    nowhere = make_member(cast.organisation, "nowhere", Role.RATER, department=finance)
    add_rater(first, outsider, department=wards)
    add_rater(first, nowhere, department=None)
    add_rater(first, cast.reader, department=wards)
    Membership.objects.filter(pk=cast.reader.pk).update(department=finance)
    (follower,) = repeating.open_due(at(OPENS))
    voices = {response.rater: response.department for response in follower.responses.all()}
    assert (voices[outsider.user], voices[nowhere.user], voices[cast.reader.user]) == (wards, None, finance)


def test_delegations_and_the_vendor_s_response_are_not_repeated(cast: Cast, first: Assessment) -> None:
    answer = first.responses.get().answers.first()
    Delegation.objects.create(
        answer=answer, delegate=cast.reader.user, delegated_by=cast.assessor.user, delegated_at=NOW
    )
    Response.objects.create(assessment=first, kind="vendor", submitted_at=NOW)
    (follower,) = repeating.open_due(at(OPENS))
    assert follower.responses.of_vendor().count() == 0
    assert Delegation.objects.count() == 1


# What is carried over -------------------------------------------------------------------------------------------
def say(assessment: Assessment, key: str, **fields: Any) -> None:
    Answer.objects.filter(response__assessment=assessment, question__key=key).update(**fields)


def carried(assessment: Assessment | None, key: str) -> Answer:
    return Answer.objects.get(response__assessment=assessment, question__key=key)


def test_texts_are_carried_over_and_marked_while_grades_blanks_and_facts_are_empty(first: Assessment) -> None:
    say(first, "speed-1", vendor_says="Within a day", comment="Mostly", fact_value=4, fact_unit="month")
    say(first, "proof-1", grade=None, blank=Blank.NOT_APPLICABLE, reason="No such thing", comment="See reason")
    Response.objects.filter(assessment=first).update(submitted_at=NOW)
    repeating.open_due(at(OPENS))
    answer = carried(follower_of(first), "speed-1")
    assert (answer.vendor_says, answer.comment, answer.carried_over) == ("Within a day", "Mostly", True)
    assert (answer.grade, answer.fact_value, answer.fact_unit, answer.version) == (None, None, "", 0)
    blank = carried(follower_of(first), "proof-1")
    assert (blank.comment, blank.blank, blank.reason, blank.grade) == ("See reason", "", "", None)
    empty = carried(follower_of(first), "support-1")
    assert (empty.vendor_says, empty.carried_over) == ("", False)


def test_what_is_carried_over_is_on_the_trail_with_its_texts(first: Assessment) -> None:
    say(first, "speed-1", vendor_says="Within a day", comment="Mostly")
    Response.objects.filter(assessment=first).update(submitted_at=NOW)
    repeating.open_due(at(OPENS))

    entry = AuditEntry.objects.get(verb="answer.carried_over")
    follower = follower_of(first)
    assert (entry.actor_label, entry.object_id) == ("system", str(carried(follower, "speed-1").pk))
    assert entry.after == {"vendor_says": "Within a day", "comment": "Mostly"}
    assert (entry.subject_id, entry.question_key) == (str(follower and follower.pk), "speed-1")


def test_the_note_of_what_the_vendor_said_is_carried_over_to_be_checked(cast: Cast, first: Assessment) -> None:
    written = {"text": "Within a day", "version": 3, "updated_at": NOW, "updated_by": cast.assessor.user}
    questions = {one.key: one for one in first.release.questions.all()}
    VendorNote.objects.create(assessment=first, question=questions["speed-1"], **written)
    VendorNote.objects.create(assessment=first, question=questions["proof-1"], **{**written, "text": ""})
    repeating.open_due(at(OPENS))

    note = VendorNote.objects.get(assessment=follower_of(first))
    assert (note.question.key, note.text, note.version, note.carried_over) == ("speed-1", "Within a day", 0, True)
    entry = AuditEntry.objects.get(verb="vendor_note.carried_over")
    assert (entry.actor_label, entry.object_id, entry.after) == ("system", str(note.pk), {"text": "Within a day"})


def test_what_was_never_handed_in_is_not_carried_over(first: Assessment) -> None:
    say(first, "speed-1", comment="A note to myself")
    repeating.open_due(at(OPENS))
    assert carried(follower_of(first), "speed-1").comment == ""


def test_a_question_whose_meaning_changed_starts_empty(first: Assessment) -> None:
    say(first, "speed-1", comment="Old")
    say(first, "proof-1", comment="Still true")
    Response.objects.filter(assessment=first).update(submitted_at=NOW)
    newer = make_release("2", state=ReleaseState.DRAFT)
    newer.questions.filter(key="speed-1").update(revision=2)
    Release.objects.filter(pk=newer.pk).update(state=ReleaseState.PUBLISHED, published_at=NOW)
    (follower,) = repeating.open_due(at(OPENS))
    assert follower.release == newer
    assert carried(follower, "speed-1").comment == ""
    assert carried(follower, "proof-1").comment == "Still true"


def test_nobody_gets_the_texts_of_another_rater(cast: Cast, first: Assessment) -> None:
    say(first, "speed-1", comment="The assessor’s")
    add_rater(first, cast.reader)
    Response.objects.filter(assessment=first).update(submitted_at=NOW)
    (follower,) = repeating.open_due(at(OPENS))
    theirs = follower.responses.get(rater=cast.reader.user)
    assert not theirs.answers.filter(comment__gt="").exists()


def test_texts_last_over_a_period_in_which_the_rater_handed_nothing_in(first: Assessment) -> None:
    say(first, "speed-1", comment="From the first quarter")
    Response.objects.filter(assessment=first).update(submitted_at=NOW)
    repeating.open_due(at(OPENS))
    (third,) = repeating.open_due(at(date(2026, 10, 1)))
    assert carried(third, "speed-1").comment == "From the first quarter"


def test_the_approved_one_is_followed_as_well(cast: Cast, first: Assessment) -> None:
    transitions.submit(cast.assessor, first)
    transitions.approve(cast.approver, first)
    assert len(repeating.open_due(at(OPENS))) == 1


# Telling --------------------------------------------------------------------------------------------------------
def test_the_trail_tells_that_the_system_opened_it(cast: Cast, first: Assessment) -> None:
    (follower,) = repeating.open_due(at(OPENS))
    entry = AuditEntry.objects.get(verb="assessment.repeated")
    assert (entry.subject_id, entry.actor, entry.organisation) == (str(follower.pk), None, cast.organisation)
    line = history_lines([entry])[0]
    assert (line.who, line.what) == ("The system", "opened the assessment, which repeats an earlier one")


def test_the_summary_of_the_same_morning_tells_the_raters(
    cast: Cast, first: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest.DIGESTS, "nudge", lambda pk: True)
    add_rater(first, cast.reader)
    Response.objects.filter(assessment=first).update(submitted_at=NOW)
    digest.queue(at(OPENS - timedelta(days=1)))
    for pk in Digest.objects.values_list("pk", flat=True):
        digest.send(pk, now=at(OPENS - timedelta(days=1)))
    mail.outbox.clear()
    (follower,) = repeating.open_due(at(OPENS))
    Response.objects.filter(assessment=follower).update(created_at=at(OPENS))
    assert mails_to(cast.reader) == []
    digest.queue(at(OPENS))
    for pk in Digest.objects.filter(day=OPENS).values_list("pk", flat=True):
        digest.send(pk, now=at(OPENS))
    (sent,) = mails_to(cast.reader)
    assert follower.reference in sent.body


def test_whoever_has_no_daily_summary_is_told_at_once_if_they_wish(cast: Cast, first: Assessment) -> None:
    add_rater(first, cast.reader)
    add_rater(first, cast.approver)
    Preferences.objects.create(user=cast.reader.user, digest=Rhythm.WEEKLY)
    Preferences.objects.create(user=cast.approver.user, digest=Rhythm.NEVER, at_once=False)
    repeating.open_due(at(OPENS))
    assert len(mails_to(cast.reader)) == 1
    assert mails_to(cast.approver) == []


def test_it_waits_in_the_inbox_of_its_raters(cast: Cast, first: Assessment) -> None:
    (follower,) = repeating.open_due(at(OPENS))
    found = [item for item in waiting_for(cast.assessor, OPENS) if item.assessment == follower]
    assert [item.kind for item in found] == [ItemKind.ANSWER]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("shared_database")
def test_schedulers_at_once_open_one_follower() -> None:
    cast = make_cast()
    first = make_assessment(cast.assessor, grade=3, repeat_months=3)
    at_once([lambda: repeating.open_due(at(OPENS))] * 6)
    assert Assessment.objects.filter(previous=first).count() == 1
    assert AuditEntry.objects.filter(verb="assessment.repeated").count() == 1


def test_one_that_fails_does_not_keep_the_others_from_opening(
    cast: Cast, first: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = make_assessment(cast.assessor, repeat_months=3)
    really_owner = repeating._owner

    def fails_for_the_first(row: Assessment) -> Any:
        if row.pk == first.pk:
            raise ValueError("planted")
        return really_owner(row)

    monkeypatch.setattr(repeating, "_owner", fails_for_the_first)
    assert [follower.previous for follower in repeating.open_due(at(OPENS))] == [second]


# Choosing -------------------------------------------------------------------------------------------------------
def test_the_rhythm_is_kept_and_recorded(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    repeating.set_repeat(cast.assessor, assessment, 6)
    repeating.set_repeat(cast.assessor, assessment, 6)
    assessment.refresh_from_db()
    assert assessment.repeat_months == 6
    entry = AuditEntry.objects.get(verb="assessment.repeat_changed")
    assert [(change.name, change.after) for change in history_lines([entry])[0].changes] == [
        ("Repeats", "Every 6 months")
    ]


def test_only_who_assesses_may_choose_and_not_for_a_cancelled_one(cast: Cast) -> None:
    assessment = make_assessment(cast.assessor)
    with pytest.raises(PermissionDenied):
        repeating.set_repeat(cast.reader, assessment, 6)
    with pytest.raises(Assessment.DoesNotExist):
        repeating.set_repeat(cast.stranger, assessment, 6)
    transitions.cancel(cast.assessor, assessment, reason="Not needed")
    with pytest.raises(IllegalTransition):
        repeating.set_repeat(cast.assessor, assessment, 6)


def test_the_pages_offer_it_and_show_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.assessor.user)
    draft = make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    dates = {"period_start": "2026-01-01", "period_end": "2026-03-31", "due_on": ""}
    client.post(reverse("assessment_edit", args=[draft.pk]), {**dates, "repeat_months": "12"})
    assert "Every 12 months" in client.get(reverse("assessment_detail", args=[draft.pk])).content.decode()
    client.post(reverse("assessment_edit", args=[draft.pk]), {**dates, "repeat_months": ""})
    draft.refresh_from_db()
    assert draft.repeat_months is None
    values = {"vendor": draft.vendor_id, "preset": "last_year", "repeat_months": "3", "then": "draft", "another": "on"}
    client.post(reverse("assessment_add"), values)
    assert Assessment.objects.exclude(pk=draft.pk).get().repeat_months == 3


def test_an_approved_one_can_be_told_to_repeat_or_to_stop(cast: Cast, client: Client, first: Assessment) -> None:
    transitions.submit(cast.assessor, first)
    transitions.approve(cast.approver, first)
    client.force_login(cast.assessor.user)
    page = reverse("assessment_edit", args=[first.pk])
    assert "period_start" not in client.get(page).content.decode()
    client.post(page, {"repeat_months": ""})
    first.refresh_from_db()
    assert first.repeat_months is None
    assert first.due_on == date(2026, 4, 20)


def test_today_is_a_day_like_others(first: Assessment) -> None:
    assert repeating.following_period(first, timezone.localdate(at(OPENS))) is not None
