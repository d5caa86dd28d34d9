"""Commitments: the list, one with its steps, asking for one, changing it, its files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from accounts.access import Right, holders
from accounts.api import etags
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Fault, Problem, invalid, of_form
from accounts.api.requests import ApiRequest
from accounts.api.schemas import Changes, Given
from accounts.models import Membership
from assessments.api.fetched import COMMITMENT_RELATED, commitment_of
from assessments.api.shapes import (
    AssessedVendor,
    Day,
    EvidenceFileOut,
    Lines,
    People,
    PersonOut,
    RuleKey,
    Sha256,
    vendor_ref,
)
from assessments.commitments import asking, transitions
from assessments.commitments.asking import LONGEST, CommitmentRow
from assessments.commitments.history import HistoryLine, history
from assessments.commitments.measured import judgement_for
from assessments.commitments.transitions import may_change
from assessments.findings.findings import Finding
from assessments.models import (
    Assessment,
    Commitment,
    CommitmentFile,
    CommitmentSource,
    CommitmentState,
    KeptBy,
    StepKind,
)
from groundwork.responses import attachment
from vendors.measures.catalogue import BY_KEY
from vendors.measures.movement import Outcome
from vendors.models import Contact, Incident, Vendor
from vendors.withheld import is_withheld

router = Router()
MeasureKey = StrEnum("MeasureKey", {key.upper(): key for key in BY_KEY})  # type: ignore[misc]
Text = Annotated[Lines, Field(max_length=LONGEST)]
Target = Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)]


class Stands(StrEnum):
    """States, and what several of them come to."""

    OPEN = "open"
    OVERDUE = "overdue"
    ENDED = "ended"
    PROPOSED = "proposed"
    AGREED = "agreed"
    REPORTED = "reported"
    KEPT = "kept"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"


# Reading ----------------------------------------------------------------------------------------------------------
class ContactRef(Schema):
    uuid: UUID
    name: str


class CommitmentOut(Schema):
    uuid: UUID
    number: str
    vendor: AssessedVendor
    rule: str = Field(description="Its key; of an earlier edition perhaps.")
    rule_name: str
    question: str = Field(description="Its key; empty: about the whole rule.")
    question_name: str
    source: CommitmentSource
    finding: Finding | None
    assessment: UUID | None
    incident: UUID | None
    what: str
    why: str
    contact: ContactRef | None
    owner: PersonOut
    due_on: date
    is_overdue: bool
    measure: str = Field(description="Its key; empty: evidence decides.")
    target: float | None
    goal: str = Field(description="Measure and target in a sentence.")
    state: CommitmentState
    agreed_on: date | None
    agreed_by: str
    ended_on: date | None
    kept_by: KeptBy | None
    reopened_on: date | None
    created_at: datetime
    version: int


class CommitmentPage(Schema):
    items: list[CommitmentOut]
    next: str | None


class StepOut(Schema):
    kind: StepKind
    at: datetime
    by: str = Field(description="Empty: the product itself, because of a measure.")
    is_of_vendor: bool
    sentence: str
    text: str
    measured: str = Field(description="What the measure said then; empty where it is withheld.")


class MeasuredOut(Schema):
    outcome: Outcome
    label: str
    sentence: str
    known_until: date | None


class CommitmentDetail(CommitmentOut):
    next_step: str
    measured: MeasuredOut | None = Field(description="None without a measure, before it is agreed, or while withheld.")
    is_withheld: bool = Field(description="Its figures open once whoever asks no longer judges this vendor.")
    steps: list[StepOut] = Field(description="The newest first.")
    files: list[EvidenceFileOut]


class CommitmentsWanted(PageOfList):
    state: Stands | None = Field(None, description="Left out: all.")
    vendor: UUID | None = None
    rule: RuleKey | None = None
    mine: bool = Field(False, description="Only those that whoever asks follows up.")


@endpoint(router, "GET", "/commitments", "commitment_list", CommitmentPage, problems=(422,))
def commitment_list(request: ApiRequest, wanted: Query[CommitmentsWanted]) -> dict[str, Any]:
    """Commitments of all vendors, what is due first at the top."""
    today = timezone.localdate()
    rows = Commitment.objects.select_related(*COMMITMENT_RELATED).for_member(request.member)
    if wanted.state is not None:
        rows = asking.standing_as(rows, wanted.state, today)
    owner = request.member.user_id if wanted.mine else None
    given = {"vendor__uuid": wanted.vendor, "rule": wanted.rule and str(wanted.rule), "owner": owner}
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    items, after = page(rows, wanted, by="due_on")
    people = People(request.member.organisation_id, [one.owner for one in items])
    return {"items": [CommitmentOut(**_row(one, people)) for one in asking.in_rows(items, today)], "next": after}


def _row(row: CommitmentRow, people: People) -> dict[str, Any]:
    one = row.commitment
    same = ("number", "rule", "question", "what", "why", "due_on", "measure", "agreed_on", "agreed_by", "ended_on")
    return {
        **{name: getattr(one, name) for name in (*same, "reopened_on", "created_at", "version")},
        "uuid": one.uuid,
        "vendor": vendor_ref(one.vendor),
        "rule_name": row.called.rule,
        "question_name": row.called.question,
        "source": CommitmentSource(one.source),
        "finding": Finding(one.finding) if one.finding else None,
        "assessment": one.assessment.uuid if one.assessment else None,
        "incident": one.incident.uuid if one.incident else None,
        "contact": ContactRef(uuid=one.contact.uuid, name=str(one.contact)) if one.contact else None,
        "owner": people.of(one.owner),
        "is_overdue": one.is_overdue(timezone.localdate()),
        "target": None if one.target is None else float(one.target),
        "goal": row.goal,
        "state": CommitmentState(one.state),
        "kept_by": KeptBy(one.kept_by) if one.kept_by else None,
    }


@endpoint(router, "GET", "/commitments/{uuid:commitment}", "commitment_detail", CommitmentDetail, is_versioned=True)
def commitment_detail(request: ApiRequest, commitment: UUID) -> CommitmentDetail:
    """One commitment, with its steps, what its measure says, and its files."""
    return detail_of(request, commitment)


def detail_of(request: ApiRequest, commitment: UUID) -> CommitmentDetail:
    """As it stands now, with its ETag."""
    one, today = commitment_of(request, commitment), timezone.localdate()
    hidden = is_withheld(request.member, one.vendor)
    found = judgement_for(request.member, one, today) if one.agreed_on else None
    etags.show_version(request, one.version)
    return CommitmentDetail(
        **_row(asking.in_rows([one], today)[0], People(one.organisation_id, [one.owner])),
        next_step=asking.next_words(request.member, one, today),
        measured=MeasuredOut(
            outcome=found.outcome, label=found.label, sentence=found.words, known_until=found.known_until
        )
        if found
        else None,
        is_withheld=hidden,
        steps=[_step(line) for line in history(one, shows_figures=not hidden)],
        files=[_file(file) for file in one.files.all()],
    )


def _step(line: HistoryLine) -> StepOut:
    return StepOut(
        kind=StepKind(line.step.kind),
        at=line.at,
        by=line.step.by,
        is_of_vendor=line.step.link_id is not None,
        sentence=line.sentence,
        text=line.text,
        measured=line.measured,
    )


def _file(file: CommitmentFile) -> EvidenceFileOut:
    same = ("name", "content_type", "size", "sha256", "uploaded_at")
    return EvidenceFileOut(**{name: getattr(file, name) for name in same})


@endpoint(
    router,
    "GET",
    "/commitments/{uuid:commitment}/files/{slug:sha256}",
    "commitment_file_download",
    None,
    more={"responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def commitment_file_download(request: ApiRequest, commitment: UUID, sha256: Sha256) -> FileResponse:
    """A file beside a commitment.

    Always as an attachment."""
    rows = CommitmentFile.objects.for_member(request.member)
    file = get_object_or_404(rows, commitment__uuid=commitment, sha256=sha256)
    return attachment(file.file, name=file.name, content_type=file.content_type)


# Writing ----------------------------------------------------------------------------------------------------------
class Asked(Given):
    rule: RuleKey
    question: Annotated[str, Field(pattern=r"^[-a-zA-Z0-9_]{0,60}$")] = ""
    what: Annotated[Text, Field(min_length=1)]
    why: Text = Field("", description="The vendor reads it.")
    due_on: Day
    contact: UUID | None = None
    owner: UUID | None = Field(None, description="A member; left out: whoever asks, or looks after the service.")
    measure: MeasureKey | None = None
    target: Target | None = None


class CommitmentIn(Asked):
    vendor: UUID
    assessment: UUID | None = Field(None, description="What it is made from, as are finding and incident.")
    finding: Finding | None = None
    incident: UUID | None = None


class CommitmentChange(Asked, Changes):
    """What is left out stays."""


@endpoint(router, "POST", "/commitments", "commitment_add", CommitmentDetail, status=201, problems=(409,))
def commitment_add(request: ApiRequest, body: CommitmentIn) -> Status[CommitmentDetail]:
    """Ask a vendor for a commitment.

    It is proposed; next, the vendor agrees."""
    now = timezone.now()
    vendor = Vendor.objects.for_member(request.member).filter(uuid=body.vendor).first()
    if vendor is None:
        raise invalid([Fault(path="/vendor", detail=_("There is no such vendor."))])
    if vendor.archived_at is not None:
        said = _("%(name)s is archived. Restore it before you ask for a commitment.") % {"name": vendor}
        raise Problem(409, "refused", said)
    values = _as_form(request, vendor, body.dict())
    try:
        form = asking.to_propose(
            request.member, vendor, _made_from(request, vendor, body), values, timezone.localdate(now)
        )
    except Http404 as error:
        said = _("The edition that this vendor is assessed by has no such rule or question.")
        raise invalid([Fault(path="/question" if body.question else "/rule", detail=said)]) from error
    if not form.is_valid():
        raise of_form(form)
    made = transitions.propose(request.member, form.instance, now=now)
    request.answer_headers["Location"] = f"/api/v1/commitments/{made.uuid}"
    return Status(201, detail_of(request, made.uuid))


def _made_from(request: ApiRequest, vendor: Vendor, body: CommitmentIn) -> dict[str, str]:
    """As the address of the page names it. Raises Problem 422 for what is not of this vendor."""
    found = {"rule": str(body.rule), "question": body.question, "finding": str(body.finding or "")}
    for name, model in (("assessment", Assessment), ("incident", Incident)):
        wanted = getattr(body, name)
        if wanted is None:
            continue
        row = model.objects.for_member(request.member).filter(vendor=vendor, uuid=wanted).first()
        if row is None:
            raise invalid([Fault(path=f"/{name}", detail=_("There is no such thing of this vendor."))])
        found[name] = str(row.pk)
    return {name: value for name, value in found.items() if value}


def _as_form(request: ApiRequest, vendor: Vendor, given: dict[str, Any]) -> dict[str, Any]:
    """With people as the form takes them. Raises Problem 422 for those that are not there."""
    said: dict[str, Any] = {name: value for name, value in given.items() if name not in ("contact", "owner")}
    if "contact" in given:
        said["contact"] = _contact(request, vendor, given["contact"])
    if "owner" in given:
        said["owner"] = _owner(request, given["owner"])
    return {name: "" if value is None else value for name, value in said.items()}


def _contact(request: ApiRequest, vendor: Vendor, wanted: UUID | None) -> int | None:
    if wanted is None:
        return None
    found = Contact.objects.for_member(request.member).filter(vendor=vendor, uuid=wanted).first()
    if found is None:
        raise invalid([Fault(path="/contact", detail=_("This vendor has no such contact."))])
    return found.pk


def _owner(request: ApiRequest, wanted: UUID | None) -> int:
    if wanted is None:
        return request.member.user.judge.pk
    found: Membership | None = holders(request.member, Right.READ).filter(uuid=wanted).first()
    if found is None:
        raise invalid([Fault(path="/owner", detail=_("Choose an active member of your organisation."))])
    return found.user_id


@endpoint(
    router,
    "PATCH",
    "/commitments/{uuid:commitment}",
    "commitment_change",
    CommitmentDetail,
    problems=(409, 428),
    is_versioned=True,
)
def commitment_change(request: ApiRequest, commitment: UUID, body: CommitmentChange) -> CommitmentDetail:
    """Change its words, people, day, measure or target, while it is open.

    What both sides had agreed on is proposed anew, unless only who follows it up is another. Where somebody else
    changed it meanwhile, both texts come back."""
    stored = commitment_of(request, commitment)
    if not may_change(request.member, stored):
        raise PermissionDenied
    version = etags.version_to_change(request)
    given = body.dict(exclude_unset=True)
    values = asking.as_it_stands(stored) | _as_form(request, stored.vendor, given) | {"version": max(version, 1)}
    form = asking.to_change(request.member, commitment_of(request, commitment), values, timezone.localdate())
    if not form.is_valid():
        raise of_form(form)
    if form.wanted:
        try:
            transitions.change(request.member, stored, form.wanted, version=version, now=timezone.now())
        except transitions.NotPossible:
            conflict_if_changed(request, commitment, version, given)
            raise
    return detail_of(request, commitment)


def conflict_if_changed(request: ApiRequest, commitment: UUID, version: int, mine: dict[str, Any]) -> None:
    """Raises Problem 409 with both texts where another version stands; else it was refused for a reason of its own."""
    one = commitment_of(request, commitment)
    if one.version == version:
        return
    people = People(one.organisation_id, [one.owner])
    stands = CommitmentOut(**_row(asking.in_rows([one], timezone.localdate())[0], people))
    raise etags.conflict(_plain(mine), stands.model_dump(mode="json"), one.version)


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it."""
    return {
        name: value if value is None or isinstance(value, bool | int | str) else str(value)
        for name, value in given.items()
    }
