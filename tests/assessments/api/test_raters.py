"""Raters through the API."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core import mail

from assessments.models import Assessment, Response
from tests.assessments.api.asking import Asker
from tests.factories import Cast, add_rater, make_assessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(cast: Cast) -> Assessment:
    return make_assessment(cast.assessor, grade=3)


def test_the_list_says_how_far_each_is_and_never_what(cast: Cast, row: Assessment) -> None:
    cast.department.is_it = True
    cast.department.save()
    body = Asker(cast.reader).get(f"/assessments/{row.uuid}/raters").json()

    one = body["items"][0]
    assert (one["person"]["name"], one["answered"], one["total"], one["state"]) == ("Assessor", 14, 14, "started")
    assert one["department"]["uuid"] == str(cast.department.uuid)
    assert len(one["rules"]) == 7
    assert body["departments"][0] == {
        "uuid": str(cast.department.uuid), "name": "Procurement", "why": "it", "asked": True, "heard": False,
    }  # fmt: skip


def test_members_and_an_address_are_asked_and_told(
    cast: Cast, row: Assessment, django_capture_on_commit_callbacks: object
) -> None:
    asked = Asker(cast.assessor).post(
        f"/assessments/{row.uuid}/raters",
        {
            "people": [str(cast.reader.uuid)],
            "email": "nurse@example.org",
            "speaks_for_none": True,
            "rules": ["support"],
            "note": "Please.",
        },
    )
    assert asked.status_code == 201
    assert len(asked.json()["raters"]) == 2
    assert asked.json()["not_mailed"] == []
    assert {one.to[0] for one in mail.outbox} == {"reader@example.org", "nurse@example.org"}
    assert Response.objects.get(rater=cast.reader.user).answers.count() == 2


def test_who_cannot_be_asked_is_named(cast: Cast, row: Assessment) -> None:
    ask = Asker(cast.assessor)
    wrong: list[tuple[dict[str, object], str]] = [
        ({"people": [str(uuid4())]}, "/people/0"),
        ({"email": "nurse"}, "/email"),
        ({"email": "nurse@example.org"}, "/department"),
        ({"email": "nurse@example.org", "department": str(uuid4())}, "/department"),
        ({"rules": ["luck"], "email": "nurse@example.org"}, "/rules/0"),
        ({"due_on": "2020-01-01", "email": "nurse@example.org", "speaks_for_none": True}, "/due_on"),
    ]
    for body, at in wrong:
        refused = ask.post(f"/assessments/{row.uuid}/raters", body)
        assert refused.status_code == 422
        assert at in [fault["path"] for fault in refused.json()["errors"]]
    assert Response.objects.count() == 1


def test_a_rater_is_rescheduled_reminded_withdrawn_and_asked_again(cast: Cast, row: Assessment) -> None:
    rater = add_rater(row, cast.reader)
    ask, at = Asker(cast.assessor), f"/assessments/{row.uuid}/raters/{rater.uuid}"

    changed = ask.patch(at, {"due_on": "2099-01-01"}).json()["items"]
    assert "2099-01-01" in [one["due_on"] for one in changed]
    assert ask.post(f"{at}/remind").status_code == 200
    assert ask.post(f"{at}/remind").status_code == 409  # once a day
    assert "withdrawn" in [one["state"] for one in ask.post(f"{at}/withdraw").json()["items"]]
    assert ask.post(f"{at}/ask-again").json()["raters"] == [str(rater.uuid)]
    assert Asker(cast.reader).post(f"{at}/withdraw").status_code == 403
    assert Asker(cast.stranger).post(f"{at}/withdraw").status_code == 404


def test_one_joins_and_leaves(cast: Cast, row: Assessment) -> None:
    ask, at = Asker(cast.colleague), f"/assessments/{row.uuid}"
    assert ask.post(f"{at}/join").status_code == 200
    assert Response.objects.of_rater(cast.colleague.user).exists()
    assert ask.post(f"{at}/leave").status_code == 200
    assert not Response.objects.of_rater(cast.colleague.user).exists()
