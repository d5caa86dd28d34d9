"""Which vendors an address compares, in which order, and what is offered beside them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404, QueryDict

from assessments.models import Assessment
from reports.comparison import choice
from reports.models import Scorecard
from tests.factories import NOW, Cast, make_release, make_vendor
from tests.reports.renderings import make_scorecard
from vendors.models import Vendor


@pytest.fixture
def vendors(cast: Cast) -> list[Vendor]:
    """Alder, Birch and Cedar, each with a scorecard."""
    make_release(questions_per_rule=1)
    names = ("Alder", "Birch", "Cedar")
    return [
        make_scorecard(cast.assessor, number=f"S-2026-00{number}", vendor=name).assessment.vendor
        for number, name in enumerate(names, 1)
    ]


def one_more(cast: Cast, vendor: Vendor) -> Scorecard:
    """A second scorecard of the vendor."""
    card = make_scorecard(cast.assessor, number="S-2025-009", vendor="Passing")
    Assessment.objects.filter(pk=card.assessment_id).update(vendor=vendor)
    return card


def read(cast: Cast, query: str) -> choice.Choice:
    return choice.read(cast.reader, QueryDict(query))


def names(chosen: choice.Choice) -> list[str]:
    return [one.vendor.name for one in chosen.chosen]


def test_the_order_of_the_address_is_the_order_of_the_columns(cast: Cast, vendors: list[Vendor]) -> None:
    alder, birch, cedar = (vendor.pk for vendor in vendors)
    chosen = read(cast, f"vendor={cedar}&vendor={alder}&vendor={birch}&vendor={cedar}")

    assert names(chosen) == ["Cedar", "Alder", "Birch"]
    assert chosen.address == f"/comparison/?vendor={cedar}&vendor={alder}&vendor={birch}"
    assert chosen.moved_forward(2) == f"/comparison/?vendor={cedar}&vendor={birch}&vendor={alder}"
    assert chosen.without(0) == f"/comparison/?vendor={alder}&vendor={birch}"
    assert not chosen.problem


def test_an_earlier_scorecard_stands_for_its_vendor_and_stays_in_the_address(cast: Cast, vendors: list[Vendor]) -> None:
    alder, birch = vendors[0].pk, vendors[1].pk
    latest = Scorecard.objects.get(assessment__vendor=alder)
    old = one_more(cast, vendors[0])
    cards = read(cast, f"vendor={alder}&vendor={birch}").chosen[0].cards
    assert {card.pk for card in cards} == {latest.pk, old.pk}

    not_latest = cards[1]
    chosen = read(cast, f"vendor={alder}&vendor={birch}&scorecard={not_latest.pk}")
    assert chosen.chosen[0].card == not_latest
    assert not chosen.chosen[0].is_latest
    assert chosen.address.endswith(f"&scorecard={not_latest.pk}")
    assert read(cast, f"vendor={alder}&vendor={birch}&scorecard={cards[0].pk}").chosen[0].is_latest


def test_what_to_do_is_said_while_too_few_or_too_many_are_chosen(cast: Cast, vendors: list[Vendor]) -> None:
    bare = make_vendor(cast.organisation, "Never assessed")
    assert "choose at least one more" in read(cast, f"vendor={vendors[0].pk}").problem
    assert "choose at least one more" in read(cast, f"vendor={vendors[0].pk}&vendor={bare.pk}").problem
    many = [make_scorecard(cast.assessor, number=f"S-2026-10{n}", vendor=f"More {n}").assessment for n in range(3)]
    keys = [vendor.pk for vendor in vendors] + [assessment.vendor_id for assessment in many]
    chosen = read(cast, "&".join(f"vendor={key}" for key in keys))
    assert "At most five" in chosen.problem
    assert chosen.compared == ()
    assert not read(cast, "").problem


def test_a_vendor_without_a_scorecard_leaves_the_others_to_be_compared(cast: Cast, vendors: list[Vendor]) -> None:
    bare = make_vendor(cast.organisation, "Never assessed")
    chosen = read(cast, f"vendor={vendors[0].pk}&vendor={bare.pk}&vendor={vendors[1].pk}")
    assert [one.vendor.name for one in chosen.compared] == ["Alder", "Birch"]
    assert names(chosen) == ["Alder", "Never assessed", "Birch"]


@pytest.mark.parametrize("wrong", ["vendor=x", "vendor=", "vendor=999999", "vendor=99999999999999999999999"])
def test_an_address_of_no_vendor_is_not_found(cast: Cast, vendors: list[Vendor], wrong: str) -> None:
    with pytest.raises(Http404):
        read(cast, f"vendor={vendors[0].pk}&{wrong}")


def test_a_vendor_of_another_organisation_is_not_found(cast: Cast, vendors: list[Vendor]) -> None:
    foreign = make_vendor(cast.other_organisation, "Elsewhere")
    with pytest.raises(Http404):
        read(cast, f"vendor={vendors[0].pk}&vendor={foreign.pk}")


def test_active_vendors_with_a_scorecard_are_offered_but_for_those_chosen(cast: Cast, vendors: list[Vendor]) -> None:
    make_vendor(cast.organisation, "Never assessed")
    Vendor.objects.filter(name="Cedar").update(archived_at=NOW - timedelta(days=1))
    offered = choice.offer(cast.reader, [vendors[0].pk], "nothing of this name")

    assert [vendor.name for vendor in offered.vendors] == ["Birch"]
    assert (offered.total, offered.is_searched) == (2, False)


def test_many_vendors_are_searched_for(cast: Cast, vendors: list[Vendor], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "MANY", 2)
    assert [vendor.name for vendor in choice.offer(cast.reader, [], " birch ").vendors] == ["Birch"]
    assert [vendor.name for vendor in choice.offer(cast.reader, [], "\x00birch\x00").vendors] == ["Birch"]
    offered = choice.offer(cast.reader, [], "")
    assert (len(offered.vendors), offered.is_searched, offered.is_cut) == (2, True, True)
