"""Rehearsals and reviews on a vendor's page: the last that was held, the next that is planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup
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


def rehearsal_panel(member: Membership, vendor: Vendor) -> Panel | Lookup[Panel]:
    """What was called off stands in the list alone."""
    if is_withheld(member, vendor):
        return _panel({"vendor": vendor, "is_closed": True})
    told = Rehearsal.objects.filter(vendor=vendor).exclude(state=RehearsalState.CANCELLED)
    rows, today = told.annotate(follows=Count("commitments")).order_by(), timezone.localdate()
    return Lookup(reads=(rows,), told=lambda: _panel({"vendor": vendor, "is_closed": False, **_shown(rows, today)}))


def _panel(context: dict[str, Any]) -> Panel:
    return Panel(
        template="vendors/rehearsals/_rehearsal_panel.html",
        anchor="rehearsals",
        label=_("Rehearsals and reviews"),
        context=context,
    )


def _shown(rehearsals: Iterable[Any], today: date) -> dict[str, Any]:
    newest = sorted(rehearsals, key=lambda one: (one.planned_at, one.pk), reverse=True)
    rows = [row_of(one, today) for one in newest]
    planned = sorted((row for row in rows if row.rehearsal.state == RehearsalState.PLANNED), key=lambda row: row.day)
    held = sorted((row for row in rows if row.rehearsal.state == RehearsalState.HELD), key=lambda row: row.day)
    return {
        "planned": planned,
        "held": held[::-1][:MOST_SHOWN],
        "more": max(len(held) - MOST_SHOWN, 0),
        "last": held[-1] if held else None,
        "next": next((row for row in planned if row.day >= today), None),
    }
