"""Access as a table: every route × everybody → what they get, walked from the URLconf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.access import CLOSED_PREFIXES, RIGHTS, ROUTES, Gate, Right, required, right_for
from accounts.models import Membership, Role
from config import views
from tests.config.routes import ASKED, OBJECTS, TOKENS, Route, World, arguments, routes
from tests.factories import Cast, make_cast, make_member, make_release

ALL = tuple(routes())
OWN = tuple(route for route in ALL if route.name in ROUTES)
ALLAUTH = tuple(route for route in ALL if route.name.startswith(("account_", "mfa_", "socialaccount_")))
ADMIN = tuple(route for route in ALL if route.name.startswith("admin:"))
ROLES = {"assessor": Role.ASSESSOR, "approver": Role.APPROVER, "reader": Role.READER, "admin": Role.ADMIN}
ROLES |= {"rater": Role.RATER}  # from outside; of the things of the tables nothing is theirs
LET_IN, TO_SIGN_IN, FORBIDDEN, NOT_FOUND = "let in", "to sign-in", "forbidden", "not found"
TO_ADMIN = "to the admin's sign-in"


def undecided(every: tuple[Route, ...]) -> list[str]:
    """Named routes that nobody decided about."""
    return [
        route.name
        for route in every
        if route.name and required(route.name) is None and not route.name.startswith(CLOSED_PREFIXES)
    ]


class Visitor:
    """One person at the door, signed in once; whatever a page does to the session is forgotten after each visit."""

    def __init__(self, person: AbstractBaseUser | Membership | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        if person is not None:
            self.client.force_login(person.user if isinstance(person, Membership) else person)
        session = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        self.session = session and session.value
        self.kept: dict[str, str] = {}  # the address → whether a browser may keep the page

    def gets(self, url: str) -> str:
        """By GET, or by POST where only that is allowed. Nothing that they change stays."""
        with undone():
            response = self.page(url)
        self.kept[url] = response.get("Cache-Control", "")
        if response.status_code == 302 and response["Location"].startswith(reverse(settings.LOGIN_URL)):
            return TO_SIGN_IN
        if response.status_code == 302 and response["Location"].startswith(reverse("admin:login")):
            return TO_ADMIN
        if response.status_code >= 500 and response.status_code != 503:  # /readyz says so without a worker
            return f"error {response.status_code}"
        return {403: FORBIDDEN, 404: NOT_FOUND}.get(response.status_code, LET_IN)

    def page(self, url: str) -> Any:
        self.client.cookies.clear()
        if self.session:
            self.client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        response = self.client.get(url)
        return self.client.post(url) if response.status_code == 405 else response


# What a browser may keep and has to ask for again, or may simply keep; each for its reason.
KEPT = {
    "private, no-cache": {  # 304 while nothing changes
        "calendar_feed",
        "rendering_download",
        "vendor_copy_download",
        "comparison_document_download",
        "fact_sheet_download",
    },
    "max-age=31536000, public": {"favicon"},
}


def kept_against_the_rule(route: str, said: str) -> bool:
    """Whether a page may be kept that only its reader may see."""
    parts = {part.strip() for part in said.split(",")}
    return not {"private", "no-store"} <= parts and not any(
        route in routes and parts == {part.strip() for part in words.split(",")} for words, routes in KEPT.items()
    )


Table = dict[str, dict[str, str]]  # route → who → what they get


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def walked(routes: Iterable[Route], cast: Cast, people: dict[str, Any]) -> Table:
    """What each of the people gets on each route: the people made once, the things that routes share made for all of
    them and undone after the last."""
    visitors = {who: Visitor(person) for who, person in people.items()}
    table: Table = {}
    for _things, sharing in groupby(sorted(routes, key=about), key=about):
        with undone():
            world = World(cast)
            for route in sharing:
                url = reverse(route.name, kwargs=arguments(route, world))
                table[route.name] = {who: visitor.gets(url) for who, visitor in visitors.items()}
                kept = {who: visitor.kept[url] for who, visitor in visitors.items()}
                assert {who: said for who, said in kept.items() if kept_against_the_rule(route.name, said)} == {}
    return table


def about(route: Route) -> tuple[str, tuple[str, ...]]:
    """Of the things of the world, those that the route's address is made from: of what is not there, no page tells."""
    return OBJECTS.get(route.name) or TOKENS.get(route.name, ""), route.arguments


