"""Named people and trainings are written down, corrected and taken away: each in one transaction with its entry in the
trail."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.access import Right, may
from accounts.models import Membership
from accounts.trail import audit
from vendors.models import Service, SupportPerson, Training

TRAINING = ("held_on", "subject", "department", "people", "hours", "note")
PERSON = ("contact", "name", "job", "since", "until")


@transaction.atomic
def keep_training(member: Membership, row: Training) -> Training:
    """A new one, or one that is corrected, whose vendor and TRAINING are set."""
    before = _before(member, Training, row)
    row.recorded_by = row.recorded_by if row.pk else member.user
    row.save()
    after = audit.snapshot(row, TRAINING)
    if before != after:
        audit.record(member.user, "training.changed" if before else "training.noted", row, before=before, after=after)
    return row


@transaction.atomic
def keep_person(member: Membership, row: SupportPerson, *, services: Collection[Service]) -> SupportPerson:
    """Named, or corrected. `services`: those that they look after, none for all."""
    before = _before(member, SupportPerson, row)
    row.save()
    row.services.set(services)
    after = _snapshot(row)
    if before != after:
        verb = "support_person.changed" if before else "support_person.named"
        audit.record(member.user, verb, row, before=before, after=after)
    return row


@transaction.atomic
def take_away(member: Membership, row: Training | SupportPerson) -> None:
    """What was written down by mistake."""
    before = _before(member, type(row), row)
    is_training = isinstance(row, Training)
    audit.record(member.user, "training.deleted" if is_training else "support_person.deleted", row, before=before)
    row.delete()


def _before(member: Membership, model: type[Any], row: Any) -> dict[str, Any]:
    """What stood there, held until the transaction ends; nothing of a new one. PermissionDenied for whoever may not."""
    if not may(member, Right.EDIT_VENDORS) or row.vendor.organisation_id != member.organisation_id:
        raise PermissionDenied
    if row.pk is None:
        return {}
    return _snapshot(model.objects.for_member(member).select_for_update(of=("self",)).get(pk=row.pk))


def _snapshot(row: Training | SupportPerson) -> dict[str, Any]:
    if isinstance(row, Training):
        return audit.snapshot(row, TRAINING)
    return {**audit.snapshot(row, PERSON), "services": sorted(row.services.values_list("name", flat=True))}
