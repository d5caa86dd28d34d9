"""The voice of the customer, for other systems."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.responses import Status
from pydantic import StrictInt

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Fault, invalid
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from vendors.api.files import KeptFile, files_out
from vendors.api.rows import held_row, hold_valid, named, row_of, standing, told
from vendors.api.shapes import Day, Name, Note, Words
from vendors.models import Feedback, FeedbackKind, FeedbackQuerySet, Incident, PulseChoice, Service, Sla, Vendor
from vendors.voice import feedback
from vendors.voice.feedback_forms import FeedbackForm

router = Router()
ENTRIES = Feedback.objects.select_related("vendor__organisation", "service", "incident", "department", "pulse")
FORM_FIELDS = tuple(name for name in feedback.FIELDS if name != "incident")
CALLED = {"incident_reference": "incident"}
Felt = Annotated[StrictInt, Field(ge=1, le=5, description="From 1, angry, to 5, delighted.")]


class _Said(Given):
    comment: Note = ""
    department: UUID | None = None
    service: UUID | None = Field(None, description="Of the same vendor.")
    incident: UUID | None = Field(None, description="Of the same vendor; its service and service level are taken over.")
    sla: Sla = Field(Sla.UNKNOWN, description="Whether the agreed service level was met.")
    kind: FeedbackKind | None = None
    cause: Annotated[Note, Field(description="The cause behind the symptom.")] = ""
    told_beforehand: PulseChoice | None = None
    workaround: PulseChoice | None = Field(None, description="Whether a way round was offered.")
    courteous: PulseChoice | None = Field(None, description="Whether they were courteous in tone.")


class FeedbackIn(_Said):
    vendor: UUID
    feeling: Felt
    name: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] = Field(
        "", description="Who says it; the holder of the token where it is left out."
    )
    said_on: Day | None = Field(None, description="Today or an earlier day; today where it is left out.")


class FeedbackChanges(_Said, Changes):
    """Fields that are left out stay as they are."""

    vendor: UUID
    feeling: Felt
    name: Annotated[Name, Field(max_length=120)]
    said_on: Day


class FeedbackOut(Schema):
    uuid: UUID
    vendor: UUID
    feeling: int
    name: str
    department: UUID | None
    said_on: date
    comment: str
    service: UUID | None
    incident: UUID | None
    sla: Sla
    kind: FeedbackKind | None
    cause: str
    told_beforehand: PulseChoice | None
    workaround: PulseChoice | None
    courteous: PulseChoice | None
    is_of_pulse: bool = Field(description="It was said in answer to the four questions after an incident.")
    files: list[KeptFile]
    created_at: datetime
    updated_at: datetime


class FeedbackPage(Schema):
    items: list[FeedbackOut]
    next: str | None


class FeedbackWanted(PageOfList):
    q: Words = Field("", description="Words in name, comment or cause.")
    vendor: UUID | None = None
    service: UUID | None = None
    incident: UUID | None = None
    department: UUID | None = None
    feeling: Annotated[int, Field(ge=1, le=5)] | None = None
    sla: Sla | None = None
    kind: FeedbackKind | None = None
    courteous: PulseChoice | None = None
    since: Day | None = Field(None, description="Said on that day or later.")
    until: Day | None = Field(None, description="Said on that day or before.")


# Reading ---------------------------------------------------------------------------------------------------------
def _out(row: Feedback) -> FeedbackOut:
    return FeedbackOut(
        uuid=row.uuid,
        vendor=row.vendor.uuid,
        feeling=row.feeling,
        name=row.name,
        department=row.department.uuid if row.department else None,
        said_on=row.said_on,
        comment=row.comment,
        service=row.service.uuid if row.service else None,
        incident=row.incident.uuid if row.incident else None,
        sla=Sla(row.sla),
        kind=FeedbackKind(row.kind) if row.kind else None,
        cause=row.cause,
        told_beforehand=_choice(row.told_beforehand),
        workaround=_choice(row.workaround),
        courteous=_choice(row.courteous),
        is_of_pulse=hasattr(row, "pulse"),
        files=files_out(row.files.all()),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _choice(said: str) -> PulseChoice | None:
    return PulseChoice(said) if said else None


NARROWED: dict[str, str] = {
    "vendor": "vendor__uuid",
    "service": "service__uuid",
    "incident": "incident__uuid",
    "department": "department__uuid",
    "feeling": "feeling",
    "sla": "sla",
    "kind": "kind",
    "courteous": "courteous",
    "since": "said_on__gte",
    "until": "said_on__lte",
}


def _narrowed(rows: FeedbackQuerySet, wanted: FeedbackWanted) -> FeedbackQuerySet:
    asked = {column: getattr(wanted, name) for name, column in NARROWED.items()}
    found = rows.filter(**{column: value for column, value in asked.items() if value is not None})
    return found.matching(wanted.q) if wanted.q else found


@endpoint(router, "GET", "/feedback", "feedback_list", FeedbackPage, problems=(422,))
def feedback_list(request: ApiRequest, wanted: Query[FeedbackWanted]) -> dict[str, object]:
    """What people said of vendors, and how it felt.

    The latest day first. Names stand there as on the page: whoever speaks in the log does so by name."""
    rows = _narrowed(ENTRIES.for_member(request.member), wanted)
    items, after = page(rows.prefetch_related("files"), wanted, by="-said_on")
    return {"items": [_out(one) for one in items], "next": after}


@endpoint(router, "GET", "/feedback/{uuid:entry}", "feedback_detail", FeedbackOut, is_versioned=True)
def feedback_detail(request: ApiRequest, entry: UUID) -> FeedbackOut:
    """An entry of the log."""
    return _shown(request, row_of(request, ENTRIES, entry))


# Writing ---------------------------------------------------------------------------------------------------------
@endpoint(router, "POST", "/feedback", "feedback_add", FeedbackOut, status=201)
@transaction.atomic
def feedback_add(request: ApiRequest, said: FeedbackIn) -> Status[FeedbackOut]:
    """Say how it felt.

    A vendor and a feeling are enough: name, department and day are those of the token’s holder and of today where they
    are left out, and what its incident knows need not be said again."""
    member = request.member
    start = Feedback(
        name=str(member.user)[:120], department=member.department, said_on=timezone.localdate(), created_by=member.user
    )
    form = _form(request, start, _sent(request, start, said), said)
    entry = feedback.add_feedback(member, form.instance)
    request.answer_headers["Location"] = f"/api/v1/feedback/{entry.uuid}"
    return Status(201, _shown(request, row_of(request, ENTRIES, entry.uuid)))


@endpoint(router, "PATCH", "/feedback/{uuid:entry}", "feedback_change", FeedbackOut, problems=(412,), is_versioned=True)
@transaction.atomic
def feedback_change(request: ApiRequest, entry: UUID, said: FeedbackChanges) -> FeedbackOut:
    """Change an entry: by whoever wrote it, and by whoever edits vendors.

    Fields that are left out stay as they are; the same again changes nothing."""
    moved_to = named(Vendor.objects.for_member(request.member), _vendor_of(said), "/vendor")
    row = _held(request, entry, *([moved_to.pk] if moved_to else []))
    incident = row.incident_id
    form = _form(request, row, _sent(request, row, said), said)
    changed = {*form.take_over(), *(["incident"] if form.instance.incident_id != incident else [])}
    feedback.change_feedback(request.member, form.instance, changed=changed)
    return _shown(request, row_of(request, ENTRIES, entry))


@endpoint(
    router,
    "DELETE",
    "/feedback/{uuid:entry}",
    "feedback_delete",
    None,
    problems=(412,),
    status=204,
    is_versioned=True,
)
@transaction.atomic
def feedback_delete(request: ApiRequest, entry: UUID) -> Status[None]:
    """Delete an entry and its files for good.

    By whoever wrote it, and by whoever edits vendors. What a pulse answered stays with the pulse."""
    feedback.delete_feedback(request.member, _held(request, entry))
    return Status(204, None)


def _vendor_of(said: FeedbackChanges) -> UUID | None:
    return said.vendor if "vendor" in said.model_fields_set else None


def _held(request: ApiRequest, uuid: UUID, *vendors: int) -> Feedback:
    """An entry that this member may change. Raises PermissionDenied."""
    row = held_row(request, ENTRIES, uuid, *vendors)
    if not feedback.may_change(request.member, row):
        raise PermissionDenied
    etags.hold_to_tag(request, lambda: told(_out(row)))
    return row


def _sent(request: ApiRequest, row: Feedback, said: _Said) -> dict[str, Any]:
    """What the body says over what stands there, as the form of the page takes it."""
    member = request.member
    sent = standing(row, FORM_FIELDS) | _without(said.model_dump(exclude_unset=True), ("incident",))
    sent = {name: "" if value is None else value for name, value in sent.items()}
    if not sent["name"]:
        sent["name"] = row.name
    if not sent["said_on"]:
        sent["said_on"] = row.said_on
    rows: dict[str, Any] = {
        "vendor": Vendor.objects.for_member(member),
        "department": member.organisation.departments.all(),
        "service": Service.objects.for_member(member),
    }
    for name in rows.keys() & said.model_fields_set:
        found = named(rows[name], getattr(said, name), f"/{name}")
        sent[name] = found.pk if found else ""
    return sent


def _without(sent: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in sent.items() if name not in names}


def _form(request: ApiRequest, row: Feedback, sent: dict[str, Any], said: _Said) -> FeedbackForm:
    """Valid, with the incident that the body names, which the page knows by its reference."""
    if "incident" in said.model_fields_set:
        row.incident = named(Incident.objects.for_member(request.member), said.incident, "/incident")
        if row.incident is not None and row.incident.vendor_id != sent["vendor"]:
            raise invalid([Fault(path="/incident", detail=_("This incident is another vendor’s."))])
    sent["incident_reference"] = row.incident.reference if row.incident else ""
    form = FeedbackForm(sent, instance=row, member=request.member, today=timezone.localdate())
    hold_valid(form, CALLED)
    form.take_over()
    return form


def _shown(request: ApiRequest, row: Feedback) -> FeedbackOut:
    out = _out(row)
    etags.show_tag(request, told(out))
    return out
