"""What is stored about one person: under the account, and under the address, as data and as a page to read."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.storage import Storage
from django.db import models
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import AuditEntry, User
from reports.archives.tables import LEFT_OUT_FIELDS, LEFT_OUT_OF
from reports.archives.values import said

# Of these the whole row is about the person; of all others it is said how often they are named there, and as what.
# Named by where the person stands in the row.
WHOLE: dict[str, tuple[str, ...]] = {
    "accounts.Membership": ("user",),
    "accounts.Invitation": ("invited_by",),
    "accounts.ApiToken": ("member__user",),
    "account.EmailAddress": ("user",),
    "assessments.Response": ("rater",),
    "assessments.Answer": ("response__rater", "updated_by"),
    "assessments.Evidence": ("uploaded_by",),
    "assessments.Delegation": ("delegate", "delegated_by"),
    "assessments.VendorNote": ("updated_by",),
    "assessments.Reading": ("user",),
    "assessments.Approval": ("decided_by",),
    "assessments.Preferences": ("user",),
    "assessments.Digest": ("user",),
    "assessments.CommitmentStep": ("user",),
    "vendors.Feedback": ("created_by",),
    "vendors.FeedbackFile": ("uploaded_by",),
    "vendors.ContractFile": ("uploaded_by",),
    "vendors.ProofFile": ("uploaded_by",),
    "vendors.ProofStep": ("user",),
    "vendors.TimelineEntry": ("user",),
    "vendors.RehearsalGuest": ("user",),
    "admin.LogEntry": ("user",),
    "reports.Export": ("requested_by",),
    "reports.Batch": ("requested_by",),
}
SECRET = frozenset({*LEFT_OUT_FIELDS, "password", "calendar_hash"})
FILES_OF = ("assessments.Evidence", "vendors.FeedbackFile", "vendors.ContractFile", "vendors.ProofFile")
Table = dict[str, Any]


def stored_about(address: str) -> dict[str, Any]:
    """Plain data: `account` (None where there is none), `tables` with whole rows, `named` with counts, `sessions`."""
    user = User.objects.filter(email__iexact=address.strip()).first()
    tables = list(_of_address(address.strip()))
    found: dict[str, Any] = {"address": address.strip(), "at": timezone.now().isoformat(), "account": None}
    if user is None:
        return {**found, "tables": tables, "named": [], "sessions": []}
    account = _row(user)
    return {
        **found,
        "account": account,
        "second_factors": _second_factors(user),
        "tables": [*_of_user(user), *tables],
        "named": list(_named(user)),
        "sessions": sessions_of(user),
    }


def is_nothing(found: dict[str, Any]) -> bool:
    return found["account"] is None and not found["tables"]


def as_file(found: dict[str, Any]) -> bytes:
    """A ZIP: a page to read, the same as JSON, and the files that the person uploaded."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps(found, indent=1, ensure_ascii=False))
        archive.writestr("person.html", render_to_string("reports/people/person.html", {"found": found}))
        for number, (storage, path, name) in enumerate(_files(found), start=1):
            if storage.exists(path):
                with storage.open(path) as file, archive.open(f"files/{number}-{_plain(name)}", "w") as target:
                    for chunk in file.chunks():
                        target.write(chunk)
    return stream.getvalue()


def sessions_of(user: User) -> list[dict[str, str]]:
    """When each ends; what opens it is a secret."""
    return [{"ends": one.expire_date.isoformat()} for one in open_sessions(user)]


def open_sessions(user: User) -> list[Session]:
    rows = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    return [one for one in rows if one.get_decoded().get("_auth_user_id") == str(user.pk)]


def _of_user(user: User) -> Iterator[Table]:
    for label, ways in WHOLE.items():
        wanted = Q()
        for way in ways:
            wanted |= Q(**{way: user.pk})
        yield from _table(label, apps.get_model(label)._base_manager.filter(wanted))
    about = Q(object_type="accounts.user", object_id=str(user.pk))
    about |= Q(object_type="accounts.membership", object_id__in=[str(pk) for pk in _memberships(user)])
    yield from _table("accounts.AuditEntry", AuditEntry.objects.filter(Q(actor=user) | about))


def _memberships(user: User) -> Iterable[int]:
    return user.memberships.values_list("pk", flat=True)


def _of_address(address: str) -> Iterator[Table]:
    """Where the address itself stands: contacts, links that were mailed, invitations, guests."""
    for model in apps.get_models():
        names = {field.name for field in model._meta.local_concrete_fields}
        if "email" in names and model is not User and model._meta.label != "account.EmailAddress":
            yield from _table(model._meta.label, model._base_manager.filter(email__iexact=address))


def _table(label: str, rows: models.QuerySet[Any]) -> Iterator[Table]:
    found = [_row(row) for row in rows.order_by("pk")]
    if found:
        yield {"table": label, "name": str(apps.get_model(label)._meta.verbose_name), "rows": found}


def _row(row: models.Model) -> dict[str, Any]:
    without = SECRET | LEFT_OUT_OF.get(row._meta.label, {}).keys()
    fields = (field for field in row._meta.local_concrete_fields if field.name not in without)
    return {field.name: _told(getattr(row, field.attname)) for field in fields}


def _told(value: Any) -> Any:
    told = said(value)
    return told if isinstance(told, bool | int | str | list | dict | None) else str(told)


def _named(user: User) -> Iterator[dict[str, Any]]:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            is_whole = field.name in WHOLE.get(model._meta.label, ())
            if field.related_model is User and not is_whole and model is not AuditEntry:
                count = model._base_manager.filter(**{field.name: user.pk}).count()
                if count:
                    name = str(model._meta.verbose_name)
                    yield {"table": model._meta.label, "name": name, "as": field.name, "rows": count}


def _second_factors(user: User) -> list[dict[str, str]]:
    """Which, and since when; what they are made of is a secret."""
    rows = apps.get_model("mfa.Authenticator")._base_manager.filter(user=user.pk).order_by("pk")
    return [{"type": one.type, "since": one.created_at.isoformat()} for one in rows]


def _files(found: dict[str, Any]) -> Iterator[tuple[Storage, str, str]]:
    for table in found["tables"]:
        if table["table"] in FILES_OF:
            storage = apps.get_model(table["table"])._meta.get_field("file").storage
            yield from ((storage, row["file"], row["name"]) for row in table["rows"] if row["file"])


def _plain(name: str) -> str:
    """A name that no program takes for a path."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)[-100:]
