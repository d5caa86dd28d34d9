"""Assessments through the API: the list, one, beginning, changing."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.models import AuditEntry
from assessments.models import Assessment, AssessmentState
from tests.assessments.api.asking import Asker
from tests.factories import Cast, add_rater, make_assessment, make_release, make_vendor

pytestmark = pytest.mark.django_db


def test_the_list_is_of_ones_own_organisation_and_takes_filters(cast: Cast) -> None:
    first = make_assessment(cast.assessor)
    second = make_assessment(cast.assessor, state=AssessmentState.IN_REVIEW, waiting_level=2)
    make_assessment(cast.stranger)
    ask = Asker(cast.reader)

    def met(query: str = "") -> list[str]:
        return [row["uuid"] for row in ask.get(f"/assessments{query}").json()["items"]]

    assert met() == [str(second.uuid), str(first.uuid)]
    assert met("?state=collecting") == met(f"?vendor={first.vendor.uuid}") == [str(first.uuid)]
    assert met("?level=2") == [str(second.uuid)]
    assert met("?level=1") == met("?period_from=2026-04-01") == []
    assert len(met("?period_to=2026-01-01")) == 2


def test_one_says_who_is_outstanding_and_what_comes_next(cast: Cast) -> None:
    row = make_assessment(cast.assessor)
    add_rater(row, cast.reader, grade=2)

    body = Asker(cast.assessor).get(f"/assessments/{row.uuid}").json()

    assert [(one["name"], one["answered"]) for one in body["outstanding"]] == [("Assessor", 0), ("Reader", 14)]
    assert body["owner"] == {"name": "Assessor", "member": str(cast.assessor.uuid)}
    assert body["next_step"]["actions"][0] == "Start answering"
    assert body["to_decide"] is None


def test_another_organisations_is_not_there(cast: Cast) -> None:
    row = make_assessment(cast.assessor)
    assert Asker(cast.stranger).get(f"/assessments/{row.uuid}").status_code == 404


def test_beginning_one_opens_it_for_its_owner_and_is_told_of_as_through_the_api(cast: Cast) -> None:
    make_release()
    vendor = make_vendor(cast.organisation)
    response = Asker(cast.assessor).post("/assessments", {"vendor": str(vendor.uuid), "preset": "last_year"})

    assert response.status_code == 201
    made = Assessment.objects.get(uuid=response.json()["uuid"])
    assert (made.state, made.owner) == (AssessmentState.COLLECTING, cast.assessor.user)
    assert AuditEntry.objects.get(verb="assessment.created").through == "Ticket tool"


def test_what_the_form_refuses_is_refused_with_its_field(cast: Cast) -> None:
    make_release()
    vendor, ask = make_vendor(cast.organisation), Asker(cast.assessor)
    wrong: list[tuple[dict[str, str], str]] = [
        ({"vendor": str(uuid4()), "preset": "last_year"}, "/vendor"),
        ({"period_start": "2026-03-01", "period_end": "2026-02-01"}, "/period_end"),
        ({"period_start": "0001-03-01", "period_end": "2026-02-01"}, "/period_start"),
        ({"preset": "last_year", "due_on": "1999-01-01"}, "/due_on"),
        ({}, "/period_start"),
        ({"preset": "last_year", "repeat_months": "3"}, "/repeat_months"),
        ({"preset": "last_year", "colour": "red"}, "/colour"),
    ]
    for body, path in wrong:
        response = ask.post("/assessments", {"vendor": str(vendor.uuid), **body})
        assert response.status_code == 422
        assert path in [fault["path"] for fault in response.json()["errors"]]
    assert not Assessment.objects.exists()


def test_a_change_holds_to_what_was_read(cast: Cast) -> None:
    row, ask = make_assessment(cast.assessor), Asker(cast.assessor)
    path = f"/assessments/{row.uuid}"
    read = ask.get(path)["ETag"]

    changed = ask.patch(path, {"due_on": "2026-12-24", "repeat_months": 6}, **{"If-Match": read})
    assert changed.status_code == 200
    assert changed.json()["due_on"] == "2026-12-24"
    assert changed.json()["repeat_months"] == 6
    assert changed["ETag"] == ask.get(path)["ETag"] != read

    again = ask.patch(path, {"due_on": None}, **{"If-Match": read})
    assert again.status_code == 412
    assert ask.patch(path, {"due_on": None}).json()["due_on"] is None


def test_of_an_approved_one_only_the_repetition_changes(cast: Cast) -> None:
    row, ask = make_assessment(cast.assessor, state=AssessmentState.APPROVED), Asker(cast.assessor)
    path = f"/assessments/{row.uuid}"
    assert ask.patch(path, {"due_on": "2026-12-24"}).status_code == 409
    assert ask.patch(path, {"repeat_months": 12}).json()["repeat_months"] == 12
