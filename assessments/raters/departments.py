"""Whose voice is in an assessment: which departments have a say, and which of them were asked and heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from django.db.models import Exists, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import WithAnnotations

from accounts.models import Department
from assessments.models import Assessment, Response
from groundwork.together import Lookup
from vendors.models import Service


class DepartmentReason(StrEnum):
    """Why a department has a say. One that has several reasons is named for the first."""

    ORDERING = "ordering"
    AFFECTED = "affected"
    IT = "it"


WHY_IN_WORDS: dict[DepartmentReason, Promise] = {
    DepartmentReason.ORDERING: _("orders from this vendor"),
    DepartmentReason.AFFECTED: _("depends on a service of this vendor"),
    DepartmentReason.IT: _("runs the IT"),
}


@dataclass(frozen=True, kw_only=True)
class DepartmentHeard:
    """A department that has a say. `asked`: somebody of it rates; `heard`: somebody of it has handed in."""

    id: int
    name: str
    why: DepartmentReason
    asked: bool
    heard: bool

    @property
    def reason(self) -> str:
        return str(WHY_IN_WORDS[self.why])


@dataclass(frozen=True, kw_only=True)
class DepartmentVoices:
    """`departments`: those that have a say, the ordering one first; `others`: names of further ones that were heard;
    `asked` and `handed_in`: numbers of raters, those without a department included."""

    departments: tuple[DepartmentHeard, ...]
    others: tuple[str, ...]
    asked: int
    handed_in: int

    @property
    def missing(self) -> tuple[DepartmentHeard, ...]:
        return tuple(one for one in self.departments if not one.heard)


def department_voices(assessment: Assessment, responses: QuerySet[Response] | None = None) -> DepartmentVoices:
    """Whose voices are in these responses of raters (None: all that are asked); two queries, however many they are."""
    rows = Response.objects.of_customer().filter(assessment=assessment) if responses is None else responses
    asked = list(rows.values_list("department", "department__name", "submitted_at"))
    return of_voices(
        having_a_say(assessment), [(pk, name or "", submitted is not None) for pk, name, submitted in asked]
    )


def of_voices(
    expected: Iterable[tuple[int, str, DepartmentReason]], voices: Iterable[tuple[int | None, str, bool]]
) -> DepartmentVoices:
    """From the departments with a say, and each rater's department (id, name) with whether they have handed in."""
    voices = list(voices)
    asked = {pk for pk, _name, _done in voices}
    spoken = {pk: name for pk, name, done in voices if done and pk is not None}
    departments = tuple(
        DepartmentHeard(id=pk, name=name, why=why, asked=pk in asked, heard=pk in spoken) for pk, name, why in expected
    )
    named = {one.id for one in departments}
    return DepartmentVoices(
        departments=departments,
        others=tuple(sorted(name for pk, name in spoken.items() if pk not in named)),
        asked=len(voices),
        handed_in=sum(done for _pk, _name, done in voices),
    )


def having_a_say(assessment: Assessment) -> list[tuple[int, str, DepartmentReason]]:
    """The department that orders, those that depend on a service, and those that run the IT, in that order: id, name
    and why. One query."""
    return those_with_a_say(assessment).now()


def those_with_a_say(assessment: Assessment) -> Lookup[list[tuple[int, str, DepartmentReason]]]:
    """The same, to be read with what else a page shows."""
    vendor = assessment.vendor
    depends = Service.objects.filter(vendor=vendor, department=OuterRef("pk"))
    rows = Department.objects.filter(organisation=assessment.organisation_id).annotate(is_affected=Exists(depends))
    rows = rows.filter(Q(pk=vendor.department_id) | Q(is_affected=True) | Q(is_it=True)).order_by()
    rows = rows.annotate(place=Window(RowNumber(), order_by="name"))
    order = list(DepartmentReason)

    def told() -> list[tuple[int, str, DepartmentReason]]:
        named = sorted(rows, key=lambda row: row.place)
        found = [(row.pk, row.name, _why(row, vendor.department_id)) for row in named]
        return sorted(found, key=lambda one: order.index(one[2]))

    return Lookup(reads=(rows,), told=told)


class AffectedCounts(TypedDict):
    is_affected: bool


def _why(row: WithAnnotations[Department, AffectedCounts], ordering: int | None) -> DepartmentReason:
    if row.pk == ordering:
        return DepartmentReason.ORDERING
    return DepartmentReason.AFFECTED if row.is_affected else DepartmentReason.IT
