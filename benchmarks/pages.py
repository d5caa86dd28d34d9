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
from assessments.models import Assessment
from benchmarks import portfolios
from benchmarks.timing import medians
from manifesto.models import RULE_KEYS
from reports.models import Scorecard
from vendors.models import Vendor


def report(repetitions: int) -> str:
    with override_settings(ROOT_URLCONF="benchmarks.urls", ALLOWED_HOSTS=["testserver"]):
        return _report(repetitions)


def _report(repetitions: int) -> str:
    member = Membership.objects.filter(role=Role.ASSESSOR, organisation__slug="harbour")[0]
    small, large = _organisation_with_vendors(100, member), _organisation_with_vendors(10_000, member)
    few, many = portfolios.of(member, vendors=100), portfolios.of(member, vendors=10_000)
    answering = Assessment.objects.for_member(member).collecting()[0]
    card = Scorecard.objects.for_member(member)[0]
    reader = Membership.objects.filter(role=Role.READER, organisation=member.organisation)[0]
    cards = Scorecard.objects.for_member(reader).order_by()
    vendors = cards.values_list("assessment__vendor", flat=True).distinct()[:5]
    compared = urlencode([("vendor", vendor) for vendor in vendors])
    pages = {
        "empty view, no sign-in": partial(Client().get, reverse("empty_public")),
        "empty view, signed in (the floor)": _page(member, reverse("empty_member"), member.organisation),
        "answering page": _page(
            member, reverse("questionnaire", args=[answering.pk, RULE_KEYS[0]]), member.organisation
        ),
        "vendor list, 100 vendors": _page(member, reverse("vendor_list"), small),
        "vendor list, 10,000 vendors": _page(member, reverse("vendor_list"), large),
        f"portfolio, 100 vendors and {100 * portfolios.EACH:,} assessments": _page(member, reverse("portfolio"), few),
        f"portfolio, 10,000 vendors and {10_000 * portfolios.EACH:,} assessments": _page(
            member, reverse("portfolio"), many
        ),
        "power map, 10,000 vendors": _page(member, reverse("power_map"), many),
        "scorecard page": _page(member, reverse("scorecard_detail", args=[card.pk]), member.organisation),
        "why it moved, of the same": _page(member, reverse("scorecard_change", args=[card.pk]), member.organisation),
        "comparison of up to five vendors": _page(reader, f"{reverse('comparison')}?{compared}", reader.organisation),
    }
    seconds = medians(pages, repetitions * 5)
    floor = seconds["empty view, signed in (the floor)"]
    lines = ["## Pages", "", "| page | requests a second | ratio to the floor | queries |", "|---|--:|--:|--:|"]
    for name, page in pages.items():
        with CaptureQueriesContext(connection) as queries:
            page()
        lines.append(f"| {name} | {1 / seconds[name]:.0f} | {seconds[name] / floor:.1f} | {len(queries)} |")
    return "\n".join([*lines, ""])


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
