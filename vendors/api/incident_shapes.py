"""What is sent and answered about incidents and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from django.db import models
from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import AfterValidator, StrictBool, StrictInt

from accounts.api.paging import PageOfList
from accounts.api.schemas import Given
from vendors.api.shapes import NO_NUL, Day, Moment
from vendors.incident_import import pushes
from vendors.incident_import.pushes import MOST, PushOutcome, Said, UnknownServices
from vendors.models import Incident, Sla

FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)
LONGEST = 20_000  # characters of a value that are looked at
MOST_DIGITS = 2**53


def _within_reach(day: date) -> date:
    if not FIRST <= day <= LAST:
        raise ValueError(_("Choose a day between 1990 and 2100."))
    return day


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(_("Name a time zone as “Europe/Brussels”."))
    return name


OurDay = Annotated[Day, AfterValidator(_within_reach)]
Text = Annotated[str, Field(max_length=LONGEST)]
Whole = Annotated[StrictInt, Field(ge=0, le=MOST_DIGITS)]
Word = Annotated[str, Field(min_length=1, max_length=60)]
TextOrNumber = Text | Whole | None
YesOrText = StrictBool | Text | None


# What is sent -----------------------------------------------------------------------------------------------------
class DateOrder(StrEnum):
    """Which comes first in 03/04/2026."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    ISO = "iso"


class SlaYes(StrEnum):
    """What a “yes” as the service level says; `remaining`: a length of time that was left, below zero where missed."""

    MET = "met"
    MISSED = "missed"
    REMAINING = "remaining"


class ReadingIn(Given):
    """How what you send is to be read. What is left out is read as in the last import of the source, whether that was a
    file or a push; say it once, and it holds on."""

    preset: str | None = Field(None, max_length=40, description="The tool, such as `servicenow`: whose words they are.")
    time_zone: Annotated[str, AfterValidator(_known_zone)] | None = Field(
        None, max_length=60, description="Of moments without an offset of their own."
    )
    dates: DateOrder | None = None
    critical: list[Word] | None = Field(
        None,
        max_length=50,
        description="The values of `mission_critical` that mean yes; where that is not sent, those of `priority`.",
    )
    sla_yes: SlaYes | None = None
    sla_met: list[Word] | None = Field(None, max_length=50, description="Further words that mean met.")
    sla_missed: list[Word] | None = Field(None, max_length=50, description="Further words that mean missed.")
    unknown_services: UnknownServices = Field(
        UnknownServices.REFUSE, description="What becomes of an incident whose service the vendor does not have."
    )

    def said(self) -> Said:
        """Raises ValueError for a tool that nobody knows."""
        tools = {tool.key for tool in pushes.all_presets()}
        if self.preset is not None and self.preset not in tools:
            raise ValueError(_("One of: %(choices)s.") % {"choices": ", ".join(sorted(tools))})
        given = self.model_dump(mode="json", exclude={"unknown_services"})
        values: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in given.items()}
        return Said(**values)


class IncidentFacts(Given):
    """An incident as your tool knows it. What is null, empty or left out says nothing: it never empties what is known.
    Texts that are too long are cut. Moments as your tool writes them, best with their offset."""

    vendor: Text | None = Field(None, description="UUID, exact name or reference. Needed.")
    service: Text | None = Field(None, description="UUID or exact name of a service of the vendor.")
    title: Text | None = None
    opened_at: Text | None = Field(None, description="Needed.", examples=["2026-11-30T14:05:00+01:00"])
    resolved_at: Text | None = None
    restored_at: Text | None = Field(None, description="When people could work again.")
    first_response_at: Text | None = Field(None, description="A moment, or how long after it was opened: “25 min”.")
    closed_at: Text | None = Field(None, description="Stands in where `resolved_at` is not told.")
    updated_at: Text | None = Field(None, description="When your tool last changed it.")
    state: TextOrNumber = Field(None, description="As your tool calls it: what is closed is never called open.")
    waited_minutes: TextOrNumber = Field(None, description="Minutes that the vendor waited for you; or “2h 30m”.")
    priority: TextOrNumber = None
    mission_critical: YesOrText = Field(None, description="The measures count these alone.")
    sla: YesOrText = Field(None, description="Whether the service level was met or missed.")
    reopened: StrictBool | TextOrNumber = Field(None, description="How many times.")
    handovers: TextOrNumber = Field(None, description="How often it went to another person or team.")
    problem: TextOrNumber = Field(None, description="What marks a repeat: the same text means the same problem.")
    root_cause_proven: YesOrText = None
    department: TextOrNumber = None
    handled_by: TextOrNumber = None
    configuration_item: TextOrNumber = None


class IncidentRow(IncidentFacts):
    reference: Text | Whole = Field(description="Its number in your tool: by source and number it is known again.")


class IncidentPut(IncidentFacts):
    reading: ReadingIn | None = None


class ClaimIn(Given):
    complete_until: Moment = Field(
        description="Every incident of the source that was opened by then has been pushed, and stands here as it stood."
    )
    complete_from: OurDay | None = Field(
        None, description="Since which day every incident was pushed. Needed once; then what was said before holds."
    )


class BatchIn(Given):
    incidents: list[IncidentRow] = Field(max_length=MOST)
    reading: ReadingIn | None = None
    all_or_nothing: StrictBool = Field(False, description="One that is refused refuses all.")
    complete_until: Moment | None = Field(
        None, description="With these, every incident that was opened by then is here, as it stood."
    )
    complete_from: OurDay | None = Field(None, description="Since which day. Needed once.")


