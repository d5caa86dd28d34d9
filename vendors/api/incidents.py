"""Incidents, for other systems: read, pushed one by one or many at once; and the sources that they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status

from accounts.api import etags, problems
from accounts.api.endpoints import endpoint
from accounts.api.paging import PageOfList, page
from accounts.api.problems import Fault, Problem, invalid
from accounts.api.requests import ApiRequest
from accounts.models import Organisation
from groundwork.tables.cells import ImportRefused
from vendors.api.incident_shapes import (
    BatchIn,
    BatchOut,
    ClaimIn,
    IncidentOut,
    IncidentPage,
    IncidentPut,
    IncidentState,
    IncidentsWanted,
    KnownOut,
    Order,
    PutOut,
    ReadingIn,
    SourceIn,
    SourceOut,
    SourcePage,
    counts_of,
    fault_out,
    incident_out,
    known_out,
    outcome_out,
    sent,
)
from vendors.incident_import import pushes
from vendors.incident_import.pushes import Claim, ClaimRefused, Push, Pushed, PushRefused, RowTold
from vendors.incidents import changes
from vendors.models import BY_HAND, ImportState, Incident, IncidentImport, IncidentQuerySet, IncidentSource

router = Router()
INCIDENTS = Incident.objects.select_related("vendor", "service")
SHARED = ("own", "other", BY_HAND)  # keys that name no tool


# Incidents --------------------------------------------------------------------------------------------------------
@endpoint(router, "GET", "/incidents", "incident_list", IncidentPage, problems=(422,))
def incident_list(request: ApiRequest, wanted: Query[IncidentsWanted]) -> dict[str, object]:
    """Incidents of all vendors.

    The latest first. To follow what changes, ask with `order=changed` and with `changed_since` of the last row that
    you have."""
    rows = _matching(INCIDENTS.for_member(request.member), wanted)
    by = "-opened_at" if wanted.order is Order.OPENED else "updated_at"
    items, after = page(rows, wanted, by=by)
    return {"items": [incident_out(one) for one in items], "next": after}


def _matching(rows: IncidentQuerySet, wanted: IncidentsWanted) -> IncidentQuerySet:
    states = {
        IncidentState.OPEN: rows.open,
        IncidentState.RESOLVED: rows.resolved,
        IncidentState.CLOSED_UNTOLD: rows.closed_untold,
    }
    asked: dict[str, Any] = {
        "vendor__uuid": wanted.vendor,
        "service__uuid": wanted.service,
        "source": wanted.source,
        "mission_critical": wanted.critical,
        "opened_at__gte": wanted.opened_from,
        "opened_at__lt": wanted.opened_to,
        "updated_at__gte": wanted.changed_since,
    }
    found = states[wanted.state]() if wanted.state else rows
    return found.filter(**{name: value for name, value in asked.items() if value is not None})


@endpoint(router, "GET", "/incidents/{uuid:incident}", "incident_detail", IncidentOut, is_versioned=True)
def incident_detail(request: ApiRequest, incident: UUID) -> IncidentOut:
    """An incident."""
    return _shown(request, get_object_or_404(INCIDENTS.for_member(request.member), uuid=incident))


@endpoint(
    router,
    "DELETE",
    "/incidents/{uuid:incident}",
    "incident_delete",
    None,
    status=204,
    problems=(409, 412),
    is_versioned=True,
)
@transaction.atomic
def incident_delete(request: ApiRequest, incident: UUID) -> Status[None]:
    """Delete an incident.

    What was asked of people about it goes with it; feedback stays. Where a proof of its cause was asked for, it stays.
    The next push of the same number brings it back."""
    row = get_object_or_404(INCIDENTS.for_member(request.member), uuid=incident)
    etags.hold_to_tag(request, lambda: _told(row))
    changes.delete_incident(request.member, row)
    return Status(204, None)


def _told(incident: Incident) -> dict[str, Any]:
    return incident_out(incident).model_dump(mode="json")


def _shown(request: ApiRequest, incident: Incident) -> IncidentOut:
    etags.show_tag(request, _told(incident))
    return incident_out(incident)


# By their number in the tool --------------------------------------------------------------------------------------
@endpoint(
    router,
    "GET",
    "/incident-sources/{source}/incidents/{path:reference}",
    "incident_known_as",
    IncidentOut,
    is_versioned=True,
)
def incident_known_as(request: ApiRequest, source: str, reference: str) -> IncidentOut:
    """The incident of this number in a source."""
    row = _source_of(request, source)
    return _shown(request, _known_as(row, reference))


@endpoint(
    router,
    "PUT",
    "/incident-sources/{source}/incidents/{path:reference}",
    "incident_push",
    PutOut,
    problems=(409, 412),
    is_versioned=True,
)
def incident_push(request: ApiRequest, source: str, reference: str, said: IncidentPut) -> PutOut:
    """Push one incident.

    It is added, or changed where it is known by source and number; sent again, it stays as it is. It is read as a row
    of an import is. One that names another vendor moves there. What is pushed in a day can be taken back as one, on
    the page of imports."""
    row = _source_of(request, source)
    what = Push(rows=[{**sent(said), "reference": reference}], **_reading(said.reading), is_all_or_nothing=True)
    with transaction.atomic():
        if request.headers.get("If-Match"):
            Organisation.objects.select_for_update(no_key=True).get(pk=row.organisation_id)
            etags.hold_to_tag(request, lambda: _told(_known_as(row, reference)))
        try:
            told = _pushed(request, row, what).told[0]
        except PushRefused as refused:
            raise _row_refused(refused.told[0]) from None
    warnings = [fault_out(fault) for fault in told.warnings]
    if told.uuid is None:  # left out
        return PutOut(outcome=told.outcome, warnings=warnings, incident=None)
    there = _shown(request, INCIDENTS.get(uuid=told.uuid))
    return PutOut(outcome=told.outcome, warnings=warnings, incident=there)


def _known_as(source: IncidentSource, reference: str) -> Incident:
    rows = INCIDENTS.filter(organisation=source.organisation_id, source=source.key)
    return get_object_or_404(rows, reference=pushes.reference_of(reference))


def _row_refused(told: RowTold) -> Problem:
    faults = [Fault(path=f"/{fault.name}", detail=fault.detail) for fault in told.faults]
    more = {"faults": [fault_out(fault).model_dump(mode="json") for fault in told.faults]}
    return Problem(422, "invalid", faults=faults, more=more)


@endpoint(
    router,
    "POST",
    "/incident-sources/{source}/incidents",
    "incident_push_batch",
    BatchOut,
    problems=(409,),
)
def incident_push_batch(request: ApiRequest, source: str, said: BatchIn) -> BatchOut:
    """Push up to 1,000 incidents.

    Each has its own outcome; what is refused says why, and the others are taken, unless `all_or_nothing` is set. A body
    that is not written as this reference says is refused as a whole. With `complete_until`, measures know up to when
    nothing is missing."""
    row = _source_of(request, source)
    what = Push(
        rows=[sent(one) for one in said.incidents],
        **_reading(said.reading),
        claim=_claim(said),
        is_all_or_nothing=said.all_or_nothing,
    )
    try:
        pushed = _pushed(request, row, what)
    except PushRefused as refused:
        raise _batch_refused(refused.told) from None
    outcomes = [outcome_out(told) for told in pushed.told]
    return BatchOut(counts=counts_of(pushed.told), outcomes=outcomes, known=known_out(pushed.known))


def _claim(said: BatchIn) -> Claim | None:
    if said.complete_until is not None:
        return Claim(until=said.complete_until, since=said.complete_from)
    if said.complete_from is not None:
        raise invalid([Fault(path="/complete_until", detail=_("Say up to when, too."))])
    return None


def _reading(sent_with: ReadingIn | None) -> dict[str, Any]:
    said = sent_with or ReadingIn.model_validate({})
    try:
        return {"said": said.said(), "services": said.unknown_services}
    except ValueError as error:
        raise invalid([Fault(path="/reading/preset", detail=str(error))]) from None


def _pushed(request: ApiRequest, source: IncidentSource, what: Push) -> Pushed:
    """Raises PushRefused, and Problem 422 for what is wrong with the whole."""
    try:
        return pushes.push(request.member, source, what, name=request.token.name, now=timezone.now())
    except ClaimRefused as refused:
        raise _claim_refused(refused) from refused
    except ImportRefused as refused:
        raise invalid([Fault(path="/incidents", detail=str(refused))]) from refused


def _claim_refused(refused: ClaimRefused) -> Problem:
    return invalid([Fault(path=f"/{refused.field}", detail=str(refused))])


def _batch_refused(told: Sequence[RowTold]) -> Problem:
    refused = [(place, fault) for place, one in enumerate(told) for fault in one.faults]
    faults = [Fault(path=f"/incidents/{place}/{fault.name}", detail=fault.detail) for place, fault in refused]
    return invalid(faults)


# Sources ----------------------------------------------------------------------------------------------------------
@endpoint(router, "GET", "/incident-sources", "incident_source_list", SourcePage, problems=(422,))
def incident_source_list(request: ApiRequest, wanted: Query[PageOfList]) -> dict[str, object]:
    """Sources of incidents.

    When each was last heard of, and up to when its facts are known."""
    items, after = page(IncidentSource.objects.for_member(request.member), wanted)
    return {"items": _sources_out(items), "next": after}


@endpoint(router, "GET", "/incident-sources/{source}", "incident_source_detail", SourceOut, is_versioned=True)
def incident_source_detail(request: ApiRequest, source: str) -> SourceOut:
    """A source of incidents."""
    return _shown_source(request, _source_of(request, source))


@endpoint(
    router,
    "PUT",
    "/incident-sources/{source}",
    "incident_source_put",
    SourceOut,
    problems=(412,),
    is_versioned=True,
)
@transaction.atomic
def incident_source_put(request: ApiRequest, source: str, said: SourceIn) -> SourceOut:
    """Declare a source, or change what it is called.

    Once, before its first incident: what is pushed into a source that nobody has declared is refused, because a key
    with a slip of the pen would make every incident a second one. Use the key of your tool where the reference of
    `preset` knows it, else small letters, digits, `.`, `-` and `_`."""
    if not pushes.is_key(source) or source in SHARED:
        detail = _("A key has small letters, digits, “.”, “-” and “_”, at most 40; some are taken by the product.")
        raise invalid([Fault(path="?source", detail=detail)])
    known = IncidentSource.objects.for_member(request.member).filter(key=source).first()
    if known is not None:
        etags.hold_to_tag(request, lambda: _source_told(known))
    row = known or IncidentSource(organisation=request.member.organisation, key=source)
    form = pushes.SourceForm({"name": said.name, "ended_on": said.ended_on}, instance=row)
    if not form.is_valid():
        raise problems.of_form(form)
    return _shown_source(request, pushes.declare(request.member, form.instance))


@endpoint(
    router,
    "POST",
    "/incident-sources/{source}/heartbeat",
    "incident_source_heartbeat",
    KnownOut,
)
def incident_source_heartbeat(request: ApiRequest, source: str, said: ClaimIn) -> KnownOut | None:
    """Say that nothing is missing.

    So a month without an incident counts as a quiet month, and not as silence: measures end at the moment up to which
    all is known. Send it after each successful run, also one that had nothing to push; never while something is still
    unsent. What was known stays known: an earlier moment changes nothing."""
    row = _source_of(request, source)
    claim = Claim(until=said.complete_until, since=said.complete_from)
    try:
        known = pushes.heartbeat(request.member, row, claim, name=request.token.name, now=timezone.now())
    except ClaimRefused as refused:
        raise _claim_refused(refused) from refused
    return known_out(known)


def _source_of(request: ApiRequest, key: str) -> IncidentSource:
    """Raises Http404 where the organisation has none of this key."""
    found = IncidentSource.objects.for_member(request.member).filter(key=key).first() if pushes.is_key(key) else None
    if found is None or key == BY_HAND:
        raise Http404
    return found


def _sources_out(sources: Sequence[IncidentSource]) -> list[SourceOut]:
    """Two queries at most, however many there are."""
    rows = (
        _imports_of(sources)
        .values("source")
        .annotate(imported=Max("finished_at", filter=Q(pushed_on=None)), known=Max("known_until"))
    )
    told: dict[str, Any] = {row["source"]: row for row in rows}
    return [_source_out(one, told.get(one.key, {})) for one in sources]


def _imports_of(sources: Sequence[IncidentSource]) -> QuerySet[IncidentImport]:
    organisations = {one.organisation_id for one in sources}
    done = IncidentImport.objects.filter(organisation__in=organisations, state=ImportState.DONE)
    return done.filter(source__in=[one.key for one in sources]).order_by()


def _source_out(source: IncidentSource, told: Mapping[str, datetime | None]) -> SourceOut:
    return SourceOut(
        key=source.key,
        name=source.name,
        ended_on=source.ended_on,
        last_imported_at=told.get("imported"),
        last_pushed_at=source.pushed_at,
        known_until=told.get("known"),
    )


def _source_told(source: IncidentSource) -> dict[str, Any]:
    """What an ETag is made of: what a person says of it, not what comes in meanwhile."""
    return {"name": source.name, "ended_on": source.ended_on}


def _shown_source(request: ApiRequest, source: IncidentSource) -> SourceOut:
    etags.show_tag(request, _source_told(source))
    return _sources_out([source])[0]
