"""What is known of an incident, a row a field: a form asks it, a file tells it, a download writes it, its page says it.

What a field is called stands in the model, as the name of its column.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vendors.models import Incident


class ValueKind(StrEnum):
    """What a value is: how it is typed in, read from a cell, written into one and said."""

    LINE = "line"
    MOMENT = "moment"
    ANSWER = "answer"  # a moment, or how long after it was opened
    MINUTES = "minutes"  # a length of time
    STATE = "state"  # whether it is closed
    COUNT = "count"
    YES_NO = "yes_no"
    CRITICAL = "critical"
    SLA = "sla"
    REFERENCE = "reference"
    NAME = "name"  # of a row of another table
    SOURCE = "source"


@dataclass(frozen=True, kw_only=True)
class IncidentField:
    """`key`: what files and mappings call it; `column`: of the incident; empty where it is not kept, but stands in for
    another field, or tells how old a file is. Three texts: what helps whoever types it, what helps whoever looks for it
    in a file, and what follows where nobody knows it (empty: nothing is missed then).
    """

    key: str
    kind: ValueKind
    column: str = ""
    name: str | Promise = ""  # where it is called otherwise than its column
    asked: str | Promise = ""
    in_file: str | Promise = ""
    unknown: str | Promise = ""
    is_required: bool = False
    is_typed: bool = True  # people write it down too, not only files
    is_in_use: bool = False  # the words of earlier incidents are offered

    @property
    def of_model(self) -> models.Field:
        return cast(models.Field, Incident._meta.get_field(self.column))

    @property
    def heading(self) -> str:
        """Of its column in a download, in the active language."""
        return capfirst(str(self.of_model.verbose_name))

    @property
    def label(self) -> str:
        """In the active language."""
        return str(self.name) or self.heading

    @property
    def is_moment(self) -> bool:
        return self.kind in {ValueKind.MOMENT, ValueKind.ANSWER}


FIELDS: tuple[IncidentField, ...] = (
    IncidentField(
        key="reference",
        kind=ValueKind.REFERENCE,
        column="reference",
        asked=_("Its number in your tool or the vendor’s, or any short name that you find it by."),
        in_file=_("The number of the incident in your tool. By it, the next export updates what is here."),
        is_required=True,
    ),
    IncidentField(
        key="opened", kind=ValueKind.MOMENT, column="opened_at", in_file=_("When it was reported."), is_required=True
    ),
    IncidentField(
        key="resolved",
        kind=ValueKind.MOMENT,
        column="resolved_at",
        asked=_("Leave it empty while it is open."),
        in_file=_("When the ticket was resolved. Empty: it is still open."),
        unknown=_("Not yet. It counts in the number of incidents, and in no duration."),
    ),
    IncidentField(
        key="restored",
        kind=ValueKind.MOMENT,
        column="restored_at",
        asked=_("When people could work again, which may be later than “resolved”."),
        in_file=_("When people could work again, where that is written down apart."),
        unknown=_("Unknown. Nobody can say whether the business had to wait longer than the ticket (rule 1)."),
    ),
    IncidentField(
        key="first_response",
        kind=ValueKind.ANSWER,
        column="first_response_at",
        asked=_("When a person of the vendor first answered: an automatic reply is none."),
        in_file=_("When a person of the vendor first answered, or how long that took after it was opened."),
        unknown=_("Unknown. It is left out of the hours to the first response."),
    ),
    IncidentField(
        key="closed",
        kind=ValueKind.MOMENT,
        name=_("Closed at"),
        in_file=_("When the ticket was closed. It stands in where nobody has written down when it was resolved."),
        is_typed=False,
    ),
    IncidentField(
        key="state",
        kind=ValueKind.STATE,
        column="is_closed",
        name=_("State"),
        in_file=_("What is closed or resolved is never called open, even where no moment is told."),
        is_typed=False,
    ),
    IncidentField(
        key="waited",
        kind=ValueKind.MINUTES,
        column="waited_minutes",
        asked=_("It can be taken off the time to resolve: see the hours of the service."),
        in_file=_("How long the ticket waited for you, not for the vendor: “on hold”, “pending”. Numbers need a unit."),
    ),
    IncidentField(
        key="updated",
        kind=ValueKind.MOMENT,
        name=_("Last change"),
        in_file=_("When the ticket was last changed: it tells how old the file is."),
        is_typed=False,
    ),
    IncidentField(key="title", kind=ValueKind.LINE, column="title", asked=_("What happened, in one line.")),
    IncidentField(key="priority", kind=ValueKind.LINE, column="priority", is_in_use=True),
    IncidentField(
        key="mission_critical",
        kind=ValueKind.CRITICAL,
        column="mission_critical",
        asked=_("The business stopped, or soon would have. The measures count these alone."),
        in_file=_("A column that says yes or no, or one that tells the criticality. Without it, the priority decides."),
    ),
    IncidentField(
        key="sla",
        kind=ValueKind.SLA,
        column="sla",
        in_file=_("Whether the agreed service level was met or missed."),
        unknown=_("Unknown. It is left out of the share of service levels that were met."),
    ),
    IncidentField(
        key="reopened",
        kind=ValueKind.COUNT,
        column="reopened",
        unknown=_("Unknown. It is left out of the share of incidents that were reopened (rule 4)."),
    ),
    IncidentField(
        key="handovers",
        kind=ValueKind.COUNT,
        column="handovers",
        asked=_("How many times it went to another person or team."),
        in_file=_("How often it went to another person or team."),
        unknown=_("Unknown. It is left out of the mean number of hand-overs (rule 2)."),
    ),
    IncidentField(
        key="problem",
        kind=ValueKind.LINE,
        column="problem",
        asked=_("In the same words each time it happens: that is how a problem that comes back is seen."),
        in_file=_("What marks a repeat: incidents with the same text here have the same problem."),
        unknown=_("Unknown. Nobody can tell whether it came back (rule 6)."),
        is_in_use=True,
    ),
    IncidentField(
        key="root_cause_proven",
        kind=ValueKind.YES_NO,
        column="root_cause_proven",
        in_file=_("A column that says yes or no."),
        unknown=_("Unknown. It is left out of the share of proven causes (rule 6)."),
    ),
    IncidentField(key="department", kind=ValueKind.LINE, column="department", is_in_use=True),
    IncidentField(
        key="handled_by",
        kind=ValueKind.LINE,
        column="handled_by",
        asked=_("The vendor’s person or team."),
        in_file=_("A person or a team."),
        unknown=_("Unknown. It says nothing about the spread between those who handle incidents (rule 2)."),
        is_in_use=True,
    ),
    IncidentField(
        key="configuration_item",
        kind=ValueKind.LINE,
        column="configuration_item",
        asked=_("What of your inventory it hit: a server, an application, a line. In the same words each time."),
        in_file=_("What of your inventory it hit: the configuration item, asset or object, as your tool calls it."),
        unknown=_("Unknown. It is left out of the items that break most."),
        is_in_use=True,
    ),
    IncidentField(
        key="service", kind=ValueKind.NAME, column="service", in_file=_("The system concerned, as it is called here.")
    ),
    IncidentField(
        key="vendor",
        kind=ValueKind.NAME,
        column="vendor",
        in_file=_("A column with the vendor’s name, or with the group that stands for a vendor."),
        is_typed=False,
    ),
    IncidentField(
        key="origin",
        kind=ValueKind.SOURCE,
        column="source",
        name=_("Source of each incident"),
        in_file=_("For incidents downloaded from here: it tells where each one came from."),
        is_typed=False,
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
KEPT = tuple(field for field in FIELDS if field.column)
BY_COLUMN = {field.column: field for field in KEPT}
# Columns of an incident that no cell tells, but how its resolution was told.
BASIS = ("resolved_is_closing", "resolved_to_day")
TYPED: tuple[str, ...] = tuple(field.column for field in FIELDS if field.is_typed)
# A download begins with what tells an incident apart.
_FIRST = ("vendor", "service", "reference", "title")
WRITTEN = (*(BY_KEY[key] for key in _FIRST), *(field for field in KEPT if field.key not in _FIRST))
