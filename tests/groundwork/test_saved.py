"""What came of saving, in one vocabulary."""

from __future__ import annotations

import pytest

from groundwork.saved import Closed, Conflict, Invalid, Saved, status_of

SAVED, CONFLICT, INVALID, CLOSED = Saved(version=1), Conflict(stored=None), Invalid(errors={}), Closed(reason="over")


@pytest.mark.parametrize(("outcome", "status"), [(SAVED, 200), (CONFLICT, 409), (INVALID, 422), (CLOSED, 423)])
def test_each_outcome_has_its_status(outcome: Saved | Conflict[None] | Invalid | Closed, status: int) -> None:
    assert status_of([outcome]) == status


def test_a_page_has_the_status_of_its_worst_outcome() -> None:
    assert status_of([SAVED, CLOSED, CONFLICT]) == 423
    assert status_of([]) == 200
