"""A commitment, a step further: agreed, progress, reported, returned, kept, missed, withdrawn."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from ninja import Field, Router

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.problems import of_form
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Given
from assessments.api.commitments import CommitmentDetail, conflict_if_changed, detail_of
from assessments.api.fetched import a_person, commitment_of
from assessments.api.shapes import Day, Lines
from assessments.commitments import asking
from assessments.commitments.asking import LONGEST, StepName
from assessments.commitments.transitions import NotPossible, may_change
from assessments.models import KeptBy
from vendors.api.shapes import Name

router = Router()
PATH = "/commitments/{uuid:commitment}"
Text = Annotated[Lines, Field(max_length=LONGEST)]
Needed = Annotated[Lines, Field(min_length=1, max_length=LONGEST)]


class AgreeIn(Given):
    agreed_by: Annotated[Name, Field(max_length=160)] = Field(description="Who agreed, at the vendor.")
    on: Day = Field(description="On which day; not one to come.")
    text: Text = Field("", description="How they said so.")


class StepIn(Given):
    text: Needed


class KeepIn(Given):
    kept_by: KeptBy = Field(
        KeptBy.EVIDENCE, description="By its measure only where that moved; else evidence that a person accepts."
    )
    text: Text = Field("", description="Which evidence is accepted; needed for evidence.")


def _taken(request: ApiRequest, commitment: UUID, name: StepName, body: Given) -> CommitmentDetail:
    one = commitment_of(request, commitment)
    if not may_change(request.member, one):
        raise PermissionDenied
    version = etags.version_to_change(request)
    said: dict[str, Any] = body.dict()
    try:
        taken = asking.take_step(request.member, one, name, said | {"version": max(version, 1)}, timezone.now())
    except NotPossible:
        conflict_if_changed(request, commitment, version, {key: str(value) for key, value in said.items()})
        raise
    if not taken.is_done:
        raise of_form(taken.form)
    return detail_of(request, commitment)


@endpoint(router, "POST", f"{PATH}/agree", "commitment_agree", CommitmentDetail, problems=(409, 428), is_versioned=True)
def commitment_agree(request: ApiRequest, commitment: UUID, body: AgreeIn) -> CommitmentDetail:
    """Record that the vendor agrees.

    From then on it binds both sides. What the measure is now is kept as the point to start from."""
    return _taken(request, commitment, StepName.AGREE, body)


@endpoint(
    router, "POST", f"{PATH}/progress", "commitment_progress", CommitmentDetail, problems=(409, 428), is_versioned=True
)
def commitment_progress(request: ApiRequest, commitment: UUID, body: StepIn) -> CommitmentDetail:
    """Note how far it is."""
    return _taken(request, commitment, StepName.PROGRESS, body)


@endpoint(
    router, "POST", f"{PATH}/report", "commitment_report", CommitmentDetail, problems=(409, 428), is_versioned=True
)
def commitment_report(request: ApiRequest, commitment: UUID, body: StepIn) -> CommitmentDetail:
    """Record that the vendor reports it done."""
    return _taken(request, commitment, StepName.REPORT, body)


@endpoint(
    router, "POST", f"{PATH}/return", "commitment_return", CommitmentDetail, problems=(409, 428), is_versioned=True
)
def commitment_return(request: ApiRequest, commitment: UUID, body: StepIn) -> CommitmentDetail:
    """Return what was reported done, with what is still missing.

    Never by a service."""
    a_person(request)
    return _taken(request, commitment, StepName.RETURN, body)


@endpoint(router, "POST", f"{PATH}/keep", "commitment_keep", CommitmentDetail, problems=(409, 428), is_versioned=True)
def commitment_keep(request: ApiRequest, commitment: UUID, body: KeepIn) -> CommitmentDetail:
    """Accept it as kept.

    Where a measure was to move, it is watched for twelve months: should it fall back, it opens again by itself; nobody
    opens it by hand. Never by a service."""
    a_person(request)
    return _taken(request, commitment, StepName.KEEP, body)


@endpoint(router, "POST", f"{PATH}/miss", "commitment_miss", CommitmentDetail, problems=(409, 428), is_versioned=True)
def commitment_miss(request: ApiRequest, commitment: UUID, body: StepIn) -> CommitmentDetail:
    """Record it as missed.

    This cannot be undone. Never by a service."""
    a_person(request)
    return _taken(request, commitment, StepName.MISS, body)


@endpoint(
    router, "POST", f"{PATH}/withdraw", "commitment_withdraw", CommitmentDetail, problems=(409, 428), is_versioned=True
)
def commitment_withdraw(request: ApiRequest, commitment: UUID, body: StepIn) -> CommitmentDetail:
    """Withdraw it: it counts neither as kept nor as missed.

    This cannot be undone."""
    return _taken(request, commitment, StepName.WITHDRAW, body)
