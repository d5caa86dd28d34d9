"""The page of all vendors, its file, and the map."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry, Membership, User
from tests.factories import Cast, make_assessment, make_member, make_vendor
from tests.reports.standing_cards import stand
from vendors.models import Contract, Service, Tier, Vendor

SignedIn = Callable[[Membership | User], Client]
PAGE = "/portfolio/"


def shown(client: Client, url: str = PAGE) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def row(page: str, vendor: Vendor) -> str:
    """The text of one vendor's row."""
    start = page.index(f'href="{vendor.get_absolute_url()}"')
    html = page[start : page.index("</tr>", start)]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index(">") + 1 :])).strip()


@pytest.fixture
def vendors(cast: Cast) -> dict[str, Vendor]:
    now = timezone.now()
    made = {
        name: make_vendor(cast.organisation, name, tier=tier)
        for name, tier in (("Broken", "critical"), ("Kept", "important"), ("Old", "critical"), ("Never", "critical"))
    }
    stand(cast, made["Broken"], "bpmmbm-", at=now, lowest="10", findings=["contradicted", "better_than_rated"])
    stand(cast, made["Kept"], "mmmmmmm", at=now)
    stand(cast, made["Old"], "mmmmbmm", at=now - timedelta(days=500))
    return made


# The table ----------------------------------------------------------------------------------------------------------
def test_a_row_says_what_the_latest_scorecard_says(cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]) -> None:
    said = row(shown(signed_in(cast.reader)), vendors["Broken"])
    assert said.startswith("Broken Critical Broken 10% Partly met 60% Met 80% Met 80% Broken 20% Met 80% Not rated")
    assert "3 of 7 2 broken 1 Support (en), 10% 1 contradicted 1 better than rated" in said
    assert said.endswith("S-2026-001 today")