def differences(got: Table, expected: Table) -> list[str]:
    """One line for each wrong cell, so that a failure shows all of them."""
    return [
        f"{name}, {who}: {found}, not {expected[name][who]}"
        for name, row in got.items()
        for who, found in row.items()
        if found != expected[name][who]
    ]


@pytest.mark.parametrize(
    ("route", "said", "wrong"),
    [
        ("vendor_list", "", True),
        ("vendor_list", "private", True),
        ("vendor_list", "private, no-cache", True),
        ("vendor_list", "private, no-store", False),
        ("vendor_list", "max-age=0, no-cache, no-store, must-revalidate, private", False),
        ("calendar_feed", "private, no-cache", False),
        ("calendar_feed", "max-age=31536000, public", True),
    ],
)
def test_a_page_that_a_browser_may_keep_is_noticed(route: str, said: str, wrong: bool) -> None:
    assert kept_against_the_rule(route, said) is wrong


def test_every_route_has_a_rule() -> None:
    assert undecided(ALL) == []


def test_a_planted_route_without_a_rule_is_noticed() -> None:
    planted = Route(name="vendor_export_everything", arguments=())

    assert undecided((*ALL, planted)) == ["vendor_export_everything"]


def test_every_rule_names_a_route_that_exists() -> None:
    assert set(ROUTES) - {route.name for route in ALL} == set()


def test_every_route_to_an_object_says_which_object_the_table_takes() -> None:
    assert {route.name for route in OWN if "pk" in route.arguments} - set(OBJECTS) == set()


def test_a_route_without_a_name_is_not_found(client: Client, db: None) -> None:
    assert client.get("/account/social/signup/").status_code == 404


def test_a_planted_hole_is_one_line() -> None:
    expected = {"vendor_list": {"anonymous": TO_SIGN_IN, "reader": LET_IN}}

    assert differences({"vendor_list": {"anonymous": LET_IN, "reader": LET_IN}}, expected) == [
        "vendor_list, anonymous: let in, not to sign-in"
    ]


@pytest.fixture
def cast(db: None) -> Cast:
    make_release()  # once: every assessment of the tables takes it
    return make_cast()


@pytest.fixture(autouse=True)
def _each_page_of_refusal_is_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """To each person, for each reason: two thirds of what the tables ask for is refused, and a sixth of their time went
    into showing that again. The frame about it is tried on every route by whoever is let in."""
    show = views.render
    shown: dict[tuple[str, ...], HttpResponse] = {}

    def show_once(request: Any, template: str, *context: Any, **how: Any) -> HttpResponse:
        if not template.startswith("errors/"):
            return show(request, template, *context, **how)
        key = (template, str(request.user.pk), *map(str, context))
        if key not in shown:
            shown[key] = show(request, template, *context, **how)
        return HttpResponse(shown[key].content, status=shown[key].status_code)

    monkeypatch.setattr(views, "render", show_once)


@pytest.fixture
def away(cast: Cast) -> dict[str, Membership]:
    """A stranger for each role: members of the other organisation."""
    return {name: make_member(cast.other_organisation, f"away-{name}", role) for name, role in ROLES.items()}


def _expected(route: str, who: str) -> str:
    gate = ROUTES[route]
    if route == "metrics":
        return NOT_FOUND  # a browser brings no such token
    if gate is Gate.PUBLIC:
        return LET_IN
    if gate is Gate.LINK:
        return NOT_FOUND  # no sign-in opens what only the cookie of a link opens
    if who == "anonymous":
        return TO_SIGN_IN
    return LET_IN if gate is Gate.SIGNED_IN else _expected_of_member(route, gate, who)


def _expected_of_member(route: str, gate: Right | Gate, who: str) -> str:
    if who not in ROLES or not _passes(gate, ROLES[who]):
        return FORBIDDEN
    if who == "rater" and "pk" in {name for one in OWN if one.name == route for name in one.arguments}:
        return NOT_FOUND
    if gate in (Gate.ASKED, Gate.NAMED):
        return LET_IN if who in ASKED.get(route, {"assessor"}) else FORBIDDEN
    return LET_IN


