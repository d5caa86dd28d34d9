"""The history of an assessment in words: what each entry of the audit trail says to a person."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit, trail
from accounts.models import AuditEntry, AuditEntryQuerySet, Membership
from assessments.models import Assessment
from assessments.secrecy import readable_entries

VERBS: dict[str, Promise] = {
    "assessment_created": _("created the assessment"),
    "assessment_repeated": _("opened the assessment, which repeats an earlier one"),
    "assessment_repeat_changed": _("changed how often the assessment repeats"),
    "assessment_opened": _("opened the questionnaire"),
    "assessment_changed": _("changed the period or the due date"),
    "assessment_submitted": _("submitted the assessment"),
    "assessment_sent_back": _("sent the assessment back"),
    "assessment_approved": _("approved the assessment"),
    "approval_given": _("approved a level"),
    "approval_lapsed": _("changed answers after a level had approved them: it starts again"),
    "assessment_cancelled": _("cancelled the assessment"),
    "rater_invited": _("asked somebody to rate"),
    "rater_joined": _("joined as a rater"),
    "rater_changed": _("changed a rater’s due date"),
    "rater_reminded": _("reminded a rater"),
    "rater_withdrawn": _("no longer asks this rater"),
    "rater_asked_again": _("asks this rater again"),
    "delegation_made": _("handed a question to a colleague"),
    "delegation_done": _("handed a question back"),
    "delegation_taken_back": _("took a question back"),
    "response_handed_in": _("handed in their answers"),
    "response_reopened": _("opened answers again"),
    "answer_changed": _("changed an answer"),
    "evidence_added": _("added evidence"),
    "evidence_deleted": _("removed evidence"),
    "consensus_agreed": _("recorded what was agreed"),
    "consensus_changed": _("changed what was agreed"),
    "consensus_undone": _("took back what was agreed"),
    "meeting_held": _("recorded a consensus meeting"),
    "meeting_changed": _("changed who was at the consensus meeting"),
    "scorecard_made": _("made the scorecard"),
    "link_created": _("made a link for the vendor"),
    "link_sent": _("mailed the link for the vendor"),
    "link_not_delivered": _("could not mail the link for the vendor"),
    "link_renewed": _("made the link for the vendor anew"),
    "link_extended": _("extended the link for the vendor"),
    "link_revoked": _("withdrew the link for the vendor"),
    "link_opened": _("opened the link"),
    "vendor_response_reopened": _("let the vendor answer again"),
    "vendor_response_handed_in": _("handed in the vendor’s answers"),
    "reply_asked": _("asked the vendor for a reply"),
    "reply_extended": _("gave the vendor more time to reply"),
    "reply_withdrawn": _("withdrew the request for a reply"),
    "reply_given": _("replied to the result of a rule"),
    "reply_sent": _("sent the reply"),
}
# Told by the verb (state) or by the page's head, or of no use to a reader.
HIDDEN = frozenset(
    {
        "state",
        "reference",
        "vendor",
        "vendor_id",
        "release",
        "release_id",
        "version",
        "sha256",
        "content_type",
        "answer",
    }
)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field: its name, what it was and what it became, as a person reads them; empty: nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    at: datetime
    who: str
    what: str
    target: str  # empty for the assessment itself
    changes: tuple[Change, ...]


def entries_of(assessment: Assessment, member: Membership) -> AuditEntryQuerySet:
    """What the trail holds about an assessment and all that belongs to it, as far as the member may read it, newest
    first."""
    entries = readable_entries(AuditEntry.objects.for_member(member), member.user)
    return entries.filter(subject_type=assessment._meta.label_lower, subject_id=str(assessment.pk)).select_related(
        "actor"
    )


def readable(entry: AuditEntry) -> HistoryLine:
    is_assessment = entry.object_type == Assessment._meta.label_lower
    return HistoryLine(
        at=entry.at,
        who=_who(entry),
        what=str(VERBS.get(entry.verb.replace(".", "_")) or entry.verb.replace(".", " ").replace("_", " ")),
        target="" if is_assessment else entry.object_label,
        changes=tuple(_changes(entry)),
    )


def _who(entry: AuditEntry) -> str:
    if entry.actor:
        return str(entry.actor)
    return str(_("The system")) if entry.actor_label == audit.SYSTEM else entry.actor_label


def _changes(entry: AuditEntry) -> Iterator[Change]:
    before: dict[str, Any] = entry.before
    after: dict[str, Any] = entry.after
    for name in _in_order(entry.object_type, (before.keys() | after.keys()) - HIDDEN):
        yield Change(
            label=trail.name_in_words(entry.object_type, name),
            before=_words(entry.object_type, name, before.get(name)),
            after=_words(entry.object_type, name, after.get(name)),
        )


def _in_order(object_type: str, names: Set[str]) -> list[str]:
    """As the fields stand in the model, so that “from” comes before “to”; what is no field comes last."""
    try:
        fields = [field.name for field in apps.get_model(object_type)._meta.get_fields()]
    except LookupError:
        fields = []
    return sorted(names, key=lambda name: (fields.index(name) if name in fields else len(fields), name))


def _field(object_type: str, name: str) -> models.Field[Any, Any] | None:
    try:
        field = apps.get_model(object_type)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None


def _words(object_type: str, name: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    field = _field(object_type, name)
    if codes := trail.codes_of(object_type, name):
        return str(codes.get(value, value))
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(value)
        return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else str(value)
    if isinstance(field, models.DateField):
        day: date | None = parse_date(value)
        return date_format(day, "DATE_FORMAT") if day else str(value)
    return str(value)
