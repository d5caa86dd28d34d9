"""Which vendor and which service what is sent speaks of: by their UUID, or by name as an import matches it. A name that
nobody knows is never decided in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from groundwork.folding import folded
from vendors.incident_import.columns.options import Options
from vendors.incident_import.rows.matching import LEFT_OUT, UNDECIDED, Nearness, Services, Vendors, nearest
from vendors.incident_import.rows.places import SERVICE
from vendors.incident_import.rows.problems import RowProblem
from vendors.incident_import.rows.reading import IncidentRow
from vendors.models import IncidentImport, Service, Vendor


class UnknownServices(StrEnum):
    """What becomes of a service that the vendor does not have."""

    REFUSE = "refuse"
    LEAVE_OUT = "leave_out"
    ADD = "add"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What may have been meant: nothing is decided by it."""

    uuid: UUID
    name: str


class Names:
    """Of the vendors and services of one organisation, for the rows of one push: two queries for either, however many
    rows there are."""

    def __init__(self, day: IncidentImport, options: Options, how: UnknownServices) -> None:
        self._day, self._how = day, how
        self._options = replace(options, new_services=how == UnknownServices.ADD)
        self._vendors = Vendors(day.organisation_id, options)

    @cached_property
    def _known(self) -> dict[int, Vendor]:
        rows = Vendor.objects.filter(organisation=self._day.organisation_id)
        return {vendor.pk: vendor for vendor in rows.only("pk", "uuid", "name", "reference")}

    @cached_property
    def _vendor_keys(self) -> dict[UUID, int]:
        return {vendor.uuid: pk for pk, vendor in self._known.items()}

    @cached_property
    def _nearness(self) -> Nearness:
        return Nearness(self._known.values())

    @cached_property
    def _services(self) -> Services:
        return Services(self._day, self._options)

    @cached_property
    def _services_of(self) -> dict[int, list[Service]]:
        found: dict[int, list[Service]] = {}
        for service in Service.objects.filter(vendor__organisation=self._day.organisation_id):
            found.setdefault(service.vendor_id, []).append(service)
        return found

    def vendor_of(self, row: IncidentRow) -> int | None:
        """Its key; LEFT_OUT where a person has decided so; UNDECIDED, with the problem in the row, where nobody
        knows."""
        if not row.vendor:
            row.problems.append(RowProblem(code="required", field="vendor"))
            return UNDECIDED
        uuid = as_uuid(row.vendor)
        found = self._vendor_keys.get(uuid) if uuid else self._vendors.of(row.vendor)
        if found is UNDECIDED:
            row.problems.append(RowProblem(code="vendor_not_known", field="vendor", value=row.vendor))
        return found

    def tell_service(self, row: IncidentRow, vendor: int) -> None:
        """In the values of the row; a problem where the vendor has none of that name."""
        if not row.service or vendor == LEFT_OUT:
            return
        found = self._service(row.service, vendor)
        if found is None and self._how == UnknownServices.REFUSE:
            row.problems.append(RowProblem(code="service_not_known", field="service", value=row.service))
        elif found is None:
            problem = RowProblem(code="service_left_out", field="service", value=row.service)
            row.left_out = [*row.left_out, problem]
        row.values[SERVICE] = found

    def _service(self, text: str, vendor: int) -> Any:
        if uuid := as_uuid(text):
            return next((one.pk for one in self._services_of.get(vendor, ()) if one.uuid == uuid), None)
        return self._services.of(vendor, text, make=True)

    def candidates(self, problem: RowProblem, vendor: int | None) -> Sequence[Candidate]:
        """For a name that nobody knows, at most three, the most alike first."""
        if problem.code == "vendor_not_known":
            found: list[Any] = [self._known[pk] for pk in self._nearness.nearest(problem.value)]
        elif problem.code == "service_not_known" and vendor:
            services = {service.pk: service for service in self._services_of.get(vendor, ())}
            near = nearest(problem.value, {pk: folded(service.name) for pk, service in services.items()})
            found = [services[pk] for pk in near]
        else:
            found = []
        return [Candidate(uuid=row.uuid, name=row.name) for row in found]


def as_uuid(text: str) -> UUID | None:
    """None where it is a name."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