def test_a_row_leads_to_vendor_scorecard_change_and_comparison(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    now = stand(cast, vendors["Old"], "mmmmmmm", at=timezone.now())
    page = shown(signed_in(cast.reader), f"{PAGE}?sort=name")
    start = page.index(f'href="{vendors["Old"].get_absolute_url()}"')
    html = page[page.rindex("<tr", 0, start) : page.index("</tr>", start)]
    assert f'href="{reverse("scorecard_detail", args=[now.pk])}"' in html
    assert f'href="{reverse("scorecard_change", args=[now.pk])}"' in html
    assert f'name="vendor" value="{vendors["Old"].pk}" aria-label="Compare Old"' in html
    assert page.count("What changed") == 1  # the others have one scorecard
    assert f'class="heat-wide" method="get" action="{reverse("comparison")}"' in page


def test_what_is_missing_is_told_as_loudly_as_what_is_bad(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    page = shown(signed_in(cast.reader))
    assert row(page, vendors["Never"]).startswith("Never Critical Never assessed.")
    assert "16 months ago older than 12 months" in row(page, vendors["Old"])
    assert page.count("heat-old") == 1
    assert "Critical vendors assessed in the last 12 months: 1 of 3" in page
    assert "Important vendors assessed in the last 12 months: 1 of 1" in page
    assert "1 never assessed" in page
    assert "1 with a scorecard older than 12 months" in page


def test_the_rule_that_vendors_break_most_is_a_sentence_and_the_foot_has_every_count(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    page = shown(signed_in(cast.reader))
    assert "Rule 5 (Speed (en)) is the one that our vendors break most: 2 of 3." in page
    foot = re.findall(r'<td class="heat-rule[^"]*" data-label="Rule \d">(\d)</td>', page[page.index("<tfoot>") :])
    assert foot == list("1000200010000022331320000001")
    assert "Counted over the 3 vendors of this choice that have a scorecard, on all pages." in page


def test_the_foot_counts_all_pages(cast: Cast, signed_in: SignedIn) -> None:
    for number in range(51):
        vendor = make_vendor(cast.organisation, f"Vendor {number:02}")
        if number == 50:
            stand(cast, vendor, "mmmmmmm")
    page = shown(signed_in(cast.reader), f"{PAGE}?sort=name&page=2")
    assert "Counted over the 1 vendor" in page
    assert "Page 2 of 2" in page
    assert page.count('class="heat-name"') == 1


def test_headings_sort_both_ways_and_keep_what_is_chosen(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    client = signed_in(cast.reader)
    page = shown(client, f"{PAGE}?tier=critical")
    assert set(re.findall(r"\?tier=critical&amp;sort=([\w-]+)", page)) == {
        *("name", "tier", "met", "weakest", "-findings", "-commitments", "age", "decide"),
        *(f"rule{number}" for number in range(1, 8)),
    }
    rising = shown(client, f"{PAGE}?sort=rule5")
    assert 'aria-sort="ascending"' in rising
    assert "sort=-rule5" in rising
    order = re.findall(r'class="heat-name"[^>]*>(\w+)<', rising)
    assert order == ["Broken", "Old", "Kept", "Never"]


def test_nonsense_in_the_address_narrows_nothing_and_breaks_nothing(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    url = f"{PAGE}?tier=x&department=x&country=x&period=2026-9&state=x&sort=x&page=x"
    assert shown(signed_in(cast.reader), url).count('class="heat-name"') == len(vendors)


def test_nothing_there_says_what_will_be(cast: Cast, signed_in: SignedIn) -> None:
    assert "Here all vendors stand at a glance" in shown(signed_in(cast.reader))
    make_vendor(cast.organisation)
    assert "No vendor matches" in shown(signed_in(cast.reader), f"{PAGE}?tier=critical")


def test_a_day_to_decide_that_is_over_says_so(cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]) -> None:
    today = timezone.localdate()
    Contract.objects.create(vendor=vendors["Kept"], reference="A", decide_by=today - timedelta(days=1))
    Contract.objects.create(vendor=vendors["Old"], reference="B", decide_by=today + timedelta(days=1))
    page = shown(signed_in(cast.reader))
    assert row(page, vendors["Kept"]).endswith("the day is over")
    assert row(page, vendors["Old"]).endswith("in 1 day")


# Secrecy and scope --------------------------------------------------------------------------------------------------
def test_whoever_still_judges_sees_no_figure_of_that_vendor(cast: Cast, signed_in: SignedIn) -> None:
    vendor, other = make_vendor(cast.organisation, "Judged"), make_vendor(cast.organisation, "Other")
    stand(cast, vendor, "bbbbbbb", at=timezone.now())
    stand(cast, other, "mmmmmmm", at=timezone.now())
    make_assessment(cast.assessor, vendor=vendor)
    client = signed_in(cast.assessor)
    page = shown(client)
    assert row(page, vendor) == "Judged Standard Your own answers come first. Go to my work"
    assert "1 vendor that you still rate is left out of these counts: your own answers come first." in page
    assert "None of these vendors breaks a rule." in page
    drawn = page[page.index('id="power"') :]
    assert f'href="{other.get_absolute_url()}"' in drawn
    assert f'href="{vendor.get_absolute_url()}"' not in drawn
    assert "broken" not in client.get("/portfolio/file/").content.decode().partition("Judged")[2]
    assert "7 broken" in row(shown(signed_in(cast.reader)), vendor)


def test_a_stranger_sees_their_own_organisation_and_an_outside_rater_nothing(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    assert "No vendors yet" in shown(signed_in(cast.stranger))
    rater = make_member(cast.organisation, "outside", "rater")  # type: ignore[arg-type]
    for route in ("portfolio", "portfolio_export", "power_map"):
        assert signed_in(rater).get(reverse(route)).status_code == 403


# How many queries ---------------------------------------------------------------------------------------------------
def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


@pytest.mark.parametrize("url", [PAGE, f"{PAGE}?sort=-commitments&state=in-hand", "/portfolio/power/"])
def test_the_queries_are_six_at_most_and_do_not_grow(cast: Cast, signed_in: SignedIn, url: str) -> None:
    client = signed_in(cast.reader)
    for number in range(12):
        vendor = make_vendor(cast.organisation, f"Vendor {number:02}", country="Belgium")
        stand(cast, vendor, "bmmmmmm")
        Service.objects.create(vendor=vendor, name="Records", department=cast.department)
        make_assessment(cast.colleague, vendor=vendor)
        if number == 1:
            few = queries(client, url)
    assert queries(client, url) == few == (5 if "power" in url else 6)


# Files --------------------------------------------------------------------------------------------------------------
def table(response: Any) -> list[list[str]]:
    text = b"".join(response) if response.streaming else response.content
    return list(csv.reader(StringIO(text.decode("utf-8-sig"))))


def test_a_file_holds_all_that_is_chosen_in_its_order_and_words(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    client = signed_in(cast.reader)
    heading, *rows = table(client.get("/portfolio/file/?tier=critical&sort=-name"))
    assert [cells[0] for cells in rows] == ["Old", "Never", "Broken"]
    broken = dict(zip(heading, rows[2], strict=True))
    assert broken["Rule 1, Support (en)"] == "Broken"
    assert broken["Rule 1, percent"] == "10%"
    assert (broken["Rule 7, percent"], broken["Rules met"], broken["Broken"]) == ("", "3 of 7", "2 broken")
    assert broken["Findings"] == "1 contradicted; 1 better than rated"
    never = dict(zip(heading, rows[1], strict=True))
    assert (never["State"], never["Rules met"]) == ("Never assessed", "")
    assert dict(zip(heading, rows[0], strict=True))["Age"] == "16 months ago; older than 12 months"


def test_a_workbook_has_the_same_cells_as_the_text_file(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    client = signed_in(cast.reader)
    book = load_workbook(BytesIO(client.get("/portfolio/file/?file=xlsx").content))
    cells = [[cell or "" for cell in line] for line in book.worksheets[0].iter_rows(values_only=True)]
    assert cells == table(client.get("/portfolio/file/"))


def test_a_name_that_is_a_formula_stays_a_name(cast: Cast, signed_in: SignedIn) -> None:
    make_vendor(cast.organisation, "=HYPERLINK(1)")
    assert table(signed_in(cast.reader).get("/portfolio/file/"))[1][0] == "'=HYPERLINK(1)"


def test_that_a_file_was_taken_stands_in_the_trail(cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]) -> None:
    signed_in(cast.reader).get("/portfolio/file/?file=xlsx&tier=critical")
    entry = AuditEntry.objects.get(verb="portfolio.exported")
    assert (entry.actor, entry.organisation, entry.after) == (
        cast.reader.user,
        cast.organisation,
        {"file": "xlsx", "rows": 3},
    )
    assert "downloaded the portfolio" in shown(signed_in(cast.admin), reverse("audit_list"))


# The map ------------------------------------------------------------------------------------------------------------
def test_the_map_says_how_it_counts_and_has_a_table_of_all_it_draws(
    cast: Cast, signed_in: SignedIn, vendors: dict[str, Vendor]
) -> None:
    Service.objects.create(vendor=vendors["Broken"], name="Records", department=cast.department)
    Vendor.objects.filter(pk=vendors["Broken"].pk).update(months_to_replace=9)
    page = shown(signed_in(cast.reader), "/portfolio/power/")
    assert "points for each: 10; at most: 30" in page
    said = page[page.index("The map as a table") :]
    assert "62" in said
    for part in ("tier: Critical (30)", "1 mission-critical service (10)", "9 months to replace (18)"):
        assert part in said
    assert "1 department affected (4)" in said
    assert "months to replace: unknown (0 to 24)" in said
    assert "They hold us, and do not support us" in said
    assert said.count("row-link") == len(vendors)


def test_of_many_vendors_those_are_drawn_on_which_we_depend_most(cast: Cast, signed_in: SignedIn) -> None:
    for number in range(61):
        make_vendor(cast.organisation, f"Vendor {number:02}", tier=Tier.CRITICAL if number else Tier.STANDARD)
    page = shown(signed_in(cast.reader), "/portfolio/power/")
    assert "Drawn are those on which we depend most: 60 of 61." in page
    assert page.count("row-link") == 60
    assert "Vendor 00" not in page


def test_everybody_has_their_first_page(cast: Cast, signed_in: SignedIn) -> None:
    for member, first in (
        (cast.reader, PAGE),
        (cast.approver, PAGE),
        (cast.assessor, "/my-work/"),
        (cast.admin, "/my-work/"),
    ):
        assert signed_in(member).get("/")["Location"] == first
