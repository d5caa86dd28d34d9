"""The share kept: of what ended, in all, by quarter and by vendor, in one query each."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessments.commitments.kept import Share, added, kept_over_time, shares_of
from assessments.models import Commitment
from tests.factories import Cast, make_commitment, make_vendor
from vendors.models import Vendor

SHARES = st.integers(0, 50).flatmap(lambda ended: st.tuples(st.integers(0, ended), st.just(ended)))


def ended(cast: Cast, vendor: Vendor, day: date, *, kept: bool) -> None:
    row = make_commitment(cast.assessor, vendor, agreed=True)
    values = {"state": "kept", "kept_by": "evidence"} if kept else {"state": "missed"}
    Commitment.objects.filter(pk=row.pk).update(ended_on=day, **values)


def test_of_none_that_ended_there_is_no_share() -> None:
    assert Share().part is None
    assert Share().words == "none has ended yet"


def test_a_share_says_how_many_were_kept_of_those_that_ended() -> None:
    share = Share(kept=7, ended=9)
    assert (share.part, share.missed, share.words) == (Fraction(7, 9), 2, "kept 7 of 9 that ended")


@given(st.lists(SHARES))
def test_shares_add_up(pairs: list[tuple[int, int]]) -> None:
    total = added(Share(kept=kept, ended=ended) for kept, ended in pairs)
    assert (total.kept, total.ended) == (sum(kept for kept, _ in pairs), sum(ended for _, ended in pairs))
    assert total.part is None or 0 <= total.part <= 1


def test_quarters_are_those_in_which_something_ended_the_newest_first(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    for day, kept in (("2026-03-31", True), ("2026-04-01", False), ("2026-06-30", True), ("2025-10-01", True)):
        ended(cast, vendor, date.fromisoformat(day), kept=kept)
    make_commitment(cast.assessor, vendor, agreed=True)

    with CaptureQueriesContext(connection) as queries:
        found = kept_over_time(Commitment.objects.all())

    assert len(queries) == 1
    assert found.total == Share(kept=3, ended=4)
    assert [(one.year, one.quarter, one.share.kept, one.share.ended) for one in found.quarters] == [
        (2026, 2, 1, 2),
        (2026, 1, 1, 1),
        (2025, 4, 1, 1),
    ]


def test_each_vendor_has_its_own_share_in_one_query(cast: Cast) -> None:
    first, second, third = (make_vendor(cast.organisation, name) for name in ("One", "Two", "Three"))
    today = timezone.localdate()
    ended(cast, first, today, kept=True)
    ended(cast, first, today - timedelta(days=400), kept=False)
    ended(cast, second, today, kept=False)

    with CaptureQueriesContext(connection) as queries:
        found = shares_of(cast.reader, [first.pk, second.pk, third.pk])

    assert len(queries) == 1
    assert found == {first.pk: Share(kept=1, ended=2), second.pk: Share(kept=0, ended=1)}
    assert shares_of(cast.stranger, [first.pk]) == {}
