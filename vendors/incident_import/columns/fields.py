"""What a column of a file can tell about an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, kw_only=True)
class Field:
    key: str
    label: str | Promise
    help: str | Promise = ""
    required: bool = False


FIELDS: tuple[Field, ...] = (
    Field(
        key="reference",
        label=_("Reference"),
        help=_("The number of the incident in your tool. By it, the next export updates what is here."),
        required=True,
    ),
    Field(key="opened", label=pgettext_lazy("incident", "Opened"), help=_("When it was reported."), required=True),
    Field(
        key="resolved",
        label=pgettext_lazy("incident", "Resolved"),
        help=_("When the ticket was resolved. Empty: it is still open."),
    ),
    Field(
        key="restored",
        label=_("Business restored"),
        help=_("When people could work again, where that is written down apart."),
    ),
    Field(key="title", label=_("Title")),
    Field(key="priority", label=_("Priority")),
    Field(
        key="mission_critical",
        label=_("Mission-critical"),
        help=_("A column that says yes or no, or one that tells the criticality. Without it, the priority decides."),
    ),
    Field(key="sla", label=_("Service level"), help=_("Whether the agreed service level was met or missed.")),
    Field(key="reopened", label=_("Times reopened")),
    Field(key="handovers", label=_("Hand-overs"), help=_("How often it went to another person or team.")),
    Field(
        key="problem",
        label=_("Problem or cause"),
        help=_("What marks a repeat: incidents with the same text here have the same problem."),
    ),
    Field(key="root_cause_proven", label=_("Root cause proven"), help=_("A column that says yes or no.")),
    Field(key="department", label=_("Department")),
    Field(key="handled_by", label=_("Handled by"), help=_("A person or a team.")),
    Field(key="service", label=_("Service"), help=_("The system concerned, as it is called here.")),
    Field(
        key="vendor",
        label=_("Vendor"),
        help=_("A column with the vendor’s name, or with the group that stands for a vendor."),
    ),
    Field(
        key="origin",
        label=_("Source of each incident"),
        help=_("For incidents downloaded from here: it tells where each one came from."),
    ),
)
BY_KEY: dict[str, Field] = {field.key: field for field in FIELDS}
REQUIRED: tuple[str, ...] = tuple(field.key for field in FIELDS if field.required)
COLUMN_OF: Mapping[str, str] = {  # field → what tells it of an incident: a file in, and a download out
    "vendor": "vendor",
    "service": "service",
    "reference": "reference",
    "title": "title",
    "opened": "opened_at",
    "resolved": "resolved_at",
    "restored": "restored_at",
    "priority": "priority",
    "mission_critical": "mission_critical",
    "sla": "sla",
    "reopened": "reopened",
    "handovers": "handovers",
    "problem": "problem",
    "root_cause_proven": "root_cause_proven",
    "department": "department",
    "handled_by": "handled_by",
    "origin": "source",
}
