"""The meeting through the API."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assessments.lifecycle import transitions
from assessments.models import Assessment, Consensus, Reading
from tests.assessments.api.asking import Asker
from tests.factories import Cast, add_rater, make_assessment

pytestmark = pytest.mark.django_db
QUESTION = "support-1"


@pytest.fixture
def row(cast: Cast) -> Assessment:
    """Two raters who lie three grades apart, both in."""
    assessment = make_assessment(cast.assessor, grade=1)
    add_rater(assessment, cast.reader, grade=4)
    for rater in (cast.assessor, cast.reader):
        transitions.hand_in(rater, assessment)
    return assessment


def test_what_raters_differ_on_is_read_and_the_reading_is_on_record(cast: Cast, row: Assessment) -> None:
    body = Asker(cast.admin).get(f"/assessments/{row.uuid}/consensus").json()

    talk = next(one for one in body["questions"] if one["question"] == QUESTION)
    assert (talk["causes"], talk["reasons"]) == (["spread"], ["Grades lie 3 levels apart"])
    assert {(one["name"], one["grade"]) for one in talk["answers"]} == {("Assessor", 1), ("Reader", 4)}
    assert (talk["settled"], talk["version"]) == (None, 0)
    assert Reading.objects.filter(user=cast.admin.user, assessment=row).exists()


def test_agreeing_needs_a_meeting_and_the_version_that_was_read(cast: Cast, row: Assessment) -> None:
    ask, at, today = Asker(cast.assessor), f"/assessments/{row.uuid}/consensus", timezone.localdate().isoformat()
    agreed = {"held_on": today, "grade": 2, "reason": "We talked."}
    assert ask.put(f"{at}/{QUESTION}", agreed, **{"If-Match": '"0"'}).status_code == 409  # no meeting
    held = ask.put(f"{at}/meetings/{today}", {"attendees": [str(cast.reader.uuid)], "others": "A guest"})
    assert held.json() == {
        "held_on": today,
        "attendees": [{"name": "Reader", "member": str(cast.reader.uuid)}],
        "others": "A guest",
    }

    first = ask.put(f"{at}/{QUESTION}", agreed, **{"If-Match": '"0"'})
    assert (first.status_code, first["ETag"], first.json()["settled"]["grade"]) == (200, '"1"', 2)

    second = ask.put(f"{at}/{QUESTION}", agreed | {"grade": 3}, **{"If-Match": '"0"'})
    assert second.status_code == 409
    assert (second.json()["yours"]["grade"], second.json()["theirs"]["grade"]) == (3, 2)
    assert ask.delete(f"{at}/{QUESTION}", **{"If-Match": '"9"'}).status_code == 409
    assert ask.delete(f"{at}/{QUESTION}", **{"If-Match": '"1"'}).status_code == 204
    assert not Consensus.objects.exists()


def test_what_is_no_agreement_is_refused(cast: Cast, row: Assessment) -> None:
    ask, path = Asker(cast.assessor), f"/assessments/{row.uuid}/consensus/{QUESTION}"
    wrong: list[tuple[dict[str, object], str]] = [
        ({"reason": "x"}, "/grade"),
        ({"reason": "x", "grade": 2, "not_applicable": True}, "/grade"),
        ({"reason": " ", "grade": 2}, "/reason"),
        ({"reason": "x", "grade": 2, "held_on": "2099-01-01"}, "/held_on"),
    ]
    for body, at in wrong:
        refused = ask.put(path, {"held_on": timezone.localdate().isoformat(), **body}, **{"If-Match": '"0"'})
        assert refused.status_code == 422
        assert [fault["path"] for fault in refused.json()["errors"]] == [at]


def test_a_meeting_of_strangers_is_refused(cast: Cast, row: Assessment) -> None:
    ask, at = Asker(cast.assessor), f"/assessments/{row.uuid}/consensus/meetings"
    refused = ask.put(f"{at}/2026-04-01", {"attendees": [str(cast.stranger.uuid)]})
    assert [fault["path"] for fault in refused.json()["errors"]] == ["/attendees/0"]
    assert ask.put(f"{at}/2026-04-01", {}).status_code == 422
    assert ask.put(f"{at}/2199-04-01", {"others": "A guest"}).status_code == 422
