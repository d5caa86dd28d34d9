"""How the audit trail tells what happens to vendors and their facts: verbs, fields, and what stands for a code."""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import AuditEntry
from accounts.vocabulary import Signposts, TrailSubject, Verb, Vocabulary
from groundwork.languages import LANGUAGE_CODES
from groundwork.words import day
from vendors.incident_fields import BASIS
from vendors.measures.cards import rule_names
from vendors.measures.words import LABELS
from vendors.models import (
    PROOF_SAVED,
    Acknowledgement,
    CauseProof,
    ChangeNotice,
    Contact,
    Contract,
    DeskLink,
    EmergencyPlan,
    EntryKind,
    Expectation,
    ExpectationEdition,
    Feedback,
    Feeling,
    ImportFailure,
    ImportMapping,
    Incident,
    IncidentImport,
    IncidentSource,
    MeasureTarget,
    Paper,
    ProofFile,
    Pulse,
    Rehearsal,
    Selection,
    Service,
    ServiceCalendar,
    SupportPerson,
    TimelineEntry,
    Training,
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


def _day_of(rehearsal: Rehearsal) -> str:
    """Kept as a date that no language owns."""
    return timezone.localdate(rehearsal.planned_at).isoformat()


def _day_in_words(entry: AuditEntry) -> str:
    found = parse_date(entry.object_label)
    return day(found) if found else entry.object_label


def _edition_of_expectations(entry: AuditEntry) -> str:
    return _("Edition %(number)s of what is expected") % {"number": entry.object_label}


PROOF_TEXTS_TOLD = {
    one.name: one.verbose_name for one in CauseProof._meta.concrete_fields if one.name in PROOF_SAVED
} | {"other_causes": _("other causes")}

VOCABULARY = Vocabulary(
    verbs={
        "vendor.added": Verb(title=_("Vendor added"), told=_("added a vendor")),
        "vendor.changed": Verb(title=_("Vendor changed"), told=_("changed a vendor")),
        "vendor.archived": Verb(title=_("Vendor archived"), told=_("archived a vendor")),
        "vendor.restored": Verb(title=_("Vendor restored"), told=_("restored a vendor")),
        "vendor.deleted": Verb(
            title=_("Vendor taken back with the import that made it"),
            told=_("took a vendor back with the import that made it"),
        ),
        "service.added": Verb(title=_("Service added"), told=_("added a service")),
        "service.changed": Verb(title=_("Service changed"), told=_("changed a service")),
        "service.deleted": Verb(title=_("Service deleted"), told=_("deleted a service")),
        "servicecalendar.set": Verb(title=_("Service hours set"), told=_("set the hours of a service")),
        "servicecalendar.changed": Verb(title=_("Service hours changed"), told=_("changed the hours of a service")),
        "contact.added": Verb(title=_("Contact added"), told=_("added a contact")),
        "contact.changed": Verb(title=_("Contact changed"), told=_("changed a contact")),
        "contact.deleted": Verb(title=_("Contact deleted"), told=_("deleted a contact")),
        "desk_link.created": Verb(
            title=_("Link to the vendor’s desk made"), told=_("made a link to the vendor’s desk")
        ),
        "desk_link.sent": Verb(
            title=_("Link to the vendor’s desk mailed"), told=_("mailed the link to the vendor’s desk")
        ),
        "desk_link.not_delivered": Verb(
            title=_("Link to the vendor’s desk not delivered"), told=_("could not mail the link to the vendor’s desk")
        ),
        "desk_link.renewed": Verb(
            title=_("Link to the vendor’s desk made anew"), told=_("made the link to the vendor’s desk anew")
        ),
        "desk_link.extended": Verb(
            title=_("Link to the vendor’s desk extended"), told=_("extended the link to the vendor’s desk")
        ),
        "desk_link.revoked": Verb(
            title=_("Link to the vendor’s desk withdrawn"), told=_("withdrew the link to the vendor’s desk")
        ),
        "desk_link.opened": Verb(
            title=_("Link to the vendor’s desk opened by the vendor"), told=_("opened the link to the vendor’s desk")
        ),
        "contract.added": Verb(title=_("Contract added"), told=_("added a contract")),
        "contract.changed": Verb(title=_("Contract changed"), told=_("changed a contract")),
        "contract.decided": Verb(title=_("Decided about a contract"), told=_("decided about a contract")),
        "contract.renewed": Verb(
            title=_("Contract renewed by itself"), told=_("moved a contract on to the term that followed")
        ),
        "contract.ended": Verb(title=_("End of a contract"), told=_("noted the end of a contract")),
        "contract.deleted": Verb(title=_("Contract deleted"), told=_("deleted a contract")),
        "contract.file_added": Verb(title=_("File added to a contract"), told=_("added a file to a contract")),
        "contract.file_deleted": Verb(title=_("File of a contract deleted"), told=_("deleted a file of a contract")),
        "paper.added": Verb(title=_("Paper added"), told=_("added a paper")),
        "paper.changed": Verb(title=_("Paper changed"), told=_("changed a paper")),
        "paper.replaced": Verb(title=_("Paper replaced by a newer one"), told=_("replaced a paper by a newer one")),
        "paper.deleted": Verb(title=_("Paper deleted"), told=_("deleted a paper")),
        "paper.file_added": Verb(title=_("File added to a paper"), told=_("added a file to a paper")),
        "paper.file_deleted": Verb(title=_("File of a paper deleted"), told=_("deleted a file of a paper")),
        "emergency.written": Verb(
            title=_("Page for when it breaks written"), told=_("wrote the page for when a service breaks")
        ),
        "emergency.changed": Verb(
            title=_("Page for when it breaks changed"), told=_("changed the page for when a service breaks")
        ),
        "emergency.checked": Verb(
            title=_("Page for when it breaks checked"), told=_("went through the page for when a service breaks")
        ),
        "training.noted": Verb(title=_("Training noted"), told=_("noted a training")),
        "training.changed": Verb(title=_("Training corrected"), told=_("corrected a training")),
        "training.deleted": Verb(title=_("Training deleted"), told=_("deleted a training")),
        "support_person.named": Verb(title=_("Support person named"), told=_("named a support person")),
        "support_person.changed": Verb(title=_("Support person corrected"), told=_("corrected a support person")),
        "support_person.deleted": Verb(title=_("Support person deleted"), told=_("deleted a support person")),
        "notice.announced": Verb(title=_("Change announced"), told=_("announced a change")),
        "notice.changed": Verb(title=_("Notice of a change altered"), told=_("altered the notice of a change")),
        "notice.withdrawn": Verb(title=_("Notice of a change withdrawn"), told=_("withdrew the notice of a change")),
        "notice.read": Verb(
            title=_("Notice of a change read"), told=_("confirmed that the notice of a change was read")
        ),
        "notice.went": Verb(title=_("How a change went"), told=_("wrote down how a change went")),
        "rehearsal.planned": Verb(title=_("Rehearsal or review planned"), told=_("planned a rehearsal or a review")),
        "rehearsal.changed": Verb(
            title=_("Plan of a rehearsal or review changed"), told=_("changed the plan of a rehearsal or review")
        ),
        "rehearsal.told_invited": Verb(title=_("Guests invited"), told=_("invited guests to a rehearsal or review")),
        "rehearsal.told_moved": Verb(
            title=_("Guests told of a change"), told=_("told guests of a change of a rehearsal or review")
        ),
        "rehearsal.told_called_off": Verb(
            title=_("Guests told that it is called off"),
            told=_("told guests that a rehearsal or review is called off"),
        ),
        "rehearsal.not_told": Verb(
            title=_("Mail to guests not delivered"), told=_("could not mail guests of a rehearsal or review")
        ),
        "rehearsal.called_off": Verb(
            title=_("Rehearsal or review called off"), told=_("called off a rehearsal or review")
        ),
        "rehearsal.held": Verb(
            title=_("Rehearsal or review held"), told=_("wrote down that a rehearsal or review was held")
        ),
        "rehearsal.noted": Verb(
            title=_("Rehearsal or review held, not planned here"),
            told=_("wrote down a rehearsal or review that was held"),
        ),
        "rehearsal.shown": Verb(
            title=_("Rehearsal or review without us shown"),
            told=_("wrote down what shows a rehearsal or review without us"),
        ),
        "rehearsal.corrected": Verb(
            title=_("Record of a rehearsal or review corrected"),
            told=_("corrected the record of a rehearsal or review"),
        ),
        "expectationedition.drafted": Verb(
            title=_("Draft of expectations begun"), told=_("began a draft of expectations")
        ),
        "expectationedition.deleted": Verb(
            title=_("Draft of expectations given up"), told=_("gave up a draft of expectations")
        ),
        "expectationedition.published": Verb(title=_("Expectations published"), told=_("published expectations")),
        "acknowledgement.given": Verb(
            title=_("Expectations acknowledged by the vendor"), told=_("acknowledged what is expected")
        ),
        "acknowledgement.noted": Verb(
            title=_("Acknowledgement of the expectations noted"), told=_("noted that the vendor acknowledged")
        ),
        "expectation.added": Verb(title=_("Expectation added"), told=_("added an expectation")),
        "expectation.changed": Verb(title=_("Expectation changed"), told=_("changed an expectation")),
        "expectation.moved": Verb(title=_("Expectation moved"), told=_("moved an expectation")),
        "expectation.removed": Verb(title=_("Expectation removed"), told=_("removed an expectation")),
        "incident.added": Verb(title=_("Incident added"), told=_("added an incident")),
        "incident.changed": Verb(title=_("Incident changed"), told=_("changed an incident")),
        "incident.deleted": Verb(title=_("Incident deleted"), told=_("deleted an incident")),
        "incident.joined": Verb(
            title=_("Incident joined with another that is the same"),
            told=_("joined an incident with another that is the same"),
        ),
        "timelineentry.added": Verb(
            title=_("Entry of a timeline written"), told=_("wrote an entry into the hour of an incident")
        ),
        "timelineentry.corrected": Verb(
            title=_("Entry of a timeline corrected"), told=_("corrected an entry in the hour of an incident")
        ),
        "target.agreed": Verb(title=_("Target agreed"), told=_("agreed a target")),
        "target.changed": Verb(title=_("Target changed"), told=_("changed a target")),
        "target.deleted": Verb(title=_("Target removed"), told=_("removed a target")),
        "vendorimport.applied": Verb(title=_("Vendors imported"), told=_("imported vendors")),
        "incidentimport.started": Verb(
            title=_("Import of incidents started"), told=_("started an import of incidents")
        ),
        "incidentimport.applied": Verb(title=_("Incidents imported"), told=_("imported incidents")),
        "incidentimport.cancelled": Verb(
            title=_("Import of incidents cancelled"), told=_("cancelled an import of incidents")
        ),
        "incidentimport.failed": Verb(
            title=_("Import of incidents failed"), told=_("could not finish an import of incidents")
        ),
        "incidentimport.told": Verb(
            title=_("Said what a file of incidents holds"), told=_("said what a file of incidents holds")
        ),
        "incidentimport.undone": Verb(title=_("Import of incidents undone"), told=_("undid an import of incidents")),
        "incidentimport.pushed": Verb(title=_("Incidents pushed"), told=_("began to push incidents")),
        "incidentimport.moved": Verb(
            title=_("Incidents moved to another vendor"), told=_("moved incidents to another vendor")
        ),
        "incidentsource.added": Verb(title=_("Source of incidents added"), told=_("added a source of incidents")),
        "incidentsource.changed": Verb(title=_("Source of incidents changed"), told=_("changed a source of incidents")),
        "importmapping.added": Verb(title=_("Mapping of columns saved"), told=_("saved a mapping of columns")),
        "importmapping.changed": Verb(
            title=_("Mapping of columns saved anew"), told=_("saved a mapping of columns anew")
        ),
        "importmapping.deleted": Verb(title=_("Mapping of columns deleted"), told=_("deleted a mapping of columns")),
        "feedback.added": Verb(title=_("Feedback given"), told=_("gave feedback")),
        "feedback.changed": Verb(title=_("Feedback changed"), told=_("changed feedback")),
        "feedback.deleted": Verb(title=_("Feedback deleted"), told=_("deleted feedback")),
        "feedback.file_added": Verb(title=_("Evidence added to feedback"), told=_("added evidence to feedback")),
        "feedback.file_deleted": Verb(title=_("Evidence of feedback deleted"), told=_("deleted evidence of feedback")),
        "pulse.asked": Verb(title=_("Pulse asked for"), told=_("asked for a pulse")),
        "pulse.sent": Verb(title=_("Link of a pulse mailed"), told=_("mailed the link of a pulse")),
        "pulse.not_delivered": Verb(
            title=_("Link of a pulse not delivered"), told=_("could not mail the link of a pulse")
        ),
        "pulse.renewed": Verb(title=_("Link of a pulse made anew"), told=_("made the link of a pulse anew")),
        "pulse.revoked": Verb(title=_("Link of a pulse withdrawn"), told=_("withdrew the link of a pulse")),
        "causeproof.asked": Verb(title=_("Proof of cause asked for"), told=_("asked for a proof of cause")),
        "causeproof.assigned": Verb(
            title=_("Other people for a proof of cause"), told=_("named other people for a proof of cause")
        ),
        "causeproof.extended": Verb(
            title=_("More time for a proof of cause"), told=_("gave more time for a proof of cause")
        ),
        "causeproof.written": Verb(
            title=_("Proof of cause written"), told=_("wrote on a proof of cause"), in_stretches=True
        ),
        "causeproof.handed_in": Verb(title=_("Proof of cause handed in"), told=_("handed in a proof of cause")),
        "causeproof.returned": Verb(title=_("Proof of cause returned"), told=_("returned a proof of cause")),
        "causeproof.accepted": Verb(title=_("Proof of cause accepted"), told=_("accepted a proof of cause")),
        "causeproof.waived": Verb(
            title=_("Proof of cause not asked for any more"), told=_("does not ask for a proof of cause any more")
        ),
        "causeproof.file_added": Verb(
            title=_("File added to a proof of cause"), told=_("added a file to a proof of cause")
        ),
        "causeproof.file_deleted": Verb(
            title=_("File of a proof of cause deleted"), told=_("deleted a file of a proof of cause")
        ),
        "pulse.answered": Verb(title=_("Pulse answered"), told=_("answered a pulse")),
    },
    kinds={
        Vendor: TrailSubject(signposts=_of_vendor, told=_beside_its_vendor, route="vendor_detail"),
        Service: TrailSubject(part_of=attrgetter("vendor")),
        ServiceCalendar: TrailSubject(part_of=attrgetter("service.vendor"), codes={"country": country_words}),
        EmergencyPlan: TrailSubject(part_of=attrgetter("service.vendor"), label=attrgetter("service.name")),
        Contact: TrailSubject(part_of=attrgetter("vendor")),
        DeskLink: TrailSubject(part_of=attrgetter("vendor")),
        Contract: TrailSubject(part_of=attrgetter("vendor"), route="contract_detail", unsaid=frozenset({"sha256"})),
        Paper: TrailSubject(part_of=attrgetter("vendor"), unsaid=frozenset({"sha256"})),
        Rehearsal: TrailSubject(
            part_of=attrgetter("vendor"), label=_day_of, told=_day_in_words, route="rehearsal_detail"
        ),
        Training: TrailSubject(part_of=attrgetter("vendor")),
        SupportPerson: TrailSubject(part_of=attrgetter("vendor")),
        ChangeNotice: TrailSubject(part_of=attrgetter("vendor"), route="change_notice"),
        Acknowledgement: TrailSubject(part_of=attrgetter("vendor"), label=attrgetter("vendor.name")),
        ExpectationEdition: TrailSubject(route="expectation_edition", told=_edition_of_expectations),
        Expectation: TrailSubject(part_of=attrgetter("edition"), codes={"measure": dict(LABELS), "rule": rule_names}),
        VendorImport: TrailSubject(),
        Incident: TrailSubject(part_of=attrgetter("vendor"), route="incident_detail", unsaid=frozenset(BASIS)),
        TimelineEntry: TrailSubject(
            part_of=attrgetter("incident.vendor"),
            label=lambda row: row.incident.reference,
            codes={"kind": dict(EntryKind.choices)},
        ),
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
        CauseProof: TrailSubject(part_of=attrgetter("vendor"), codes={"written": PROOF_TEXTS_TOLD}),
        ProofFile: TrailSubject(part_of=attrgetter("proof.vendor"), unsaid=frozenset({"sha256"})),
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
        "calls": _("whom to call"),
        "affected": _("departments that stand still"),
        "found": _("what was found"),
        "edition": _("edition"),
        "to_discuss": _("rules to talk about"),
        "expectations": _("expectations"),
        "comment": _("comment"),
        "feeling": _("feeling"),
        "told_why": _("told why they asked"),
        "fixes_thrown": _("fixes thrown at it"),
        "was_fast": _("fast"),
        "cause_proven": _("cause proven"),
        "told_beforehand": _("told beforehand"),
        "workaround": _("a way round was offered"),
        "courteous": _("courteous in tone"),
        "services": _("services"),
        "departments": _("departments that are told"),
        "file": _("file"),
        "guests": _("guests"),
        "came": _("who was there"),
        "replaced_by": _("newer one"),
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
        "written": _("text written"),
    },
)
