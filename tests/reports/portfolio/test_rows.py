"""Which vendors the portfolio shows and in which order, and what its foot counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from accounts.models import Department, Membership
from assessments.models import AssessmentState, Commitment, CommitmentState
from reports.models import VendorStanding
from reports.portfolio.filters import IN_HAND, NOT_ASSESSED, OLDER, RECENT, Choice, Period
from reports.portfolio.rows import (
    ATTENTION,
    SORTS,
    Extent,
    TierCount,
    a_year_before,
    chosen,
    chosen_sort,
    extent_of,
    foot_of,
    in_order,
    page_of,
    with_words,
)
from reports.portfolio.words import rows_of
from tests.factories import NOW, Cast, make_assessment, make_expectations, make_vendor
from tests.reports.standing_cards import stand
from vendors.models import Acknowledgement, Contract, ExpectationEdition, Service, Tier, Vendor

TODAY = date(2026, 4, 1)


def names(member: Membership, sort: str = ATTENTION, closed: Collection[int] = (), **choice: object) -> list[str]:
    rows = chosen(member, Choice(**choice), TODAY)  # type: ignore[arg-type]
    return [vendor.name for vendor in in_order(rows, sort, closed, TODAY)]


def commit(cast: Cast, vendor: Vendor, *, due: date, state: str = CommitmentState.AGREED) -> Commitment:
    ended = None if state in (CommitmentState.PROPOSED, CommitmentState.AGREED) else TODAY
    return Commitment.objects.create(
        organisation=vendor.organisation,
        vendor=vendor,
        number=f"C-2026-{Commitment.objects.count() + 1:03}",
        rule="speed",
        source="rule",
        what="Rehearse",
        owner=cast.assessor.user,
        due_on=due,
        state=state,
        agreed_on=TODAY,
        agreed_by="Carla",
        ended_on=ended,
        created_by=cast.assessor.user,
        created_at=NOW,
    )


# In which order -----------------------------------------------------------------------------------------------------
def test_what_needs_attention_stands_first_and_an_average_never_decides(cast: Cast) -> None:
    for name, letters, lowest in (
        ("One met, four broken", "mbbbbpp", "40"),
        ("None met, two broken", "bbppppp", "5"),
        ("Two broken, higher", "bbmmmmm", "30"),
        ("All met", "mmmmmmm", None),
        ("Nothing rated", "-------", None),
    ):
        stand(cast, make_vendor(cast.organisation, name), letters, lowest=lowest)
    make_vendor(cast.organisation, "Never, standard")
    make_vendor(cast.organisation, "Never, critical", tier=Tier.CRITICAL)
    assert names(cast.reader) == [
        "One met, four broken",
        "None met, two broken",
        "Two broken, higher",
        "All met",
        "Nothing rated",
        "Never, critical",
        "Never, standard",
    ]


def test_attention_in_sql_is_the_order_worked_out_in_python(cast: Cast) -> None:
    random = Random(7)
    for number in range(30):
        vendor = make_vendor(cast.organisation, f"Vendor {number:02}", tier=random.choice(Tier.values))
        if number % 6:
            letters = "".join(random.choices("mpb-", k=7))
            findings = random.choice([None, ["contradicted"] * random.randrange(3)])
            stand(cast, vendor, letters, findings=findings)

    def key(vendor: Vendor) -> tuple[object, ...]:
        row: VendorStanding | None = VendorStanding.objects.filter(vendor=vendor).first()
        rank = Tier.values.index(vendor.tier)
        if row is None:
            return (1, 0, False, 0, False, 0, 0, rank, vendor.name)
        told = row.contradicted
        return (
            *(0, -row.broken, row.lowest is None, row.lowest or 0),
            *(told is None, -(told or 0), row.met, rank, vendor.name),
        )

    assert names(cast.reader) == [vendor.name for vendor in sorted(Vendor.objects.all(), key=key)]


@pytest.mark.parametrize("sort", [sort for sort in SORTS if sort not in ("name", "tier")])
def test_every_column_sorts_both_ways_with_the_silent_last(cast: Cast, sort: str) -> None:
    low, high, _silent = (make_vendor(cast.organisation, name) for name in ("Low", "High", "Silent"))
    stand(cast, low, "bbbbbbb", at=NOW - timedelta(days=9), findings=[])
    stand(cast, high, "mmmmmmm", at=NOW, findings=["contradicted"])
    Contract.objects.create(vendor=low, reference="A", decide_by=date(2026, 5, 1))
    Contract.objects.create(vendor=high, reference="B", decide_by=date(2026, 6, 1))
    for _ in range(2):
        commit(cast, high, due=date(2026, 3, 1))
    commit(cast, low, due=date(2026, 3, 1))
    rising, falling = names(cast.reader, sort), names(cast.reader, f"-{sort}")
    if sort == "commitments":  # none is a number, too
        assert (rising, falling) == (["Silent", "Low", "High"], ["High", "Low", "Silent"])
    else:
        assert (rising, falling) == (["Low", "High", "Silent"], ["High", "Low", "Silent"])


def test_names_and_tiers_sort_both_ways(cast: Cast) -> None:
    for name, tier in (("beta", Tier.CRITICAL), ("Alpha", Tier.STANDARD), ("Gamma", Tier.IMPORTANT)):
        make_vendor(cast.organisation, name, tier=tier)
    assert names(cast.reader, "name") == ["Alpha", "beta", "Gamma"]
    assert names(cast.reader, "-name") == ["Gamma", "beta", "Alpha"]
    assert names(cast.reader, "tier") == ["beta", "Gamma", "Alpha"]
    assert names(cast.reader, "-tier") == ["Alpha", "Gamma", "beta"]


def test_an_unknown_column_is_what_needs_attention() -> None:
    assert (chosen_sort("-rule3"), chosen_sort("password"), chosen_sort("--met")) == ("-rule3", ATTENTION, ATTENTION)


TOLD_BY_FIGURES = [sort for sort in SORTS if sort not in ("name", "tier", "age", "decide")]


@pytest.mark.parametrize("sort", [ATTENTION, *TOLD_BY_FIGURES, *(f"-{sort}" for sort in TOLD_BY_FIGURES)])
def test_where_a_row_stands_tells_nothing_of_a_vendor_that_is_still_judged(cast: Cast, sort: str) -> None:
    judged, other = make_vendor(cast.organisation, "Judged"), make_vendor(cast.organisation, "Other")
    stand(cast, other, "mmmmmmm", findings=[])
    order = []
    for at, letters in enumerate(("bbbbbbb", "mmmmmmm")):
        stand(cast, judged, letters, at=NOW + timedelta(days=at), findings=["contradicted"] * 3)
        commit(cast, judged, due=date(2026, 3, 1))
        order.append(names(cast.assessor, sort, {judged.pk}))
    assert order == [["Other", "Judged"]] * 2


# Which --------------------------------------------------------------------------------------------------------------
def test_only_active_vendors_of_the_own_organisation_are_there(cast: Cast) -> None:
    make_vendor(cast.organisation, "Ours")
    make_vendor(cast.organisation, "Archived", archived_at=NOW)
    make_vendor(cast.other_organisation, "Theirs")
    assert names(cast.reader) == ["Ours"]
    assert names(cast.stranger) == ["Theirs"]


def test_filters_leave_whom_they_name(cast: Cast) -> None:
    wards = Department.objects.create(organisation=cast.organisation, name="Wards")
    orders = make_vendor(cast.organisation, "Orders", department=wards, country="Belgium")
    serves = make_vendor(cast.organisation, "Serves", tier=Tier.CRITICAL, country="France")
    Service.objects.create(vendor=serves, name="Patient records", department=wards)
    Service.objects.create(vendor=serves, name="Patient pictures", department=wards)
    stand(cast, orders, "mmmmmmm", ends=date(2025, 12, 31))
    make_vendor(cast.organisation, "Neither")
    assert names(cast.reader, "name", department=wards.pk) == ["Orders", "Serves"]
    assert names(cast.reader, "name", tier="critical") == ["Serves"]
    assert names(cast.reader, "name", service="PATIENT") == ["Serves"]
    assert names(cast.reader, "name", country="Belgium") == ["Orders"]
    year = Period(start=date(2025, 1, 1), end=date(2025, 12, 31))
    assert names(cast.reader, "name", period=year) == ["Orders"]
    assert names(cast.reader, "name", period=Period(start=date(2025, 1, 1), end=date(2025, 12, 30))) == []


def test_each_state_holds_its_vendors(cast: Cast) -> None:
    recent, older, never = (make_vendor(cast.organisation, name) for name in ("Recent", "Older", "Never"))
    stand(cast, recent, "mmmmmmm", at=datetime(2025, 4, 1, 12, tzinfo=UTC))
    stand(cast, older, "mmmmmmm", at=datetime(2025, 3, 31, 12, tzinfo=UTC))
    make_assessment(cast.assessor, vendor=older)
    make_assessment(cast.assessor, vendor=recent, state=AssessmentState.CANCELLED)
    assert never.pk
    assert names(cast.reader, state=NOT_ASSESSED) == ["Never"]
    assert names(cast.reader, state=IN_HAND) == ["Older"]
    assert names(cast.reader, state=RECENT) == ["Recent"]
    assert names(cast.reader, state=OLDER) == ["Older"]


def test_a_year_before_the_leap_day_is_the_28th() -> None:
    assert a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)
    assert a_year_before(TODAY) == date(2025, 4, 1)


# What a row holds ---------------------------------------------------------------------------------------------------
def test_a_row_knows_its_commitments_and_its_next_decision(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    commit(cast, vendor, due=TODAY)  # due today is not overdue
    commit(cast, vendor, due=date(2026, 3, 31))
    commit(cast, vendor, due=date(2026, 3, 1), state=CommitmentState.PROPOSED)  # open, and binds nobody yet
    commit(cast, vendor, due=date(2026, 3, 1), state=CommitmentState.MISSED)
    Contract.objects.create(vendor=vendor, reference="A", decide_by=date(2026, 9, 1))
    Contract.objects.create(vendor=vendor, reference="B", decide_by=date(2026, 3, 1), decision="continue")
    Contract.objects.create(vendor=vendor, reference="C", decide_by=date(2026, 7, 1))
    Contract.objects.create(vendor=vendor, reference="D", decide_by=date(2026, 2, 1), ended_on=TODAY)
    row = with_words(chosen(cast.reader, Choice(), TODAY), TODAY).get()
    assert (row.open_commitments, row.overdue_commitments, row.decide_by) == (3, 1, date(2026, 7, 1))  # type: ignore[attr-defined]
    [said] = rows_of([row], closed=(), rules={}, today=TODAY)
    assert (said.commitments, said.overdue, said.kept) == ("3 open", "1 overdue", "kept 0 of 1 that ended")
    [waiting] = rows_of([row], closed=(vendor.pk,), rules={}, today=TODAY)
    assert waiting.kept == ""


def test_a_page_holds_its_part_of_the_order(cast: Cast) -> None:
    for number in range(5):
        make_vendor(cast.organisation, f"Vendor {number}")
    rows = in_order(chosen(cast.reader, Choice(), TODAY), "-name", (), TODAY)
    assert [vendor.name for vendor in page_of(rows, 1, 3)] == ["Vendor 3", "Vendor 2"]


# The foot -----------------------------------------------------------------------------------------------------------
def test_the_foot_counts_each_rule_and_what_is_missing(cast: Cast) -> None:
    for name, letters, tier in (
        ("A", "bpm-mmm", Tier.CRITICAL),
        ("B", "bbm-mmm", Tier.STANDARD),
        ("C", "pmmmmmm", Tier.CRITICAL),
    ):
        stand(cast, make_vendor(cast.organisation, name, tier=tier), letters)
    stand(cast, make_vendor(cast.organisation, "Old", tier=Tier.CRITICAL), "mmmmmmm", at=NOW - timedelta(days=400))
    make_vendor(cast.organisation, "Never", tier=Tier.CRITICAL)
    foot = foot_of(chosen(cast.reader, Choice(), TODAY), (), TODAY)
    assert (foot.vendors, foot.assessed, foot.recent, foot.never, foot.older) == (5, 4, 3, 1, 1)
    assert foot.rules[1] == {"met": 1, "partly": 1, "broken": 2, "not_rated": 0}
    assert foot.rules[4] == {"met": 2, "partly": 0, "broken": 0, "not_rated": 2}
    assert (foot.counted, foot.most_broken) == (4, (1,))
    assert foot.tiers == (
        TierCount(tier="critical", vendors=4, recent=2),
        TierCount(tier="standard", vendors=1, recent=1),
    )


def test_counts_leave_out_whom_the_reader_still_judges(cast: Cast) -> None:
    judged, other = make_vendor(cast.organisation, "Judged"), make_vendor(cast.organisation, "Other")
    stand(cast, judged, "bbbbbbb")
    stand(cast, other, "mmmmmmm")
    foot = foot_of(chosen(cast.assessor, Choice(), TODAY), {judged.pk}, TODAY)
    assert (foot.vendors, foot.assessed, foot.closed, foot.counted) == (2, 2, 1, 1)
    assert foot.most_broken == ()


def test_the_map_counts_everything_that_is_chosen_and_whom_the_reader_still_judges(cast: Cast) -> None:
    judged, silent = make_vendor(cast.organisation, "Judged"), make_vendor(cast.organisation, "Judged, never assessed")
    stand(cast, judged, "bbbbbbb")
    stand(cast, make_vendor(cast.organisation, "Other"), "mmmmmmm")
    rows = chosen(cast.assessor, Choice(), TODAY)
    assert extent_of(rows, ()) == Extent(vendors=3, closed=0)
    assert extent_of(rows, {judged.pk, silent.pk}) == Extent(vendors=3, closed=1)
    foot = foot_of(rows, {judged.pk, silent.pk}, TODAY)
    assert (foot.vendors, foot.closed) == (3, 1)


def test_several_rules_may_be_broken_most(cast: Cast) -> None:
    stand(cast, make_vendor(cast.organisation), "bmmmmmb")
    assert foot_of(chosen(cast.reader, Choice(), TODAY), (), TODAY).most_broken == (1, 7)


def test_nothing_chosen_has_nothing_to_count(cast: Cast) -> None:
    foot = foot_of(chosen(cast.reader, Choice(), TODAY), (), TODAY)
    assert (foot.vendors, foot.counted, foot.most_broken, foot.tiers) == (0, 0, (), ())
    assert foot.never == 0


def test_by_the_last_word_on_the_edition_in_force(cast: Cast) -> None:
    edition = make_expectations(cast.assessor, since=TODAY)
    said = {"accepts": "Accepts", "discusses": "Talks", "": "Silent"}
    vendors = {stance: make_vendor(cast.organisation, name) for stance, name in said.items()}
    for at, stance in ((1, "discusses"), (2, "accepts")):  # it wanted to talk, and accepts since
        _say(cast, edition, vendors["accepts"], stance, at)
    _say(cast, edition, vendors["discusses"], "discusses", 1)
    found = {
        word: set(chosen(cast.reader, Choice(expected=word), TODAY).values_list("name", flat=True))
        for word in ("said", "talks", "silent")
    }
    assert found == {"said": {"Accepts", "Talks"}, "talks": {"Talks"}, "silent": {"Silent"}}


def _say(cast: Cast, edition: ExpectationEdition, vendor: Vendor, stance: str, hour: int) -> None:
    Acknowledgement.objects.create(
        edition=edition,
        vendor=vendor,
        on=TODAY,
        by="Kim",
        replies={"speed": {"stance": stance, "comment": 'They said "stance": "discusses"'}},
        recorded_by=cast.assessor.user,
        at=timezone.now() + timedelta(hours=hour),
    )
