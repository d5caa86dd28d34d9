"""The vendors and services that an import made: which nobody has used since, and why the others stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import ForeignObjectRel
from django.utils.translation import gettext as _

from accounts.models import AuditEntry
from accounts.trail import audit
from groundwork.words import labelled
from vendors.models import Incident, IncidentChange, IncidentImport, Service, Vendor
from vendors.register.changes import VENDOR_FIELDS

EDITED, MOVED_ON = "edited", "moved_on"  # reasons that are no kind of row


@dataclass(frozen=True, kw_only=True)
class MadeHere:
    """`reason`: why it stays: what speaks of it (“vendors.feedback”), or a code; empty: nobody has used it."""

    row: Vendor | Service
    reason: str = ""

    @property
    def name(self) -> str:
        return labelled(self.row.vendor, self.row) if isinstance(self.row, Service) else str(self.row)


def reason_words(reason: str) -> str:
    """In the active language."""
    if reason == EDITED:
        return _("somebody has edited it")
    if reason == MOVED_ON:
        return _("a later import has moved incidents away from it")
    return _("it is in use (%(what)s)") % {"what": apps.get_model(reason)._meta.verbose_name_plural}


def made_by(upload: IncidentImport, *, going: Collection[int] = frozenset()) -> list[MadeHere]:
    """Services first, then vendors. `going`: incidents that will not speak of them any more."""
    services = _weighed(upload.created_services.select_related("vendor"), upload, going, gone=frozenset())
    gone = {made.row.pk for made in services if not made.reason}
    return [*services, *_weighed(upload.created_vendors.all(), upload, going, gone=gone)]


def _weighed(
    rows: Iterable[Vendor] | Iterable[Service], upload: IncidentImport, going: Collection[int], gone: Collection[int]
) -> list[MadeHere]:
    found: dict[int, Any] = {row.pk: row for row in rows}
    if not found:
        return []
    reasons = _speaking(found, going, gone) | _moved_on(found, upload) | _edited(found)
    return [MadeHere(row=row, reason=reasons.get(pk, "")) for pk, row in found.items()]


def _speaking(found: dict[int, Any], going: Collection[int], gone: Collection[int]) -> dict[int, str]:
    """Row → a kind of what speaks of it, whatever app it is of."""
    model = type(next(iter(found.values())))
    reasons: dict[int, str] = {}
    for relation in model._meta.related_objects:
        of = relation.related_model
        without = going if of is Incident else gone if of is Service else ()
        reasons |= dict.fromkeys(_holders(relation, found, without), of._meta.label)
    return reasons


def _holders(relation: ForeignObjectRel, found: dict[int, Any], without: Collection[int]) -> set[int]:
    rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": found})
    pairs = rows.values_list("pk", relation.field.name)
    return {holder for pk, holder in pairs.iterator() if pk not in without}


def _moved_on(found: dict[int, Any], upload: IncidentImport) -> dict[int, str]:
    """Of vendors: the way back of another import leads to them."""
    if not isinstance(next(iter(found.values())), Vendor):
        return {}
    ways_back = IncidentChange.objects.filter(before__vendor_id__in=list(found)).exclude(incident_import=upload)
    return dict.fromkeys({before["vendor_id"] for before in ways_back.values_list("before", flat=True)}, MOVED_ON)


def _edited(found: dict[int, Any]) -> dict[int, str]:
    """What the trail tells of them beside that they were added."""
    label = type(next(iter(found.values())))._meta.label_lower
    told = AuditEntry.objects.filter(object_type=label, object_id__in=[str(pk) for pk in found])
    pairs = told.exclude(verb__endswith=".added").values_list("object_id", flat=True)
    return {int(pk): EDITED for pk in pairs}


def take_away(upload: IncidentImport) -> list[MadeHere]:
    """Those that nobody has used go, in the trail; the others are given back. Within a transaction."""
    _hold(upload.created_services.all())
    _hold(upload.created_vendors.all())
    made = made_by(upload)
    for one in made:
        if not one.reason:
            _delete(one.row, upload)
    return [one for one in made if one.reason]


def _delete(row: Vendor | Service, upload: IncidentImport) -> None:
    is_service = isinstance(row, Service)
    fields = ("name",) if is_service else VENDOR_FIELDS
    verb = "service.deleted" if is_service else "vendor.deleted"
    audit.record(upload.undone_by, verb, row, before=audit.snapshot(row, fields), subject=upload)
    row.delete()


def _hold(rows: Any) -> None:
    """With their keys: nothing can begin to speak of them."""
    list(rows.order_by("pk").select_for_update().values_list("pk"))


def as_told(stayed: Iterable[MadeHere]) -> list[dict[str, str]]:
    return [{"name": made.name, "reason": made.reason} for made in stayed]
