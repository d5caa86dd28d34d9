"""Scorecards for other systems: the list, the whole arithmetic of one, its snapshot, whether it holds."""

from __future__ import annotations

import base64
import json
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import Organisation
from accounts.operations import Scope
from assessments.models import Answer
from groundwork.canonical import canonical, hash_of
from reports.api.snapshot_reading import told
from reports.api.snapshot_shapes import ScorecardOut
from reports.models import BenchmarkAnswer, Scorecard
from reports.scorecard import snapshots
from tests.factories import NOW, Cast, make_assessment, make_vendor
from tests.reports import cards
from tests.reports.api.asking import Asker, cost

pytestmark = pytest.mark.django_db
OLD = Path(__file__).parents[1] / "scorecard"


def uneven(cast: Cast, name: str = "Lighthouse", grades: tuple[int, int] = (1, 3), **about: Any) -> Scorecard:
    """Every rule met but speed, whose two questions are graded so."""
    assessment = make_assessment(cast.assessor, vendor=make_vendor(cast.organisation, name), grade=4, **about)
    for key, grade in zip(("speed-1", "speed-2"), grades, strict=True):
        Answer.objects.filter(response__assessment=assessment, question__key=key).update(grade=grade)
    return cards.approve(cast, assessment)


def test_a_scorecard_says_how_each_rule_is_summed(cast: Cast) -> None:
    card = uneven(cast)
    body = Asker(cast.reader, Scope.SCORECARDS_READ).get(f"/scorecards/{card.uuid}").json()
    assert body["result"]["verdict"] == "not_met"
    assert (body["result"]["met"], body["result"]["of"], body["result"]["weakest_rule"]) == (6, 7, "speed")
    speed = next(rule for rule in body["rules"] if rule["key"] == "speed")
    assert (speed["percent"], speed["percent_rounded"], speed["status"]) == ("50/1", 50, "partly")
    assert (speed["weighted_sum"], speed["weight_graded"], speed["weight_applicable"]) == ("100/1", "2/1", "2/1")
    first = speed["questions"][0]
    assert (first["number"], first["grade"], first["percent"], first["product"]) == ("5.1", "1/1", "25/1", "25/1")
    assert first["answers"][0]["grade"] == 1
    assert first["answers"][0]["rater"] == body["raters"][0]["rater"]
    assert body["raters"][0]["name"] == "Assessor"
    for rule in body["rules"]:  # each sum can be made again from its lines
        graded = [one for one in rule["questions"] if one["state"] == "graded"]
        assert Fraction(rule["weighted_sum"]) == sum(Fraction(one["product"]) for one in graded)
        assert Fraction(rule["percent"]) == Fraction(rule["weighted_sum"]) / Fraction(rule["weight_graded"])
    assert body["vendor"]["uuid"] == str(card.assessment.vendor.uuid)
    assert body["approvals"][0]["by"] == "Approver"


def test_who_has_a_scorecard_by_its_etag_does_not_get_it_again(cast: Cast) -> None:
    card, asker = uneven(cast), Asker(cast.reader)
    for path, tag in (("", f'"{card.sha256}-1"'), ("/snapshot", f'"{card.sha256}"')):
        first = asker.get(f"/scorecards/{card.uuid}{path}")
        assert first["ETag"] == tag
        again = asker.get(f"/scorecards/{card.uuid}{path}", **{"If-None-Match": f'W/"other", {tag}'})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert asker.get(f"/scorecards/{card.uuid}{path}", **{"If-None-Match": '"other"'}).status_code == 200


def test_the_snapshot_comes_byte_by_byte(cast: Cast) -> None:
    card = uneven(cast)
    response = Asker(cast.reader).get(f"/scorecards/{card.uuid}/snapshot")
    assert response.content == card.snapshot.encode()
    assert sha256(response.content).hexdigest() == card.sha256
    assert base64.b64decode(response["Repr-Digest"].removeprefix("sha-256=:")[:-1]).hex() == card.sha256
    assert response["Content-Type"] == "application/json"


def damage(card: Scorecard) -> None:
    """Past the database, which refuses it."""
    table = Scorecard._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        text = card.snapshot.replace('"grade":4', '"grade":3', 1)
        assert text != card.snapshot
        cursor.execute(f"UPDATE {table} SET snapshot = %s WHERE id = %s", [text, card.pk])  # noqa: S608


