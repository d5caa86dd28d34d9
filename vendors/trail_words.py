"""How the audit trail tells what happens to vendors and their facts: verbs, fields, and what stands for a code."""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import AuditEntry
from accounts.vocabulary import Signposts, TrailSubject, Verb, Vocabulary
from groundwork.languages import LANGUAGE_CODES
from vendors.incident_fields import BASIS
from vendors.measures.words import LABELS
from vendors.models import (
    Contact,
    Feedback,
    Feeling,
    ImportFailure,
    ImportMapping,
    Incident,
    IncidentImport,
    IncidentSource,
    MeasureTarget,
    Pulse,
    Selection,
    Service,
    ServiceCalendar,
    Vendor,
    VendorImport,
)
from vendors.register.naming import VENDORS
from vendors.service_hours.changes import DAY_WORDS
from vendors.service_hours.words import country_words


def _the_one_vendor(upload: IncidentImport) -> Vendor | None:
    """Where the whole file is of one vendor, it belongs to that vendor's history."""
    return Vendor.objects.filter(organisation=upload.organisation_id, pk=upload.options.get("vendor")).first()


def _of_vendor(vendor: Vendor) -> Signposts:
    return Signposts(vendor_ref=vendor.pk, vendor_name=vendor.name)


def _beside_its_vendor(entry: AuditEntry) -> str:
    return "" if entry.vendor_ref else entry.object_label


@cache
def _measures_in_any_language() -> dict[str, str]:
    """What a measure is called → its key: entries of earlier versions keep the word of whoever wrote them."""
    called: dict[str, str] = {}
    for language in LANGUAGE_CODES:
        with override(language):
            called |= {str(word): str(key) for key, word in LABELS.items()}
    return called


def _failures() -> dict[str, str]:
    """Why imports fail, by code; what was wrong with the one file stands on its page."""
    return {code: re.sub(r"%\(\w+\)s", "…", str(words)) for code, words in ImportFailure.choices}


def _measure(entry: AuditEntry) -> str:
    key = _measures_in_any_language().get(entry.object_label, entry.object_label)
    return str(LABELS.get(key, key))


VOCABULARY = Vocabulary(
    verbs={
        "vendor.added": Verb(title=_("Vendor added")),
        "vendor.changed": Verb(title=_("Vendor changed")),
        "vendor.archived": Verb(title=_("Vendor archived")),
        "vendor.restored": Verb(title=_("Vendor restored")),
        "vendor.deleted": Verb(title=_("Vendor taken back with the import that made it")),
        "service.added": Verb(title=_("Service added")),
        "service.changed": Verb(title=_("Service changed")),
        "service.deleted": Verb(title=_("Service deleted")),
        "servicecalendar.set": Verb(title=_("Service hours set")),
        "servicecalendar.changed": Verb(title=_("Service hours changed")),
        "contact.added": Verb(title=_("Contact added")),
        "contact.changed": Verb(title=_("Contact changed")),
        "contact.deleted": Verb(title=_("Contact deleted")),
        "incident.added": Verb(title=_("Incident added")),
        "incident.changed": Verb(title=_("Incident changed")),
        "incident.deleted": Verb(title=_("Incident deleted")),
        "incident.joined": Verb(title=_("Incident joined with another that is the same")),
        "target.agreed": Verb(title=_("Target agreed")),
        "target.changed": Verb(title=_("Target changed")),
        "target.deleted": Verb(title=_("Target removed")),
        "vendorimport.applied": Verb(title=_("Vendors imported")),
        "incidentimport.started": Verb(title=_("Import of incidents started")),
        "incidentimport.applied": Verb(title=_("Incidents imported")),
        "incidentimport.cancelled": Verb(title=_("Import of incidents cancelled")),
        "incidentimport.failed": Verb(title=_("Import of incidents failed")),
        "incidentimport.told": Verb(title=_("Said what a file of incidents holds")),
        "incidentimport.undone": Verb(title=_("Import of incidents undone")),
        "incidentimport.moved": Verb(title=_("Incidents moved to another vendor")),
        "incidentsource.added": Verb(title=_("Source of incidents added")),
        "incidentsource.changed": Verb(title=_("Source of incidents changed")),
        "importmapping.added": Verb(title=_("Mapping of columns saved")),
        "importmapping.changed": Verb(title=_("Mapping of columns saved anew")),
        "importmapping.deleted": Verb(title=_("Mapping of columns deleted")),
        "feedback.added": Verb(title=_("Feedback given")),
        "feedback.changed": Verb(title=_("Feedback changed")),
        "feedback.deleted": Verb(title=_("Feedback deleted")),
        "feedback.file_added": Verb(title=_("Evidence added to feedback")),
        "feedback.file_deleted": Verb(title=_("Evidence of feedback deleted")),
        "pulse.asked": Verb(title=_("Pulse asked for")),
        "pulse.sent": Verb(title=_("Link of a pulse mailed")),
        "pulse.not_delivered": Verb(title=_("Link of a pulse not delivered")),
        "pulse.renewed": Verb(title=_("Link of a pulse made anew")),
        "pulse.revoked": Verb(title=_("Link of a pulse withdrawn")),
        "pulse.answered": Verb(title=_("Pulse answered")),
    },
    kinds={
        Vendor: TrailSubject(signposts=_of_vendor, told=_beside_its_vendor, route="vendor_detail"),
        Service: TrailSubject(part_of=attrgetter("vendor")),
        ServiceCalendar: TrailSubject(part_of=attrgetter("service.vendor"), codes={"country": country_words}),
        Contact: TrailSubject(part_of=attrgetter("vendor")),
        VendorImport: TrailSubject(),
        Incident: TrailSubject(part_of=attrgetter("vendor"), route="incident_detail", unsaid=frozenset(BASIS)),
        IncidentImport: TrailSubject(
            part_of=_the_one_vendor,
            route="incident_import_detail",
            codes={"selection": dict(Selection.choices), "failure": _failures},
            unsaid=frozenset({"sha256"}),
        ),
        ImportMapping: TrailSubject(unsaid=frozenset({"options", "headings"})),
        IncidentSource: TrailSubject(),
        Feedback: TrailSubject(part_of=attrgetter("vendor"), route="feedback_detail"),
        Pulse: TrailSubject(
            part_of=attrgetter("incident.vendor"),
            label=lambda row: f"{row.incident}: {row.receiver}",
            codes={"feeling": dict(Feeling.choices)},
        ),
        MeasureTarget: TrailSubject(
            part_of=attrgetter("vendor"),
            label=attrgetter("measure"),
            told=_measure,
            codes={"measure": dict(LABELS)},
        ),
    },
    namings={"vendor_ref": VENDORS},
    names={  # of fields that no model names
        **DAY_WORDS,
        "archived_at": _("archived on"),
        "comment": _("comment"),
        "feeling": _("feeling"),
        "told_why": _("told why they asked"),
        "fixes_thrown": _("fixes thrown at it"),
        "was_fast": _("fast"),
        "cause_proven": _("cause proven"),
        "services": _("services"),
        "contact": _("contact"),
        "new": _("new"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "error": _("not imported"),
        "left_out": _("left out"),
        "repeated": _("said again"),
        "problems": _("problems"),
        "kept": _("kept, because changed since"),
        "moved": _("moved"),
        "joined_with": _("joined with"),
        "failure": _("why it failed"),
        "rows_read": _("rows read"),
        "rows_total": _("rows of the file"),
    },
)
