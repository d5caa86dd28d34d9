"""What was agreed with vendors about measures, for other systems."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.http import Http404
from ninja import Field, Router, Schema
from ninja.responses import Status
from pydantic import StrictFloat

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from vendors.api.rows import held_vendor, hold_valid, told, vendor_of
from vendors.api.shapes import Day, Text
from vendors.measures import targets
from vendors.measures.catalogue import BY_KEY, Measure, Unit
from vendors.measures.loading import targets_of
from vendors.measures.words import UNITS
from vendors.models import MeasureTarget, Vendor

router = Router()
MOST = 9_999_999.99


class TargetIn(Given):
    value: Annotated[StrictFloat, Field(ge=0, le=MOST, allow_inf_nan=False)] = Field(
        description="In the unit of the measure, two decimals at most: the most, or the least where more is better."
    )
    agreed_on: Day | None = None
    note: Annotated[Text, Field(max_length=200, description="Where it was agreed.")] = ""


class TargetOut(Schema):
    measure: str
    unit: Unit
    value: float
    agreed_on: date | None
    note: str
    set_at: datetime


class TargetsOut(Schema):
    items: list[TargetOut]


def known_measure(key: str) -> Measure:
    """Raises Http404."""
    if key not in BY_KEY:
        raise Http404
    return BY_KEY[key]


def _out(target: MeasureTarget) -> TargetOut:
    return TargetOut(
        measure=target.measure,
        unit=BY_KEY[target.measure].unit,
        value=float(target.value),
        agreed_on=target.agreed_on,
        note=target.note,
        set_at=target.set_at,
    )


@endpoint(router, "GET", "/vendors/{uuid:vendor}/targets", "target_list", TargetsOut)
def target_list(request: ApiRequest, vendor: UUID) -> TargetsOut:
    """What was agreed with a vendor, a target a measure.

    What is expected of all vendors stands with the measures, where nothing else was agreed."""
    agreed = targets_of(vendor_of(request, vendor))
    return TargetsOut(items=[_out(agreed[key]) for key in BY_KEY if key in agreed])


@endpoint(router, "GET", "/vendors/{uuid:vendor}/targets/{slug:measure}", "target_detail", TargetOut, is_versioned=True)
def target_detail(request: ApiRequest, vendor: UUID, measure: str) -> TargetOut:
    """What was agreed about one measure."""
    return _shown(request, _agreed(vendor_of(request, vendor), known_measure(measure)))


@endpoint(
    router,
    "PUT",
    "/vendors/{uuid:vendor}/targets/{slug:measure}",
    "target_set",
    TargetOut,
    problems=(412,),
    is_versioned=True,
)
@transaction.atomic
def target_set(request: ApiRequest, vendor: UUID, measure: str, said: TargetIn) -> TargetOut:
    """Agree on a target, in place of what was agreed before.

    The same again changes nothing."""
    of, known = held_vendor(request, vendor), known_measure(measure)
    _hold_to_tag(request, of, known)
    form = targets.TargetForm(
        said.model_dump() | {"value": Decimal(repr(said.value))},
        instance=MeasureTarget(vendor=of, measure=known.key),
        measure=known,
        unit=str(UNITS[known.unit]),
    )
    hold_valid(form)
    return _shown(request, targets.set_target(request.member, of, known.key, **form.cleaned_data))


@endpoint(
    router,
    "DELETE",
    "/vendors/{uuid:vendor}/targets/{slug:measure}",
    "target_delete",
    None,
    problems=(412,),
    status=204,
    is_versioned=True,
)
@transaction.atomic
def target_delete(request: ApiRequest, vendor: UUID, measure: str) -> Status[None]:
    """Remove a target: nothing is agreed any more."""
    of, known = held_vendor(request, vendor), known_measure(measure)
    _agreed(of, known)
    _hold_to_tag(request, of, known)
    targets.delete_target(request.member, of, known.key)
    return Status(204, None)


def _agreed(vendor: Vendor, measure: Measure) -> MeasureTarget:
    """Raises Http404 where nothing is."""
    agreed = targets_of(vendor).get(measure.key)
    if agreed is None:
        raise Http404
    return agreed


def _hold_to_tag(request: ApiRequest, vendor: Vendor, measure: Measure) -> None:
    def standing() -> dict[str, object] | None:
        agreed = targets_of(vendor).get(measure.key)
        return told(_out(agreed)) if agreed else None

    etags.hold_to_tag(request, standing)


def _shown(request: ApiRequest, target: MeasureTarget) -> TargetOut:
    out = _out(target)
    etags.show_tag(request, told(out))
    return out
