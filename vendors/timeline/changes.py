"""What people write into a timeline, and what that sets of the incident: each in one transaction, with its trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from accounts.numbering import next_number
from accounts.trail import audit
from groundwork import words
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.incident_fields import BASIS, TYPED
from vendors.models import BY_HAND, EntryKind, Incident, Service, TimelineEntry, TimelineEntryQuerySet, Vendor
from vendors.timeline.record import minute

ENTRY_FIELDS = ("kind", "at", "person", "asked", "why", "does", "next_step", "next_at", "text")
CORRECTED_MEANWHILE = gettext_lazy("A colleague has corrected this entry meanwhile. Correct theirs, if yours is right.")


class BeforeItBegan(Refusal):
    field = "time"


class NotPossible(Refusal):
    """What is asked has been done already, or the thing is no longer there; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Added:
    """What was written. `set`: the moments of the incident that it set, by column; None: taken away again."""

    entry: TimelineEntry
    set: Mapping[str, datetime | None] = field(default_factory=dict)


@transaction.atomic
def start(
    member: Membership, vendor: Vendor, service: Service | None, *, title: str, since: datetime, now: datetime
) -> Incident:
    """An incident by hand: mission-critical, open since then, with a number of its own. Raises NotPossible for a vendor
    that is archived."""
    if not Vendor.objects.active().select_for_update(no_key=True).filter(pk=vendor.pk).exists():
        raise NotPossible(_("This vendor is archived: nothing is added to it any more."))
    prefix = f"H-{timezone.localtime(since).year}-"
    ours = Incident.objects.filter(
        organisation=vendor.organisation_id, source=BY_HAND, reference__regex=rf"^{prefix}[0-9]{{3,9}}$"
    )
    incident = Incident.objects.create(
        vendor=vendor,
        service=service,
        reference=next_number(ours, "reference", prefix, vendor.organisation_id),
        title=title,
        opened_at=since,
        mission_critical=True,
        department=service.department.name if service and service.department else "",
        edited_at=now,
    )
    audit.record(member.user, "incident.added", incident, after=audit.snapshot(incident, TYPED))
    facts_revision.raise_revision(vendor.pk)
    return incident


@transaction.atomic
def add(
    member: Membership,
    incident: Incident,
    written: Mapping[str, object],
    *,
    corrects: TimelineEntry | None = None,
    now: datetime,
) -> Added:
    """`written`: the fields of an entry. One that `corrects` another stands in for it. Raises BeforeItBegan, and
    NotPossible where somebody has corrected that one meanwhile."""
    stored = _locked(incident)
    entry = TimelineEntry(incident=stored, user=member.user, created_at=now, corrects=corrects, **written)
    if minute(entry.at) < minute(stored.opened_at):
        began = {"moment": words.moment(stored.opened_at)}
        raise BeforeItBegan(
            _("The incident began on %(moment)s: enter a later time, or first correct when it was opened.") % began
        )
    entry.at = max(entry.at, stored.opened_at)
    if corrects and TimelineEntry.objects.filter(corrects=corrects).exists():
        raise NotPossible(str(CORRECTED_MEANWHILE))
    entry.save(force_insert=True)
    verb = "timelineentry.corrected" if corrects else "timelineentry.added"
    before = audit.snapshot(corrects, ENTRY_FIELDS) if corrects else None
    audit.record(member.user, verb, entry, before=before, after=audit.snapshot(entry, ENTRY_FIELDS))
    moments = _moments_of(stored, entry)
    _write(member, stored, moments, now=now)
    return Added(entry=entry, set=moments)


@transaction.atomic
def call_resolved(member: Membership, incident: Incident, *, now: datetime) -> Incident:
    """The vendor says so: what people see of it may be another thing. Raises NotPossible where that is noted."""
    stored = _locked(incident)
    if stored.resolved_at is not None:
        noted = {"moment": words.moment(stored.resolved_at)}
        raise NotPossible(_("That the vendor calls it resolved was noted already, for %(moment)s.") % noted)
    stored.resolved_is_closing = stored.resolved_to_day = False
    _write(member, stored, {"resolved_at": now}, now=now, beside=BASIS)
    return stored


def _locked(incident: Incident) -> Incident:
    """The vendor first, as everybody does who changes facts."""
    facts_revision.lock_vendors(incident.vendor_id)
    return Incident.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=incident.pk)


def _moments_of(incident: Incident, entry: TimelineEntry) -> dict[str, datetime | None]:
    """What of the incident changes by this entry: its first response, where a person is named; when the business ran,
    where this is later. What a corrected entry had set is taken anew from those that stand."""
    standing = TimelineEntry.objects.standing().filter(incident=incident)
    found = {
        "first_response_at": _answered(incident.first_response_at, entry, standing),
        "restored_at": _ran(incident.restored_at, entry, standing),
    }
    return {name: moment for name, moment in found.items() if moment != getattr(incident, name)}


def _answered(noted: datetime | None, entry: TimelineEntry, standing: TimelineEntryQuerySet) -> datetime | None:
    if _had_set(EntryKind.CONTACT, noted, entry.corrects):
        return _first(standing.contacts().exclude(person="").order_by("at"))
    is_answer = entry.kind == EntryKind.CONTACT and bool(entry.person)
    return entry.at if noted is None and is_answer else noted


def _ran(noted: datetime | None, entry: TimelineEntry, standing: TimelineEntryQuerySet) -> datetime | None:
    if _had_set(EntryKind.RESTORED, noted, entry.corrects):
        return _first(standing.filter(kind=EntryKind.RESTORED).order_by("-at"))
    if entry.kind != EntryKind.RESTORED:
        return noted
    return entry.at if noted is None else max(noted, entry.at)


def _had_set(kind: EntryKind, noted: datetime | None, corrected: TimelineEntry | None) -> bool:
    """What is noted came from the entry that is corrected now."""
    return corrected is not None and corrected.kind == kind and corrected.at == noted


def _first(entries: TimelineEntryQuerySet) -> datetime | None:
    found: datetime | None = entries.values_list("at", flat=True).first()
    return found


def _write(
    member: Membership,
    incident: Incident,
    moments: Mapping[str, datetime | None],
    *,
    now: datetime,
    beside: tuple[str, ...] = (),
) -> None:
    if moments:
        before = audit.snapshot(incident, moments)
        for name, moment in moments.items():
            setattr(incident, name, moment)
        incident.edited_at = now
        incident.save(update_fields=[*moments, *beside, "edited_at", "updated_at"])
        audit.record(member.user, "incident.changed", incident, before=before, after=audit.snapshot(incident, moments))
    facts_revision.raise_revision(incident.vendor_id)
