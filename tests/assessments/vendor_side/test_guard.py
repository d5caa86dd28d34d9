"""A vendor's link opens its own response and nothing else: a table of routes × cookies, walked from the URLconf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from django.core import signing
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.access import ROUTES, Gate
from accounts.models import Membership
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    Evidence,
    LinkPurpose,
    Reply,
    ReplyRequest,
    Stance,
    VendorLink,
)
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links
from assessments.vendor_side.guard import DESK as COOKIE
from assessments.workbooks import taking
from tests.config.routes import PARTS, Route, World, arguments, is_of_the_desk, routes
from tests.factories import Cast, make_assessment, make_cast, make_release, make_vendor
from vendors.models import Contact

ALL = tuple(routes())
BY_LINK = (route for route in ALL if ROUTES.get(route.name) is Gate.LINK)
# Commitments and the vendor's desk have links of their own: see the tests of those.
DESK = tuple(route for route in BY_LINK if not route.name.startswith("vendor_commitment") and not is_of_the_desk(route))
MEMBERS = tuple(route for route in ALL if route.name in ROUTES and ROUTES[route.name] not in (Gate.PUBLIC, Gate.LINK))
CLOSED_PAGE = "assessments/vendor_side/vendor_link_closed.html"
OF_A_WORKBOOK = ("vendor_workbook_upload", "vendor_workbook_discard")
Cookies = dict[str, str]


@dataclass
class Asked:
    """What one contact was sent: a link, and the cookie that it was exchanged for."""

    link: VendorLink
    token: str

    @cached_property
    def cookie(self) -> str:
        response = Client().post(reverse("vendor_link", args=[self.token]), {"language": "en"})
        return response.cookies[COOKIE.name_of(self.link.pk)].value

    @property
    def cookies(self) -> Cookies:
        return {COOKIE.name_of(self.link.pk): self.cookie}


class Side:
    """One assessment with all that a vendor may or may not see, each text marked by `word`."""

    def __init__(self, member: Membership, word: str) -> None:
        self.member, self.word = member, word
        self.vendor = make_vendor(member.organisation, f"{word} Vendor")
        self.assessment = make_assessment(member, vendor=self.vendor, grade=1)
        Answer.objects.filter(response__assessment=self.assessment).update(comment=f"{word} customer comment")
        contact = self._contact("answers")
        self.answers = Asked(*links.create(member, self.assessment, contact))
        self.replies = Asked(*links.create_for_reply(member, self._request(), self._contact("replies")))
        Assessment.objects.filter(pk=self.assessment.pk).update(state=AssessmentState.COLLECTING)
        Answer.objects.filter(response=self.answers.link.response).update(vendor_says=f"{word} vendor words")
        self.evidence = self.evidence_of(self.answer)
        link, response = self.answers.link, self.answers.link.response
        assert response is not None
        self.workbook = taking.keep(b"-", f"{word}.xlsx", response=response, author=link, now=timezone.now())

    def _contact(self, kind: str) -> Contact:
        return Contact.objects.create(vendor=self.vendor, name=f"{self.word} {kind}", email=f"{kind}@vendor.example")

    def _request(self) -> ReplyRequest:
        Assessment.objects.filter(pk=self.assessment.pk).update(state=AssessmentState.IN_REVIEW)
        shown = {
            "rules": [
                {
                    "key": "support",
                    "position": 1,
                    "name": dict.fromkeys(("en", "fr", "nl"), f"{self.word} rule"),
                    "status": "broken",
                    "percent": "25",
                }
            ],
            "met": 0,
            "weakest": "support",
            "policy": {"met": "75", "broken": "50", "coverage": "75", "knockout": 2},
        }
        request = ReplyRequest.objects.create(
            assessment=self.assessment,
            shown=shown,
            due_on=timezone.localdate() + timedelta(days=9),
            opened_by=self.member.user,
            opened_at=timezone.now(),
        )
        Reply.objects.create(request=request, rule="support", stance=Stance.CONTESTS, text=f"{self.word} reply")
        return request

    @cached_property
    def answer(self) -> Answer:
        return Answer.objects.filter(response=self.answers.link.response).order_by("pk")[0]

    @cached_property
    def customers_answer(self) -> Answer:
        return Answer.objects.filter(response__assessment=self.assessment, response__rater=self.member.user)[0]

    def evidence_of(self, answer: Answer) -> Evidence:
        evidence = Evidence(
            answer=answer,
            name=f"{self.word} proof.txt",
            content_type="text/plain",
            size=9,
            sha256="0" * 64,
        )
        evidence.file.save("proof.txt", ContentFile(f"{self.word} proof".encode()))
        return evidence


@pytest.fixture
def cast(db: None) -> Cast:
    make_release()
    return make_cast()


@pytest.fixture
def own(cast: Cast) -> Side:
    return Side(cast.assessor, "Lighthouse")


@pytest.fixture
def beside(cast: Cast) -> Side:
    """Another response in the same organisation."""
    return Side(cast.assessor, "Windmill")


@pytest.fixture
def away(cast: Cast) -> Side:
    return Side(cast.stranger, "Drawbridge")


def purposes_of(route: Route) -> frozenset[str]:
    """For what links the view lets in, as its decorator says."""
    found: frozenset[str] = resolve(reverse(route.name, kwargs=_parts(route, 1, 1))).func.purposes  # type: ignore[attr-defined]
    return found


def way_of(route: Route, side: Side) -> Asked:
    return side.answers if LinkPurpose.ANSWER in purposes_of(route) else side.replies


def url_of(route: Route, side: Side, asked: Asked) -> str:
    if "pk" not in route.arguments:
        return reverse(route.name, kwargs=_parts(route, asked.link.pk, 0))
    is_evidence = route.name in ("vendor_evidence_delete", "vendor_evidence_download")
    thing: Any = side.evidence if is_evidence else side.answer
    if route.name in OF_A_WORKBOOK:
        thing = side.workbook
    return reverse(route.name, kwargs=_parts(route, asked.link.pk, thing.pk))


def _parts(route: Route, link: int, pk: int) -> dict[str, Any]:
    known: dict[str, Any] = {**PARTS, "link": link, "pk": pk}
    return {name: known[name] for name in route.arguments}


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(url: str, cookies: Cookies, client: Client | None = None) -> Any:
    """By GET, or by POST where only that is allowed."""
    client = client or Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    response = client.get(url)
    return client.post(url) if response.status_code == 405 else response


def body_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode(errors="replace")


def is_closed_page(response: Any) -> bool:
    return CLOSED_PAGE in [template.name for template in response.templates]


# What a contact, or somebody else, may come with. ---------------------------------------------------------------
def nothing(asked: Asked, other: Asked) -> Cookies:
    return {}


def under_its_name(asked: Asked, other: Asked) -> Cookies:
    return {COOKIE.name_of(asked.link.pk): other.cookie}


def all_of_anothers(asked: Asked, other: Asked) -> Cookies:
    return {COOKIE.name_of(asked.link.pk): other.cookie, **other.cookies}


def tampered(asked: Asked, other: Asked) -> Cookies:
    value = asked.cookie
    middle = len(value) // 3
    return {
        COOKIE.name_of(asked.link.pk): value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1 :]
    }


def unsigned(asked: Asked, other: Asked) -> Cookies:
    return {COOKIE.name_of(asked.link.pk): asked.cookie.split(":")[0]}


def signed_for_something_else(asked: Asked, other: Asked) -> Cookies:
    link = asked.link
    return {COOKIE.name_of(link.pk): signing.dumps([link.pk, link.issue, link.token_hash], salt="another purpose")}


def of_another_shape(asked: Asked, other: Asked) -> Cookies:
    return {COOKIE.name_of(asked.link.pk): signing.dumps({"link": asked.link.pk}, salt=COOKIE.salt)}


def revoked(asked: Asked, other: Asked) -> Cookies:
    cookies = asked.cookies
    VendorLink.objects.filter(pk=asked.link.pk).update(revoked_at=timezone.now())
    return cookies


def expired(asked: Asked, other: Asked) -> Cookies:
    cookies = asked.cookies
    VendorLink.objects.filter(pk=asked.link.pk).update(expires_at=timezone.now())
    return cookies


def sent_again(asked: Asked, other: Asked) -> Cookies:
    cookies = asked.cookies
    assessment = Assessment.objects.filter(pk=asked.link.assessment_id)
    state = AssessmentState.IN_REVIEW if asked.link.purpose == LinkPurpose.REPLY else AssessmentState.COLLECTING
    assessment.update(state=state)
    links.renew(asked.link.assessment.owner.memberships.get(), asked.link)
    return cookies


KNOWN: dict[Callable[[Asked, Asked], Cookies], int] = {revoked: 410, expired: 410, sent_again: 410}
CASES = (
    nothing,
    under_its_name,
    all_of_anothers,
    tampered,
    unsigned,
    signed_for_something_else,
    of_another_shape,
    *KNOWN,
)


def leaks(route: Route, side: Side, cookies: Cookies, *, asked: Asked | None = None, expected: int = 404) -> list[str]:
    """What is wrong with a refusal: nothing, if all is well."""
    asked = asked or way_of(route, side)
    response = ask(url_of(route, side, asked), cookies)
    found = [f"{route.name}: {response.status_code}"] if response.status_code != expected else []
    found += [] if is_closed_page(response) else [f"{route.name}: another page"]
    planted = ("Lighthouse", "Windmill", "Drawbridge", "customer comment", "question 1", "level 1")
    body = body_of(response)
    return found + [f"{route.name} shows “{said}”" for said in planted if said in body]


def test_the_walk_has_routes_of_both_purposes() -> None:
    assert {purpose for route in DESK for purpose in purposes_of(route)} == set(LinkPurpose.values)
    assert len(DESK) >= 10


@pytest.mark.parametrize(
    ("case", "other"),
    [*((case, "beside") for case in CASES), (under_its_name, "away"), (all_of_anothers, "away")],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_every_page_of_the_desk_refuses(
    own: Side, case: Callable[[Asked, Asked], Cookies], other: str, request: pytest.FixtureRequest
) -> None:
    theirs: Side = request.getfixturevalue(other)
    wrong = []
    for route in DESK:
        with undone():
            cookies = case(way_of(route, own), way_of(route, theirs))
            wrong += leaks(route, own, cookies, expected=KNOWN.get(case, 404))
    assert wrong == []


def test_a_cookie_to_answer_opens_no_page_to_reply_and_the_other_way_round(own: Side) -> None:
    wrong = []
    for route in DESK:
        allowed = way_of(route, own)
        other = own.replies if allowed is own.answers else own.answers
        if other.link.purpose in purposes_of(route):
            continue
        wrong += leaks(route, own, {COOKIE.name_of(allowed.link.pk): other.cookie})
        wrong += leaks(route, own, other.cookies, asked=other)  # with its own id in the address
    assert wrong == []


def test_a_withdrawn_request_for_a_reply_closes_its_pages(own: Side) -> None:
    ReplyRequest.objects.update(withdrawn_at=timezone.now())
    cookies = {COOKIE.name_of(own.replies.link.pk): COOKIE.value_of(own.replies.link)}
    to_reply = [route for route in DESK if way_of(route, own) is own.replies]
    assert to_reply
    assert [said for route in to_reply for said in leaks(route, own, cookies, expected=410)] == []


def test_the_right_cookie_is_let_in_and_nothing_is_cached(own: Side) -> None:
    wrong = []
    for route in DESK:
        with undone():
            asked = way_of(route, own)
            if asked is own.replies:
                Assessment.objects.update(state=AssessmentState.IN_REVIEW)
            if route.name.startswith("vendor_copy"):
                vendor_answers.hand_in(asked.link, now=timezone.now())
            response = ask(url_of(route, own, asked), asked.cookies)
            if response.status_code in (403, 404, 410) or response.status_code >= 500 or is_closed_page(response):
                wrong.append(f"{route.name}: {response.status_code}")
            if "no-store" not in response.get("Cache-Control", "") or response["Referrer-Policy"] != "strict-origin":
                wrong.append(f"{route.name}: may be kept or told")
            if "customer comment" in body_of(response):
                wrong.append(f"{route.name} shows what the customer wrote")
    assert wrong == []


def test_the_right_cookie_reaches_no_answer_or_file_of_anybody_else(own: Side, beside: Side, away: Side) -> None:
    """With the own link in the address, and the id of a thing of another response."""
    answers = [own.customers_answer, beside.answer, beside.customers_answer, away.answer]
    files = [own.evidence_of(own.customers_answer), beside.evidence, away.evidence]
    workbooks = [beside.workbook, away.workbook]
    about_a_thing = [route for route in DESK if "pk" in route.arguments]
    assert about_a_thing
    for route in about_a_thing:
        things: list[Any] = answers if route.name in ("vendor_answer_edit", "vendor_evidence_add") else files  # type: ignore[assignment]
        things = workbooks if route.name in OF_A_WORKBOOK else things
        for thing in things:
            asked = way_of(route, own)
            url = reverse(route.name, kwargs=_parts(route, asked.link.pk, thing.pk))
            client = Client()
            for response in (ask(url, asked.cookies, client), client.post(url, {"grade": 4})):
                assert response.status_code in (404, 405), (route.name, thing)
                assert "Windmill" not in body_of(response)
                assert "Drawbridge" not in body_of(response)
    assert Evidence.objects.count() == 4


def test_acookie_of_a_vendor_is_nothing_on_the_pages_of_members(cast: Cast, own: Side) -> None:
    """Whoever has one gets exactly what anybody gets who is not signed in."""
    cookies = {**own.answers.cookies, **own.replies.cookies, "sessionid": own.answers.cookie}
    assert len(MEMBERS) > 40
    wrong = []
    for route in MEMBERS:
        with undone():
            url = reverse(route.name, kwargs=arguments(route, World(cast)))
            got = [(answer.status_code, answer.get("Location")) for answer in (ask(url, {}), ask(url, cookies))]
            if got[0] != got[1] or got[0][0] != 302:
                wrong.append(f"{route.name}: {got}")
    assert wrong == []


def test_a_member_who_is_signed_in_gets_no_further_than_the_cookie(cast: Cast, own: Side) -> None:
    client = Client()
    client.force_login(cast.assessor.user)
    url = reverse("vendor_desk", args=[own.answers.link.pk])
    assert client.get(url).status_code == 404
    assert ask(url, own.answers.cookies, client).status_code == 200
    assert client.get(reverse("work")).status_code == 200


def test_the_desk_shows_no_way_to_the_pages_of_members(own: Side) -> None:
    page = body_of(ask(reverse("vendor_desk", args=[own.answers.link.pk]), own.answers.cookies))
    for route in ("vendor_list", "assessment_list", "work", "account_login"):
        assert f'href="{reverse(route)}"' not in page


def test_one_browser_holds_the_links_of_several_customers(own: Side, away: Side) -> None:
    client, both = Client(), {**own.answers.cookies, **away.answers.cookies}
    for side, other in ((own, away), (away, own)):
        page = body_of(ask(reverse("vendor_desk", args=[side.answers.link.pk]), both, client))
        assert side.assessment.organisation.name in page
        assert other.assessment.organisation.name not in page


def test_being_there_is_noted_once_a_minute(own: Side) -> None:
    url, link = reverse("vendor_desk", args=[own.answers.link.pk]), VendorLink.objects.filter(pk=own.answers.link.pk)
    cookies = own.answers.cookies
    just_now, long_ago = timezone.now() - timedelta(seconds=30), timezone.now() - timedelta(minutes=2)
    for seen, is_noted in ((just_now, False), (long_ago, True)):
        link.update(seen_at=seen)
        ask(url, cookies)
        assert (link.get().seen_at != seen) is is_noted


def test_after_sending_again_the_new_link_lets_in_and_the_old_page_says_so(own: Side) -> None:
    url, old = reverse("vendor_desk", args=[own.answers.link.pk]), own.answers.cookies
    renewed = Asked(*links.renew(own.member, own.answers.link))
    response = ask(url, {**old, "django_language": "en"})
    assert response.status_code == 410
    assert "A newer link has replaced this one" in body_of(response)
    assert ask(url, renewed.cookies).status_code == 200
