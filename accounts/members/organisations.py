"""An organisation's own settings and departments; every change is audited."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.members.changes import MembershipError
from accounts.models import Department, Invitation, Membership, Organisation
from accounts.trail import audit

FIELDS = (
    "name",
    "language",
    "allow_self_approval",
    "repeat_days",
    "asks_after_incidents_since",
    "asks_for_proofs_since",
    "asks_supplementary",
)
# What loses its department without loss of meaning; anything else that names one keeps it from being deleted.
LOOSE = (Membership, Invitation)


def change(
    actor: Membership,
    *,
    name: str,
    language: str,
    allow_self_approval: bool,
    repeat_days: int,
    ask_after_incidents: bool,
    ask_for_proofs: bool,
    asks_supplementary: bool,
    now: datetime,
) -> Organisation:
    """`ask_after_incidents`: pulses go out by themselves, after what is resolved from the moment it is switched on.
    `ask_for_proofs`: so are proofs of cause asked for. `asks_supplementary`: new assessments ask the bank's
    supplementary questions too; what was begun stays as it is."""
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
        before = audit.snapshot(row, FIELDS)
        row.name, row.language = name, language
        row.allow_self_approval, row.repeat_days = allow_self_approval, repeat_days
        row.asks_supplementary = asks_supplementary
        if ask_after_incidents != (row.asks_after_incidents_since is not None):
            row.asks_after_incidents_since = now if ask_after_incidents else None
        if ask_for_proofs != (row.asks_for_proofs_since is not None):
            row.asks_for_proofs_since = now if ask_for_proofs else None
        after = audit.snapshot(row, FIELDS)
        if after != before:
            row.save(update_fields=FIELDS)
            audit.record(actor.user, "organisation.changed", row, before=before, after=after)
    return row


def rehearsals_on_record(actor: Membership, since: date | None) -> Organisation:
    """From which day on every rehearsal with a vendor is on record; None: nobody can say."""
    with transaction.atomic():
        row = Organisation.objects.select_for_update().get(pk=actor.organisation_id)
        before = {"rehearsals_recorded_since": row.rehearsals_recorded_since}
        row.rehearsals_recorded_since = since
        after = {"rehearsals_recorded_since": since}
        if after != before:
            row.save(update_fields=["rehearsals_recorded_since"])
            audit.record(actor.user, "organisation.changed", row, before=before, after=after)
    return row


def add_department(actor: Membership, *, name: str, is_it: bool = False) -> Department:
    """Raises MembershipError where the name is taken."""
    with transaction.atomic():
        row = _save(Department(organisation=actor.organisation, name=name, is_it=is_it))
        after = _department(row)
        audit.record(actor.user, "department.added", row, after=after)
    return row


def change_department(actor: Membership, department: Department, *, name: str, is_it: bool) -> Department:
    """Raises MembershipError where the name is taken."""
    with transaction.atomic():
        before = _department(department)
        department.name, department.is_it = name, is_it
        after = _department(department)
        if after == before:
            return department
        row = _save(department)
        audit.record(actor.user, "department.changed", row, before=before, after=after)
    return row


def delete_department(actor: Membership, department: Department) -> None:
    """Members and invitations stay, without a department. Refused while services or responses name it."""
    with transaction.atomic():
        used = uses(department)
        if used:
            raise MembershipError(
                ngettext(
                    "This department is named in %(count)d other place, such as a service or a response. "
                    "Rename it instead.",
                    "This department is named in %(count)d other places, such as services or responses. "
                    "Rename it instead.",
                    used,
                )
                % {"count": used}
            )
        before = _department(department)
        audit.record(actor.user, "department.deleted", department, before=before)
        department.delete()


def uses(department: Department) -> int:
    """How many rows of other apps name the department: who answered for it counts in the confidence of a score."""
    related = department._meta.get_fields(include_hidden=True)  # those that no field of a department leads to, too
    relations = (one for one in related if isinstance(one, ForeignObjectRel) and one.related_model not in LOOSE)
    return sum(one.related_model._base_manager.filter(**{one.field.name: department}).count() for one in relations)


def _save(department: Department) -> Department:
    try:
        with transaction.atomic():
            department.save()
    except IntegrityError as error:
        raise MembershipError(_("There is a department of this name already.")) from error
    return department


def _department(row: Department) -> dict[str, object]:
    """For the trail: what it is called, and that it runs the IT where it does."""
    return {"name": row.name} | ({"is_it": True} if row.is_it else {})
