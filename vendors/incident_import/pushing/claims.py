"""Up to when the facts of a source are known, as whoever pushes says it: every incident opened since a day is here, as
it stood at that moment. So a month in which nothing happened is known to be quiet, and not taken for silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from accounts.trail import audit
from groundwork import words
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.incident_import.holding.answers import HELD
from vendors.incident_import.pushing import days
from vendors.models import ImportState, Incident, IncidentImport, IncidentSource, Selection

CLOCKS_DIFFER = timedelta(minutes=5)  # a sender's clock may be ahead of ours
DAY = timedelta(days=1)


class ClaimRefused(Refusal):
    """It cannot be so; the message says why. `field`: “complete_from” or “complete_until”."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Claim:
    """All incidents of a source that were opened since the day `since` and up to `until` were pushed, as they stood
    then. `since` None: since the day that was said before."""

    until: datetime
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a source: its incidents opened from the day `since`, up to the moment `until`."""

    since: date
    until: datetime


def known_of(source: IncidentSource) -> Known | None:
    """As was said by pushes that stand; None where nobody said."""
    row = _standing(source)
    return Known(since=row.holds_from, until=row.known_until) if row and row.holds_from and row.known_until else None


@transaction.atomic
def heartbeat(member: Membership, source: IncidentSource, claim: Claim, *, name: str, now: datetime) -> Known:
    """Nothing is pushed, and all is here: say so. What is known already stays known. Raises ClaimRefused."""
    Organisation.objects.select_for_update(no_key=True).get(pk=source.organisation_id)
    hold_vendors(source)
    row = _standing(source)
    # A sign of life is no new import: the latest one that says up to when reaches further.
    kept = row if row is not None and days.stands(row) else days.of_today(member, source, name=name, now=now)
    IncidentSource.objects.filter(pk=source.pk).update(pushed_at=now)
    known = keep(member, source, claim, kept, now=now)
    days.end(member, kept, wrote=True)
    return known


def keep(member: Membership, source: IncidentSource, claim: Claim, row: IncidentImport, *, now: datetime) -> Known:
    """Keep the claim with this import. Within a transaction that holds the organisation and, by
    `hold_vendors`, the vendors. Raises ClaimRefused."""
    until = _until(claim.until, now)
    before = known_of(source)
    known = _joined(source, Known(since=claim.since, until=until) if claim.since else None, before, until)
    if known == before:
        return known
    facts_revision.raise_revision(*_vendors(source))
    stored = IncidentImport.objects.select_for_update(no_key=True).get(pk=row.pk)
    told = audit.snapshot(stored, HELD)
    stored.selection, stored.known_until = Selection.OPENED.value, known.until
    stored.holds_from, stored.holds_to = known.since, timezone.localdate(known.until)
    stored.save(update_fields=HELD)
    if told["holds_to"] != stored.holds_to or told["holds_from"] != stored.holds_from:  # once a day, not each hour
        audit.record(member.user, "incidentimport.told", stored, before=told, after=audit.snapshot(stored, HELD))
    return known


def hold_vendors(source: IncidentSource, *others: int) -> None:
    """All whose measures rest on the source, in one order with `others` that are about to be held."""
    facts_revision.lock_vendors(*_vendors(source), *others)


def _vendors(source: IncidentSource) -> set[int]:
    of_source = Incident.objects.filter(organisation=source.organisation_id, source=source.key).order_by()
    return set(of_source.values_list("vendor", flat=True).distinct())


def _standing(source: IncidentSource) -> IncidentImport | None:
    """Of the pushes that stand, the one that says the latest moment."""
    pushed = IncidentImport.objects.pushed().filter(organisation=source.organisation_id, source=source.key)
    return pushed.filter(known_until__isnull=False).order_by("-known_until", "-pk").first()


def _until(said: datetime, now: datetime) -> datetime:
    if said > now + CLOCKS_DIFFER:
        raise ClaimRefused(_("That moment is still to come: nothing can be known of it."), "complete_until")
    return min(said.astimezone(UTC), now)


def _joined(source: IncidentSource, said: Known | None, before: Known | None, until: datetime) -> Known:
    """What is known then. What follows on what was known before reaches back to its beginning."""
    if said is None:
        since = before.since if before else _after_files(source)
        said = Known(since=since, until=until)
    if said.since > timezone.localdate(until):
        message = _("This day lies after %(day)s, up to which all is said to be known.")
        raise ClaimRefused(message % {"day": words.day(timezone.localdate(until))}, "complete_from")
    if before is None or said.since > timezone.localdate(before.until) + DAY:
        return said
    return Known(since=min(said.since, before.since), until=max(said.until, before.until))


def _after_files(source: IncidentSource) -> date:
    """Since the end of what a file holds that was selected by opening, where nobody said since when."""
    files = IncidentImport.objects.filter(
        organisation=source.organisation_id,
        source=source.key,
        state=ImportState.DONE,
        selection=Selection.OPENED,
        pushed_on=None,
        holds_to__isnull=False,
    )
    latest = files.order_by("-holds_to").values_list("holds_to", flat=True).first()
    if latest is None:
        message = _("Say once since which day every incident of this source is pushed.")
        raise ClaimRefused(message, "complete_from")
    return latest