class SourceIn(Given):
    name: str = Field(min_length=1, max_length=80, pattern=NO_NUL)
    ended_on: OurDay | None = Field(None, description="The tool is not used after that day.")


# What is answered -------------------------------------------------------------------------------------------------
class NamedOut(Schema):
    uuid: UUID
    name: str


class IncidentState(models.TextChoices):
    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED_UNTOLD = "closed_untold"  # closed, and nobody has told when it was resolved


class IncidentOut(Schema):
    uuid: UUID
    source: str = Field(description="Key of the source; `manual` where people wrote it down.")
    reference: str
    vendor: NamedOut
    service: NamedOut | None
    title: str
    state: IncidentState
    opened_at: datetime
    resolved_at: datetime | None
    resolved_is_closing: bool = Field(description="Nobody told when it was resolved: the moment of closing stands in.")
    resolved_to_day: bool = Field(description="Of its resolution the day is known, not the hour.")
    restored_at: datetime | None
    first_response_at: datetime | None
    waited_minutes: int | None
    priority: str
    mission_critical: bool
    sla: Sla
    reopened: int | None
    handovers: int | None
    problem: str
    root_cause_proven: bool | None
    department: str
    handled_by: str
    configuration_item: str
    created_at: datetime
    changed_at: datetime


class IncidentPage(Schema):
    items: list[IncidentOut]
    next: str | None


class Order(StrEnum):
    """By opening, the latest first; or by the last change here, the earliest first, to fetch what came since."""

    OPENED = "opened"
    CHANGED = "changed"


class IncidentsWanted(PageOfList):
    vendor: UUID | None = None
    service: UUID | None = None
    source: str | None = Field(None, max_length=40, pattern=NO_NUL, description="Key of the source.")
    critical: bool | None = Field(None, description="Mission-critical ones, or the others.")
    state: IncidentState | None = None
    opened_from: Moment | None = Field(None, description="Opened then or later.")
    opened_to: Moment | None = Field(None, description="Opened before.")
    changed_since: Moment | None = Field(None, description="Changed here then or later.")
    order: Order = Order.OPENED


class IncidentFaultOut(Schema):
    path: str = Field(description="JSON pointer into the incident; “/” for the whole.")
    code: str = Field(description="Stays the same in every language.")
    detail: str
    candidates: list[NamedOut] = Field(description="Who may have been meant: nothing is decided by it.")


class OutcomeOut(Schema):
    reference: str
    outcome: PushOutcome
    uuid: UUID | None
    faults: list[IncidentFaultOut]
    warnings: list[IncidentFaultOut] = Field(description="Values without which it was taken.")


class KnownOut(Schema):
    complete_from: date
    complete_until: datetime


class PutOut(Schema):
    outcome: PushOutcome
    warnings: list[IncidentFaultOut]
    incident: IncidentOut | None = Field(description="Null where a person decided that such incidents are left out.")


class CountsOut(Schema):
    created: int
    changed: int
    moved: int
    unchanged: int
    repeated: int
    left_out: int
    refused: int


class BatchOut(Schema):
    counts: CountsOut
    outcomes: list[OutcomeOut] = Field(description="One for each incident, in their order.")
    known: KnownOut | None = Field(description="Of the source: what measures rest on.")


class SourceOut(Schema):
    key: str
    name: str
    ended_on: date | None
    last_imported_at: datetime | None = Field(description="A file.")
    last_pushed_at: datetime | None = Field(description="A push or a heartbeat.")
    known_until: datetime | None = Field(description="By files and pushes: measures end there.")


class SourcePage(Schema):
    items: list[SourceOut]
    next: str | None


def incident_out(incident: Incident) -> IncidentOut:
    """Its vendor and service are loaded."""
    columns = (name for name in IncidentOut.model_fields if name not in ("vendor", "service", "state", "changed_at"))
    return IncidentOut(
        vendor=NamedOut(uuid=incident.vendor.uuid, name=incident.vendor.name),
        service=NamedOut(uuid=incident.service.uuid, name=incident.service.name) if incident.service else None,
        state=_state(incident),
        changed_at=incident.updated_at,
        **{name: getattr(incident, name) for name in columns},
    )


def _state(incident: Incident) -> IncidentState:
    if incident.resolved_at is not None:
        return IncidentState.RESOLVED
    return IncidentState.CLOSED_UNTOLD if incident.is_closed else IncidentState.OPEN


def fault_out(fault: pushes.RowFault) -> IncidentFaultOut:
    near = [NamedOut(uuid=one.uuid, name=one.name) for one in fault.candidates]
    return IncidentFaultOut(path=f"/{fault.name}", code=fault.code, detail=fault.detail, candidates=near)


def outcome_out(told: pushes.RowTold) -> OutcomeOut:
    return OutcomeOut(
        reference=told.reference,
        outcome=told.outcome,
        uuid=told.uuid,
        faults=[fault_out(fault) for fault in told.faults],
        warnings=[fault_out(fault) for fault in told.warnings],
    )


def counts_of(told: Iterable[pushes.RowTold]) -> CountsOut:
    outcomes = [one.outcome.value for one in told]
    return CountsOut(**{outcome.value: outcomes.count(outcome.value) for outcome in PushOutcome})


def known_out(known: pushes.Known | None) -> KnownOut | None:
    return KnownOut(complete_from=known.since, complete_until=known.until) if known else None


def sent(facts: IncidentFacts) -> Mapping[str, Any]:
    """By the names that the import reads."""
    return facts.model_dump(exclude={"reading"}, exclude_none=True)
