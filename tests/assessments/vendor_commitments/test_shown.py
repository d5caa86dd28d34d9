"""What the vendor is shown: the measure in the words of its customer, once it is due; its own words, and none that the
customer wrote for itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from unittest import mock

from django.utils import timezone

from assessments.commitments import transitions
from assessments.models import Commitment, CommitmentLink
from assessments.vendor_commitments import saying
from assessments.vendor_commitments.shown import ShownCommitment, shown_to
from tests.assessments.vendor_commitments.scene import SECRET, Side, today
from tests.factories import make_commitment


def figures(**said: Any) -> dict[str, Any]:
    """As `commitments.measured` keeps them."""
    days = {"since": "2026-01-01", "until": "2026-03-31"}
    return {
        "measure": "duration_mean",
        "unit": "hours",
        "lower_is_better": True,
        "target": "12",
        "outcome": "moved",
        "why": "shown",
        "before": {"value": 18.4, "periods": 6, "incidents": 30, **days},
        "after": {"value": 9.1, "periods": 3, "incidents": 14, **days},
        "p": 0.01,
        **said,
    }


def measured(own: Side, **fields: Any) -> Commitment:
    return make_commitment(own.member, own.vendor, measure="duration_mean", target=12, **fields)


def shown(link: CommitmentLink, row: Commitment, on: date | None = None) -> ShownCommitment:
    return shown_to(link, today=on or today(), only=row.pk)[0]


def test_it_reads_what_must_move_and_to_what(own: Side) -> None:
    assert shown(own.link, measured(own)).goal == "Mean time to resolve: at most 12 hours"
    assert shown(own.link, own.asked).goal == ""


def test_what_the_measure_said_is_shown_once_it_is_due(own: Side) -> None:
    row = measured(own, agreed=True)
    Commitment.objects.filter(pk=row.pk).update(reading=figures())
    assert shown(own.link, row).measured == ""
    after = row.due_on + timedelta(days=1)
    assert shown(own.link, row, after).measured == "Moved from 18.4 hours to 9.1 hours; agreed: at most 12 hours."


def test_of_what_was_never_agreed_no_measure_is_told(own: Side) -> None:
    row = measured(own)
    Commitment.objects.filter(pk=row.pk).update(reading=figures())
    assert shown(own.link, row, row.due_on + timedelta(days=1)).measured == ""


def test_where_the_measure_stood_is_kept_when_the_vendor_agrees_by_its_link(own: Side) -> None:
    row = measured(own)
    with mock.patch("assessments.vendor_commitments.saying.baseline_of", return_value={"value": 18.4}) as asked:
        saying.agree(own.link, [(row, row.version), (own.asked, own.asked.version)], name="Dana", now=timezone.now())
    asked.assert_called_once_with(own.vendor, "duration_mean")
    assert Commitment.objects.get(pk=row.pk).baseline == {"value": 18.4}
    assert Commitment.objects.get(pk=own.asked.pk).baseline is None


def test_a_change_says_what_the_words_were(own: Side) -> None:
    changed = {"what": "Twice as much", "due_on": date(2030, 3, 4)}
    transitions.change(own.member, own.asked, changed, version=own.asked.version, now=timezone.now())
    said = shown(own.link, own.asked).history[-1]
    assert said.title == "Harbour Hospital changed it."
    assert next((before.label, before.text) for before in said.before) == ("What was asked before", "Lighthouse asked")


def test_what_was_put_right_before_anybody_could_read_it_is_not_told(own: Side) -> None:
    made = own.link.created_at
    row = make_commitment(own.member, own.vendor, why="Graded 1 of 4.", now=made - timedelta(minutes=2))
    row = transitions.change(own.member, row, {"why": "Calls wait."}, version=1, now=made - timedelta(minutes=1))
    said = shown(own.link, row).history[-1]
    assert (said.title, said.before) == ("Harbour Hospital changed it.", ())

    transitions.change(own.member, row, {"why": "Calls wait long."}, version=row.version, now=timezone.now())
    assert [one.text for one in shown(own.link, row).history[-1].before] == ["Calls wait."]


def test_what_it_agreed_to_before_it_had_a_link_is_told_when_it_is_changed(own: Side) -> None:
    made = own.link.created_at
    row = make_commitment(own.member, own.vendor, agreed=True, why="Calls wait.", now=made - timedelta(minutes=2))
    changed = {"why": "Calls wait long."}
    transitions.change(own.member, row, changed, version=row.version, now=made - timedelta(minutes=1))
    assert [one.text for one in shown(own.link, row).history[-1].before] == ["Calls wait."]


def test_only_words_that_were_written_for_the_vendor_are_in_its_history(own: Side) -> None:
    transitions.note_progress(own.member.user, own.agreed, text="They rang on Monday.", now=timezone.now())
    told = [said.text for said in shown(own.link, own.agreed).history]
    assert told == ["", "", "They rang on Monday."]
    ended = shown(own.link, own.kept).history
    assert ended[-1].title == "Harbour Hospital found it kept."
    assert SECRET not in " ".join(said.text for said in ended)


def test_why_the_measure_opened_it_again_is_told(own: Side) -> None:
    transitions.reopen(own.kept, on=today(), now=timezone.now(), figures=figures())
    said = shown(own.link, own.kept).history[-1]
    assert said.title == "The measure fell back, so it was opened again."
    assert "9.1 hours" in said.text
