"""The audit trail as people read it: verbs, field names and values in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import AuditEntry, AuditEntryQuerySet, User

# What happened, by the verb that `audit.record` got. A test reads the code: every verb in use has its words.
VERBS: dict[str, str | Promise] = {
    "organisation.added": gettext_lazy("Organisation added"),
    "organisation.changed": gettext_lazy("Organisation settings changed"),
    "department.added": gettext_lazy("Department added"),
    "department.changed": gettext_lazy("Department changed"),
    "department.deleted": gettext_lazy("Department deleted"),
    "member.added": gettext_lazy("Member added"),
    "member.changed": gettext_lazy("Member changed"),
    "member.joined": gettext_lazy("Joined the organisation"),
    "invitation.sent": gettext_lazy("Invitation sent"),
    "invitation.resent": gettext_lazy("Invitation sent again"),
    "invitation.revoked": gettext_lazy("Invitation withdrawn"),
    "user.added": gettext_lazy("User added"),
    "user.changed": gettext_lazy("User changed"),
    "assessment.created": gettext_lazy("Assessment created"),
    "assessment.repeated": gettext_lazy("Assessment repeated"),
    "assessment.repeat_changed": gettext_lazy("Repetition of the assessment changed"),
    "assessment.changed": gettext_lazy("Period or due date changed"),
    "assessment.opened": gettext_lazy("Questionnaire opened"),
    "assessment.submitted": gettext_lazy("Assessment submitted"),
    "assessment.sent_back": gettext_lazy("Assessment sent back"),
    "assessment.approved": gettext_lazy("Assessment approved"),
    "approval.given": gettext_lazy("Level of approval passed"),
    "approval.lapsed": gettext_lazy("Approval lapsed: answers changed"),
    "approval_level.added": gettext_lazy("Level of approval added"),
    "approval_level.changed": gettext_lazy("Level of approval changed"),
    "approval_level.moved": gettext_lazy("Level of approval moved"),
    "approval_level.deleted": gettext_lazy("Level of approval removed"),
    "assessment.cancelled": gettext_lazy("Assessment cancelled"),
    "rater.invited": gettext_lazy("Rater asked"),
    "rater.joined": gettext_lazy("Rater joined"),
    "rater.changed": gettext_lazy("Rater’s due date changed"),
    "rater.reminded": gettext_lazy("Rater reminded"),
    "rater.withdrawn": gettext_lazy("Rater withdrawn"),
    "rater.asked_again": gettext_lazy("Rater asked again"),
    "delegation.made": gettext_lazy("Question handed to a colleague"),
    "delegation.done": gettext_lazy("Question handed back"),
    "delegation.taken_back": gettext_lazy("Question taken back"),
    "answer.changed": gettext_lazy("Answer changed"),
    "evidence.added": gettext_lazy("Evidence added"),
    "evidence.deleted": gettext_lazy("Evidence removed"),
    "consensus.agreed": gettext_lazy("Agreed in the consensus meeting"),
    "consensus.changed": gettext_lazy("Agreement changed"),
    "consensus.undone": gettext_lazy("Agreement taken back"),
    "meeting.held": gettext_lazy("Consensus meeting recorded"),
    "meeting.changed": gettext_lazy("Consensus meeting changed"),
    "scorecard.made": gettext_lazy("Scorecard made"),
    "link.created": gettext_lazy("Link for the vendor made"),
    "link.sent": gettext_lazy("Link for the vendor mailed"),
    "link.not_delivered": gettext_lazy("Link for the vendor not delivered"),
    "link.renewed": gettext_lazy("Link for the vendor made anew"),
    "link.extended": gettext_lazy("Link for the vendor extended"),
    "link.revoked": gettext_lazy("Link for the vendor withdrawn"),
    "link.opened": gettext_lazy("Link opened by the vendor"),
    "response.handed_in": gettext_lazy("Answers handed in"),
    "response.reopened": gettext_lazy("Answers opened again"),
    "vendor_response.reopened": gettext_lazy("Vendor’s answers opened again"),
    "vendor_response.handed_in": gettext_lazy("Vendor’s answers handed in"),
    "reply.asked": gettext_lazy("Vendor asked for a reply"),
    "reply.extended": gettext_lazy("Time to reply extended"),
    "reply.withdrawn": gettext_lazy("Request for a reply withdrawn"),
    "reply.given": gettext_lazy("Reply to a rule"),
    "reply.sent": gettext_lazy("Reply sent"),
}
# Names in `before` and `after` that are not fields of the row.
NAMES: dict[str, str | Promise] = {
    "reason": gettext_lazy("reason"),
    "member": gettext_lazy("member"),
    "groups": gettext_lazy("groups"),
    "user_permissions": gettext_lazy("permissions"),
    "expires_at": gettext_lazy("valid until"),
    "revoked_at": gettext_lazy("withdrawn on"),
    "name": gettext_lazy("name"),
    "sha256": "SHA-256",
}
Said = Mapping[Any, str | Promise]  # by the code: a word, or a number such as a feeling
# Codes that the field itself has no choices for, by object type and field; a function where the words are data.
CODES: dict[tuple[str, str], Said | Callable[[], Said]] = {}
# Names in `before` and `after` that say nothing to a reader, by object type.
UNSAID: set[tuple[str, str]] = set()
# What each app keeps from a reader of the trail: a function from entries and reader to the entries that they may read.
Concealment = Callable[[AuditEntryQuerySet, User], AuditEntryQuerySet]
CONCEALMENTS: list[Concealment] = []
# Where a row can be looked at: object type → route with the row's id.
PLACES: dict[str, str] = {
    "accounts.membership": "member_edit",
    "accounts.department": "department_edit",
    "vendors.vendor": "vendor_detail",
    "vendors.incident": "incident_detail",
    "vendors.incidentimport": "incident_import_detail",
    "vendors.feedback": "feedback_detail",
    "assessments.assessment": "assessment_detail",
    "assessments.approvallevel": "approval_level_edit",
    "reports.scorecard": "scorecard_detail",
}
KINDS = (
    "accounts.organisation",
    "accounts.membership",
    "accounts.department",
    "accounts.invitation",
    "vendors.vendor",
    "vendors.service",
    "vendors.contact",
    "vendors.vendorimport",
    "vendors.incident",
    "vendors.incidentimport",
    "vendors.importmapping",
    "vendors.feedback",
    "vendors.pulse",
    "vendors.measuretarget",
    "assessments.assessment",
    "assessments.response",
    "assessments.answer",
    "assessments.evidence",
    "assessments.consensus",
    "assessments.meeting",
    "assessments.approval",
    "assessments.approvallevel",
    "assessments.delegation",
    "assessments.vendorlink",
    "assessments.replyrequest",
    "assessments.reply",
    "reports.scorecard",
)
NOTHING = "–"


def register(
    verbs: Said | None = None,
    *,
    names: Said | None = None,
    codes: Mapping[tuple[str, str], Said | Callable[[], Said]] | None = None,
    unsaid: Iterable[tuple[str, str]] = (),
    conceal: Concealment | None = None,
) -> None:
    """An app's own verbs, names of fields and words for coded values, and which entries it keeps from whom; called
    from its `AppConfig.ready`."""
    VERBS.update(verbs or {})
    NAMES.update(names or {})
    CODES.update(codes or {})
    UNSAID.update(unsaid)
    if conceal is not None and conceal not in CONCEALMENTS:
        CONCEALMENTS.append(conceal)


def readable(entries: AuditEntryQuerySet, reader: User) -> AuditEntryQuerySet:
    """Those that this person may read, whatever their role."""
    for conceal in CONCEALMENTS:
        entries = conceal(entries, reader)
    return entries


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of an entry: its name and values in words; an added row has no `before`, a deleted one no `after`."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry in words; `url` is empty where there is no page to look at."""

    at: datetime
    actor: str
    verb: str
    kind: str
    label: str
    url: str
    changes: tuple[Change, ...]


