"""Incidents as people write them down: each change in one transaction, with its trail and with what is computed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.trail import audit
from groundwork.folding import folded
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.incident_fields import BASIS, TYPED
from vendors.models import CauseProof, Feedback, Incident, Pulse, Vendor
from vendors.register.changes import UNIQUE_MARKS, NameInUse

IN_USE = _("This vendor has an incident of this reference already.")
IN_USE_ELSEWHERE = _("Another vendor has an incident of this reference already: %(vendor)s.")
EDITED_MEANWHILE = _(
    "A colleague or an import changed this incident meanwhile. Look at what it says now; save again if yours is right."
)


PROOF_ASKED = _(
    "A proof of the cause of this incident was asked for, so it stays. Where it should not count, say that it is not "
    "mission-critical."
)


class VendorArchived(Exception):  # noqa: N818 - said as what happened
    """Nothing is added to a vendor that is archived."""


class EditedMeanwhile(Refusal):
    """A colleague or an import changed the incident since the person began to edit it."""


class ProofAsked(Refusal):
    """A proof of its cause was asked for: both sides go by what happened to that."""


@dataclass(frozen=True, kw_only=True)
class DependentCounts:
    """What hangs on an incident: numbers of pulses and of entries of its timeline, which go with it, and of feedback,
    which stays."""

    pulses: int
    answered: int  # of the pulses
    feedback: int
    timeline: int


def incident_fingerprint(incident: Incident) -> str:
    """Of all that people edit: it differs as soon as one of the values does."""
    values = audit.snapshot(incident, TYPED)
    return hashlib.sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()[:20]


def dependent_counts(incident: Incident) -> DependentCounts:
    pulses = Pulse.objects.filter(incident=incident)
    return DependentCounts(
        pulses=pulses.count(),
        answered=pulses.answered().count(),
        feedback=Feedback.objects.filter(incident=incident).count(),
        timeline=incident.timeline.count(),
    )


def earlier_of(incident: Incident) -> Incident | None:
    """The latest incident of the vendor with the same problem, within the days before this one that the organisation
    has set; None: it repeats none.

    As the measure of what comes back counts it: one that is mission-critical repeats another that is.
    """
    problem = folded(incident.problem)
    if not problem:
        return None
    before = Incident.objects.filter(vendor=incident.vendor_id).exclude(problem="")
    within = timedelta(days=incident.vendor.organisation.repeat_days)
    before = before.opened_between(incident.opened_at - within, incident.opened_at)
    if incident.mission_critical:
        before = before.mission_critical()
    rows = before.order_by("-opened_at", "-pk").values_list("pk", "problem")
    found = next((pk for pk, words in rows.iterator() if folded(words) == problem), None)
    return None if found is None else Incident.objects.get(pk=found)


@transaction.atomic
def add_incident(member: Membership, incident: Incident, *, now: datetime) -> Incident:
    """Raises NameInUse where the vendor has this reference already, VendorArchived where nothing is added any more."""
    vendors = Vendor.objects.active().select_for_update(no_key=True)
    if not vendors.filter(pk=incident.vendor_id).exists():
        raise VendorArchived
    incident.edited_at = now
    _save(incident)
    audit.record(member.user, "incident.added", incident, after=audit.snapshot(incident, TYPED))
    facts_revision.raise_revision(incident.vendor_id)
    return incident


@transaction.atomic
def change_incident(
    member: Membership, incident: Incident, *, changed: Collection[str], seen: str, now: datetime
) -> Incident:
    """Write the `changed` fields; `seen` is the fingerprint of what the person began from.

    Raises EditedMeanwhile where that is no longer what stands there, and NameInUse for a reference in use.
    """
    fields = sorted(changed)
    beside = _basis_changed(incident) if "resolved_at" in changed else ()
    facts_revision.lock_vendors(incident.vendor_id)
    stored = Incident.objects.select_for_update().get(pk=incident.pk)
    if stored.vendor_id != incident.vendor_id or incident_fingerprint(stored) != seen:
        raise EditedMeanwhile(EDITED_MEANWHILE)
    before, after = audit.snapshot(stored, fields), audit.snapshot(incident, fields)
    if before == after:
        return incident
    incident.edited_at = now
    _save(incident, [*fields, *beside, "edited_at", "updated_at"])
    audit.record(member.user, "incident.changed", incident, before=before, after=after)
    facts_revision.raise_revision(incident.vendor_id)
    return incident


def _basis_changed(incident: Incident) -> tuple[str, ...]:
    """Whoever writes down when it was resolved knows it; whoever takes that away calls it open."""
    incident.resolved_is_closing = incident.resolved_to_day = False
    incident.is_closed = incident.is_closed and incident.resolved_at is not None
    return (*BASIS, "is_closed")


@transaction.atomic
def delete_incident(member: Membership, incident: Incident) -> None:
    """Its pulses go with it; feedback stays, without the incident. Raises ProofAsked where a proof of its cause was."""
    facts_revision.lock_vendors(incident.vendor_id)
    if CauseProof.objects.filter(incident=incident.pk).exists():
        raise ProofAsked(PROOF_ASKED)
    now_at = Incident.objects.select_for_update().values_list("vendor_id", flat=True).get(pk=incident.pk)
    audit.record(member.user, "incident.deleted", incident, before=audit.snapshot(incident, TYPED))
    incident.delete()
    facts_revision.raise_revision(incident.vendor_id, now_at)  # an import may have moved it meanwhile


def _save(incident: Incident, update_fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            incident.save(update_fields=update_fields)
    except IntegrityError as error:
        if not any(mark in str(error).lower() for mark in UNIQUE_MARKS):
            raise
        raise NameInUse("reference", IN_USE) from error