def test_own_organisation(cast: Cast) -> None:
    """Takes its time: every route is opened by eight people."""
    people = {
        "anonymous": None,
        "nobody": cast.nobody,
        "reader": cast.reader,
        "approver": cast.approver,
        "assessor": cast.assessor,
        "admin": cast.admin,
        "editor": cast.editor,
        "rater": make_member(cast.organisation, "outsider", Role.RATER),
    }
    expected = {route.name: {who: _expected(route.name, who) for who in people} for route in OWN}
    # Without a membership of that organisation there is none to choose.
    expected["organisation_switch"] = {who: TO_SIGN_IN if who == "anonymous" else NOT_FOUND for who in people}
    got = walked(OWN, cast, people)

    assert got.keys() == ROUTES.keys()
    assert differences(got, expected) == []


def test_other_organisation_finds_nothing(cast: Cast, away: dict[str, Membership]) -> None:
    """With the right: not found. Without: forbidden, before anybody looks whether the thing exists."""
    about_a_thing = [route for route in OWN if "pk" in route.arguments and _is_for_members(ROUTES[route.name])]
    expected = {
        route.name: {
            name: NOT_FOUND if _passes(ROUTES[route.name], role) else FORBIDDEN for name, role in ROLES.items()
        }
        for route in about_a_thing
    }

    got = walked(about_a_thing, cast, away)

    assert len(got) > 25
    assert differences(got, expected) == []


def _is_for_members(gate: Right | Gate) -> bool:
    return right_for(gate) is not None


def _passes(gate: Right | Gate, role: Role) -> bool:
    """Whoever could be asked passes the gate; whether they are is said by a thing of their own organisation."""
    return right_for(gate) in RIGHTS[role]


def test_pages_without_an_object_show_nothing_of_another_organisation(cast: Cast, away: dict[str, Membership]) -> None:
    world = World(cast)
    for thing in (
        "planned_service",
        "contact",
        "evidence",
        "rendering",
        "comparison_rendering",
        "batch",
        "export",
        "invitation",
        "archived_vendor",
        "vendor_import",
        "incident",
        "feedback_file",
        "contract_file",
        "paper",
        "proof_file",
        "pulse",
        "rehearsal",
        "notice",
        "token",
        "service_account",
    ):
        getattr(world, thing)
    visitors = {name: Visitor(stranger) for name, stranger in away.items()}
    pages = [route for route in OWN if "pk" not in route.arguments and _is_for_members(ROUTES[route.name])]
    assert len(pages) > 10
    for page in pages:
        role = next(role for role in ROLES if _passes(ROUTES[page.name], ROLES[role]))

        with undone():
            response = visitors[role].client.get(reverse(page.name, kwargs=arguments(page, world)))

        assert response.status_code < 500, page.name
        content = b"".join(response).decode(errors="replace")  # a file may be sent in pieces
        assert "harbour" not in content.lower(), page.name


def test_pages_of_sign_in_and_security(cast: Cast) -> None:
    got = walked(ALLAUTH, cast, {"anonymous": None, "nobody": cast.nobody})

    assert got.keys() == {route.name for route in ALLAUTH}
    for name, row in got.items():
        gate = required(name)
        if gate is None:
            assert row == {"anonymous": NOT_FOUND, "nobody": NOT_FOUND}, name
        elif gate is Gate.SIGNED_IN:
            assert row["anonymous"] == TO_SIGN_IN, name
        else:
            assert not {FORBIDDEN, NOT_FOUND} & set(row.values()), name


def test_the_admin_is_for_staff(cast: Cast) -> None:
    values = {"app_label": "accounts", "url": "x"}
    people = {"anonymous": None, "admin of an organisation": cast.admin, "editor": cast.editor}
    visitors = {who: Visitor(person) for who, person in people.items()}
    assert len(ADMIN) > 50
    for route in ADMIN:
        url = reverse(route.name, kwargs={name: values.get(name, "1") for name in route.arguments})

        got = {who: visitor.gets(url) for who, visitor in visitors.items()}
        assert not any(kept_against_the_rule(route.name, visitor.kept[url]) for visitor in visitors.values()), url

        if route.name.startswith(CLOSED_PREFIXES):
            assert set(got.values()) == {NOT_FOUND}, route.name
            continue
        editor = got.pop("editor")
        assert not editor.startswith("error"), route.name
        # Its pages send whoever is not staff to its sign-in, which sends strangers to ours and refuses members.
        assert route.name == "admin:logout" or set(got.values()) <= {TO_SIGN_IN, FORBIDDEN, TO_ADMIN}, route.name
