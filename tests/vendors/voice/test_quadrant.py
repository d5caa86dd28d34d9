"""Where a feedback stands between service level and feeling, and which vendors are green outside and red inside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Cast, make_feedback, make_vendor
from vendors.models import Feedback, PulseChoice, Sla
from vendors.voice.quadrant import (
    Field,
    PlacedVendor,
    Told,
    by_vendor,
    column_of,
    field_of,
    placed_vendors,
    quadrant_of,
    told_of,
)


def entries(*cells: tuple[str, int, int], vendor: int = 1) -> list[PlacedVendor]:
    return [PlacedVendor(vendor=vendor, sla=sla, feeling=feeling, count=count) for sla, feeling, count in cells]


@pytest.mark.parametrize(
    ("sla", "feeling", "told", "field"),
    [
        ("met", 5, Told.UNSAID, Field.GOOD),
        ("met", 4, Told.NO, Field.GOOD),
        ("met", 3, Told.YES, None),
        ("met", 2, Told.YES, Field.GREEN_OUTSIDE),
        ("met", 1, Told.UNSAID, Field.GREEN_OUTSIDE),
        ("unknown", 5, Told.YES, None),
        ("unknown", 1, Told.NO, None),
    ],
)
def test_each_service_level_and_feeling_has_its_field(sla: str, feeling: int, told: Told, field: Field | None) -> None:
    assert field_of(column_of(sla, told), feeling) == field


@pytest.mark.parametrize("feeling", [1, 2, 3, 4, 5])
def test_of_a_missed_service_level_what_people_were_told_decides_and_their_mood_never(feeling: int) -> None:
    found = {told: field_of(column_of("missed", told), feeling) for told in Told}
    assert found == {Told.YES: Field.WELL_INFORMED, Told.NO: Field.NOT_TOLD, Told.UNSAID: Field.UNSAID}


@pytest.mark.parametrize(
    ("told_beforehand", "workaround", "told"),
    [
        ("yes", "", Told.YES),
        ("", "partly", Told.YES),
        ("no", "yes", Told.YES),
        ("partly", "no", Told.YES),
        ("no", "", Told.NO),
        ("dont_know", "no", Told.NO),
        ("", "", Told.UNSAID),
        ("dont_know", "", Told.UNSAID),
    ],
)
def test_either_answer_is_enough_to_be_informed(told_beforehand: str, workaround: str, told: Told) -> None:
    assert told_of(told_beforehand, workaround) == told


def test_neutral_and_unknown_entries_stand_in_no_field_but_are_counted() -> None:
    found = quadrant_of(entries(("met", 1, 2), ("met", 3, 4), ("unknown", 1, 8), ("unknown", 3, 16)))
    assert (found.total, found.neutral, found.unknown, found.known_count) == (30, 4, 24, 6)
    assert sum(found.fields.values()) == 2


def test_share_is_of_the_entries_whose_service_level_is_known() -> None:
    informed = [PlacedVendor(vendor=1, sla="missed", feeling=1, count=3, told=Told.YES)]
    found = quadrant_of([*entries(("met", 1, 2), ("met", 3, 1), ("unknown", 1, 90)), *informed])
    assert found.share(Field.GREEN_OUTSIDE) == Fraction(100, 3)
    assert found.share(Field.WELL_INFORMED) == 50


def test_of_fewer_than_three_entries_no_share_is_told() -> None:
    assert quadrant_of(entries(("met", 1, 2))).share(Field.GREEN_OUTSIDE) is None
    assert quadrant_of(entries(("met", 1, 3))).share(Field.GREEN_OUTSIDE) == 100


def test_vendors_that_are_most_green_outside_come_first_and_too_few_entries_last() -> None:
    rows = [
        *entries(("met", 1, 1), ("met", 5, 3), vendor=1),  # 25 %
        *entries(("met", 1, 2), vendor=2),  # too few
        *entries(("met", 2, 3), ("met", 5, 1), vendor=3),  # 75 %
        *entries(("met", 5, 3), vendor=4),  # none
        *entries(("met", 1, 2), ("met", 5, 6), vendor=5),  # 25 % of more
    ]
    assert [vendor for vendor, _quadrant in by_vendor(rows)] == [3, 5, 1, 4, 2]


cells = st.lists(
    st.builds(
        PlacedVendor,
        vendor=st.integers(1, 4),
        sla=st.sampled_from(Sla.values),
        feeling=st.integers(1, 5),
        count=st.integers(0, 50),
        told=st.sampled_from(Told),
    ),
    max_size=20,
)


@given(cells)
def test_every_entry_stands_in_one_place_only(rows: list[PlacedVendor]) -> None:
    found = quadrant_of(rows)
    assert sum(found.fields.values()) + found.neutral + found.unknown == found.total == total(rows)
    assert sum(own.total for _vendor, own in by_vendor(rows)) == found.total


@given(cells)
def test_shares_of_the_fields_are_never_more_than_all(rows: list[PlacedVendor]) -> None:
    shares = [share for share in (quadrant_of(rows).share(field) for field in Field) if share is not None]
    assert sum(shares) <= 100


def total(rows: Iterable[PlacedVendor]) -> int:
    return sum(row.count for row in rows)


def test_entries_are_counted_by_the_database(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    for feeling in (1, 1, 5):
        make_feedback(vendor, feeling=feeling, sla=Sla.MET)
    make_feedback(vendor, feeling=1, sla=Sla.MET, said_on=date(2020, 1, 1))
    found = placed_vendors(Feedback.objects.for_member(cast.reader).said_since(date(2026, 1, 1)))
    assert {(one.vendor, one.sla, one.feeling): one.count for one in found} == {
        (vendor.pk, "met", 1): 2,
        (vendor.pk, "met", 5): 1,
    }


def test_what_people_said_of_being_told_comes_from_the_log(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    make_feedback(vendor, feeling=1, sla=Sla.MISSED, told_beforehand=PulseChoice.PARTLY)
    make_feedback(vendor, feeling=5, sla=Sla.MISSED, told_beforehand=PulseChoice.NO)
    make_feedback(vendor, feeling=5, sla=Sla.MISSED)
    found = quadrant_of(placed_vendors(Feedback.objects.for_member(cast.reader)))
    assert {field: count for field, count in found.fields.items() if count} == {
        Field.WELL_INFORMED: 1,
        Field.NOT_TOLD: 1,
        Field.UNSAID: 1,
    }
