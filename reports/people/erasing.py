"""Erasure: who it was is gone, what was decided stays true. A pseudonym stands where the name stood."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Invitation, KeptForm, Membership, Role, User
from accounts.trail import audit
from assessments.models import Assessment, CommitmentLink, Digest, Preferences, VendorLink
from groundwork.refusals import Refusal
from reports.models import Batch, Export
from reports.people.gathering import open_sessions
from reports.people.kept import text_columns
from vendors.models import Contact, DeskLink

NOWHERE = "erased.invalid"  # no mail reaches it, ever (RFC 2606)
# Columns in which the name of a person stands by itself, of the organisations that the person is known to.
NAMES: tuple[tuple[str, str, str], ...] = (
    ("vendors.Feedback", "name", "vendor__organisation"),
    ("vendors.Pulse", "name", "incident__organisation"),
    ("vendors.RehearsalGuest", "name", "rehearsal__vendor__organisation"),
    ("vendors.SupportPerson", "name", "vendor__organisation"),
    ("vendors.EmergencyCall", "name", "plan__service__vendor__organisation"),
    ("vendors.EmergencyPlan", "checked_by", "service__vendor__organisation"),
    ("vendors.AffectedDepartment", "told_by", "plan__service__vendor__organisation"),
    ("vendors.Incident", "handled_by", "organisation"),
    ("vendors.CauseProof", "handed_in_by", "organisation"),
    ("vendors.DeskLink", "name", "vendor__organisation"),
    ("assessments.Commitment", "agreed_by", "organisation"),
    ("assessments.Commitment", "kept_by", "organisation"),
    ("assessments.CommitmentLink", "name", "vendor__organisation"),
    ("assessments.VendorLink", "name", "assessment__organisation"),
    ("assessments.Meeting", "others", "assessment__organisation"),
)


class NotErased(Refusal):
    """Somebody must take over first; the message says what, and who helps."""


def why_not(user: User) -> list[str]:
    """What stands in the way, in the active language; empty: nothing does."""
    return list(_reasons(user))


def _reasons(user: User) -> Iterator[str]:
    mine = Membership.objects.active().filter(user=user, role=Role.ADMIN).select_related("organisation")
    for member in mine:
        others = Membership.objects.active().filter(
            organisation=member.organisation_id, role=Role.ADMIN, user__is_active=True
        )
        if not others.exclude(user=user).exists():
            said = {"organisation": member.organisation}
            yield _("%(organisation)s has no other administrator: make somebody else one first.") % said
    if user.is_superuser and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists():
        yield _("This installation has no other administrator: make somebody else one first.")
    for one in Assessment.objects.open().filter(owner=user).select_related("vendor").order_by("reference")[:20]:
        told = {"reference": one.reference, "vendor": one.vendor.name}
        yield _("Assessment %(reference)s of %(vendor)s is still open: an assessor takes it over first.") % told


def erase(user: User, *, by: User | None, now: datetime) -> User:
    """The account becomes a pseudonym: what signs in is gone, what was written for others stays. `by`: the person, an
    administrator of the installation, or None from the command. Raises NotErased."""
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if row.erased_at:
            raise NotErased(_("This account was erased before."))
        if reasons := why_not(row):
            raise NotErased(" ".join(reasons))
        name, email = row.name, row.email
        organisations = list(row.memberships.values_list("organisation", flat=True))
        mark = secrets.token_hex(8)
        _close(row, now)
        pseudonym = f"Former member {mark[:4]}"
        _replace_everywhere(name, email, pseudonym, f"{mark}@{NOWHERE}", organisations)
        row.name, row.email, row.erased_at = pseudonym, f"{mark}@{NOWHERE}", now
        row.is_active = row.is_staff = row.is_superuser = False
        row.last_login = None
        row.set_unusable_password()
        row.save()
        actor = row if by is not None and by.pk == row.pk else by
        audit.record(actor, "user.erased", row)
    return row


def erase_contact(contact: Contact, *, by: User | None, now: datetime) -> Contact:
    """A contact of a vendor likewise: no name, address or number is left, and its links open nothing."""
    with transaction.atomic():
        row = Contact.objects.select_for_update().select_related("vendor").get(pk=contact.pk)
        name, email, mark = row.name, row.email, secrets.token_hex(8)
        pseudonym = f"Former contact {mark[:4]}"
        for link in (DeskLink, CommitmentLink, VendorLink):
            link._base_manager.filter(contact=row, revoked_at=None).update(revoked_at=now)
        _replace_everywhere(name, email, pseudonym, f"{mark}@{NOWHERE}", [row.vendor.organisation_id])
        row.name, row.email, row.phone, row.job = pseudonym, "", "", ""
        row.save(update_fields=["name", "email", "phone", "job"])
        audit.record(by, "contact.erased", row)
    return row


def _close(user: User, now: datetime) -> None:
    """What opens the account, what only concerns it, and the files that were made for it alone."""
    for session in open_sessions(user):
        session.delete()
    for label in ("account.EmailAddress", "mfa.Authenticator", "socialaccount.SocialAccount"):
        apps.get_model(label)._base_manager.filter(user=user.pk).delete()
    told = {"content_type__app_label": "accounts", "content_type__model": "user", "object_id": str(user.pk)}
    apps.get_model("admin.LogEntry")._base_manager.filter(**told).update(object_repr="")
    user.groups.clear()
    user.user_permissions.clear()
    Preferences.objects.filter(user=user).delete()
    Digest.objects.filter(user=user).delete()
    KeptForm.objects.filter(who=f"user:{user.pk}").delete()
    Membership.objects.filter(user=user).update(is_active=False)
    ApiToken.objects.filter(member__user=user, revoked_at=None).update(revoked_at=now)
    Invitation.objects.filter(email__iexact=user.email).pending().update(revoked_at=F("expires_at"))
    for jobs in (Export, Batch):
        for job in jobs.objects.filter(requested_by=user).exclude(file=""):
            job.file.delete(save=False)
            jobs.objects.filter(pk=job.pk).update(file="")


def _replace_everywhere(name: str, email: str, pseudonym: str, nowhere: str, organisations: list[int]) -> None:
    """The address wherever it stands, and the name where a name stands by itself or before the address."""
    if name and email:
        _replace(f"{name} <{email}>", f"{pseudonym} <{nowhere}>", text_columns())
    if email:
        _replace(email, nowhere, ((model, column) for model, column in text_columns() if model is not User))
    if not name:
        return
    for label, column, way in NAMES:
        rows = apps.get_model(label)._base_manager.filter(**{f"{way}__in": organisations})
        _replace_in(rows, column, name, pseudonym)


def _replace(old: str, new: str, columns: Any) -> None:
    for model, column in columns:
        _replace_in(model._base_manager.all(), column, old, new)


def _replace_in(rows: models.QuerySet[Any], column: str, old: str, new: str) -> None:
    """Where it stands by itself, whatever its capitals: “jan@…” is no part of “arjan@…”, nor “Anna” of “Susanna”."""
    alone = re.compile(rf"(?<![\w.+-]){re.escape(old)}(?![\w-]|\.\w)", re.IGNORECASE)
    longest = rows.model._meta.get_field(column).max_length
    for pk, text in rows.filter(**{f"{column}__icontains": old}).values_list("pk", column).iterator():
        told = alone.sub(lambda _: new, text)[:longest]
        if told != text:
            rows.filter(pk=pk).update(**{column: told})
