"""What the pages people wait for may cost on the demo: a row a page. A ceiling only goes down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.middleware import SESSION_KEY
from accounts.models import Membership
from assessments.models import Assessment, AssessmentState, Response
from manifesto.models import RULE_KEYS
from reports.models import Scorecard
from vendors.models import Vendor

ASSESSOR, READER, APPROVER = "procurement@demo.example", "it@demo.example", "approver@demo.example"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A page as one person opens it the second time: queries at most, and bytes of HTML at most, not compressed."""

    page: str
    who: str
    address: Callable[[Membership], str]
    queries: int
    kilobytes: int


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What a page took: its queries in order, and its size in bytes."""

    queries: tuple[str, ...]
    size: int


def _answering(member: Membership) -> str:
    rating = Response.objects.waiting_for(member.user)
    assessment = Assessment.objects.for_member(member).collecting().filter(responses__in=rating).order_by("pk")[0]
    return reverse("questionnaire", args=[assessment.pk, RULE_KEYS[0]])


def _in(state: AssessmentState, route: str) -> Callable[[Membership], str]:
    def address(member: Membership) -> str:
        return reverse(route, args=[Assessment.objects.for_member(member).filter(state=state).order_by("pk")[0].pk])

    return address


def _of_vendor(route: str) -> Callable[[Membership], str]:
    """Of the vendor about whom most is known."""

    def address(member: Membership) -> str:
        return reverse(route, args=[Vendor.objects.for_member(member).get(name="Sample Storage Works").pk])

    return address


def _scorecard(member: Membership) -> str:
    """Of the same vendor, the newest."""
    cards = Scorecard.objects.for_member(member).filter(assessment__vendor__name="Sample Storage Works")
    return reverse("scorecard_detail", args=[cards.latest("approved_at").pk])


def _at(route: str) -> Callable[[Membership], str]:
    return lambda member: reverse(route)


COSTS = (
    Cost(page="answering page", who=ASSESSOR, address=_answering, queries=8, kilobytes=68),
    Cost(
        page="assessment page, being answered",
        who=ASSESSOR,
        address=_in(AssessmentState.COLLECTING, "assessment_detail"),
        queries=4,
        kilobytes=20,
    ),
    Cost(
        page="assessment page, approved",
        who=ASSESSOR,
        address=_in(AssessmentState.APPROVED, "assessment_detail"),
        queries=4,
        kilobytes=22,
    ),
    Cost(
        page="consensus",
        who=ASSESSOR,
        address=_in(AssessmentState.IN_REVIEW, "assessment_consensus"),
        queries=8,
        kilobytes=26,
    ),
    Cost(page="my work", who=ASSESSOR, address=_at("work"), queries=6, kilobytes=51),
    Cost(page="my work of an approver", who=APPROVER, address=_at("work"), queries=5, kilobytes=38),
    Cost(page="vendor page", who=ASSESSOR, address=_of_vendor("vendor_detail"), queries=48, kilobytes=86),
    Cost(page="measures page", who=ASSESSOR, address=_of_vendor("vendor_measures"), queries=14, kilobytes=150),
    Cost(page="scorecard page", who=READER, address=_scorecard, queries=8, kilobytes=120),
    Cost(page="list of assessments", who=ASSESSOR, address=_at("assessment_list"), queries=99, kilobytes=999),
    Cost(page="list of vendors", who=ASSESSOR, address=_at("vendor_list"), queries=99, kilobytes=999),
    Cost(page="list of incidents", who=ASSESSOR, address=_at("incident_list"), queries=99, kilobytes=999),
    Cost(page="portfolio", who=READER, address=_at("portfolio"), queries=99, kilobytes=999),
    Cost(page="commitments", who=READER, address=_at("commitment_list"), queries=99, kilobytes=999),
    Cost(page="decisions", who=READER, address=_at("contract_list"), queries=99, kilobytes=999),
)


def member_of(email: str) -> Membership:
    return Membership.objects.select_related("user", "organisation").get(
        user__email=email, organisation__slug="harbour"
    )


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    session: SessionBase = client.session
    session[SESSION_KEY] = member.organisation_id
    session.save()
    return client


def taken(client: Client, address: str) -> Taken:
    """Of the second time: the first pays for what is kept."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address)
    if page.status_code != 200:
        raise RuntimeError(f"{address} answered {page.status_code}.")
    return Taken(queries=tuple(query["sql"] for query in captured.captured_queries), size=len(page.content))
