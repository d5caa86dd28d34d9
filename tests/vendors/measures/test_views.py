"""The pages of what is measured: figures, trends, tables, targets, who may see them, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Membership
from groundwork import words
from tests.factories import Cast, make_feedback, make_incident, make_release, make_vendor
from vendors import withheld
from vendors.expectations import editions
from vendors.measures.cards import MeasureCard
from vendors.measures.catalogue import MEASURES
from vendors.measures.targets import set_target
from vendors.models import (
    Expectation,
    ImportState,
    Incident,
    IncidentImport,
    IncidentSource,
    MeasureTarget,
    PulseChoice,
    Selection,
    Service,
    ServiceCalendar,
    Sla,
    Vendor,
)


@pytest.fixture(autouse=True)
def _nothing_is_kept(db: None) -> None:
    cache.clear()


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation, "Harbour Systems")


@pytest.fixture
def slower(vendor: Vendor) -> Vendor:
    """Twelve months of incidents that take an hour longer each month."""
    measured(vendor)
    return vendor


@pytest.fixture
def nobody_sees() -> Iterator[Any]:
    """`nobody_sees(vendor)`: whoever asks still rates this vendor."""
    before: list[Any] = list(withheld._rated)
    hidden: set[int] = set()

    def rated(member: Membership) -> set[int]:
        return hidden

    withheld.register(rated)
    yield lambda *vendors: hidden.update(one.pk for one in vendors)
    withheld._rated[:] = before


def months_ago(months: int) -> datetime:
    """At noon on the first of a month."""
    now = timezone.localtime()
    index = now.year * 12 + now.month - 1 - months
    return now.replace(year=index // 12, month=index % 12 + 1, day=1, hour=12, minute=0, second=0, microsecond=0)


def measured(vendor: Vendor, *, months: int = 12, **fields: Any) -> None:
    for ago in range(months, 0, -1):
        fields = {"sla": Sla.MET, "reopened": 0, "handovers": 1, "problem": f"P{ago}", **fields}
        for number in range(2):
            opened = months_ago(ago) + timedelta(days=number)
            make_incident(vendor, f"M-{ago}-{number}", opened=opened, hours=months - ago + 4 + number, **fields)


def url(vendor: Vendor, rest: str = "measures/") -> str:
    return f"/vendors/{vendor.pk}/{rest}"


def table(vendor: Vendor, key: str) -> str:
    return url(vendor, f"measures/{key}/")


def page(client: Any, address: str) -> str:
    reply = client.get(address)
    assert reply.status_code == 200
    return reply.content.decode()


def card(client: Any, vendor: Vendor, key: str, query: str = "") -> MeasureCard:
    groups = client.get(url(vendor) + query).context["groups"]
    return next(card for group in groups for card in group.cards if card.key == key)


# Measures --------------------------------------------------------------------------------------------------------
def test_every_measure_stands_once_under_the_rule_that_it_speaks_to(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    make_release()
    groups = signed_in(cast.reader).get(url(slower)).context["groups"]
    shown = [(group.number, card.key) for group in groups for card in group.cards]
    assert len(shown) == len(MEASURES)
    assert (5, "duration_mean") in shown
    assert (0, "sla") in shown
    assert [group.name for group in groups] == [
        *("Support (en)", "Consistency (en)", "Guidance (en)", "Troubleshooting (en)"),
        *("Speed (en)", "Proof (en)", "Prevention (en)", ""),
    ]


def test_the_deciding_measures_stand_first_in_their_rules_and_are_named_so(
    cast: Cast, slower: Vendor, signed_in: Any
) -> None:
    client = signed_in(cast.reader)
    first = {group.number: group.cards[0] for group in client.get(url(slower)).context["groups"]}
    assert [(number, one.key) for number, one in first.items() if one.is_deciding] == [
        (5, "duration_mean"),
        (6, "repeat_count"),
    ]
    assert page(client, url(slower)).count("The manifesto’s own test") == 2


def test_a_trend_is_said_in_words_and_whether_it_is_the_good_way(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    shown = card(signed_in(cast.reader), slower, "duration_mean")
    assert shown.trend == "rising by 1 hour a month, p < 0.001, 12 months"
    assert (shown.tendency, shown.tendency_label) == ("worse", "Getting worse")
    assert "rising by 1 hour a month, p &lt; 0.001, 12 months" in page(signed_in(cast.reader), url(slower))


def test_a_rising_share_of_kept_service_levels_is_the_good_way(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    for ago in range(12, 0, -1):
        for number in range(12):
            sla = Sla.MET if number <= 12 - ago else Sla.MISSED
            make_incident(vendor, f"S-{ago}-{number}", opened=months_ago(ago), sla=sla)
    assert card(signed_in(cast.reader), vendor, "sla").tendency == "better"


def test_the_table_has_each_period_with_its_figure_and_its_incidents(
    cast: Cast, slower: Vendor, signed_in: Any
) -> None:
    shown = card(signed_in(cast.reader), slower, "duration_mean")
    row = shown.rows[0]
    assert (row.value, row.count, row.known, row.why) == ("4.5 hours", 2, "2 of 2", "")
    start = months_ago(12).date().replace(day=1)
    assert f"since={start}" in row.href
    assert f"vendor={slower.pk}" in row.href
    assert row.href in page(signed_in(cast.reader), table(slower, "duration_mean")).replace("&amp;", "&")


def closed_some_day(vendor: Vendor, **fields: Any) -> Incident:
    """Nobody knows when: of it no time is known."""
    return make_incident(vendor, "CLOSED", opened=months_ago(3), hours=None, is_closed=True, **fields)


def test_a_point_of_some_incidents_opens_just_these(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    extra = closed_some_day(slower)
    row = next(one for one in card(signed_in(cast.reader), slower, "duration_mean").rows if "ids=" in one.href)
    assert str(extra.pk) not in row.href.partition("ids=")[2].split("%2C")
    assert (row.count, row.known) == (2, "2 of 3")


def test_a_point_leads_to_a_list_with_as_many_incidents(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    closed_some_day(slower)
    for row in card(client, slower, "duration_mean").rows[8:11]:  # one of them without the closed incident
        assert client.get(row.href).context["page"].paginator.count == row.count == 2


def test_of_how_many_a_figure_is_known_stands_beside_it_and_in_each_row(
    cast: Cast, slower: Vendor, signed_in: Any
) -> None:
    closed_some_day(slower, problem="")
    client = signed_in(cast.reader)
    assert card(client, slower, "duration_mean").known == "Incidents of which it is known: 24 of 25."
    assert card(client, slower, "repeat_count").known.endswith("whose problem is known; of 1 it is not known.")
    body = page(client, url(slower))
    assert "Incidents of which it is known: 24 of 25." in body
    assert "1 incident is closed, but nobody noted when: it has no time to resolve." in body
    assert '<td class="number">2 of 3</td>' in page(client, table(slower, "duration_mean"))


def test_the_table_of_a_measure_comes_when_it_is_opened_and_is_a_page_of_its_own(
    cast: Cast, slower: Vendor, signed_in: Any
) -> None:
    client, address = signed_in(cast.reader), table(slower, "duration_mean") + "?months=12"
    body = page(client, url(slower) + "?months=12")
    assert "<table" not in body.partition('id="duration_mean"')[2].partition("</article>")[0]
    assert f'hx-get="{address}"' in body
    assert f'<a href="{address}">How it is computed, and each period</a>' in body

    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    whole = page(client, address)
    rows = part.partition("<tbody>")[2].partition("</tbody>")[0]
    assert rows.count("<tr>") >= 12 and rows in whole
    assert "<html" not in part and "<h1>Mean time to resolve" in whole


def test_who_still_rates_is_fetched_no_table(cast: Cast, slower: Vendor, signed_in: Any, nobody_sees: Any) -> None:
    nobody_sees(slower)
    client = signed_in(cast.assessor)
    for headers in ({}, {"HX-Request": "true"}):
        body = client.get(table(slower, "duration_mean"), headers=headers).content.decode()
        assert "You are still rating" in body
        assert "<table" not in body and '<svg class="chart' not in body and "hours a month" not in body


def test_of_nothing_measured_the_page_of_a_measure_says_so(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    assert "No data yet." in page(signed_in(cast.reader), table(vendor, "duration_mean"))
    assert signed_in(cast.reader).get(table(vendor, "no-measure")).status_code == 404


def test_each_period_of_the_chart_leads_where_its_row_does(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    body = page(signed_in(cast.reader), table(slower, "volume")).replace("&amp;", "&")
    row = card(signed_in(cast.reader), slower, "volume").rows[0]
    assert body.count(f'<a href="{row.href}" tabindex="-1">') >= 1


def test_open_incidents_are_named_with_a_link(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    make_incident(slower, "OPEN", opened=months_ago(2), hours=None)
    client = signed_in(cast.reader)
    reply = client.get(url(slower))
    body = reply.content.decode()
    assert "1 incident is still open. It counts for 1 day once it was followed for so long." in body
    assert "1 incident took longer than 1 day, or is still open, and counts for 1 day." in body
    assert client.get(reply.context["open_url"]).context["page"].paginator.count == 1


def test_nothing_open_has_no_link(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    assert "See what is open" not in page(signed_in(cast.reader), url(slower))


def test_what_is_not_mission_critical_is_left_out_and_said(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    make_incident(slower, "SMALL", opened=months_ago(2), mission_critical=False)
    assert "1 incident is not mission-critical" in page(signed_in(cast.reader), url(slower))


def test_for_how_long_each_incident_counts_is_said_at_the_head_and_at_the_measure(
    cast: Cast, slower: Vendor, signed_in: Any
) -> None:
    body = page(signed_in(cast.reader), url(slower))
    assert "Mean hours to resolve, each counted to at most 1 day: every incident is followed for the same time." in body
    for key, told in (("duration_mean", 1), ("duration_median", 1), ("reopened", 0)):
        assert page(signed_in(cast.reader), table(slower, key)).count("Each is counted to at most 1 day.") == told
    back = "A problem counts as back where another incident had it at most 90 days before."
    assert back in page(signed_in(cast.reader), table(slower, "repeat_count"))


def test_the_month_that_runs_is_shown_hollow_and_said_to_be_too_new(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    make_incident(slower, "NEW", opened=timezone.now() - timedelta(minutes=1), hours=0)
    client = signed_in(cast.reader)
    assert card(client, slower, "volume").rows[-1].why == "too new to count"
    body = page(client, url(slower))
    assert "chart-point-open" in body
    assert "too new to count" in body


def test_the_first_quarter_of_what_comes_back_is_shown_and_left_out(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    whys = [row.why for row in card(client, slower, "repeat_count").rows][:5]
    early = whys.count("too early to see what comes back")
    assert early in (3, 4), "ninety days are three months, or a day or two more"
    assert whys == ["too early to see what comes back"] * early + [""] * (5 - early)
    assert not card(client, slower, "duration_mean").rows[0].why
    assert "For the problems that come back" in page(client, url(slower))


def test_a_flat_trend_says_what_would_not_have_shown_and_a_deciding_one_its_correction(
    cast: Cast, slower: Vendor, signed_in: Any
) -> None:
    client = signed_in(cast.reader)
    mean, volume = card(client, slower, "duration_mean"), card(client, slower, "volume")
    assert (mean.silence, mean.corrected) == ("", "p < 0.001 after correction")
    assert (volume.silence, volume.corrected) == (
        "A change of less than about 5% over these 12 months would not have shown.",
        "",
    )
    body = page(client, url(slower))
    assert "(p &lt; 0.001 after correction)" in body
    assert volume.silence in body


class TestWhereTheIncidentsComeFrom:
    """A file from a tool, of which a person said what it holds, or nobody did."""

    @pytest.fixture
    def desk(self, cast: Cast, slower: Vendor) -> IncidentImport:
        IncidentSource.objects.create(organisation=cast.organisation, key="desk", name="Example Desk")
        slower.incidents.update(source="desk")
        return IncidentImport.objects.create(
            organisation=cast.organisation, created_by=cast.assessor.user, source="desk", state=ImportState.DONE
        )

    def told(self, upload: IncidentImport, *, until: datetime) -> None:
        upload.selection, upload.known_until = Selection.OPENED, until
        upload.holds_from, upload.holds_to = months_ago(12).date(), timezone.localdate(until)
        upload.save()

    def test_what_nobody_said_is_taken_carefully_with_a_link_to_say_it(
        self, cast: Cast, slower: Vendor, signed_in: Any, desk: IncidentImport
    ) -> None:
        body = page(signed_in(cast.assessor), url(slower))
        assert "Example Desk: nobody said what this file holds. Taken carefully as the incidents resolved from" in body
        assert f'href="{reverse("incident_import_holds", args=[desk.pk])}"' in body
        reader = page(signed_in(cast.reader), url(slower))
        assert "nobody said what this file holds" in reader
        assert desk.get_absolute_url() not in reader

    def test_what_was_said_is_printed_without_a_link(
        self, cast: Cast, slower: Vendor, signed_in: Any, desk: IncidentImport
    ) -> None:
        self.told(desk, until=timezone.now())
        body = page(signed_in(cast.assessor), url(slower))
        first, today = (words.day(one) for one in (months_ago(12).date(), timezone.localdate()))
        assert f"Example Desk: incidents opened from {first} to {today}, exported on {today}." in body
        assert "Say what it holds" not in body

    def test_old_data_say_so_first_and_nothing_is_drawn_after_their_end(
        self, cast: Cast, slower: Vendor, signed_in: Any, desk: IncidentImport
    ) -> None:
        until = months_ago(3)
        self.told(desk, until=until)
        client = signed_in(cast.reader)
        body = page(client, url(slower))
        notice = body.partition("measures-age")[2].partition("</div>")[0]
        assert f"Data end on {words.day(until.date())}, 3 months ago." in notice
        assert "What happened since is unknown, not zero." in notice
        assert card(client, slower, "volume").rows[-1].period == words.month(until.date())
        assert "measures-age" in page(client, url(slower, ""))

    def test_data_of_last_week_are_not_called_old(
        self, cast: Cast, slower: Vendor, signed_in: Any, desk: IncidentImport
    ) -> None:
        self.told(desk, until=timezone.now() - timedelta(days=7))
        body = page(signed_in(cast.reader), url(slower))
        assert "measures-age" not in body
        assert "7 days ago. What happened since is unknown, not zero." in body

    def test_many_files_take_the_queries_of_one(
        self, cast: Cast, slower: Vendor, signed_in: Any, desk: IncidentImport
    ) -> None:
        self.told(desk, until=timezone.now())
        client = signed_in(cast.assessor)
        one = queries(client, url(slower))
        for _ in range(20):
            desk.pk, desk.uuid = None, uuid4()
            desk.save()
        assert queries(client, url(slower)) == one


def test_the_hours_of_a_service_are_told_with_both_figures(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    service = Service.objects.create(vendor=slower, name="Archive")
    weekdays = {str(day): ["08:00", "18:00"] for day in range(5)}
    ServiceCalendar.objects.create(service=service, hours=weekdays, time_zone="Europe/Brussels")
    slower.incidents.update(service=service)
    body = page(signed_in(cast.reader), url(slower))
    assert "Archive (24 incidents): Mon–Fri 08:00–18:00, Europe/Brussels." in body
    assert "In the measures these hours count" in body
    assert "in the hours of the service, which decide, and 10 hours by the clock." in body


def test_too_little_data_says_how_much_is_missing(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    measured(vendor, months=4)
    shown = card(signed_in(cast.reader), vendor, "duration_mean")
    assert shown.trend == "too little data: 4 months"
    assert shown.missing == "2 more months with data are needed before there is a trend."
    assert shown.missing in page(signed_in(cast.reader), url(vendor))


def test_a_measure_without_data_says_what_to_record_instead_of_an_empty_chart(
    cast: Cast, slower: Vendor, signed_in: Any
) -> None:
    client = signed_in(cast.reader)
    assert not card(client, slower, "spread").has_data
    body = page(client, url(slower))
    assert "Record who handled the incidents" in body
    assert 'id="measure-spread-trend-title"' not in body


def test_everybody_who_is_signed_in_can_read_what_the_words_mean(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    for address in (url(slower), url(slower, "")):
        assert 'href="/help/measures/"' in page(client, address)
    body = " ".join(page(client, "/help/measures/").split())
    for said in (
        "at most 6 are called rising, and at most 6 falling",
        "about 1 is contradicted",
        "it may be up to about 2",
        "only if the corrected p is below 0.02 and the change over the whole time is at least 10% of the average",
        "unknown: it is not drawn as nothing",
    ):
        assert said in body
    assert body.count("Example: ") == 5


def test_a_vendor_without_incidents_is_told_how_to_begin(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    body = page(signed_in(cast.assessor), url(vendor))
    assert "Nothing is measured yet" in body
    assert f"/vendors/{vendor.pk}/incidents/add/" in body
    assert f"/vendors/{vendor.pk}/incidents/add/" not in page(signed_in(cast.reader), url(vendor))


def test_incidents_outside_the_period_ask_for_a_longer_one(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    make_incident(vendor, opened=months_ago(30))
    assert "Nothing to measure in this period" in page(signed_in(cast.reader), url(vendor))
    assert "Nothing to measure" not in page(signed_in(cast.reader), url(vendor) + "?months=36")


def test_one_service_can_be_chosen(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    archive = Service.objects.create(vendor=slower, name="Archive")
    make_incident(slower, "A-1", opened=months_ago(2), service=archive)
    reply = client.get(f"{url(slower)}?service={archive.pk}")
    assert reply.context["measures"].cases == 1
    assert f"service={archive.pk}" in reply.context["counted_url"]
    assert client.get(url(slower)).context["measures"].cases == 25


@pytest.mark.parametrize("query", ["?service=999999", "?months=7", "?months=x&service=y", "?service=%00"])
def test_an_address_that_makes_no_sense_shows_everything(
    cast: Cast, slower: Vendor, signed_in: Any, query: str
) -> None:
    reply = signed_in(cast.reader).get(url(slower) + query)
    assert reply.context["measures"].cases == 24
    assert "is-invalid" not in reply.content.decode()


def test_a_service_of_another_organisation_is_not_taken(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    away = Service.objects.create(vendor=make_vendor(cast.other_organisation), name="Away")
    reply = signed_in(cast.reader).get(f"{url(slower)}?service={away.pk}")
    assert reply.context["service"] is None
    assert "Away" not in reply.content.decode()


def test_hostile_names_stay_texts(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation, "<script>alert(1)</script>")
    measured(vendor)
    set_target(cast.admin, vendor, "duration_mean", Decimal(5), note="<script>alert(2)</script>")
    body = page(signed_in(cast.admin), url(vendor))
    assert "<script>alert" not in body


def test_a_card_says_whether_its_target_was_agreed_or_is_expected_of_all(
    cast: Cast, vendor: Vendor, signed_in: Any
) -> None:
    measured(vendor)
    draft = editions.start_draft(cast.assessor, editions.Source.PROPOSAL)
    slow = Expectation(rule="speed", text_en="a", text_fr="b", text_nl="c", measure="duration_mean", target=Decimal(8))
    editions.add(cast.assessor, draft, slow)
    draft.refresh_from_db()
    today = timezone.localdate()
    said = editions.Publication(in_force_from=today, note="", read=draft.version)
    editions.publish(cast.assessor, draft, said, today=today)
    body = page(signed_in(cast.admin), url(vendor))
    assert f"Expected of all vendors since {words.day(today)}" in body
    assert reverse("target_delete", args=[vendor.pk, "duration_mean"]) not in body
    set_target(cast.admin, vendor, "duration_mean", Decimal(5))
    body = " ".join(page(signed_in(cast.admin), url(vendor)).split())
    since = words.day(today).replace("\u00a0", " ")
    assert f"It goes before what is expected of all vendors since {since}, which differs: at most 8 hours" in body
    assert reverse("target_delete", args=[vendor.pk, "duration_mean"]) in body


def test_much_takes_the_queries_of_little(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    make_release()
    client = signed_in(cast.admin)
    make_incident(vendor, opened=months_ago(2))
    Service.objects.create(vendor=vendor, name="One")
    little = queries(client, url(vendor))
    measured(vendor, months=20, handled_by="Team")
    for measure in MEASURES:
        set_target(cast.admin, vendor, measure.key, Decimal(5))
    Service.objects.bulk_create(Service(vendor=vendor, name=f"Service {number}") for number in range(30))
    assert queries(client, url(vendor)) == little
    assert little <= 20


def queries(client: Any, address: str) -> int:
    """With nothing kept from before but the edition, which a process reads once: no computed measures, no session."""
    client.get(address)
    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


# Who sees them ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rest", ["measures/", "quadrant/"])
def test_a_stranger_does_not_learn_that_the_vendor_exists(
    cast: Cast, slower: Vendor, signed_in: Any, rest: str
) -> None:
    assert signed_in(cast.stranger).get(url(slower, rest)).status_code == 404


def test_whoever_still_rates_sees_no_figures_but_where_to_hand_in(
    cast: Cast, slower: Vendor, signed_in: Any, nobody_sees: Any
) -> None:
    nobody_sees(slower)
    set_target(cast.admin, slower, "duration_mean", Decimal(5))
    body = page(signed_in(cast.reader), url(slower))
    assert "You are still rating Harbour Systems" in body
    assert f'href="{reverse("work")}"' in body.partition("<main")[2]
    assert "<svg xmlns" not in body.partition("<main")[2]
    assert "hours" not in body.partition("<main")[2]


def test_the_quadrant_of_a_vendor_is_closed_while_it_is_rated(
    cast: Cast, vendor: Vendor, signed_in: Any, nobody_sees: Any
) -> None:
    make_feedback(vendor, feeling=1, sla=Sla.MET, said_on=timezone.localdate())
    nobody_sees(vendor)
    body = page(signed_in(cast.reader), url(vendor, "quadrant/"))
    assert "You are still rating Harbour Systems" in body
    assert "chart-quadrant" not in body


def test_the_vendor_page_shows_the_two_deciding_trends(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    body = page(signed_in(cast.reader), url(slower, ""))
    assert "rising by 1 hour a month" in body
    assert "(p &lt; 0.001 after correction)" in body
    assert f"/vendors/{slower.pk}/measures/#repeat_count" in body


def test_the_vendor_page_keeps_trends_from_whoever_still_rates(
    cast: Cast, slower: Vendor, signed_in: Any, nobody_sees: Any
) -> None:
    nobody_sees(slower)
    body = page(signed_in(cast.reader), url(slower, ""))
    assert "rising by" not in body
    assert "until you have handed in" in body


# Targets ---------------------------------------------------------------------------------------------------------
def test_a_target_is_agreed_with_its_day_and_place_and_shown(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.assessor)
    given = {"value": "8.5", "agreed_on": "2026-03-02", "note": "Service review, point 4"}
    reply = client.post(url(slower, "targets/duration_mean/"), given)
    assert reply.url == f"/vendors/{slower.pk}/measures/#duration_mean"
    target = MeasureTarget.objects.get()
    assert (target.value, target.agreed_on, target.set_by) == (Decimal("8.5"), date(2026, 3, 2), cast.assessor.user)
    assert AuditEntry.objects.filter(verb="target.agreed").exists()
    body = page(client, url(slower))
    for said in ("at most 8.5 hours", "2\u00a0March 2026", "Service review, point 4", "chart-target"):
        assert said in body


def test_a_target_that_is_kept_is_told_from_one_that_is_not(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    set_target(cast.admin, slower, "duration_mean", Decimal(5))
    assert "Not kept: the last six periods are at 13 hours on average." in page(client, url(slower))
    set_target(cast.admin, slower, "duration_mean", Decimal(13))
    assert "Kept: the last six periods are at 13 hours on average." in page(client, url(slower))


def test_of_a_share_that_should_rise_the_target_is_the_least(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    set_target(cast.admin, slower, "sla", Decimal(95))
    assert card(signed_in(cast.reader), slower, "sla").target_label == "at least 95%"


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("duration_mean", "", "Say what was agreed."),
        ("duration_mean", "soon", "Write a number."),
        ("duration_mean", "-1", "A target is 0 or more."),
        ("sla", "101", "A share is at most 100 percent."),
        ("duration_mean", "12345678", "Ensure that there are no more than"),
        ("duration_mean", "NaN", "Write a number."),
    ],
)
def test_bad_input_stays_typed_and_says_what_is_wrong(  # noqa: PLR0917 - three of them are fixtures
    cast: Cast, vendor: Vendor, signed_in: Any, measure: str, value: str, said: str
) -> None:
    reply = signed_in(cast.admin).post(url(vendor, f"targets/{measure}/"), {"value": value, "note": "Letter of May"})
    body = reply.content.decode()
    assert reply.status_code == 200
    assert said in body
    assert f'value="{value}"' in body or not value
    assert "Letter of May" in body
    assert not MeasureTarget.objects.exists()


def test_a_target_takes_numbers_as_the_language_writes_them(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.admin)
    client.cookies["django_language"] = "fr"
    client.post(url(vendor, "targets/duration_mean/"), {"value": "4,5"})
    assert MeasureTarget.objects.get().value == Decimal("4.5")
    assert 'value="4,50"' in page(client, url(vendor, "targets/duration_mean/"))


def test_a_target_is_changed_and_removed(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.admin)
    set_target(cast.admin, vendor, "repeats", Decimal(5), note="Letter")
    assert "Letter" in page(client, url(vendor, "targets/repeats/"))
    client.post(url(vendor, "targets/repeats/"), {"value": "4", "note": "Letter"})
    assert MeasureTarget.objects.get().value == 4
    assert "at most 4%" in page(client, url(vendor, "targets/repeats/delete/"))
    assert client.post(url(vendor, "targets/repeats/delete/")).status_code == 302
    assert not MeasureTarget.objects.exists()
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"target.changed", "target.deleted"}


@pytest.mark.parametrize("rest", ["targets/unheard_of/", "targets/unheard_of/delete/", "targets/repeats/delete/"])
def test_what_is_not_there_is_not_found(cast: Cast, vendor: Vendor, signed_in: Any, rest: str) -> None:
    assert signed_in(cast.admin).get(url(vendor, rest)).status_code == 404


def test_readers_see_targets_but_no_way_to_change_them(cast: Cast, slower: Vendor, signed_in: Any) -> None:
    set_target(cast.admin, slower, "duration_mean", Decimal(5))
    assert "/targets/" in page(signed_in(cast.assessor), url(slower))
    assert "/targets/" not in page(signed_in(cast.reader), url(slower))
    assert signed_in(cast.reader).post(url(slower, "targets/duration_mean/"), {"value": "1"}).status_code == 403


def test_strangers_change_no_target(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    set_target(cast.admin, vendor, "duration_mean", Decimal(5))
    client = signed_in(cast.stranger)
    assert client.post(url(vendor, "targets/duration_mean/"), {"value": "1"}).status_code == 404
    assert client.post(url(vendor, "targets/duration_mean/delete/")).status_code == 404
    assert MeasureTarget.objects.get().value == 5


# Beside the measures ---------------------------------------------------------------------------------------------
def test_what_is_open_and_which_items_break_stand_below(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    for number in range(2):
        make_incident(vendor, f"d{number}", opened=months_ago(2), problem="disk", configuration_item="db-01")
    old = make_incident(vendor, "old", opened=timezone.now() - timedelta(days=40), hours=None)
    make_incident(vendor, "new", opened=timezone.now() - timedelta(hours=5), hours=None, configuration_item="DB-01")
    reply = client.get(url(vendor))
    backlog, items = reply.context["backlog"], reply.context["items"]
    assert (backlog.total, [count for _age, count in backlog.ages]) == (2, [1, 0, 0, 1])
    assert (backlog.oldest, backlog.note) == ("40 days", "")
    assert [one.pk for one in client.get(backlog.oldest_href).context["page"]] == [old.pk]
    assert [(row.name, row.count) for row in items.rows] == [("db-01", 3)]
    assert client.get(items.rows[0].href).context["page"].paginator.count == 3
    assert items.known == "Incidents of this time of which it is known: 3 of 4."
    assert client.get("/incidents/?item=db-0").context["page"].paginator.count == 3


def test_how_it_felt_stands_on_the_page_with_its_entries(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    day = months_ago(1).date()
    make_feedback(vendor, feeling=2, said_on=day)
    make_feedback(vendor, feeling=5, said_on=day)
    reply = client.get(url(vendor))
    (card,) = [card for group in reply.context["groups"] for card in group.cards if card.key == "feeling"]
    assert (card.newest.value, card.newest.count, card.known) == ("3.5 of 5", 2, "2 people said so.")
    assert client.get(card.newest.href).context["page"].paginator.count == 2


# Service level and feeling ---------------------------------------------------------------------------------------
def said(vendor: Vendor, feeling: int, sla: Sla, count: int = 1, days_ago: int = 0) -> None:
    for _ in range(count):
        make_feedback(vendor, feeling=feeling, sla=sla, said_on=timezone.localdate() - timedelta(days=days_ago))


def test_each_cell_counts_its_entries_and_opens_them(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    said(vendor, 2, Sla.MET, 3)
    said(vendor, 5, Sla.MISSED)
    today = timezone.localdate()
    make_feedback(vendor, feeling=5, sla=Sla.MISSED, said_on=today, workaround=PulseChoice.YES)
    make_feedback(vendor, feeling=5, sla=Sla.MISSED, said_on=today, told_beforehand=PulseChoice.NO)
    said(make_vendor(cast.organisation, "Other"), 2, Sla.MET)
    reply = client.get(url(vendor, "quadrant/"))
    counts = {(cell.column, cell.feeling): cell.count for cell in reply.context["cells"] if cell.count}
    assert counts == {("met", 2): 3, ("informed", 5): 1, ("not_told", 5): 1, ("unsaid", 5): 1}
    for cell in reply.context["cells"]:
        if cell.count:
            assert client.get(cell.href).context["page"].paginator.count == cell.count
            assert reply.content.decode().replace("&amp;", "&").count(f'href="{cell.href}"') == 2  # figure and table


def test_the_fields_are_named_in_words_with_their_counts(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    said(vendor, 1, Sla.MET, 3)
    reply = signed_in(cast.reader).get(url(vendor, "quadrant/"))
    assert [(field.label, field.count, field.share) for field in reply.context["fields"]] == [
        ("Met and content", 0, "0%"),
        ("Green outside, red inside", 3, "100%"),
        ("Missed, well informed", 0, "0%"),
        ("Missed, and not told", 0, "0%"),
        ("Missed, nobody said whether you were told", 0, "0%"),
    ]


def test_how_it_felt_over_time_stands_beside_it(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    make_feedback(vendor, feeling=2, said_on=months_ago(1).date())
    client = signed_in(cast.reader)
    reply = client.get(url(vendor, "quadrant/"))
    assert (reply.context["felt"].newest.value, reply.context["felt"].missing) == (
        "2 of 5",
        "5 more months with data are needed before there is a trend.",
    )
    assert "How it felt, over time" in reply.content.decode()


def test_the_period_is_chosen(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    client = signed_in(cast.reader)
    said(vendor, 1, Sla.MET)
    said(vendor, 1, Sla.MET, days_ago=900)
    totals = [client.get(url(vendor, f"quadrant/{query}")).context["quadrant"].total for query in ("", "?months=0")]
    assert totals == [1, 2]
    assert client.get(url(vendor, "quadrant/?months=nonsense")).context["quadrant"].total == 1


def test_nothing_said_in_the_period_asks_for_a_longer_one(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    said(vendor, 1, Sla.MET, days_ago=900)
    assert "Nobody said anything in this period" in page(signed_in(cast.reader), url(vendor, "quadrant/"))


@pytest.mark.parametrize("everywhere", [True, False])
def test_before_the_first_word_the_page_asks_for_it(
    cast: Cast, vendor: Vendor, signed_in: Any, everywhere: bool
) -> None:
    address = "/quadrant/" if everywhere else url(vendor, "quadrant/")
    assert "Nobody has said anything yet" in page(signed_in(cast.reader), address)


def test_vendors_are_compared_by_how_green_outside_they_are(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    said(vendor, 1, Sla.MET, 1)
    said(vendor, 5, Sla.MET, 3)
    worse = make_vendor(cast.organisation, "Worse")
    said(worse, 1, Sla.MET, 3)
    few = make_vendor(cast.organisation, "Few")
    said(few, 1, Sla.MET, 1)
    rows = signed_in(cast.reader).get("/quadrant/").context["vendor_rows"]
    assert [(row.vendor.name, row.share) for row in rows] == [
        ("Worse", "100%"),
        ("Harbour Systems", "25%"),
        ("Few", ""),
    ]


def test_vendors_still_rated_are_left_out_and_named(
    cast: Cast, vendor: Vendor, signed_in: Any, nobody_sees: Any
) -> None:
    said(vendor, 1, Sla.MET, 3)
    other = make_vendor(cast.organisation, "Other")
    said(other, 5, Sla.MET, 2)
    nobody_sees(vendor)
    reply = signed_in(cast.reader).get("/quadrant/")
    assert reply.context["quadrant"].total == 2
    assert [row.vendor for row in reply.context["vendor_rows"]] == [other]
    assert "Without the vendors that you are still rating" in reply.content.decode()


def test_other_organisations_are_not_counted(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    said(vendor, 1, Sla.MET)
    said(make_vendor(cast.other_organisation, "Away"), 1, Sla.MET, 5)
    reply = signed_in(cast.reader).get("/quadrant/")
    assert reply.context["quadrant"].total == 1
    assert "Away" not in reply.content.decode()


def test_sixty_vendors_take_the_queries_of_one_and_stand_on_two_pages(
    cast: Cast, vendor: Vendor, signed_in: Any
) -> None:
    client = signed_in(cast.reader)
    said(vendor, 1, Sla.MET)
    one = queries(client, "/quadrant/")
    for number in range(60):
        said(make_vendor(cast.organisation, f"Vendor {number}"), 1 + number % 5, Sla.MET)
    assert queries(client, "/quadrant/") == one
    assert one <= 10
    assert len(client.get("/quadrant/").context["vendor_rows"]) == 50
    assert len(client.get("/quadrant/?page=2").context["vendor_rows"]) == 11
