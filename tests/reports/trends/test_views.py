"""The page of a vendor's trends and its panel: what they show, to whom, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import Cast, make_assessment, make_release, make_vendor
from tests.reports.trends.rows import card
from vendors.models import Vendor

SignedIn = Callable[[Any], Client]


def page_of(vendor: Vendor) -> str:
    return reverse("vendor_trends", args=[vendor.pk])


def shown(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_seven_drawings_and_a_table_say_the_same(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    first = card(cast, vendor, speed=1)
    second = card(cast, vendor, day=90, speed=2, support=None)
    html = shown(signed_in(cast.reader), page_of(vendor))
    assert html.count('class="chart chart-timeline"') == 7
    assert html.count('class="chart chart-columns"') == 1
    assert "2 scorecards; 3 March 2025: 6 of 7 rules met; 1 June 2025: 5 of 7 rules met." in html
    table = html[html.index("trends-table") :]
    assert table.index(second.number) < table.index(first.number), "the newest first"
    for said in (reverse("scorecard_detail", args=[first.pk]), "25%", "50%", "5 of 7", "6 of 7", "Low"):
        assert said in table
    assert table.count(">Not rated</title>") == 1
    assert "style=" not in html


def test_what_cannot_be_compared_is_said_beside_the_drawing_and_in_the_table(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    card(cast, vendor, day=90, release=make_release("2", questions_per_rule=3))
    html = shown(signed_in(cast.reader), page_of(vendor))
    assert html.count("Not comparable from 1 June 2025 on (edition 2): new:") == 7 * 2, "as text, and in each drawing"
    assert html.count("not comparable with the scorecard before:") == 7


@pytest.mark.parametrize(("count", "said"), [(0, "No scorecard yet"), (1, "One scorecard so far")])
def test_with_one_scorecard_or_none_it_says_what_comes(cast: Cast, signed_in: SignedIn, count: int, said: str) -> None:
    vendor = make_vendor(cast.organisation)
    for _ in range(count):
        card(cast, vendor)
    client = signed_in(cast.reader)
    assert said in shown(client, page_of(vendor))
    panel = shown(client, reverse("vendor_detail", args=[vendor.pk]))
    assert f"{said}. From the second on you see here how each rule moves." in panel
    assert page_of(vendor) not in panel, "nothing is there to follow yet"


def test_the_vendors_page_shows_the_seven_marks_and_leads_to_the_rest(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    card(cast, vendor, day=90)
    html = shown(signed_in(cast.reader), reverse("vendor_detail", args=[vendor.pk]))
    assert html.count('class="chart chart-columns"') == 1
    assert f'href="{page_of(vendor)}"' in html
    assert 'href="#trends"' in html


def test_whoever_still_rates_the_vendor_sees_no_figure_of_it(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor, speed=1)
    card(cast, vendor, day=90, speed=2)
    make_assessment(cast.assessor, vendor=vendor)
    client = signed_in(cast.assessor)
    html = shown(client, page_of(vendor))
    assert "You are still rating" in html
    assert "chart-timeline" not in html
    assert "25%" not in html
    panel = shown(client, reverse("vendor_detail", args=[vendor.pk]))
    assert "chart-columns" not in panel
    assert "Closed to you until you have handed in" in panel
    assert "chart-timeline" in shown(signed_in(cast.reader), page_of(vendor))


def test_another_organisation_finds_nothing(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation)
    card(cast, vendor)
    assert signed_in(cast.stranger).get(page_of(vendor)).status_code == 404
    assert signed_in(cast.reader).post(page_of(vendor)).status_code == 405


def test_it_costs_the_same_queries_for_two_scorecards_and_for_six(cast: Cast, signed_in: SignedIn) -> None:
    client, counts = signed_in(cast.reader), []
    for count in (2, 6):
        vendor = make_vendor(cast.organisation, f"Vendor {count}")
        for day in range(count):
            card(cast, vendor, day=day)
        client.get(page_of(vendor))
        with CaptureQueriesContext(connection) as caught:
            client.get(page_of(vendor))
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 11
