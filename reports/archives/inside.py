"""Keys that stand inside a row beside its foreign keys: in the trail, in JSON, in frozen facts. Each is mended on the
way out and on the way in by the same function."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from accounts.models import User
from assessments.models import Answer, Assessment
from groundwork.canonical import canonical, hash_of
from manifesto.models import Release
from reports.archives.faults import ArchiveRefused
from reports.archives.keys import Keys
from reports.models import FactSheetKind
from vendors.models import CauseProof, Contact, ExpectationEdition, Incident, IncidentImport, Service, Vendor

Row = dict[str, Any]
GONE = 2**62  # added to the key of what is gone, where no number may be negative
ABOUT: dict[str, type[models.Model]] = {
    FactSheetKind.EXPECTATIONS: ExpectationEdition,
    FactSheetKind.EMERGENCY: Service,
    FactSheetKind.INCIDENT: Incident,
    FactSheetKind.PROOF: CauseProof,
    FactSheetKind.PACK: Assessment,
    FactSheetKind.BLANK: Assessment,
}


def mended(label: str, row: Row, keys: Keys) -> Row:
    """The row with the keys inside it as the other side has them. ArchiveRefused where one cannot be read."""
    mend = _MENDING.get(label)
    if mend is None:
        return row
    try:
        return {**row, **mend(row, keys)}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveRefused(f"A row of {label} cannot be read: it is damaged.") from error


# The trail -----------------------------------------------------------------------------------------------------------
def _entry(row: Row, keys: Keys) -> Row:
    model = _model(row["object_type"])
    return {
        "object_id": _told_key(model, row["object_id"], keys),
        "subject_id": _told_key(_model(row["subject_type"]), row["subject_id"], keys),
        "vendor_ref": _key(Vendor, row["vendor_ref"], keys),
        "release_ref": _key(Release, row["release_ref"], keys),
        "before": _values(model, row["before"], keys),
        "after": _values(model, row["after"], keys),
    }


def _model(label: str) -> type[models.Model] | None:
    try:
        return apps.get_model(label)
    except (LookupError, ValueError):
        return None


def _told_key(model: type[models.Model] | None, text: Any, keys: Keys) -> Any:
    """A key that is kept as a text."""
    if isinstance(text, dict):
        return str(keys.of_one_perhaps_gone(model, text))
    if not _is_whole(text):
        return text
    found = keys.of_one_perhaps_gone(model, int(text))
    return found if isinstance(found, dict) else str(found)


def _is_whole(text: Any) -> bool:
    return isinstance(text, str) and text.removeprefix("-").isdecimal() and len(text) < 19


def _key(model: type[models.Model], key: Any, keys: Keys) -> Any:
    return None if key is None else keys.of_one_perhaps_gone(model, key)


def _values(model: type[models.Model] | None, values: Mapping[str, Any], keys: Keys) -> Row:
    return {name: _value(_named_by(model, name), value, keys) for name, value in values.items()}


def _named_by(model: type[models.Model] | None, name: str) -> type[models.Model] | None:
    """Whose keys stand under this name: what a foreign key of the thing names, and the answer of a file."""
    if name == "answer":
        return Answer
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    related = field.related_model if isinstance(field, models.ForeignKey) else None
    return related if isinstance(related, type) else None


def _value(model: type[models.Model] | None, value: Any, keys: Keys) -> Any:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if model is None or (isinstance(value, dict) and not {"user", "bank"} & value.keys()):
        return value
    if is_number or isinstance(value, dict):
        return keys.of_one_perhaps_gone(model, value)
    return _told_key(model, value, keys) if model is Answer else value


# Imports -------------------------------------------------------------------------------------------------------------
def _options(row: Row, keys: Keys) -> Row:
    options = dict(row["options"])
    if options.get("vendor") is not None:
        options["vendor"] = _key(Vendor, options["vendor"], keys)
    if options.get("vendors"):
        options["vendors"] = {
            text: {**meant, "vendor": _key(Vendor, meant["vendor"], keys)} if isinstance(meant, dict) else meant
            for text, meant in options["vendors"].items()
        }
    return {"options": options}


def _way_back(row: Row, keys: Keys) -> Row:
    before = dict(row["before"])
    for name, model in (("vendor_id", Vendor), ("changed_in", IncidentImport)):
        if name in before:
            before[name] = _key(model, before[name], keys)
    if "service_id" in before.get("values", {}):
        service = _key(Service, before["values"]["service_id"], keys)
        before["values"] = {**before["values"], "service_id": service}
    return {"before": before}


# Frozen facts --------------------------------------------------------------------------------------------------------
def _sheet(row: Row, keys: Keys) -> Row:
    """What is frozen names what it is about, and more: the text is another one after it, with its own hash."""
    if row["sha256"] != hash_of(row["content"]):
        raise ArchiveRefused("A sheet of facts does not have its SHA-256: it was changed, and is not taken along.")
    content = json.loads(row["content"])
    facts = content["facts"]
    model = ABOUT.get(row["kind"])
    if row["kind"] == FactSheetKind.LETTER:
        model = {"proof": CauseProof, "assessment": Assessment}[facts["about"]]
    mend = _FACTS.get(row["kind"])
    content["facts"] = mend(facts, keys) if mend else facts
    content["about"] = _about(model, content["about"], keys)
    text = canonical(content)
    return {"about": _about(model, row["about"], keys), "content": text, "sha256": hash_of(text)}


def _about(model: type[models.Model] | None, key: int, keys: Keys) -> int:
    if model is None or not key:
        return key
    found = keys.of_one_perhaps_gone(model, GONE - key if key > GONE else key)
    is_arriving = key < 0
    return GONE - found if is_arriving else found


def _board(content: Row, keys: Keys) -> Row:
    cards = [{**card, "vendor": _key(Vendor, card["vendor"], keys)} for card in content["cards"]]
    return {**content, "cards": cards}


def _letter(content: Row, keys: Keys) -> Row:
    return {
        **content,
        "contact_key": _key(Contact, content["contact_key"], keys),
        "written_by": _key(User, content["written_by"], keys),
    }


def _emergency(content: Row, keys: Keys) -> Row:
    """Of each service that it names, and of its vendor."""
    return {**content, **{part: [_service(one, keys) for one in content[part]] for part in ("pages", "without")}}


def _service(page: Row, keys: Keys) -> Row:
    vendor = {**page["vendor"], "id": _key(Vendor, page["vendor"]["id"], keys)}
    return {**page, "id": _key(Service, page["id"], keys), "vendor": vendor}


_FACTS: dict[str, Callable[[Row, Keys], Row]] = {
    FactSheetKind.BOARD: _board,
    FactSheetKind.LETTER: _letter,
    FactSheetKind.EMERGENCY: _emergency,
}
_MENDING: dict[str, Callable[[Row, Keys], Row]] = {
    "accounts.AuditEntry": _entry,
    "vendors.IncidentImport": _options,
    "vendors.ImportMapping": _options,
    "vendors.IncidentChange": _way_back,
    "reports.FactSheet": _sheet,
}
