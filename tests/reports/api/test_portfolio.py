"""The portfolio for other systems: one row a vendor, as its page shows it."""

from __future__ import annotations

import random

import pytest
from django.utils import timezone

from accounts.models import Department
from reports.models import VendorStanding
from reports.portfolio import rows
from tests.factories import Cast, make_commitment, make_contract, make_vendor
from tests.reports import cards
from tests.reports.api.asking import Asker, cost
from tests.reports.renderings import make_scorecard
from tests.reports.test_secrecy import graded
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def test_a_row_says_where_a_vendor_stands(cast: Cast) -> None:
    vendor, asker = make_vendor(cast.organisation, "Lighthouse", tier="critical", country="Norway"), Asker(cast.reader)
    today = timezone.localdate()
    first = graded(cast, vendor, (1, 2))
    second = graded(cast, vendor, (2, 3), release=first.assessment.release)
    make_commitment(cast.assessor, vendor, agreed=True)
    make_contract(vendor, today=today)
    (row,) = asker.get("/portfolio").json()["items"]
    assert row["vendor"] == {
        **{"uuid": str(vendor.uuid), "name": "Lighthouse", "reference": "", "tier": "critical", "country": "Norway"}
    }
    standing = row["standing"]
    assert standing["scorecard"]["uuid"] == str(second.uuid)
    assert (standing["verdict"], standing["met"], standing["partly"]) == ("not_met", 6, 1)
    assert standing["weakest"] == {"key": "speed", "position": 5, "percent": "62.50"}
    assert standing["rules"][4] == {"key": "speed", "position": 5, "status": "partly", "percent": "62.50"}
    assert standing["trend"] == {"better": ["speed"], "worse": [], "otherwise": [], "not_comparable": []}
    assert row["commitments"] == {"open": 1, "overdue": 0, "ended": 0, "kept": 0}
    assert row["decide_by"] is not None
    paid = cost(asker, "/portfolio")
    graded(cast, make_vendor(cast.organisation, "Beacon"), (3, 3), release=first.assessment.release)
    make_vendor(cast.organisation, "Never")
    assert cost(asker, "/portfolio") == paid == 9
    rows_told = asker.get("/portfolio").json()["items"]
    assert [one["vendor"]["name"] for one in rows_told] == ["Lighthouse", "Beacon", "Never"]
    assert rows_told[2]["standing"] is None


def test_who_has_it_by_its_etag_does_not_get_it_again_until_it_changed(cast: Cast) -> None:
    vendor, asker = make_vendor(cast.organisation, "Lighthouse"), Asker(cast.reader)
    tag = asker.get("/portfolio")["ETag"]
    assert asker.get("/portfolio", **{"If-None-Match": tag}).status_code == 304
    Vendor.objects.filter(pk=vendor.pk).update(name="Lantern")
    assert asker.get("/portfolio", **{"If-None-Match": tag}).status_code == 200


def test_pages_keep_the_order_of_the_page_and_meet_each_vendor_once(cast: Cast) -> None:
    chance = random.Random(7)
    for number in range(12):
        card = make_scorecard(cast.assessor, number=f"S-2026-{number:03}", vendor=f"Vendor {number:02}")
        broken, contradicted = chance.randrange(3), chance.choice([None, 0, 1])
        VendorStanding.objects.create(
            organisation=cast.organisation,
            vendor=card.assessment.vendor,
            scorecard=card,
            approved_at=card.approved_at,
            period_end=card.assessment.period_end,
            verdict="not_met",
            confidence="low",
            met=7 - broken,
            partly=0,
            broken=broken,
            not_rated=0,
            lowest=chance.choice(["33.33", "33.34", "50.00"]),
            lowest_rule=5,
            contradicted=contradicted,
            better=None if contradicted is None else 0,
            **{f"status_{position}": "met" for position in range(1, 8)},
        )
    make_vendor(cast.organisation, "Never, and critical", tier="critical")
    make_vendor(cast.organisation, "Never")
    asker, met, after = Asker(cast.reader), [], ""
    while after is not None:
        body = asker.get(f"/portfolio?limit=5&after={after}").json()
        met += [row["vendor"]["name"] for row in body["items"]]
        after = body["next"]
    in_order = rows.in_order(Vendor.objects.for_member(cast.reader), rows.ATTENTION, (), timezone.localdate())
    assert met == [vendor.name for vendor in in_order]  # their names are in the order of their keys
    by_name = [row["vendor"]["name"] for row in asker.get("/portfolio?sort=name").json()["items"]]
    assert by_name == sorted(met)


def test_it_is_narrowed_as_the_page_is_and_what_nobody_can_choose_is_refused(cast: Cast) -> None:
    department = Department.objects.create(organisation=cast.organisation, name="Finance")
    away = Department.objects.create(organisation=cast.other_organisation, name="Finance")
    make_vendor(cast.organisation, "Lighthouse", tier="critical", country="Norway", department=department)
    cards.approved(cast, vendor=make_vendor(cast.organisation, "Beacon"))
    asker, year = Asker(cast.reader), timezone.localdate().year
    cases = {
        "tier=critical": ["Lighthouse"],
        f"department={department.uuid}": ["Lighthouse"],
        "country=Norway": ["Lighthouse"],
        "state=not-assessed": ["Lighthouse"],
        "expected=said": [],
        f"period={year - 1}-4": [],
        "service=records": [],
    }
    for query, expected in cases.items():
        assert [row["vendor"]["name"] for row in asker.get(f"/portfolio?{query}").json()["items"]] == expected, query
    refused = {
        f"department={away.uuid}": "?department",
        "country=Atlantis": "?country",
        "period=2001": "?period",
        "period=x": "?period",
        "tier=golden": "?tier",
        "service=%00": "?service",
        "sort=colour": "?sort",
    }
    for query, path in refused.items():
        response = asker.get(f"/portfolio?{query}")
        assert (response.status_code, response.json()["errors"][0]["path"]) == (422, path), query
