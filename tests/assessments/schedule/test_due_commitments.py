"""The day of a commitment is told once to other systems."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.commitments import transitions
from assessments.schedule import due_commitments
from tests.accounts.webhooks.listening import kinds, listen, told
from tests.factories import Cast, make_commitment, make_vendor


@pytest.mark.parametrize(("days", "is_told"), [(1, False), (0, True), (-6, True), (-7, False)])
def test_it_is_told_on_its_day_or_shortly_after(days: int, is_told: bool, cast: Cast) -> None:
    listen(cast.admin)
    due_on = timezone.localdate() + timedelta(days=days)
    made = make_commitment(cast.assessor, make_vendor(cast.organisation), agreed=True, due_on=due_on)
    due_commitments.tell_due(timezone.now())
    due_commitments.tell_due(timezone.now())
    assert kinds() == ["commitment.due"] * is_told
    if is_told:
        assert told()[0][1]["commitment"] == str(made.uuid)


def test_another_day_is_told_anew(cast: Cast) -> None:
    listen(cast.admin)
    now, today = timezone.now(), timezone.localdate()
    made = make_commitment(cast.assessor, make_vendor(cast.organisation), agreed=True, due_on=today - timedelta(days=2))
    due_commitments.tell_due(now)
    changed = transitions.change(cast.assessor, made, {"due_on": today}, version=made.version, now=now)
    assert due_commitments.tell_due(now) == 0  # proposed anew: the vendor has not agreed
    transitions.agree(cast.assessor.user, changed, agreed_by="Contact", on=today, now=now)
    assert due_commitments.tell_due(now) == 1
    assert [data["due_on"] for _kind, data in told()] == [str(today - timedelta(days=2)), str(today)]


def test_what_is_only_proposed_is_not_due_and_nobody_elsewhere_is_told(cast: Cast) -> None:
    listen(cast.admin, "vendor.answered")
    make_commitment(cast.assessor, make_vendor(cast.organisation), agreed=True, due_on=timezone.localdate())
    assert due_commitments.tell_due(timezone.now()) == 0
    listen(cast.admin)
    make_commitment(cast.assessor, make_vendor(cast.organisation, "Other"), due_on=timezone.localdate())
    assert due_commitments.tell_due(timezone.now()) == 1
