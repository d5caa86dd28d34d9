"""What happens to a rehearsal or a review: each change in one transaction, with what was before and after in the trail.

Planned, then held or called off. What was held may be corrected, and called off where it turns out that it was not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.members import organisations
from accounts.models import Membership, Organisation
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors.models import Rehearsal, RehearsalGuest, RehearsalState, Vendor
from vendors.rehearsals import guests
from vendors.rehearsals.guests import Guest

PLAN_FIELDS = ("kind", "service", "planned_at", "minutes", "place", "scenario", "owner")
HELD_FIELDS = ("state", "held_on", "went_well", "went_wrong", "evidence", "reason")
IN_THE_INVITATION = frozenset({"kind", "service", "planned_at", "minutes", "place", "owner"})
NOT_NOW: Mapping[str, Promise] = {
    RehearsalState.HELD: gettext_lazy("It was held already: correct what is on record of it instead."),
    RehearsalState.CANCELLED: gettext_lazy("It was called off: plan a new one."),
    RehearsalState.PLANNED: gettext_lazy("It is only planned: write down first that it was held."),
}


class NotPossible(Refusal):
    """Its state does not allow this; the message says what to do instead."""


class ChangedMeanwhile(Refusal):
    """Somebody else changed it since the page was opened."""


@dataclass(frozen=True, kw_only=True)
class Changed:
    """`moved`: what an invitation says is another now. `gone`: the guests that were asked and are not any more."""

    rehearsal: Rehearsal
    moved: bool
    gone: Sequence[RehearsalGuest] = field(default_factory=list)


def may_change(member: Membership, rehearsal: Rehearsal) -> bool:
    """Whoever edits vendors, and whoever leads this one."""
    return may(member, Right.EDIT_VENDORS) or (may(member, Right.READ) and rehearsal.owner_id == member.user_id)


# Planning ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def plan(member: Membership, rehearsal: Rehearsal, *, asked: Sequence[Guest], now: datetime) -> Rehearsal:
    """A new one, whose fields of PLAN_FIELDS and vendor are set. Raises TooManyGuests."""
    _require_theirs(member, rehearsal.vendor)
    rehearsal.state = RehearsalState.PLANNED
    rehearsal.created_by, rehearsal.created_at = member.user, now
    rehearsal.save(force_insert=True)
    guests.keep(rehearsal, asked)
    audit.record(member.user, "rehearsal.planned", rehearsal, after=_planned(rehearsal))
    return rehearsal


@transaction.atomic
def change(
    member: Membership, rehearsal: Rehearsal, wanted: Mapping[str, Any], *, asked: Sequence[Guest], version: int
) -> Changed:
    """Another day, place or scenario, other guests, while it is planned. Raises NotPossible, ChangedMeanwhile and
    TooManyGuests."""
    row = _locked(member, rehearsal, {RehearsalState.PLANNED}, version)
    before = _planned(row)
    changed = [name for name in PLAN_FIELDS if name in wanted and getattr(row, name) != wanted[name]]
    for name in changed:
        setattr(row, name, wanted[name])
    gone = guests.keep(row, asked)
    after = _planned(row)
    if before != after:
        _save(row, changed)
        audit.record(member.user, "rehearsal.changed", row, before=before, after=after)
    return Changed(rehearsal=row, moved=not IN_THE_INVITATION.isdisjoint(changed), gone=gone)


def _planned(rehearsal: Rehearsal) -> dict[str, Any]:
    names = list(RehearsalGuest.objects.filter(rehearsal=rehearsal).values_list("name", flat=True))
    return {**audit.snapshot(rehearsal, PLAN_FIELDS), "guests": names}


@transaction.atomic
def call_off(member: Membership, rehearsal: Rehearsal, *, reason: str, version: int) -> Rehearsal:
    """One that is planned, or one that turns out not to have been held. Raises NotPossible and ChangedMeanwhile."""
    row = _locked(member, rehearsal, {RehearsalState.PLANNED, RehearsalState.HELD}, version)
    before = audit.snapshot(row, HELD_FIELDS)
    row.state, row.held_on, row.reason = RehearsalState.CANCELLED, None, reason
    _save(row, HELD_FIELDS)
    audit.record(member.user, "rehearsal.called_off", row, before=before, after=audit.snapshot(row, HELD_FIELDS))
    return row


# Held -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Told:
    """What is on record of one that was held. `came`: the keys of the guests who were there; `others`: who was there
    without having been asked. `evidence`: what shows it, where the vendor held it alone."""

    held_on: date
    went_well: str = ""
    went_wrong: str = ""
    evidence: str = ""
    came: Collection[int] = ()
    others: Sequence[Guest] = ()


@transaction.atomic
def hold(member: Membership, rehearsal: Rehearsal, told: Told, *, version: int) -> Rehearsal:
    """It was held: on which day, who was there, what it showed. What is on record already is corrected. Raises
    NotPossible, ChangedMeanwhile and TooManyGuests."""
    row = _locked(member, rehearsal, {RehearsalState.PLANNED, RehearsalState.HELD}, version)
    verb = "rehearsal.held" if row.state == RehearsalState.PLANNED else "rehearsal.corrected"
    before = _held(row)
    row.state, row.held_on = RehearsalState.HELD, told.held_on
    row.went_well, row.went_wrong = told.went_well, told.went_wrong
    if row.evidence:  # one that the vendor held alone stays so
        row.evidence = told.evidence or row.evidence
    _note_who_came(row, told)
    if before != _held(row):
        _save(row, HELD_FIELDS)
        audit.record(member.user, verb, row, before=before, after=_held(row))
    return row


@transaction.atomic
def note_held(member: Membership, rehearsal: Rehearsal, told: Told, *, now: datetime) -> Rehearsal:
    """One that was held and never planned here: with us, or by the vendor alone, shown by evidence."""
    _require_theirs(member, rehearsal.vendor)
    rehearsal.state, rehearsal.held_on = RehearsalState.HELD, told.held_on
    rehearsal.planned_at = timezone.make_aware(datetime(told.held_on.year, told.held_on.month, told.held_on.day, 12))
    rehearsal.went_well, rehearsal.went_wrong, rehearsal.evidence = told.went_well, told.went_wrong, told.evidence
    rehearsal.created_by, rehearsal.created_at = member.user, now
    rehearsal.save(force_insert=True)
    _note_who_came(rehearsal, told)
    verb = "rehearsal.shown" if told.evidence else "rehearsal.noted"
    after = {**audit.snapshot(rehearsal, ("kind", "service", "scenario", "owner")), **_held(rehearsal)}
    audit.record(member.user, verb, rehearsal, after=after)
    return rehearsal


def _note_who_came(row: Rehearsal, told: Told) -> None:
    present = list(RehearsalGuest.objects.filter(rehearsal=row))
    for guest in present:
        guest.came = guest.pk in told.came
    RehearsalGuest.objects.bulk_update(present, ["came"])
    known = {guests.of_row(guest).key for guest in present}
    new = {guest.key: guest for guest in told.others if guest.key not in known}
    guests.keep(row, [*map(guests.of_row, present), *new.values()])
    RehearsalGuest.objects.filter(rehearsal=row, came=None).update(came=True)


def _held(rehearsal: Rehearsal) -> dict[str, Any]:
    there = RehearsalGuest.objects.filter(rehearsal=rehearsal, came=True).values_list("name", flat=True)
    return {**audit.snapshot(rehearsal, HELD_FIELDS), "came": list(there)}


# Since when -------------------------------------------------------------------------------------------------------
def keep_since(member: Membership, day: date | None) -> Organisation:
    """From that day on every rehearsal and review is on record; None: it is as if from the first entry of a vendor."""
    if not may(member, Right.EDIT_VENDORS):
        raise PermissionDenied
    return organisations.rehearsals_on_record(member, day)


# -----------------------------------------------------------------------------------------------------------------
def _require_theirs(member: Membership, vendor: Vendor) -> None:
    if not may(member, Right.EDIT_VENDORS) or vendor.organisation_id != member.organisation_id:
        raise PermissionDenied


def _locked(member: Membership, rehearsal: Rehearsal, states: Collection[str], version: int) -> Rehearsal:
    """The row, fresh and held until the transaction ends."""
    rows = Rehearsal.objects.for_member(member).select_related("vendor__organisation", "service", "owner")
    row = rows.select_for_update(of=("self",)).get(pk=rehearsal.pk)
    if not may_change(member, row):
        raise PermissionDenied
    if row.state not in states:
        raise NotPossible(str(NOT_NOW[row.state]))
    if row.version != version:
        raise ChangedMeanwhile(
            _("Somebody changed it since you opened this page: read what stands there now, then send yours again.")
        )
    return row


def _save(row: Rehearsal, fields: Collection[str]) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version"])
