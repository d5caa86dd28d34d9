"""Rehearsals and reviews on a vendor's page: the last that was held, the next that is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.models import Rehearsal, RehearsalState, Vendor
from vendors.panels import Panel
from vendors.rehearsals.records import day_of
from vendors.rehearsals.words import called, when
from vendors.withheld import is_withheld

MOST_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Row:
    """One of a list. `follows`: how many commitments came of it; `chip`: how its state looks; `day`: on which it was
    held, or is planned."""

    rehearsal: Rehearsal
    called: str
    when: str
    day: date
    state: str
    chip: str
    follows: int


def row_of(rehearsal: Any, today: date) -> Row:
    """`rehearsal`: annotated with `follows`."""
    is_over = rehearsal.state == RehearsalState.PLANNED and day_of(rehearsal) < today
    return Row(
        rehearsal=rehearsal,
        called=called(rehearsal),
        when=when(rehearsal),
        day=rehearsal.held_on or day_of(rehearsal),
        state=_("Not written down yet") if is_over else rehearsal.get_state_display(),
        chip="late" if is_over else rehearsal.state,
        follows=rehearsal.follows,
    )


def rehearsal_panel(member: Membership, vendor: Vendor) -> Panel:
    """One query."""
    is_closed, today = is_withheld(member, vendor), timezone.localdate()
    context: dict[str, Any] = {"vendor": vendor, "is_closed": is_closed}
    if not is_closed:
        context |= _shown(vendor, today)
    return Panel(
        template="vendors/rehearsals/_rehearsal_panel.html",
        anchor="rehearsals",
        label=_("Rehearsals and reviews"),
        context=context,
    )


def _shown(vendor: Vendor, today: date) -> dict[str, Any]:
    """What was called off stands in the list alone."""
    told = Rehearsal.objects.filter(vendor=vendor).exclude(state=RehearsalState.CANCELLED)
    rows = [row_of(one, today) for one in told.annotate(follows=Count("commitments"))]
    planned = sorted((row for row in rows if row.rehearsal.state == RehearsalState.PLANNED), key=lambda row: row.day)
    held = sorted((row for row in rows if row.rehearsal.state == RehearsalState.HELD), key=lambda row: row.day)
    return {
        "planned": planned,
        "held": held[::-1][:MOST_SHOWN],
        "more": max(len(held) - MOST_SHOWN, 0),
        "last": held[-1] if held else None,
        "next": next((row for row in planned if row.day >= today), None),
    }
