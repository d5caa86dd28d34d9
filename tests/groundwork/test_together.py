"""Several querysets read by one statement: the same rows as each would have read, nothing asked twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Count, Exists, OuterRef, Value

from accounts.models import Membership, Organisation
from assessments.models import Answer, Assessment, Response
from groundwork.together import Lookup, attach, look_up, read_together
from manifesto.models import Question, Release
from tests.factories import Cast, make_assessment, make_contract, make_vendor
from vendors.models import Contract, Vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(cast: Cast) -> Assessment:
    vendor = make_vendor(cast.organisation)
    make_contract(vendor, "C-1")
    return make_assessment(cast.assessor, vendor=vendor, grade=3)


def querysets() -> list[Any]:
    """Of all kinds: whole rows with others beside them, counted ones, some values, one value, a slice, none."""
    own = Response.objects.filter(assessment=OuterRef("pk"))
    return [
        Assessment.objects.select_related("vendor", "owner").annotate(asked=Count("responses"), has=Exists(own)),
        Answer.objects.annotate(word=Value("a word")),
        Membership.objects.select_related("organisation", "user"),
        Response.objects.values_list("assessment", "submitted_at", "uuid"),
        Question.objects.values_list("pk", flat=True),
        Release.objects.values("pk", "published_at", "met_threshold"),
        Contract.objects.defer("note"),
        Vendor.objects.order_by("-pk")[:1],
        Organisation.objects.none(),
    ]


def seen(row: Any) -> Any:
    """All that came with a row."""
    if not hasattr(row, "_state"):
        return row if not isinstance(row, dict) else sorted(row.items())
    own = {name: value for name, value in vars(row).items() if name != "_state"}
    beside = {name: seen(one) for name, one in row._state.fields_cache.items() if one is not None}
    return type(row), own, beside


def test_each_has_the_rows_that_it_would_have_read_itself(filled: Assessment, django_assert_num_queries: Any) -> None:
    together = querysets()
    with django_assert_num_queries(1):
        read_together(*together)
        found = [list(rows) for rows in together]
    for rows, alone in zip(found, querysets(), strict=True):
        assert sorted(map(str, map(seen, rows))) == sorted(map(str, map(seen, alone)))
    assert found[0][0].vendor.name == filled.vendor.name


def test_what_was_read_is_not_read_again_and_what_is_narrowed_afterwards_is(
    filled: Assessment, django_assert_num_queries: Any
) -> None:
    vendors, contracts = Vendor.objects.all(), Contract.objects.all()
    with django_assert_num_queries(1):
        read_together(vendors, contracts)
        read_together(vendors, contracts, vendors)
    with django_assert_num_queries(1):
        assert list(vendors.filter(name="nobody")) == []


def test_one_alone_is_read_as_ever_and_in_its_order(filled: Assessment, django_assert_num_queries: Any) -> None:
    questions = Question.objects.order_by("-pk")
    with django_assert_num_queries(1):
        read_together(questions, Organisation.objects.none())
        assert [one.pk for one in questions] == sorted((one.pk for one in questions), reverse=True)


def test_parts_of_a_page_are_told_from_one_statement(filled: Assessment, django_assert_num_queries: Any) -> None:
    vendors, contracts = Vendor.objects.all(), Contract.objects.all()
    names = Lookup(reads=(vendors,), told=lambda: [one.name for one in vendors])
    references = Lookup(reads=(contracts,), told=lambda: [one.reference for one in contracts])
    with django_assert_num_queries(1):
        look_up(names, references)
        assert (names.told(), references.told()) == ([filled.vendor.name], ["C-1"])
    with django_assert_num_queries(1):
        assert Lookup(reads=(Vendor.objects.all(), Contract.objects.all()), told=lambda: "told").now() == "told"


def test_rows_are_attached_as_a_prefetch_leaves_them(filled: Assessment, django_assert_num_queries: Any) -> None:
    other = make_vendor(filled.organisation, "Without a contract")
    vendors = [filled.vendor, other]
    attach(vendors, "contracts", ((one.vendor_id, one) for one in Contract.objects.all()))
    with django_assert_num_queries(0):
        assert [[one.reference for one in vendor.contracts.all()] for vendor in vendors] == [["C-1"], []]
