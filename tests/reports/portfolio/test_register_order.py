"""In which order the database puts the vendors of the register."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import Membership
from reports.portfolio import rows
from tests.factories import Cast, make_vendor
from tests.reports.standing_cards import stand
from vendors.models import Contract, Tier, Vendor
from vendors.register.attention import ATTENTION, in_order


def names(member: Membership, sort: str = ATTENTION) -> list[str]:
    return [vendor.name for vendor in in_order(Vendor.objects.for_member(member), sort, member)]


def test_what_needs_attention_stands_first_and_an_average_never_decides(cast: Cast) -> None:
    for name, letters, lowest in (
        ("One met, four broken", "mbbbbpp", "40"),
        ("None met, two broken", "bbppppp", "5"),
        ("Two broken, higher", "bbmmmmm", "30"),
        ("All met", "mmmmmmm", None),
    ):
        stand(cast, make_vendor(cast.organisation, name), letters, lowest=lowest)
    make_vendor(cast.organisation, "Never, standard")
    make_vendor(cast.organisation, "Never, critical", tier=Tier.CRITICAL)
    assert names(cast.reader) == [
        "One met, four broken",
        "None met, two broken",
        "Two broken, higher",
        "All met",
        "Never, critical",
        "Never, standard",
    ]


def test_a_contradicted_rule_counts_as_a_broken_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    contradicted = make_vendor(cast.organisation, "two contradicted")
    stand(cast, make_vendor(cast.organisation, "one broken"), "bmmmmmm", lowest="10")
    stand(cast, contradicted, "mmmmmmm", findings=["contradicted"] * 2)
    assert names(cast.reader) == ["two contradicted", "one broken"]
    assert names(cast.reader, "-contradicted")[0] == "two contradicted"

    # Whoever still judges it learns nothing of it, not even by where its row stands.
    monkeypatch.setattr(rows, "withheld", lambda member: {contradicted.pk})
    assert names(cast.reader) == ["one broken", "two contradicted"]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", ["A", "b", "c"]),
        ("-name", ["c", "b", "A"]),
        ("tier", ["b", "A", "c"]),
        ("-tier", ["A", "c", "b"]),
        ("met", ["b", "A", "c"]),
        ("-met", ["A", "b", "c"]),
        ("weakest", ["A", "b", "c"]),
        ("-weakest", ["b", "A", "c"]),
        ("contradicted", ["A", "b", "c"]),
        ("-contradicted", ["b", "A", "c"]),
        ("decide", ["c", "A", "b"]),
        ("-decide", ["A", "c", "b"]),
    ],
)
def test_each_column_sorts_both_ways_and_what_is_missing_stays_last(cast: Cast, sort: str, found: list[str]) -> None:
    third, second, first = (make_vendor(cast.organisation, name) for name in "cbA")
    Vendor.objects.filter(pk=second.pk).update(tier=Tier.CRITICAL)
    stand(cast, second, "bbm----", findings=["contradicted"])
    stand(cast, first, "bm-----", lowest="10", findings=[])
    Contract.objects.create(vendor=third, reference="C", decide_by=date(2026, 1, 2))
    Contract.objects.create(vendor=first, reference="A", decide_by=date(2026, 3, 1))
    assert names(cast.reader, sort) == found
