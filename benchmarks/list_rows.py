"""What stands in the lists of an organisation besides its portfolio: incidents, what people said, proofs, rehearsals,
notices, people, imports and the trail; each some rows a vendor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from random import Random
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import AuditEntry, Membership, Organisation, Role, User
from benchmarks.portfolios import AT_ONCE
from vendors.models import CauseProof, ChangeNotice, Feedback, Incident, IncidentImport, Rehearsal, Service, Vendor

INCIDENTS = 10  # of a vendor
TRAIL = 10


def write(organisation: Organisation, member: Membership) -> None:
    """For every vendor of the organisation, the same rows in every run."""
    random = Random(organisation.name)  # noqa: S311
    vendors = list(Vendor.objects.filter(organisation=organisation).order_by("pk"))
    services = dict(Service.objects.filter(vendor__in=vendors).values_list("vendor", "pk"))
    now = timezone.now()
    incidents = _create(
        Incident, (_incident(vendor, at, services, random) for vendor in vendors for at in range(INCIDENTS))
    )
    _create(CauseProof, (_proof(one, member) for one in incidents if one.reference.endswith("-0")))
    _create(Feedback, (_feedback(vendor, member, random) for vendor in vendors))
    _create(
        Rehearsal,
        (
            Rehearsal(
                vendor=one,
                planned_at=now + timedelta(days=at % 300),
                owner=member.user,
                created_by=member.user,
                created_at=now,
            )
            for at, one in enumerate(vendors)
        ),
    )
    _create(
        ChangeNotice,
        (
            ChangeNotice(
                vendor=one,
                title="Move",
                starts=now + timedelta(days=at % 300 - 100),
                until=now + timedelta(days=at % 300 - 99),
                announced_at=now,
                recorded_by=member.user,
            )
            for at, one in enumerate(vendors)
        ),
    )
    _create(
        IncidentImport,
        (
            IncidentImport(
                organisation=organisation, created_by=member.user, file_name=f"{at}.csv", state="done", source="tool"
            )
            for at, _vendor in enumerate(vendors)
        ),
    )
    _people(organisation, len(vendors) // 5)
    _create(AuditEntry, (_entry(vendor, at, member) for vendor in vendors for at in range(TRAIL)))


def _create(kind: type[models.Model], rows: Iterable[Any]) -> list[Any]:
    return list(kind._default_manager.bulk_create(rows, batch_size=AT_ONCE))


def _incident(vendor: Vendor, at: int, services: dict[int, int], random: Random) -> Incident:
    opened = timezone.now() - timedelta(days=random.randrange(2, 900), minutes=random.randrange(1440))
    return Incident(
        organisation_id=vendor.organisation_id,
        vendor=vendor,
        service_id=services.get(vendor.pk),
        source="tool",
        reference=f"I-{vendor.pk}-{at}",
        title="The nightly run stood still",
        opened_at=opened,
        resolved_at=opened + timedelta(minutes=random.randrange(2000)) if at % 10 else None,
        mission_critical=at % 3 == 0,
        problem=f"Problem {random.randrange(40)}",
    )


def _proof(incident: Incident, member: Membership) -> CauseProof:
    today = timezone.localdate()
    return CauseProof(
        organisation_id=incident.organisation_id,
        vendor=incident.vendor,
        incident=incident,
        number=f"P-{incident.pk}",
        owner=member.user,
        days=10,
        due_on=today + timedelta(days=incident.pk % 60 - 30),
        first_due_on=today,
        asked_at=timezone.now(),
        asked_by=member.user,
    )


def _feedback(vendor: Vendor, member: Membership, random: Random) -> Feedback:
    said = timezone.localdate() - timedelta(days=random.randrange(900))
    return Feedback(vendor=vendor, name="Example", said_on=said, comment="Went well", feeling=4, created_by=member.user)


def _people(organisation: Organisation, count: int) -> None:
    users = _create(
        User, (User(email=f"p{at}@{organisation.slug}.example", name=f"Person {at:05}") for at in range(count))
    )
    _create(Membership, (Membership(organisation=organisation, user=user, role=Role.ASSESSOR) for user in users))


def _entry(vendor: Vendor, at: int, member: Membership) -> AuditEntry:
    return AuditEntry(
        organisation_id=vendor.organisation_id,
        actor=member.user,
        actor_label="Example Person",
        verb="vendor.changed",
        object_type="vendors.vendor",
        object_id=str(vendor.pk),
        object_label=vendor.name,
        subject_type="vendors.vendor",
        subject_id=str(vendor.pk),
        before={"country": str(at)},
        after={"country": "Belgium"},
        at=timezone.now() - timedelta(minutes=vendor.pk * 10 + at),
        vendor_ref=vendor.pk,
        vendor_name=vendor.name,
    )
