"""What a row says of a person at the vendor: whom it means, and what it would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from groundwork.languages import LANGUAGES
from vendors.models import Contact


@dataclass(frozen=True, kw_only=True)
class ContactChange:
    """`contact_id`: whom it changes, None for a new one; `written`: what, empty where nothing changes; `before` and
    `after`: in words."""

    written: dict[str, str] = field(default_factory=dict)
    contact_id: int | None = None
    before: str = ""
    after: str = ""


NOTHING = ContactChange()


def change_of(given: Mapping[str, str], there: Sequence[Contact]) -> ContactChange:
    """Somebody is known by the address, else by the name. Who is known by the name may get another address, and
    whoever is known another language; the name stays."""
    if not given:
        return NOTHING
    known = _known(given, there)
    if known is None:
        return ContactChange(written=dict(given), after=_told(given["name"], given))
    written = {name: given[name] for name in ("email", "language") if name in given and _is_other(known, name, given)}
    if not written:
        return NOTHING
    told = {"email": known.email} | ({"language": known.language} if "language" in written else {})
    return ContactChange(
        written=written,
        contact_id=known.pk,
        before=_told(known.name, told),
        after=_told(known.name, told | written),
    )


def _known(given: Mapping[str, str], there: Sequence[Contact]) -> Contact | None:
    email = given.get("email", "").lower()
    by_address = next((contact for contact in there if email and contact.email.lower() == email), None)
    return by_address or next((contact for contact in there if key(contact.name) == key(given["name"])), None)


def _is_other(known: Contact, name: str, given: Mapping[str, str]) -> bool:
    return str(getattr(known, name)).lower() != given[name].lower()


def key(name: str) -> str:
    """As the database compares names: it keeps “Strasse” and “Straße” apart, which are one when folded."""
    return " ".join(name.split()).lower()


def _told(name: str, of: Mapping[str, str]) -> str:
    email, language = of.get("email", ""), of.get("language", "")
    said = name if not email or email == name else f"{name} <{email}>"
    return f"{said}, {LANGUAGES[language].name}" if language else said
