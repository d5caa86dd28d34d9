"""Requests a second and queries of the pages people wait for, against an empty view behind the same middleware."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Membership, Organisation, Role
from assessments.models import Assessment, Response
from benchmarks import portfolios
from benchmarks.timing import medians
from manifesto.models import RULE_KEYS
from reports.models import Scorecard
from vendors.models import Vendor

FEW, MANY = 100, 10_000
PORTFOLIO_PAGES = {
    "portfolio, by what needs attention": "/portfolio/",
    "portfolio, by commitments": "/portfolio/?sort=-commitments",
    "portfolio, by tier": "/portfolio/?sort=tier",
    "portfolio, by rule 3": "/portfolio/?sort=rule3",
    "portfolio, by the day to decide": "/portfolio/?sort=decide",
    "power map": "/portfolio/power/",
}


def report(repetitions: int) -> str:
    with override_settings(ROOT_URLCONF="benchmarks.urls", ALLOWED_HOSTS=["testserver"]):
        return _report(repetitions)


def _report(repetitions: int) -> str:
    member = Membership.objects.filter(role=Role.ASSESSOR, organisation__slug="harbour")[0]
    small, large = _organisation_with_vendors(100, member), _organisation_with_vendors(10_000, member)
    rating = Response.objects.waiting_for(member.user)
    answering = Assessment.objects.for_member(member).collecting().filter(responses__in=rating)[0]
    card = Scorecard.objects.for_member(member)[0]
    reader = Membership.objects.filter(role=Role.READER, organisation=member.organisation)[0]
    cards = Scorecard.objects.for_member(reader).order_by()
    vendors = cards.values_list("assessment__vendor", flat=True).distinct()[:5]
    compared = urlencode([("vendor", vendor) for vendor in vendors])
    pages: dict[str, Callable[[], object]] = {
        "empty view, no sign-in": partial(Client().get, reverse("empty_public")),
        "empty view, signed in (the floor)": _page(member, reverse("empty_member"), member.organisation),
        "answering page": _page(
            member, reverse("questionnaire", args=[answering.pk, RULE_KEYS[0]]), member.organisation
        ),
        "vendor list, 100 vendors": _page(member, reverse("vendor_list"), small),
        "vendor list, 10,000 vendors": _page(member, reverse("vendor_list"), large),
        "vendor page": _page(member, reverse("vendor_detail", args=[vendors[0]]), member.organisation),
        "measures page": _page(member, reverse("vendor_measures", args=[vendors[0]]), member.organisation),
        "scorecard page": _page(member, reverse("scorecard_detail", args=[card.pk]), member.organisation),
        "why it moved, of the same": _page(member, reverse("scorecard_change", args=[card.pk]), member.organisation),
        "comparison of up to five vendors": _page(reader, f"{reverse('comparison')}?{compared}", reader.organisation),
        "trends of a vendor": _page(reader, reverse("vendor_trends", args=[vendors[0]]), reader.organisation),
        "commitments": _page(reader, reverse("commitment_list"), reader.organisation),
        "decisions": _page(reader, reverse("contract_list"), reader.organisation),
        "my work": _page(member, reverse("work"), member.organisation),
    }
    seconds = medians(pages, repetitions * 5)
    floor = seconds["empty view, signed in (the floor)"]
    lines = ["## Pages", "", "| page | requests a second | ratio to the floor | queries |", "|---|--:|--:|--:|"]
    for name, page in pages.items():
        with CaptureQueriesContext(connection) as queries:
            page()
        lines.append(f"| {name} | {1 / seconds[name]:.0f} | {seconds[name] / floor:.1f} | {len(queries)} |")
    return "\n".join([*lines, "", *_portfolio_lines(member, repetitions)])


def _portfolio_lines(member: Membership, repetitions: int) -> list[str]:
    """Each page with many vendors against the same page with few."""
    few, many = portfolios.of(member, vendors=FEW), portfolios.of(member, vendors=MANY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    pages = {
        (name, at): _page(member, url, organisation)
        for name, url in PORTFOLIO_PAGES.items()
        for at, organisation in (("few", few), ("many", many))
    }
    seconds = medians(pages, repetitions)
    assessments = MANY * portfolios.EACH
    lines = [
        f"| {MANY:,} vendors with {assessments:,} assessments | seconds | ratio to {FEW} vendors | queries |",
        "|---|--:|--:|--:|",
    ]
    for name in PORTFOLIO_PAGES:
        with CaptureQueriesContext(connection) as queries:
            pages[name, "many"]()
        taken = seconds[name, "many"]
        lines.append(f"| {name} | {taken:.3f} | {taken / seconds[name, 'few']:.2f} | {len(queries)} |")
    return [*lines, ""]


def _organisation_with_vendors(count: int, member: Membership) -> Organisation:
    organisation = Organisation.objects.create(name=f"Bench {count}", slug=f"bench-{count}")
    Membership.objects.create(organisation=organisation, user=member.user, role=Role.ASSESSOR)
    Vendor.objects.bulk_create(
        (Vendor(organisation=organisation, name=f"Vendor {number:05}") for number in range(count)), batch_size=1000
    )
    return organisation


def _page(member: Membership, url: str, organisation: Organisation) -> Callable[[], object]:
    client = Client()
    client.force_login(member.user)
    session = client.session
    session["organisation"] = organisation.pk
    session.save()

    def get() -> object:
        response = client.get(url)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}")
        return response

    return get


page_of = _page  # other modules measure pages, too
