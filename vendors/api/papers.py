"""Papers of vendors that expire, for other systems."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from vendors.api.files import KeptFile, files_out
from vendors.api.rows import held_row, hold_valid, member_names, row_of, standing, told, user_named, vendor_of
from vendors.api.shapes import Day, Name, Note
from vendors.contracts import changes
from vendors.contracts.forms import PaperForm
from vendors.models import Paper, PaperKind, Vendor

router = Router()
PAPERS = Paper.objects.select_related("vendor__organisation", "replaced_by")


class Newest(StrEnum):
    """Which papers: those that no newer one stands for, of vendors in use, or all."""

    CURRENT = "current"
    ALL = "all"


class PaperIn(Given):
    kind: PaperKind
    name: Annotated[Name, Field(max_length=160)] = Field(description="What stands on it, such as ISO 27001.")
    issued_on: Day | None = None
    expires_on: Day | None = Field(None, description="null where it does not expire.")
    owner: UUID | None = Field(None, description="The member who looks after it.")
    note: Note = ""


class PaperChanges(PaperIn, Changes):
    """Fields that are left out stay as they are."""


class PaperOut(Schema):
    uuid: UUID
    vendor: UUID
    kind: PaperKind
    name: str
    issued_on: date | None
    expires_on: date | None
    owner: UUID | None
    note: str
    replaced_by: UUID | None = Field(description="The newer paper that stands in its place.")
    files: list[KeptFile]
    created_at: datetime


class PaperPage(Schema):
    items: list[PaperOut]
    next: str | None


class PapersWanted(PageOfList):
    vendor: UUID | None = None
    kind: PaperKind | None = None
    state: Newest = Newest.CURRENT
    expires_until: Day | None = Field(None, description="Expires on that day or before.")


def _papers_out(request: ApiRequest, rows: Sequence[Paper]) -> list[PaperOut]:
    names = member_names(request.member, [row.owner_id for row in rows])
    return [
        PaperOut(
            uuid=row.uuid,
            vendor=row.vendor.uuid,
            kind=PaperKind(row.kind),
            name=row.name,
            issued_on=row.issued_on,
            expires_on=row.expires_on,
            owner=names.get(row.owner_id),
            note=row.note,
            replaced_by=row.replaced_by.uuid if row.replaced_by else None,
            files=files_out(row.files.all()),
            created_at=row.created_at,
        )
        for row in rows
    ]


@endpoint(router, "GET", "/papers", "paper_list", PaperPage, problems=(422,))
def paper_list(request: ApiRequest, wanted: Query[PapersWanted]) -> dict[str, object]:
    """Papers that expire: certificates, insurances, policies.

    In the order in which they were added; those that a newer one stands for only with `state=all`."""
    rows = PAPERS.for_member(request.member)
    if wanted.state is Newest.CURRENT:
        rows = rows.current()
    if wanted.vendor is not None:
        rows = rows.filter(vendor__uuid=wanted.vendor)
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind)
    if wanted.expires_until is not None:
        rows = rows.filter(expires_on__lte=wanted.expires_until)
    items, after = page(rows.prefetch_related("files"), wanted)
    return {"items": _papers_out(request, items), "next": after}


@endpoint(router, "POST", "/vendors/{uuid:vendor}/papers", "paper_add", PaperOut, status=201)
def paper_add(request: ApiRequest, vendor: UUID, said: PaperIn) -> Status[PaperOut]:
    """Add a paper to a vendor.

    Whoever looks after it is told before it expires."""
    of = vendor_of(request, vendor)
    paper = changes.add_paper(request.member, _form(request, Paper(vendor=of), of, said).instance)
    return _added(request, paper)


@endpoint(router, "GET", "/papers/{uuid:paper}", "paper_detail", PaperOut, is_versioned=True)
def paper_detail(request: ApiRequest, paper: UUID) -> PaperOut:
    """A paper."""
    return _shown(request, row_of(request, PAPERS, paper))


@endpoint(router, "PATCH", "/papers/{uuid:paper}", "paper_change", PaperOut, problems=(412,), is_versioned=True)
@transaction.atomic
def paper_change(request: ApiRequest, paper: UUID, said: PaperChanges) -> PaperOut:
    """Change a paper.

    Fields that are left out stay as they are. A newer edition of it is a paper of its own: see `paper_replace`."""
    row = _held(request, paper)
    form = _form(request, row, row.vendor, said)
    return _shown(request, changes.change_paper(request.member, form.instance, changed=form.changed_data))


@endpoint(
    router, "POST", "/papers/{uuid:paper}/replacement", "paper_replace", PaperOut, problems=(409, 412), status=201
)
@transaction.atomic
def paper_replace(request: ApiRequest, paper: UUID, said: PaperIn) -> Status[PaperOut]:
    """Put a newer paper in the place of this one.

    The old one is kept behind it, with its files."""
    old = _held(request, paper)
    new = _form(request, Paper(vendor=old.vendor), old.vendor, said).instance
    return _added(request, changes.replace_paper(request.member, old, new))


@endpoint(
    router, "DELETE", "/papers/{uuid:paper}", "paper_delete", None, problems=(412,), status=204, is_versioned=True
)
@transaction.atomic
def paper_delete(request: ApiRequest, paper: UUID) -> Status[None]:
    """Delete a paper and its files for good.

    The one that it replaced counts again."""
    changes.delete_paper(request.member, _held(request, paper))
    return Status(204, None)


def _held(request: ApiRequest, uuid: UUID) -> Paper:
    row = held_row(request, PAPERS, uuid)
    etags.hold_to_tag(request, lambda: told(_papers_out(request, [row])[0]))
    return row


def _form(request: ApiRequest, row: Paper, vendor: Vendor, said: PaperIn) -> PaperForm:
    sent = said.model_dump(exclude_unset=True)
    if "owner" in sent:
        sent["owner"] = user_named(request.member, said.owner, "/owner")
    form = PaperForm(
        standing(row, changes.PAPER_FIELDS) | sent,
        instance=row,
        member=request.member,
        vendor=vendor,
        today=timezone.localdate(),
    )
    hold_valid(form)
    return form


def _added(request: ApiRequest, paper: Paper) -> Status[PaperOut]:
    request.answer_headers["Location"] = f"/api/v1/papers/{paper.uuid}"
    return Status(201, _shown(request, paper))


def _shown(request: ApiRequest, row: Paper) -> PaperOut:
    out = _papers_out(request, [row])[0]
    etags.show_tag(request, told(out))
    return out
