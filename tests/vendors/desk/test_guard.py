"""A link to the desk opens what is its own vendor's and nothing else: all routes behind it × cookies, from the URLconf.

Each page that a subject puts behind the link is walked here without being named: its thing is the world's, which is of
one vendor, and is asked for by the links of others too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import ROUTES, Gate
from accounts.models import Membership
from assessments.vendor_side.guard import DESK as ANSWERING
from tests.assessments.vendor_commitments.scene import Cookies, ask, body_of, with_cookies
from tests.config.routes import Route, World, arguments, is_of_the_desk, routes
from tests.factories import Cast, make_vendor
from vendors.desk import links
from vendors.desk.guard import CLOSED, DESK
from vendors.models import Contact, DeskLink

ALL = tuple(routes())
OURS = tuple(route for route in ALL if is_of_the_desk(route))


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def cookies_of(link: DeskLink) -> Cookies:
    return {DESK.name_of(link.pk): DESK.value_of(link)}


def link_beside(cast: Cast) -> DeskLink:
    """Of another vendor of the same organisation."""
    return links.create(cast.assessor, contact_of(cast.assessor, "Windmill"), now=timezone.now())[0]


def link_away(cast: Cast) -> DeskLink:
    return links.create(cast.stranger, contact_of(cast.stranger, "Drawbridge"), now=timezone.now())[0]


def contact_of(member: Membership, word: str) -> Contact:
    vendor = make_vendor(member.organisation, f"{word} Vendor")
    return Contact.objects.create(vendor=vendor, name=f"{word} Robin", email=f"{word.lower()}@vendor.example")


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def url_of(route: Route, world: World, link: DeskLink | None = None) -> str:
    values = arguments(route, world)
    return reverse(route.name, kwargs=values | ({"link": link.pk} if link else {}))


def is_closed_page(response: Any) -> bool:
    return CLOSED in [template.name for template in response.templates]


# What somebody may come with ------------------------------------------------------------------------------------
def nothing(link: DeskLink, member: Membership) -> Cookies:
    return {}


def tampered(link: DeskLink, member: Membership) -> Cookies:
    value = DESK.value_of(link)
    return {DESK.name_of(link.pk): ("A" if value[0] != "A" else "B") + value[1:]}


def signed_for_a_link_to_answer(link: DeskLink, member: Membership) -> Cookies:
    return {DESK.name_of(link.pk): ANSWERING.value_of(link)}


def of_another_shape(link: DeskLink, member: Membership) -> Cookies:
    return {DESK.name_of(link.pk): signing.dumps({"link": link.pk}, salt=DESK.salt)}


def revoked(link: DeskLink, member: Membership) -> Cookies:
    links.LIFE.revoke(member, link, now=timezone.now())
    return cookies_of(link)


def expired(link: DeskLink, member: Membership) -> Cookies:
    DeskLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    return cookies_of(link)


def sent_again(link: DeskLink, member: Membership) -> Cookies:
    cookies = cookies_of(link)
    links.LIFE.renew(member, link, now=timezone.now())
    return cookies


KNOWN: dict[Callable[[DeskLink, Membership], Cookies], int] = {revoked: 410, expired: 410, sent_again: 410}
UNKNOWN = (nothing, tampered, signed_for_a_link_to_answer, of_another_shape)


def refusals(route: Route, url: str, cookies: Cookies, expected: int) -> list[str]:
    """What is wrong with the answer to somebody who must not come in."""
    response = ask(url, cookies)
    found = [f"{route.name}: {response.status_code}"] if response.status_code != expected else []
    found += [] if is_closed_page(response) else [f"{route.name}: another page"]
    return found + ([f"{route.name} names the vendor"] if expected == 404 and "Harbour" in body_of(response) else [])


def test_the_walk_has_every_page_of_the_desk() -> None:
    assert {route.name for route in OURS} == {name for name, gate in ROUTES.items() if gate is Gate.LINK} - {
        route.name for route in ALL if not is_of_the_desk(route)
    }
    assert "desk_home" in {route.name for route in OURS}
    assert all(route.arguments[0] == "link" for route in OURS)


@pytest.mark.parametrize("case", [*UNKNOWN, *KNOWN], ids=lambda one: one.__name__)
def test_every_page_refuses(world: World, cast: Cast, case: Callable[[DeskLink, Membership], Cookies]) -> None:
    wrong = []
    for route in OURS:
        url = url_of(route, world)
        with undone():
            wrong += refusals(route, url, case(world.the_desk_link, cast.assessor), KNOWN.get(case, 404))
    assert wrong == []


@pytest.mark.parametrize("whose", [link_beside, link_away])
def test_every_page_refuses_the_cookie_of_another_vendor(
    world: World, cast: Cast, whose: Callable[[Cast], DeskLink]
) -> None:
    theirs = whose(cast)
    under_its_name = {DESK.name_of(world.the_desk_link.pk): DESK.value_of(theirs), **cookies_of(theirs)}
    wrong = [said for route in OURS for said in refusals(route, url_of(route, world), under_its_name, 404)]
    assert wrong == []


@pytest.mark.parametrize("whose", [link_beside, link_away])
def test_by_its_own_link_no_vendor_reaches_what_is_another_s(
    world: World, cast: Cast, whose: Callable[[Cast], DeskLink]
) -> None:
    theirs = whose(cast)
    client = with_cookies(cookies_of(theirs))
    for route in (route for route in OURS if "pk" in route.arguments):
        url = url_of(route, world, theirs)
        for response in (client.get(url), client.post(url, {"version": "1"})):
            status = response.status_code
            if status == 302:  # led to the page of the thing, which is not there either
                status = client.get(response["Location"]).status_code
            assert status in (404, 405), route.name
            assert "Harbour" not in body_of(response), route.name


def test_the_right_cookie_is_let_in_and_nothing_is_cached(world: World) -> None:
    wrong = []
    for route in OURS:
        url, cookies = url_of(route, world), cookies_of(world.the_desk_link)
        with undone():
            response = ask(url, cookies)
            if response.status_code not in (200, 204, 302, 400, 422) or is_closed_page(response):
                wrong.append(f"{route.name}: {response.status_code}")
            if "no-store" not in response.get("Cache-Control", "") or response["Referrer-Policy"] != "strict-origin":
                wrong.append(f"{route.name}: may be kept or told")
    assert wrong == []


def test_a_cookie_of_the_desk_opens_no_page_of_members_and_no_other_desk(world: World) -> None:
    value = DESK.value_of(world.the_desk_link)
    answering = world.vendor_link
    cookies = {**cookies_of(world.the_desk_link), ANSWERING.name_of(answering.pk): value, "sessionid": value}
    assert ask(reverse("vendor_desk", args=[answering.pk]), cookies).status_code == 404
    for name in ("vendor_detail", "desk_links", "work"):
        [route] = (route for route in ALL if route.name == name)
        assert ask(reverse(name, kwargs=arguments(route, world)), cookies).status_code == 302, name


def test_a_member_who_is_signed_in_gets_no_further_than_the_cookie(world: World, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.assessor.user)
    url = reverse("desk_home", args=[world.the_desk_link.pk])
    assert client.get(url).status_code == 404
    assert ask(url, cookies_of(world.the_desk_link), client).status_code == 200


def test_no_form_of_the_desk_is_taken_without_its_csrf_token(world: World) -> None:
    client = with_cookies(cookies_of(world.the_desk_link), Client(enforce_csrf_checks=True))
    addresses = [reverse("desk_link", args=[world.the_desk_link_token])]
    addresses += [url_of(route, world) for route in OURS]
    assert {client.post(address).status_code for address in addresses} <= {403, 405}


def test_the_way_in_gives_a_cookie_for_the_desk_alone_and_only_to_who_posts(world: World) -> None:
    token, link = world.the_desk_link_token, world.the_desk_link
    url = reverse("desk_link", args=[token])
    seen = Client().get(url)
    assert (seen.status_code, DESK.name_of(link.pk) in seen.cookies) == (200, False)
    assert "Harbour opener" in body_of(seen)
    came = Client().post(url, {"language": "fr"})
    assert came["Location"] == reverse("desk_home", args=[link.pk])
    cookie = came.cookies[DESK.name_of(link.pk)]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/desk/{link.pk}/", True, "Lax")
    assert Client().get(reverse("desk_link", args=["nothing"])).status_code == 404


def test_closed_links_say_whom_to_ask_and_a_renewed_one_opens(world: World, cast: Cast) -> None:
    url = reverse("desk_home", args=[world.the_desk_link.pk])
    cookies = cookies_of(world.the_desk_link) | {"django_language": "en"}
    renewed, _token = links.LIFE.renew(cast.assessor, world.the_desk_link, now=timezone.now())
    page = body_of(ask(url, cookies))
    assert "A newer link has replaced this one" in page
    assert f"mailto:{cast.assessor.user.email}" in page
    assert ask(url, cookies_of(renewed)).status_code == 200


def test_being_there_is_noted_once_a_minute(world: World) -> None:
    link = world.the_desk_link
    url, row = reverse("desk_home", args=[link.pk]), DeskLink.objects.filter(pk=link.pk)
    for ago, is_noted in ((timedelta(seconds=30), False), (timedelta(minutes=2), True)):
        seen = timezone.now() - ago
        row.update(seen_at=seen)
        ask(url, cookies_of(link))
        assert (row.get().seen_at != seen) is is_noted


def test_whoever_looks_after_vendors_is_named_where_the_maker_has_left(world: World, cast: Cast) -> None:
    url, cookies = reverse("desk_home", args=[world.the_desk_link.pk]), cookies_of(world.the_desk_link)
    assert "mailto:assessor@example.org" in body_of(ask(url, cookies))
    Membership.objects.filter(pk=cast.assessor.pk).update(is_active=False)
    assert "mailto:" in body_of(ask(url, cookies))
    Membership.objects.filter(organisation=cast.assessor.organisation).update(is_active=False)
    assert "mailto:" not in body_of(ask(url, cookies))
