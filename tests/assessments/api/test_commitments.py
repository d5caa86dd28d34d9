"""Commitments through the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from assessments.models import Commitment, CommitmentState
from tests.assessments.api.asking import Asker
from tests.factories import Cast, make_commitment, make_incident, make_release, make_vendor
from vendors.models import Contact

pytestmark = pytest.mark.django_db


def soon(days: int = 30) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def test_the_list_is_by_what_is_due_first_and_takes_filters(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    late = make_commitment(cast.assessor, vendor, agreed=True, due_on=timezone.localdate() - timedelta(days=3))
    open_one = make_commitment(cast.colleague, vendor, rule="speed")
    make_commitment(cast.stranger, make_vendor(cast.other_organisation))
    ask = Asker(cast.assessor)

    def met(query: str = "") -> list[str]:
        return [row["number"] for row in ask.get(f"/commitments{query}").json()["items"]]

    assert met() == met("?state=open") == [late.number, open_one.number]
    assert met("?state=overdue") == met("?mine=true") == met("?state=agreed") == [late.number]
    assert met("?rule=speed") == [open_one.number]
    assert met(f"?vendor={uuid4()}") == []
    first = ask.get("/commitments?limit=1").json()
    assert met(f"?limit=1&after={first['next']}") == [open_one.number]


def test_one_is_asked_for_from_an_incident(cast: Cast) -> None:
    make_release()
    vendor = make_vendor(cast.organisation)
    contact = Contact.objects.create(vendor=vendor, name="Example Contact", email="c@example.org")
    incident = make_incident(vendor)
    made = Asker(cast.assessor).post(
        "/commitments",
        {
            "vendor": str(vendor.uuid),
            "rule": "speed",
            "question": "speed-1",
            "what": "Answer within an hour.",
            "due_on": soon(),
            "contact": str(contact.uuid),
            "measure": "duration_mean",
            "target": 8,
            "incident": str(incident.uuid),
        },
    )
    assert made.status_code == 201
    body = made.json()
    assert (body["state"], body["source"], body["target"], body["version"]) == ("proposed", "incident", 8.0, 1)
    assert body["contact"] == {"uuid": str(contact.uuid), "name": "Example Contact"}
    assert body["owner"]["member"] == str(cast.assessor.uuid)
    assert body["incident"] == str(incident.uuid)
    assert [step["kind"] for step in body["steps"]] == ["proposed"]


def test_what_the_form_refuses_is_refused_at_its_field(cast: Cast) -> None:
    make_release()
    vendor, ask = make_vendor(cast.organisation), Asker(cast.assessor)
    good = {"vendor": str(vendor.uuid), "rule": "speed", "what": "Help.", "due_on": soon()}
    wrong: list[tuple[dict[str, object], str]] = [
        ({"vendor": str(uuid4())}, "/vendor"),
        ({"contact": str(uuid4())}, "/contact"),
        ({"owner": str(uuid4())}, "/owner"),
        ({"incident": str(uuid4())}, "/incident"),
        ({"question": "nothing-1"}, "/question"),
        ({"question": "proof-1"}, "/question"),
        ({"due_on": "2020-01-01"}, "/due_on"),
        ({"target": 3}, "/target"),
        ({"what": ""}, "/what"),
    ]
    for change, at in wrong:
        refused = ask.post("/commitments", good | change)
        assert refused.status_code == 422
        assert [fault["path"] for fault in refused.json()["errors"]] == [at]
    assert not Commitment.objects.exists()


def test_a_change_of_an_agreed_one_is_proposed_anew_and_holds_to_its_version(cast: Cast) -> None:
    make_release()
    row = make_commitment(cast.assessor, make_vendor(cast.organisation), agreed=True)
    ask, at = Asker(cast.assessor), f"/commitments/{row.uuid}"
    read = ask.get(at)["ETag"]

    changed = ask.patch(at, {"what": "Something else."}, **{"If-Match": read})
    assert (changed.status_code, changed.json()["state"]) == (200, "proposed")

    second = ask.patch(at, {"what": "A third thing."}, **{"If-Match": read})
    assert second.status_code == 409
    assert second.json()["yours"] == {"what": "A third thing."}
    assert second.json()["theirs"]["what"] == "Something else."
    assert ask.patch(at, {"what": "x"}).status_code == 428
    assert Asker(cast.reader).patch(at, {"what": "x"}, **{"If-Match": read}).status_code == 403
    assert Asker(cast.stranger).patch(at, {"what": "x"}, **{"If-Match": read}).status_code == 404


def test_its_way_from_proposed_to_kept(cast: Cast) -> None:
    row = make_commitment(cast.assessor, make_vendor(cast.organisation))
    ask, at = Asker(cast.assessor), f"/commitments/{row.uuid}"

    def step(name: str, body: dict[str, object]) -> tuple[int, str]:
        done = ask.post(f"{at}/{name}", body, **{"If-Match": ask.get(at)["ETag"]})
        return done.status_code, done.json().get("state", "")

    assert step("progress", {"text": "Half."})[0] == 409
    assert step("agree", {"agreed_by": "Example Contact", "on": "2999-01-01"})[0] == 422
    assert step("agree", {"agreed_by": "Example Contact", "on": timezone.localdate().isoformat()}) == (200, "agreed")
    assert step("progress", {"text": "Half."}) == (200, "agreed")
    assert step("report", {"text": "Done."}) == (200, "reported")
    assert step("return", {"text": "Not quite."}) == (200, "agreed")
    assert step("keep", {})[0] == 422
    assert step("keep", {"text": "I saw it."}) == (200, "kept")
    assert [one["kind"] for one in ask.get(at).json()["steps"]] == [
        "kept", "returned", "reported", "progress", "agreed", "proposed",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "state"), [("miss", CommitmentState.MISSED), ("withdraw", CommitmentState.WITHDRAWN)])
def test_it_ends_otherwise_too_and_of_two_the_second_is_told(cast: Cast, name: str, state: CommitmentState) -> None:
    row = make_commitment(cast.assessor, make_vendor(cast.organisation), agreed=True)
    ask, at = Asker(cast.assessor), f"/commitments/{row.uuid}/{name}"
    assert ask.post(at, {"text": "Why."}).status_code == 428
    assert ask.post(at, {"text": "Why."}, **{"If-Match": '"1"'}).json()["code"] == "conflict"
    assert ask.post(at, {"text": "Why."}, **{"If-Match": '"2"'}).json()["state"] == state
