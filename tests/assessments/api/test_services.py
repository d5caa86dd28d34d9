"""A service leads assessments and commitments; it judges and decides nothing."""

from __future__ import annotations

import pytest

from accounts.models import Membership, Role, User
from assessments.models import Assessment, Commitment
from tests.assessments.api.asking import Asker
from tests.assessments.api.test_commitments import soon
from tests.factories import Cast, make_assessment, make_commitment, make_release, make_vendor

pytestmark = pytest.mark.django_db


def service_of(member: Membership, role: Role = Role.ASSESSOR) -> Membership:
    """What works through the API, made by this member."""
    user = User.objects.create(email=f"service-{member.pk}@example.org", name="Wall", made_by=member.user)
    return Membership.everybody.create(organisation=member.organisation, user=user, role=role, is_service=True)


def test_it_judges_and_decides_nothing(cast: Cast) -> None:
    row = make_assessment(cast.assessor, grade=3)
    commitment = make_commitment(cast.assessor, row.vendor, agreed=True)
    ask, at, day = Asker(service_of(cast.assessor)), f"/assessments/{row.uuid}", "2026-04-01"
    read = {"fingerprint": "0" * 64, "submitted_at": f"{day}T00:00:00Z", "level": 1}
    refused = [
        ask.post(f"{at}/submit", {}),
        ask.post(f"{at}/take-back"),
        ask.post(f"{at}/approve", read),
        ask.post(f"{at}/send-back", {"reason": "x"}),
        ask.post(f"{at}/take-approval-back"),
        ask.post(f"{at}/join"),
        ask.post(f"{at}/leave"),
        ask.post(f"{at}/hand-in"),
        ask.post(f"{at}/take-up"),
        ask.get(f"{at}/questionnaire"),
        ask.put(f"{at}/questionnaire/support-1", {"grade": 1}, **{"If-Match": '"0"'}),
        ask.put(f"{at}/consensus/meetings/{day}", {"others": "A guest"}),
        ask.put(f"{at}/consensus/support-1", {"held_on": day, "grade": 1, "reason": "x"}, **{"If-Match": '"0"'}),
        ask.delete(f"{at}/consensus/support-1", **{"If-Match": '"0"'}),
        *(
            ask.post(f"/commitments/{commitment.uuid}/{step}", {"text": "x"}, **{"If-Match": '"2"'})
            for step in ("return", "keep", "miss")
        ),
    ]
    assert [one.status_code for one in refused] == [403] * len(refused)
    row.refresh_from_db()
    assert (row.state, row.responses.outstanding().count()) == ("collecting", 1)


def test_what_it_begins_is_owned_by_a_person(cast: Cast) -> None:
    make_release()
    vendor, ask = make_vendor(cast.organisation), Asker(service_of(cast.assessor))
    body = {"vendor": str(vendor.uuid), "preset": "last_year"}

    ask.post("/assessments", body)
    named = ask.post("/assessments", {**body, "another": True, "owner": str(cast.colleague.uuid)})
    for nobody in (cast.reader, cast.stranger):
        refused = ask.post("/assessments", {**body, "another": True, "owner": str(nobody.uuid)})
        assert [fault["path"] for fault in refused.json()["errors"]] == ["/owner"]

    assert named.json()["owner"]["name"] == "Colleague"
    owners = Assessment.objects.order_by("pk").values_list("owner__name", "responses__rater__name")
    assert list(owners) == [("Assessor", "Assessor"), ("Colleague", "Colleague")]


def test_a_person_owns_what_they_begin(cast: Cast) -> None:
    make_release()
    vendor = make_vendor(cast.organisation)
    body = {"vendor": str(vendor.uuid), "preset": "last_year", "owner": str(cast.colleague.uuid)}
    assert Asker(cast.assessor).post("/assessments", body).json()["errors"][0]["path"] == "/owner"


def test_what_it_asks_a_vendor_for_is_followed_up_by_whoever_made_it(cast: Cast) -> None:
    make_release()
    vendor = make_vendor(cast.organisation)
    made = Asker(service_of(cast.assessor)).post(
        "/commitments", {"vendor": str(vendor.uuid), "rule": "speed", "what": "Help.", "due_on": soon()}
    )
    assert made.status_code == 201
    assert Commitment.objects.get().owner == cast.assessor.user
