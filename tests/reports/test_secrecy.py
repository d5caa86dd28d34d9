"""Whoever still judges a vendor sees no figure of it: all that tells of results, of what moved and of what measures
said, walked with figures that stand nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from assessments.commitments import transitions
from assessments.models import Answer, Commitment
from assessments.schedule.calendar import calendar_of
from reports.models import Scorecard
from tests.factories import Cast, make_assessment, make_commitment, make_vendor
from tests.reports import cards
from vendors.models import Vendor

SignedIn = Callable[[Membership | User], Client]
PLANTED = ("62.5%", "37.5%", "+25", "18.4 hours", "17.1 hours", "Broken → Partly met")
STEPS = ("keep", "edit")  # the others are the same page with other words


def graded(cast: Cast, vendor: Vendor, grades: tuple[int, int], **about: Any) -> Scorecard:
    """Every rule met but speed, whose two questions are graded so."""
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4, **about)
    for key, grade in zip(("speed-1", "speed-2"), grades, strict=True):
        Answer.objects.filter(response__assessment=assessment, question__key=key).update(grade=grade)
    return cards.approve(cast, assessment)


def told(cast: Cast, member: Membership) -> Scorecard:
    """The later of two scorecards, of a vendor with a commitment that is overdue and one that was kept, which this
    member follows up."""
    cache.clear()  # of scorecards of other tests that have these keys
    vendor = make_vendor(cast.organisation, "Lighthouse")
    first = graded(cast, vendor, (1, 2))
    reading = {**cards.commitments()[0]["reading"], "changed_at": "2026-01-31T09:00:00Z"}
    now = timezone.now()
    for is_kept in (False, True):
        about = {"rule": "speed", "measure": "duration_mean", "owner": member.user}
        made = make_commitment(cast.assessor, vendor, agreed=True, **about)
        Commitment.objects.filter(pk=made.pk).update(due_on=timezone.localdate() - timedelta(days=3), reading=reading)
        if is_kept:
            said: Any = {"kept_by": "measure", "text": "", "on": timezone.localdate(now), "now": now}
            said["figures"] = reading
            transitions.keep(cast.assessor, made, **said)
    return graded(cast, vendor, (2, 3), release=first.assessment.release)


def pages(card: Scorecard, other: Scorecard) -> Iterator[str]:
    vendor = card.assessment.vendor
    yield from (reverse(name) for name in ("portfolio", "portfolio_export", "work", "commitment_list", "contract_list"))
    yield reverse("portfolio") + "?sort=-rule5"
    yield reverse("comparison") + f"?vendor={vendor.pk}&vendor={other.assessment.vendor_id}"
    yield reverse("comparison") + f"?vendor={vendor.pk}&vendor={other.assessment.vendor_id}&scorecard={card.pk}"
    yield reverse("scorecard_change", args=[card.pk])
    yield reverse("vendor_trends", args=[vendor.pk])
    yield reverse("vendor_measures", args=[vendor.pk])
    yield reverse("commitment_add", args=[vendor.pk]) + f"?assessment={card.assessment_id}&rule=speed"
    for row in Commitment.objects.order_by("pk"):
        yield reverse("commitment_detail", args=[row.pk])
        yield reverse("commitment_calendar", args=[row.pk])
        yield from (reverse(f"commitment_{step}", args=[row.pk]) for step in STEPS)


def seen(client: Client, addresses: Iterator[str]) -> set[tuple[str, str]]:
    """Where which of what is planted stands."""
    texts = {address: text_of(client.get(address)) for address in addresses}
    return {(address, said) for address, text in texts.items() for said in PLANTED if said in text}


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return " ".join(content.decode().replace("\xa0", " ").split())


def test_whoever_still_judges_a_vendor_sees_no_figure_of_it(cast: Cast, signed_in: SignedIn) -> None:
    member = cast.colleague
    card = told(cast, member)
    about: Any = {"release": card.assessment.release}
    other = cards.approved(cast, grade=4, vendor=make_vendor(cast.organisation, "Windmill"), **about)
    client, now = signed_in(member), timezone.now()
    before = seen(client, pages(card, other))
    assert {said for _address, said in before} == set(PLANTED), "what is looked for is there for everybody else"
    assert len({address for address, _said in before}) > 10
    assert b"18.4" in calendar_of(member.user, now=now)

    make_assessment(member, vendor=card.assessment.vendor, **about)

    assert seen(client, pages(card, other)) == set()
    assert b"18.4" not in calendar_of(member.user, now=now)
