"""Which services a department stands still with, for the department's own page."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from accounts.members.department_notes import DepartmentNote
from accounts.models import Department
from vendors.models import AffectedDepartment


def notes_of(departments: Iterable[Department]) -> dict[int, list[DepartmentNote]]:
    """By the departments' keys. One query."""
    rows = AffectedDepartment.objects.filter(
        department__in=[department.pk for department in departments], plan__service__vendor__archived_at=None
    ).select_related("plan__service__vendor")
    found: dict[int, list[DepartmentNote]] = {}
    for row in sorted(rows, key=lambda row: (row.plan.service.name.casefold(), row.plan.service_id)):
        service = row.plan.service
        note = DepartmentNote(
            label=service.name, detail=row.what_stops, url=reverse("emergency_plan", args=[service.pk])
        )
        found.setdefault(row.department_id, []).append(note)
    return found
