"""Access as a table: every route × everybody → what they get, walked from the URLconf."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.access import CLOSED_PREFIXES, RIGHTS, ROUTES, Gate, Right, required
from accounts.models import Membership, Role
from tests.config.routes import OBJECTS, Route, World, arguments, routes
from tests.factories import Cast, make_member

ALL = tuple(routes())
OWN = tuple(route for route in ALL if route.name in ROUTES)
ALLAUTH = tuple(route for route in ALL if route.name.startswith(("account_", "mfa_", "socialaccount_")))
ADMIN = tuple(route for route in ALL if route.name.startswith("admin:"))
ROLES = {"assessor": Role.ASSESSOR, "approver": Role.APPROVER, "reader": Role.READER, "admin": Role.ADMIN}
LET_IN, TO_SIGN_IN, FORBIDDEN, NOT_FOUND = "let in", "to sign-in", "forbidden", "not found"
TO_ADMIN = "to the admin's sign-in"


def undecided(every: tuple[Route, ...]) -> list[str]:
    """Named routes that nobody decided about."""
    return [
        route.name
        for route in every
        if route.name and required(route.name) is None and not route.name.startswith(CLOSED_PREFIXES)
    ]


def outcome(client: Client, url: str) -> str:
    """What a person gets, by GET, or by POST where only that is allowed. Nothing that they change stays."""
    with transaction.atomic():
        response = client.get(url)
        if response.status_code == 405:
            response = client.post(url)
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith(reverse(settings.LOGIN_URL)):
        return TO_SIGN_IN
    if response.status_code == 302 and response["Location"].startswith(reverse("admin:login")):
        return TO_ADMIN
    if response.status_code >= 500 and response.status_code != 503:  # /readyz says so without a worker
        return f"error {response.status_code}"
    return {403: FORBIDDEN, 404: NOT_FOUND}.get(response.status_code, LET_IN)


def seen_by(person: AbstractBaseUser | Membership | None, url: str) -> str:
    client = Client()
    if person is not None:
        client.force_login(person.user if isinstance(person, Membership) else person)
    return outcome(client, url)


def _ids(route: Route) -> str:
    return route.name


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


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


@pytest.fixture
def away(cast: Cast) -> dict[str, Membership]:
    """A stranger for each role: members of the other organisation."""
    return {name: make_member(cast.other_organisation, f"away-{name}", role) for name, role in ROLES.items()}


def _people(cast: Cast) -> dict[str, Any]:
    return {
        "anonymous": None,
        "nobody": cast.nobody,
        "reader": cast.reader,
        "approver": cast.approver,
        "assessor": cast.assessor,
        "admin": cast.admin,
        "editor": cast.editor,
    }


def _expected(gate: Right | Gate, who: str) -> str:
    if gate is Gate.PUBLIC:
        return LET_IN
    if who == "anonymous":
        return TO_SIGN_IN
    if gate is Gate.SIGNED_IN:
        return LET_IN
    return LET_IN if who in ROLES and gate in RIGHTS[ROLES[who]] else FORBIDDEN


@pytest.mark.parametrize("route", OWN, ids=_ids)
def test_own_organisation(route: Route, world: World) -> None:
    url = reverse(route.name, kwargs=arguments(route, world))
    gate = ROUTES[route.name]
    people = _people(world.cast)

    got = {who: seen_by(person, url) for who, person in people.items()}

    if route.name == "organisation_switch":  # without a membership of that organisation there is none to choose
        assert set(got.values()) == {TO_SIGN_IN, NOT_FOUND}
        return
    assert got == {who: _expected(gate, who) for who in people}


@pytest.mark.parametrize(
    "route",
    [route for route in OWN if route.arguments and isinstance(ROUTES[route.name], Right)],
    ids=_ids,
)
def test_other_organisation_finds_nothing(route: Route, world: World, away: dict[str, Membership]) -> None:
    """With the right: not found. Without: forbidden, before anybody looks whether the thing exists."""
    url = reverse(route.name, kwargs=arguments(route, world))

    got = {name: seen_by(stranger, url) for name, stranger in away.items()}

    right = ROUTES[route.name]
    assert got == {name: NOT_FOUND if right in RIGHTS[role] else FORBIDDEN for name, role in ROLES.items()}


@pytest.mark.parametrize(
    "route",
    [route for route in OWN if not route.arguments and isinstance(ROUTES[route.name], Right)],
    ids=_ids,
)
def test_pages_without_an_object_show_nothing_of_another_organisation(
    route: Route, world: World, away: dict[str, Membership]
) -> None:
    for thing in ("service", "contact", "evidence", "rendering", "invitation"):
        getattr(world, thing)
    right = ROUTES[route.name]
    role = next(name for name in ROLES if right in RIGHTS[ROLES[name]])
    client = Client()
    client.force_login(away[role].user)

    response = client.get(reverse(route.name))

    assert "harbour" not in response.content.decode(errors="replace").lower()


@pytest.mark.parametrize("route", ALLAUTH, ids=_ids)
def test_pages_of_sign_in_and_security(route: Route, world: World) -> None:
    gate = required(route.name)
    url = reverse(route.name, kwargs=arguments(route, world))

    got = {"anonymous": seen_by(None, url), "nobody": seen_by(world.cast.nobody, url)}

    if gate is None:
        assert got == {"anonymous": NOT_FOUND, "nobody": NOT_FOUND}
    elif gate is Gate.SIGNED_IN:
        assert got["anonymous"] == TO_SIGN_IN
    else:
        assert FORBIDDEN not in got.values()
        assert NOT_FOUND not in got.values()


@pytest.mark.parametrize("route", ADMIN, ids=_ids)
def test_the_admin_is_for_staff(route: Route, cast: Cast) -> None:
    values = {"app_label": "accounts", "url": "x"}
    url = reverse(route.name, kwargs={name: values.get(name, "1") for name in route.arguments})
    people = {"anonymous": None, "admin of an organisation": cast.admin, "editor": cast.editor}

    got = {who: seen_by(person, url) for who, person in people.items()}

    if route.name.startswith(CLOSED_PREFIXES):
        assert set(got.values()) == {NOT_FOUND}
        return
    editor = got.pop("editor")
    assert not editor.startswith("error")
    # Its pages send whoever is not staff to its sign-in, which sends strangers to ours and refuses members.
    assert route.name == "admin:logout" or set(got.values()) <= {TO_SIGN_IN, FORBIDDEN, TO_ADMIN}
