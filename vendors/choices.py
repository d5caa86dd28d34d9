"""Vendors and their services, to choose from."""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import Membership
from groundwork.choices import Source
from vendors.models import Service, ServiceQuerySet, Vendor


def _services(member: Membership) -> QuerySet[Service]:
    services: ServiceQuerySet = Service.objects.for_member(member)
    return services.select_related("vendor").order_by(Lower("name"), "pk")


def service_label(service: Service) -> str:
    return f"{service.name} ({service.vendor.name})"


SEARCHED = ("name", "reference")
VENDORS = Source(name="vendors", rows=Vendor.objects.for_member, searched=SEARCHED)
ACTIVE_VENDORS = Source(
    name="active-vendors", rows=lambda member: Vendor.objects.for_member(member).active(), searched=SEARCHED
)
BY_SERVICE = ("name", "vendor__name")
SERVICES = Source(name="services", rows=_services, searched=BY_SERVICE, label=service_label)
SERVICES_IN_USE = Source(
    name="services-in-use",
    rows=lambda member: _services(member).filter(vendor__archived_at=None),
    searched=BY_SERVICE,
    label=service_label,
)
