"""Which departments a change affects: those that depend on its services, and those that stand still with them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Department
from vendors.models import AffectedDepartment, ChangeNotice, NoticeReader, Service


def departments_of(notice: ChangeNotice) -> list[Department]:
    """By name; of a notice that names no service, those of every service of the vendor. Two queries."""
    named = list(notice.services.values_list("pk", flat=True))
    services = Service.objects.filter(vendor=notice.vendor_id)
    if named:
        services = services.filter(pk__in=named)
    standing = AffectedDepartment.objects.filter(plan__service__in=services)
    depends = Q(pk__in=services.values("department")) | Q(pk__in=standing.values("department"))
    rows = Department.objects.filter(depends, organisation=notice.vendor.organisation_id)
    return sorted(rows, key=lambda one: one.name.casefold())


def add_readers(notice: ChangeNotice, besides: Iterable[Department] = ()) -> list[NoticeReader]:
    """Those that are not on the list yet. Whoever was told once stays on it: they must learn what becomes of it."""
    there = set(NoticeReader.objects.filter(notice=notice).values_list("department", flat=True))
    wanted = {one.pk: one for one in (*departments_of(notice), *besides)}
    new = [NoticeReader(notice=notice, department=one) for pk, one in wanted.items() if pk not in there]
    return NoticeReader.objects.bulk_create(new)
