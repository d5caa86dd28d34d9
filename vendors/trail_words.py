"""How the audit trail tells what happens to vendors and their facts: verbs, fields, and what stands for a code."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import trail
from vendors.measures.words import LABELS
from vendors.models import Feeling

VERBS: Mapping[str, Promise] = {
    "vendor.added": _("Vendor added"),
    "vendor.changed": _("Vendor changed"),
    "vendor.archived": _("Vendor archived"),
    "vendor.restored": _("Vendor restored"),
    "service.added": _("Service added"),
    "service.changed": _("Service changed"),
    "service.deleted": _("Service deleted"),
    "contact.added": _("Contact added"),
    "contact.changed": _("Contact changed"),
    "contact.deleted": _("Contact deleted"),
    "incident.added": _("Incident added"),
    "incident.changed": _("Incident changed"),
    "incident.deleted": _("Incident deleted"),
    "target.agreed": _("Target agreed"),
    "target.changed": _("Target changed"),
    "target.deleted": _("Target removed"),
    "vendorimport.applied": _("Vendors imported"),
    "incidentimport.started": _("Import of incidents started"),
    "incidentimport.applied": _("Incidents imported"),
    "incidentimport.cancelled": _("Import of incidents cancelled"),
    "incidentimport.undone": _("Import of incidents undone"),
    "importmapping.added": _("Mapping of columns saved"),
    "importmapping.changed": _("Mapping of columns saved anew"),
    "importmapping.deleted": _("Mapping of columns deleted"),
    "feedback.added": _("Feedback given"),
    "feedback.changed": _("Feedback changed"),
    "feedback.deleted": _("Feedback deleted"),
    "feedback.file_added": _("Evidence added to feedback"),
    "feedback.file_deleted": _("Evidence of feedback deleted"),
    "pulse.asked": _("Pulse asked for"),
    "pulse.sent": _("Link of a pulse mailed"),
    "pulse.not_delivered": _("Link of a pulse not delivered"),
    "pulse.renewed": _("Link of a pulse made anew"),
    "pulse.revoked": _("Link of a pulse withdrawn"),
    "pulse.answered": _("Pulse answered"),
}
NAMES: Mapping[str, Promise] = {  # of fields that no model names
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
}
CODES: Mapping[tuple[str, str], trail.Said] = {  # of values
    ("vendors.measuretarget", "measure"): dict(LABELS),
    ("vendors.pulse", "feeling"): dict(Feeling.choices),
}