def verb_in_words(verb: str) -> str:
    """`scorecard.made` and `scorecard_made` are one verb; an unknown one is shown as it is."""
    return str(VERBS.get(verb) or VERBS.get(verb.replace("_", ".", 1)) or verb)


def name_in_words(object_type: str, name: str) -> str:
    """What a field of `before` and `after` is called."""
    return _name(name, _field(_model(object_type), name))


def codes_of(object_type: str, name: str) -> Said:
    """The words for the codes of a field; empty for one that holds no codes."""
    if said := CODES.get((object_type, name)):
        return said() if callable(said) else said
    field = _field(_model(object_type), name)
    return dict(field.flatchoices) if field and field.choices else {}


def kinds() -> list[tuple[str, str]]:
    """The kinds of things that a trail can be about, by name."""
    return sorted(((kind, _kind(kind)) for kind in KINDS), key=lambda pair: pair[1])


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """Entries in words. One query for each kind of row that is referred to, however many entries there are."""
    entries = list(entries)
    labels = _labels(entries)
    codes = {pair: codes_of(*pair) for pair in _pairs(entries) if pair in CODES}
    return [
        Line(
            at=entry.at,
            actor=_actor(entry),
            verb=verb_in_words(entry.verb),
            kind=_kind(entry.object_type),
            label=entry.object_label,
            url=_place(entry),
            changes=tuple(_changes(entry, labels, codes)),
        )
        for entry in entries
    ]


