"""What the measure says of a commitment: by the facts of a day, in words, and as plain data that reads back."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from assessments.commitments.measured import (
    Judgement,
    baseline_of,
    judgement_from,
    judgement_of,
    judgements_of,
)
from assessments.models import Commitment
from tests.assessments.commitments.measuring import BEFORE, DUE, GOOD, KEPT_ON, incidents, kept, promised
from tests.factories import Cast
from vendors.measures.movement import Outcome, Standing, Why

TODAY = date(2026, 3, 2)
BAD = {month: 17.0 + month % 2 for month in range(15, 21)}  # March to August 2026


def judged(commitment: Commitment, today: date = TODAY) -> Judgement:
    found = judgement_of(commitment, today)
    assert found is not None
    return found


def test_a_measure_that_moved_says_from_what_to_what(cast: Cast) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    found = judged(commitment)
    assert (found.outcome, found.why, found.shows_kept) == (Outcome.MOVED, Why.SHOWN, True)
    assert found.words == "Moved from 19 hours to 9.3 hours; agreed: at most 12 hours."
    assert found.label == "moved"
    assert found.figures["before"] == {
        "value": "19.00",
        "periods": 5,  # the first incident was opened on 5 January: of January nobody knows all
        "incidents": 15,
        "since": "2025-02-01",
        "until": "2025-06-30",
    }
    assert found.figures["after"]["since"] == "2025-09-01"


def test_one_that_did_not_move_says_so_with_its_figures(cast: Cast) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | {month: 18.0 + month % 3 for month in range(7, 15)})
    found = judged(commitment)
    assert (found.outcome, found.shows_kept) == (Outcome.NOT_MOVED, False)
    assert found.words == ("Did not move beyond chance: 19 hours before, 19 hours since; agreed: at most 12 hours.")


def test_facts_that_end_before_it_was_due_cannot_tell(cast: Cast) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)

    assert judged(commitment, DUE).why == Why.NOT_DUE
    assert judged(commitment, DUE).words == ("So far: 19 hours before, 9.5 hours since. It is due on 31 August 2025.")


def test_a_measure_reads_as_plain_data_and_back(cast: Cast) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    found = judged(commitment)
    assert judgement_from(json.loads(json.dumps(found.figures))) == found


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_its_words_follow_the_reader(cast: Cast, language: str) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    found = judged(commitment)
    with translation.override(language):
        assert {"en": "9.3", "fr": "9,3", "nl": "9,3"}[language] in found.words


def test_without_a_measure_nothing_is_judged(cast: Cast) -> None:
    commitment = promised(cast.assessor, measure="", target=None)
    assert judgement_of(commitment, TODAY) is None
    assert judgements_of([commitment], TODAY) == {}


def test_the_baseline_is_what_the_year_before_was(cast: Cast) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    found = baseline_of(commitment.vendor, "duration_mean", on=date(2025, 7, 1))
    assert found is not None
    assert (found["before"]["value"], found["before"]["periods"], found["unit"]) == ("19.00", 5, "hours")
    assert baseline_of(commitment.vendor, "sla") is None
    assert baseline_of(commitment.vendor, "no_such_measure") is None


def test_a_kept_one_holds_or_fell_back(cast: Cast) -> None:
    commitment = kept(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    held = judged(commitment)
    assert (held.standing, held.label) == (Standing.CANNOT_TELL, "cannot tell yet")
    incidents(commitment.vendor, BAD)
    fell = judged(commitment, date(2026, 9, 10))
    assert (fell.standing, fell.label) == (Standing.FELL_BACK, "fell back")
    assert fell.words.startswith("Fell back from 9.3 hours to 17.5 hours (1 March – 31 August 2026)")
    assert "; agreed: at most 12 hours. " in fell.words
    assert fell.words.endswith("missed by a tenth or more in each of the last 6 months of which enough is known.")
    assert fell.figures["kept_on"] == KEPT_ON.isoformat()


STANDING = {
    "outcome": "not_moved",
    "why": "no_change",
    "measure": "duration_mean",
    "step": "month",
    "target": "6",
    "kept": {"value": "5.0", "periods": 3, "incidents": 12, "since": "2026-01-01", "until": "2026-03-31"},
    "since": {"value": "8.2", "periods": 7, "incidents": 30, "since": "2026-04-01", "until": "2026-10-31"},
}
WHEN = "1\xa0April – 31\xa0October 2026"
MISSED = "What was agreed was missed by a tenth or more in"
FELL = f"Fell back from 5 hours to 8.2 hours ({WHEN}); agreed: at most 6 hours. {MISSED}"


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"standing": "fell_back", "missed": 6}, f"{FELL} 6 of the last 7 months of which enough is known."),
        ({"standing": "fell_back", "missed": 7}, f"{FELL} each of the last 7 months of which enough is known."),
        (
            {"standing": "fell_back", "missed": 6, "step": "week"},
            f"{FELL} 6 of the last 7 weeks of which enough is known.",
        ),
        (
            {"standing": "fell_back", "missed": 7, "step": "week"},
            f"{FELL} each of the last 7 weeks of which enough is known.",
        ),
        ({"standing": "fell_back", "target": None}, f"Fell back from 5 hours to 8.2 hours ({WHEN})."),
        (
            {"standing": "not_shown"},
            f"That it fell back is not shown beyond chance: 8.2 hours ({WHEN}), 5 hours when it was kept; "
            "agreed: at most 6 hours.",
        ),
        (
            {"standing": "not_shown", "target": None},
            f"That it fell back is not shown beyond chance: 8.2 hours ({WHEN}), 5 hours when it was kept.",
        ),
        (
            {"standing": "cannot_tell", "kept": None},
            "Whether it holds cannot be told: too little is known of the time in which it was kept.",
        ),
        (
            {"standing": "cannot_tell", "since": None},
            "Whether it holds cannot be told yet: too little is known since it was kept.",
        ),
    ],
)
def test_a_standing_says_what_is_known_and_no_more(figures: dict[str, Any], words: str) -> None:
    assert judgement_from(STANDING | figures).words == words


def test_the_p_of_a_standing_is_not_taken_for_that_of_the_movement(cast: Cast) -> None:
    commitment = kept(cast.assessor, target=None)
    incidents(commitment.vendor, BEFORE | GOOD | BAD)
    figures = judged(commitment, date(2026, 9, 10)).figures
    assert figures["p"] is not None and figures["p_since"] is not None
    assert figures["p"] != figures["p_since"]


def test_without_a_target_better_is_asked_for(cast: Cast) -> None:
    commitment = promised(cast.assessor, target=None)
    incidents(commitment.vendor, BEFORE | GOOD)
    assert judged(commitment).words == "Moved from 19 hours to 9.3 hours."


def test_what_should_rise_says_at_least(cast: Cast) -> None:
    commitment = promised(cast.assessor, measure="sla", target=Decimal(90))
    assert "agreed: at least 90%" not in judged(commitment).words  # nothing is known
    assert judged(commitment).why == Why.NOT_FOLLOWED


def test_a_fresh_judgement_takes_one_query_where_the_measures_are_kept(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    commitment = promised(cast.assessor)
    incidents(commitment.vendor, BEFORE | GOOD)
    with django_capture_on_commit_callbacks(execute=True):
        judged(commitment)
    with CaptureQueriesContext(connection) as queries:
        judged(commitment)
    assert len(queries) == 1


def test_what_was_read_last_takes_no_query_however_many(cast: Cast) -> None:
    rows = [promised(cast.assessor) for _ in range(3)]
    incidents(rows[0].vendor, BEFORE | GOOD)
    rows[0].reading = judged(rows[0]).figures
    with CaptureQueriesContext(connection) as queries:
        found = judgements_of(rows, TODAY)
    assert len(queries) == 0
    assert [found[row.pk].outcome for row in rows] == [Outcome.MOVED, Outcome.CANNOT_TELL, Outcome.CANNOT_TELL]
    assert found[rows[1].pk].words == "Cannot tell yet: the measure will be read within a day."
