"""A commitment is kept by its measure where that moved, else by evidence that somebody accepts; its page says which."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.commitments import transitions
from assessments.models import Commitment, CommitmentState, CommitmentStep, KeptBy, StepKind
from assessments.schedule.readings import read_due
from tests.assessments.commitments.measuring import BEFORE, GOOD, incidents, kept, promised, told
from tests.factories import Cast, add_rater, make_assessment

MOVED = "Moved from 19 hours to 9.3 hours; agreed: at most 12 hours."
SAME = {month: 18.0 + month % 3 for month in range(7, 15)}


def due(cast: Cast, since: dict[int, float] = GOOD) -> Commitment:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | since)
    return commitment


def page(client: Any, commitment: Commitment, route: str = "commitment_detail") -> str:
    response = client.get(reverse(route, args=[commitment.pk]))
    assert response.status_code == 200
    return str(response.content.decode())


def keep(client: Any, commitment: Commitment, **said: str) -> Any:
    given = {"version": str(commitment.version), "text": "", **said}
    return client.post(reverse("commitment_keep", args=[commitment.pk]), given)


def test_its_page_says_what_the_measure_says_and_how_far_it_is_known(cast: Cast, signed_in: Any) -> None:
    shown = page(signed_in(cast.reader), due(cast))
    assert MOVED in shown
    assert "By facts that are known until" in shown


def test_it_is_kept_by_the_measure_without_a_word(cast: Cast, signed_in: Any) -> None:
    commitment, client = due(cast), signed_in(cast.assessor)
    assert MOVED in page(client, commitment, "commitment_keep")
    assert keep(client, commitment, kept_by="measure").status_code == 302
    found = Commitment.objects.get()
    assert (found.state, found.kept_by) == (CommitmentState.KEPT, KeptBy.MEASURE)
    assert told(CommitmentStep.objects.get(kind=StepKind.KEPT))["outcome"] == "moved"
    assert MOVED in page(client, commitment)


def test_evidence_needs_a_word_even_where_the_measure_moved(cast: Cast, signed_in: Any) -> None:
    commitment, client = due(cast), signed_in(cast.assessor)
    assert keep(client, commitment, kept_by="evidence").status_code == 200
    assert keep(client, commitment, kept_by="evidence", text="Seen at work.").status_code == 302
    assert Commitment.objects.get().kept_by == KeptBy.EVIDENCE


def test_where_it_did_not_move_only_evidence_is_accepted(cast: Cast, signed_in: Any) -> None:
    commitment, client = due(cast, SAME), signed_in(cast.assessor)
    shown = page(client, commitment, "commitment_keep")
    assert "Did not move beyond chance" in shown
    assert 'value="measure"' not in shown
    assert keep(client, commitment, kept_by="measure").status_code == 200
    assert Commitment.objects.get().state == CommitmentState.AGREED
    assert keep(client, commitment, kept_by="measure", text="Seen at work.").status_code == 302
    assert Commitment.objects.get().kept_by == KeptBy.EVIDENCE


def test_what_is_missed_keeps_what_the_measure_said(cast: Cast, signed_in: Any) -> None:
    commitment, client = due(cast, SAME), signed_in(cast.assessor)
    given = {"version": str(commitment.version), "text": "Nothing was done."}
    assert client.post(reverse("commitment_miss", args=[commitment.pk]), given).status_code == 302
    assert told(CommitmentStep.objects.get(kind=StepKind.MISSED))["outcome"] == "not_moved"


def test_what_fell_back_says_so_on_its_page_with_the_figures(cast: Cast, signed_in: Any) -> None:
    commitment = kept(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD | {month: 17.0 + month % 2 for month in range(15, 22)})
    read_due(datetime(2026, 10, 10, 8, tzinfo=UTC))
    shown = page(signed_in(cast.reader), commitment)
    assert "Its measure fell back, so it was opened again." in shown
    assert shown.count("Fell back from 9.3 hours to 17.6 hours") == 2  # what it says, and in the history


@pytest.mark.parametrize("route", ["commitment_detail", "commitment_keep", "commitment_miss"])
def test_whoever_still_judges_the_vendor_sees_no_figure(cast: Cast, signed_in: Any, route: str) -> None:
    commitment = due(cast)
    CommitmentStep.objects.create(
        commitment=commitment,
        kind=StepKind.REOPENED,
        at=timezone.now(),
        figures=commitment.reading or _figures(commitment),
    )
    add_rater(make_assessment(cast.colleague, vendor=commitment.vendor), cast.assessor)
    shown = page(signed_in(cast.assessor), commitment, route)
    assert "9.3" not in shown
    assert route != "commitment_detail" or "You still judge this vendor" in shown


def _figures(commitment: Commitment) -> Any:
    read_due(timezone.now())
    return Commitment.objects.get(pk=commitment.pk).reading


def test_what_the_measure_was_is_frozen_when_it_is_agreed(cast: Cast) -> None:
    commitment = promised(cast.assessor, state=CommitmentState.PROPOSED, agreed_on=None, agreed_by="")
    incidents(commitment.vendor, BEFORE)
    day = datetime(2025, 7, 1, 8, tzinfo=UTC)
    made = transitions.agree(cast.assessor.user, commitment, agreed_by="Vera", on=day.date(), now=day)
    assert (made.baseline or {})["before"]["value"] == "19.00"
