"""Transitions through the API: by whom, and of what was read."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.models import Assessment, AssessmentState
from tests.assessments.api.asking import Asker
from tests.factories import Cast, add_rater, make_assessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor, grade=3)


def state(row: Assessment) -> str:
    row.refresh_from_db()
    return row.state


def read(cast: Cast, row: Assessment) -> dict[str, Any]:
    """What an approver read, for the approval to name."""
    shown = Asker(cast.approver).get(f"/assessments/{row.uuid}/answers").json()["to_decide"]
    assert shown["may_approve"]
    return {name: shown[name] for name in ("fingerprint", "submitted_at", "level")}


def test_from_a_draft_to_the_approval(cast: Cast) -> None:
    row = make_assessment(cast.assessor, state=AssessmentState.DRAFT)
    row.responses.all().delete()
    at = f"/assessments/{row.uuid}"
    ask = Asker(cast.assessor)
    assert ask.post(f"{at}/open").json()["state"] == "collecting"
    ask.put(f"{at}/questionnaire/support-1", {"grade": 3}, **{"If-Match": '"0"'})
    assert ask.post(f"{at}/submit", {}).json()["state"] == "in_review"
    assert ask.post(f"{at}/take-back").json()["state"] == "collecting"
    assert ask.post(f"{at}/submit", {}).json()["waiting_level"] == 1

    approved = Asker(cast.approver).post(f"{at}/approve", read(cast, row))

    assert approved.json()["state"] == "approved"
    assert ask.post(f"{at}/cancel", {"reason": "x"}).status_code == 409


def test_raters_who_are_outstanding_are_left_out_knowingly_alone(cast: Cast, row: Assessment) -> None:
    add_rater(row, cast.reader)
    ask, at = Asker(cast.assessor), f"/assessments/{row.uuid}/submit"
    refused = ask.post(at, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")
    assert "Reader" in refused.json()["detail"]
    assert ask.post(at, {"without_outstanding": True}).status_code == 200


def test_an_approval_is_of_exactly_what_was_read(cast: Cast, row: Assessment) -> None:
    at, ask = f"/assessments/{row.uuid}", Asker(cast.approver)
    Asker(cast.assessor).post(f"{at}/submit", {})
    right = read(cast, row)
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"fingerprint": "0" * 64}, 409),
        ({"level": 2}, 409),
        ({"submitted_at": "2020-01-01T00:00:00Z"}, 409),
        ({"fingerprint": ""}, 422),
        ({"level": None}, 422),
    ]
    for change, status in wrong:
        assert ask.post(f"{at}/approve", right | change).status_code == status
    assert state(row) == AssessmentState.IN_REVIEW


def test_whoever_is_not_asked_does_not_approve(cast: Cast, row: Assessment) -> None:
    at = f"/assessments/{row.uuid}"
    Asker(cast.assessor).post(f"{at}/submit", {})
    for member, status in ((cast.reader, 403), (cast.assessor, 403), (cast.stranger, 404)):
        assert Asker(member).post(f"{at}/approve", read(cast, row)).status_code == status


def test_sent_back_it_opens_for_those_who_are_named(cast: Cast, row: Assessment) -> None:
    at, ask = f"/assessments/{row.uuid}", Asker(cast.approver)
    other = add_rater(row, cast.reader, grade=2)
    Asker(cast.reader).post(f"{at}/hand-in")
    Asker(cast.assessor).post(f"{at}/submit", {})

    wrong = ask.post(f"{at}/send-back", {"reason": "Look again.", "raters": [str(row.uuid)]})
    assert [fault["path"] for fault in wrong.json()["errors"]] == ["/raters/0"]
    assert ask.post(f"{at}/send-back", {"reason": " "}).status_code == 422

    assert ask.post(f"{at}/send-back", {"reason": "Look again.", "raters": [str(other.uuid)]}).status_code == 200
    open_again = {one.rater for one in row.responses.outstanding()}
    assert open_again == {cast.reader.user}
    decision = ask.get(at).json()["decisions"][0]
    assert (decision["decision"], decision["reason"]) == ("sent_back", "Look again.")


def test_a_cancelled_one_says_why(cast: Cast, row: Assessment) -> None:
    at, ask = f"/assessments/{row.uuid}", Asker(cast.assessor)
    ask.post(f"{at}/cancel", {"reason": "The vendor left."})
    assert ask.get(at).json()["cancel_reason"] == "The vendor left."
    assert state(row) == AssessmentState.CANCELLED