def _pairs(entries: Iterable[AuditEntry]) -> set[tuple[str, str]]:
    return {(entry.object_type, name) for entry in entries for name in entry.before.keys() | entry.after.keys()}


def _actor(entry: AuditEntry) -> str:
    return _("System") if entry.actor_label == audit.SYSTEM else entry.actor_label


def _kind(object_type: str) -> str:
    model = _model(object_type)
    return capfirst(str(model._meta.verbose_name)) if model else object_type


def _place(entry: AuditEntry) -> str:
    for kind, pk in ((entry.object_type, entry.object_id), (entry.subject_type, entry.subject_id)):
        if kind in PLACES and not entry.verb.endswith("deleted"):
            try:
                return reverse(PLACES[kind], args=[pk])
            except NoReverseMatch:
                continue
    return ""


def _changes(
    entry: AuditEntry, labels: dict[tuple[type[models.Model], Any], str], codes: Mapping[tuple[str, str], Said]
) -> Iterator[Change]:
    model = _model(entry.object_type)
    for name in _in_order(model, entry.before.keys() | entry.after.keys()):
        if (entry.object_type, name) in UNSAID:
            continue
        field, said = _field(model, name), codes.get((entry.object_type, name), {})
        before, after = (_decoded(said, values.get(name)) for values in (entry.before, entry.after))
        yield Change(
            name=_name(name, field),
            before=_value(field, before, labels) if entry.before else "",
            after=_value(field, after, labels) if entry.after else "",
        )


def _decoded(said: Said, value: Any) -> Any:
    return str(said[value]) if isinstance(value, str | int) and value in said else value


def _in_order(model: type[models.Model] | None, names: Set[str]) -> list[str]:
    """As the fields stand in the model, so that “from” comes before “to”; what is no field comes last."""
    fields = [field.name for field in model._meta.get_fields()] if model else []
    return sorted(names, key=lambda name: (fields.index(name) if name in fields else len(fields), name))


def _name(name: str, field: models.Field | None) -> str:
    if name in NAMES:
        return capfirst(str(NAMES[name]))
    if (
        isinstance(field, models.ForeignKey) and getattr(field, "_verbose_name", "") is None
    ):  # Django's own would be English
        return capfirst(str(field.related_model._meta.verbose_name))
    return capfirst(str(field.verbose_name) if field else name.replace("_", " "))


def _value(field: models.Field | None, value: Any, labels: dict[tuple[type[models.Model], Any], str]) -> str:
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value) if field is None else _value_of(field, value, labels)


def _value_of(field: models.Field, value: Any, labels: dict[tuple[type[models.Model], Any], str]) -> str:
    if isinstance(field, models.ForeignKey):
        return labels.get((field.related_model, value), str(value))  # type: ignore[arg-type]
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _moment(field, value) or str(value)


def _moment(field: models.Field, value: Any) -> str:
    """A date or a time as the language writes it; empty for anything else."""
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""
    if isinstance(field, models.DateField):
        day: date | None = parse_date(str(value))
        return formats.date_format(day, "SHORT_DATE_FORMAT") if day else ""
    return ""


def _labels(entries: Iterable[AuditEntry]) -> dict[tuple[type[models.Model], Any], str]:
    """The words for every row that a foreign key in `entries` names."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for entry in entries:
        model = _model(entry.object_type)
        for name, value in (*entry.before.items(), *entry.after.items()):
            field = _field(model, name)
            if isinstance(field, models.ForeignKey) and isinstance(value, int) and not isinstance(value, bool):
                wanted.setdefault(field.related_model, set()).add(value)  # type: ignore[arg-type]
    return {
        (model, row.pk): str(row)
        for model, pks in wanted.items()
        for row in model._base_manager.select_related().filter(pk__in=pks)
    }


def _model(object_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, name: str) -> models.Field | None:
    if model is None:
        return None
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None
