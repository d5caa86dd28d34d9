"""What moved, for other systems: between two scorecards, and over all of a vendor."""

from __future__ import annotations

from fractions import Fraction
from uuid import uuid4

import pytest

from tests.factories import Cast
from tests.reports.api.asking import Asker, cost
from tests.reports.test_secrecy import graded, make_vendor

pytestmark = pytest.mark.django_db


def test_a_change_is_an_exact_sum_of_its_parts(cast: Cast) -> None:
    vendor, asker = make_vendor(cast.organisation, "Lighthouse"), Asker(cast.reader)
    first = graded(cast, vendor, (1, 2))
    second = graded(cast, vendor, (2, 3), release=first.assessment.release)
    assert asker.get(f"/scorecards/{first.uuid}/change").status_code == 404  # nothing before it
    body = asker.get(f"/scorecards/{second.uuid}/change", **{"Accept-Language": "nl"}).json()
    assert (body["then"]["number"], body["now"]["number"]) == (first.number, second.number)
    speed = next(rule for rule in body["rules"] if rule["rule"] == "speed")
    assert (speed["status_then"], speed["status_now"], speed["points"]) == ("broken", "partly", "25")
    assert (speed["percent_then"], speed["percent_now"]) == ("75/2", "125/2")
    assert [part["points"] for part in speed["parts"]] == ["25/2", "25/2"]
    assert sum(Fraction(part["points"]) for part in speed["parts"]) == Fraction(speed["points"])
    assert {part["rater"] for part in speed["parts"]} == {"Assessor"}
    assert "12,50" in speed["parts"][0]["said"]  # in the language that was asked for
    assert asker.get(f"/scorecards/{first.uuid}/change?since={second.uuid}").json() == {
        **asker.get(f"/scorecards/{second.uuid}/change").json()
    }  # the earlier is then, whichever is asked of
    assert asker.get(f"/scorecards/{second.uuid}/change?since={uuid4()}").status_code == 404


def test_a_vendors_course_goes_along_its_scorecards(cast: Cast) -> None:
    vendor, asker = make_vendor(cast.organisation, "Lighthouse"), Asker(cast.reader)
    assert asker.get(f"/vendors/{vendor.uuid}/scorecard-history").json()["scorecards"] == []
    first = graded(cast, vendor, (1, 2))
    path = f"/vendors/{vendor.uuid}/scorecard-history"
    paid = cost(asker, path)
    second = graded(cast, vendor, (2, 3), release=first.assessment.release)
    body = asker.get(path).json()
    assert [card["number"] for card in body["scorecards"]] == [first.number, second.number]
    assert [point["percent"] for point in body["rules"][4]["points"]] == ["37.50", "62.50"]
    assert [point["status"] for point in body["rules"][4]["points"]] == ["broken", "partly"]
    assert body["rules"][4]["points"][1]["not_comparable"] is None
    assert cost(asker, path) == paid == 5
    assert [card["number"] for card in asker.get(f"{path}?latest=1").json()["scorecards"]] == [second.number]
    assert asker.get(f"{path}?latest=0").status_code == 422
    assert Asker(cast.stranger).get(path).status_code == 404


def test_vendors_stand_side_by_side_by_the_scorecards_that_are_named(cast: Cast) -> None:
    low = graded(cast, make_vendor(cast.organisation, "Lighthouse"), (1, 2))
    high = graded(cast, make_vendor(cast.organisation, "Beacon"), (4, 4), release=low.assessment.release)
    asker, path = Asker(cast.reader), f"/comparison?scorecard={low.uuid}&scorecard={high.uuid}"
    body = asker.get(path).json()
    assert [one["vendor"]["name"] for one in body["scorecards"]] == ["Lighthouse", "Beacon"]
    assert [(cell["status"], cell["percent"]) for cell in body["rules"][4]["cells"]] == [
        ("broken", "75/2"),
        ("met", "100"),
    ]
    assert body["summary"]
    assert cost(asker, path) == 2
    for query in (f"scorecard={low.uuid}", f"scorecard={low.uuid}&scorecard={low.uuid}"):
        response = asker.get(f"/comparison?{query}")
        assert (response.status_code, response.json()["errors"][0]["path"]) == (422, "?scorecard"), query
    assert Asker(cast.stranger).get(path).status_code == 404
