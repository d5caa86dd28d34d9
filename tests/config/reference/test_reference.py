"""The reference tells of every operation what the API itself says."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.api import problems
from accounts.operations import OPERATIONS
from config.reference import pages
from config.reference.document import document, path_of_file, text
from config.reference.reading import groups
from config.templatetags.reference import with_code


def operations() -> list[dict[str, object]]:
    return [one for methods in document()["paths"].values() for one in methods.values()]


def test_the_committed_document_is_what_the_api_says() -> None:
    """Should this fail: `bin/manage openapi`, and look at what others will have to change in their programs."""
    assert path_of_file().read_text(encoding="utf-8") == text()


def test_every_operation_of_the_table_is_there_and_no_other() -> None:
    assert {one["operationId"] for one in operations()} == OPERATIONS.keys()


def test_every_operation_says_what_it_does() -> None:
    silent = [one["operationId"] for one in operations() if not one["summary"] or len(str(one["summary"])) > 80]
    assert silent == []


def test_every_operation_says_which_scope_it_takes() -> None:
    said = {one["operationId"]: one["x-scope"] for one in operations()}
    assert said == {name: takes.scope and str(takes.scope) for name, takes in OPERATIONS.items()}


def test_every_problem_is_explained() -> None:
    assert pages.MEANINGS.keys() == problems.TITLES.keys()


def test_the_document_is_open_to_everybody_and_nothing_else_is() -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert json.loads(response.content)["openapi"].startswith("3.1")
    assert Client().get("/api/v1/me").status_code == 401


@pytest.mark.django_db
def test_the_pages_tell_of_each_operation_once() -> None:
    told = [one.name for group in groups() for one in group.operations]
    assert sorted(told) == sorted(OPERATIONS)
    index = Client().get(reverse("help_api")).content.decode()
    for group in groups():
        page = Client().get(reverse("help_api_group", args=[group.slug])).content.decode()
        for one in group.operations:
            assert f'id="{one.name}"' in page
            assert one.path in index


def test_fields_within_fields_are_indented() -> None:
    detail = next(one for group in groups() for one in group.operations if one.name == "edition_list")
    assert [(row.name, row.depth) for row in detail.said][:2] == [("items", 0), ("edition", 1)]


def test_an_example_of_each_answer_is_json() -> None:
    for group in groups():
        for one in group.operations:
            if one.example:
                json.loads(one.example)


def test_what_stands_between_backticks_is_code_and_all_of_it_is_escaped() -> None:
    assert with_code("Only `<name>` & `x`.") == "Only <code>&lt;name&gt;</code> &amp; <code>x</code>."
    assert with_code("One ` alone, after `two`") == "One <code> alone, after </code>two`"
    assert with_code("none") == "none"


@pytest.mark.django_db
def test_no_page_of_the_reference_shows_a_backtick() -> None:
    pages_of_groups = [reverse("help_api_group", args=[group.slug]) for group in groups()]
    for address in (reverse("help_api_problems"), *pages_of_groups):
        assert "`" not in Client().get(address).content.decode(), address