def test_one_that_holds_is_computed_again_to_the_same(cast: Cast) -> None:
    card = uneven(cast)
    body = Asker(cast.reader).get(f"/scorecards/{card.uuid}/verification").json()
    assert (body["has_its_sha256"], body["is_as_sealed"], body["agrees"]) == (True, True, True)
    assert (body["verdict"], body["met"]) == ("not_met", 6)
    assert [rule["percent"] for rule in body["rules"]][4] == "50/1"
    assert all(rule["agrees"] for rule in body["rules"])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="It takes the guards off as SQLite has them.")
def test_one_that_somebody_changed_is_found_and_not_handed_out(cast: Cast) -> None:
    card, asker = uneven(cast), Asker(cast.reader)
    damage(card)
    body = asker.get(f"/scorecards/{card.uuid}/verification").json()
    assert (body["has_its_sha256"], body["is_as_sealed"], body["agrees"]) == (False, False, False)
    for path in ("", "/snapshot"):
        response = asker.get(f"/scorecards/{card.uuid}{path}")
        assert (response.status_code, response.json()["code"]) == (409, "refused")


def test_a_snapshot_of_any_schema_is_told_in_one_shape(cast: Cast) -> None:
    card = cards.approved(cast)
    older = [json.loads((OLD / f"schema_{schema}.json").read_text(encoding="utf-8")) for schema in (1, 2, 3, 4)]
    for content in (*older, cards.full(), cards.with_measures(cards.full(), cards.cases())):
        text = canonical(content)
        stand_in = Scorecard(number=card.number, snapshot=text, sha256=hash_of(text), approved_at=card.approved_at)
        stand_in.assessment = card.assessment
        body = ScorecardOut.model_validate(told(stand_in, snapshots.load(stand_in), seal=None))
        assert body.snapshot_schema == content["schema"]
        assert body.result.met == content["score"]["met"]
        assert len(body.rules) == 7
        assert (body.measures is None) == (content.get("measures") is None)
    assert body.measures is not None
    assert sum(point.count for point in body.measures.series[1].points) > 0


def test_the_list_is_narrowed_by_each_filter(cast: Cast) -> None:
    low, asker = uneven(cast), Asker(cast.reader)
    release = low.assessment.release
    high = cards.approved(cast, grade=4, vendor=make_vendor(cast.organisation, "Harbourlight"), release=release)
    cases = {
        "": {low, high},
        f"vendor={low.assessment.vendor.uuid}": {low},
        f"assessment={high.assessment.uuid}": {high},
        "verdict=met": {high},
        "rule=speed&status=partly": {low},
        "status=broken": set(),
        "edition=none": set(),
        f"edition={release.edition}&latest=true": {low, high},
        f"period_from={low.assessment.period_end}": {low, high},
        "period_to=1999-01-01": set(),
    }
    for query, expected in cases.items():
        rows = asker.get(f"/scorecards?{query}").json()["items"]
        assert {row["number"] for row in rows} == {card.number for card in expected}, query
    (row,) = asker.get("/scorecards?status=partly").json()["items"]
    assert row["sha256"] == low.sha256
    assert row["result"]["average"] == "92.86"
    speed = row["result"]["rules"][4]
    assert speed == {"key": "speed", "position": 5, "status": "partly", "percent": "50.00", "coverage": "100.00"}


def test_the_benchmark_is_for_who_shares(cast: Cast) -> None:
    card, asker = uneven(cast), Asker(cast.reader)
    body = asker.get(f"/scorecards/{card.uuid}/benchmark").json()
    assert body == {"is_sharing": False, "tier": "standard", "rules": []}
    Organisation.objects.filter(pk=cast.organisation.pk).update(benchmarks_since=NOW)
    figures = {"organisations": 5, "vendors": 9, "lower": 55, "median": 70, "upper": 85, "met": 40}
    BenchmarkAnswer.objects.create(rule=5, tier="standard", published_at=NOW, contributions={}, **figures)
    body = asker.get(f"/scorecards/{card.uuid}/benchmark").json()
    assert body["rules"][4] == {
        **{"rule": "speed", "percent": 50.0, "place": "below", "organisations": 5},
        **{"lower": 55, "median": 70, "upper": 85},
    }
    assert body["rules"][0]["place"] is None


def test_a_list_costs_the_same_however_long_it_is(cast: Cast) -> None:
    first, asker = uneven(cast), Asker(cast.reader)
    assert cost(asker, "/scorecards") == 3  # rows, their rules, whom the holder judges
    assert cost(asker, f"/scorecards/{first.uuid}") == 3
    release = first.assessment.release
    for number in range(2):
        cards.approved(cast, vendor=make_vendor(cast.organisation, f"Vendor {number}"), release=release)
    assert cost(asker, "/scorecards") == 3
