"""Access as a table: every operation of the API × everybody → what they get, walked from its document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.access import RIGHTS
from accounts.models import Membership, Role
from accounts.operations import OPERATIONS, Scope
from config.reference.document import document
from config.reference.reading import least_body
from tests.config.reference.fuzzing import fitting, rows_of
from tests.config.test_access import undone
from tests.factories import Cast, make_assessment, make_contract, make_incident, make_member, make_token, make_vendor

pytestmark = pytest.mark.django_db
ROLES = {"assessor": Role.ASSESSOR, "approver": Role.APPROVER, "reader": Role.READER, "admin": Role.ADMIN}
ROLES |= {"rater": Role.RATER}
NOBODY = "6f1c9a52-0d3e-4b7a-9c61-2f5f0f6f8a10"
# Parts of addresses that name no row.
SAMPLES = {"sha256": "0" * 64, "held_on": "2026-03-02", "question": "support-1", "measure": "duration_mean"}
# Everybody’s, and what a first write makes.
NOT_OF_ANYBODY_ELSE = {"edition_detail", "incident_source_put"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    name: str
    method: str
    path: str
    body: Any

    def at(self, rows: dict[str, list[str]]) -> str:
        path = self.path
        for part in [one.partition("}")[0] for one in path.split("{")[1:]]:
            path = path.replace(
                "{" + part + "}", SAMPLES.get(part) or next(iter(fitting(rows, part, self.path)), NOBODY)
            )
        return path


def operations() -> Iterator[Asked]:
    for path, methods in document()["paths"].items():
        for method, said in methods.items():
            yield Asked(name=said["operationId"], method=method.upper(), path=path, body=least_body(said))


ALL = list(operations())


def ask(token: str, asked: Asked, rows: dict[str, list[str]]) -> Any:
    content = b"" if asked.body is None else json.dumps(asked.body).encode()
    headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"'}
    with undone():
        return Client(raise_request_exception=False).generic(
            asked.method, asked.at(rows), content, content_type="application/json", headers=headers
        )


@pytest.fixture(autouse=True)
def unhurried(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000


@pytest.fixture
def people(cast: Cast) -> dict[str, Membership]:
    return {
        "assessor": cast.assessor,
        "approver": cast.approver,
        "reader": cast.reader,
        "admin": cast.admin,
        "rater": make_member(cast.organisation, "rita", Role.RATER),
    }


def fill(member: Membership) -> dict[str, list[str]]:
    assessment = make_assessment(member, vendor=make_vendor(member.organisation, "Example Systems"))
    make_incident(assessment.vendor, "Records do not open")
    make_contract(assessment.vendor)
    return rows_of(member.organisation)


def test_the_walk_meets_every_operation() -> None:
    assert {asked.name for asked in ALL} == OPERATIONS.keys()


def test_whose_role_has_not_the_right_is_refused_and_nobody_else(cast: Cast, people: dict[str, Membership]) -> None:
    rows = fill(cast.assessor)
    tokens = {who: make_token(member) for who, member in people.items()}
    wrong = []
    for asked in ALL:
        right = OPERATIONS[asked.name].right
        for who, token in tokens.items():
            response = ask(token, asked, rows)
            is_refused = response.status_code == 403 and "role" in response.json().get("detail", "")
            if is_refused != (right is not None and right not in RIGHTS[ROLES[who]]):
                wrong.append((asked.name, who, response.status_code))
            if response.status_code >= 500:
                wrong.append((asked.name, who, response.status_code))
    assert wrong == []


def test_a_token_without_the_scope_is_told_which_it_lacks(cast: Cast) -> None:
    rows, wrong = fill(cast.assessor), []
    for asked in ALL:
        scope = OPERATIONS[asked.name].scope
        if scope is None:
            continue
        token = make_token(cast.assessor, *(one for one in Scope if one != scope))
        response = ask(token, asked, rows)
        if response.status_code != 403 or scope not in response.json()["detail"]:
            wrong.append((asked.name, response.status_code))
    assert wrong == []


def test_what_is_another_organisations_does_not_exist(cast: Cast, people: dict[str, Membership]) -> None:
    foreign = fill(make_member(cast.other_organisation, "olga", Role.ASSESSOR))
    wrong = []
    for asked in ALL:
        if "{" not in asked.path or asked.name in NOT_OF_ANYBODY_ELSE:
            continue
        right = OPERATIONS[asked.name].right
        who = next(name for name, role in ROLES.items() if right is None or right in RIGHTS[role])
        response = ask(make_token(people[who]), asked, foreign)
        if response.status_code != 404:
            wrong.append((asked.name, who, response.status_code, response.content[:120]))
    assert wrong == []
