"""Who is asked to a rehearsal: members, contacts of the vendor, and anybody by name and address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from groundwork.refusals import Refusal
from vendors.models import Contact, Rehearsal, RehearsalGuest
from vendors.voice.pulses import Receiver

MOST_GUESTS = 60
LONGEST_NAME = 120


class TooManyGuests(Refusal):
    pass


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody to ask; `email` may be empty: then nobody writes to them."""

    name: str
    email: str = ""
    language: str
    user_id: int | None = None
    contact_id: int | None = None

    @property
    def key(self) -> tuple[str, object]:
        """Names a guest among those of one rehearsal."""
        if self.user_id is not None:
            return ("user", self.user_id)
        if self.contact_id is not None:
            return ("contact", self.contact_id)
        return ("address", self.email.casefold() or self.name.casefold())


def of_user(user: User) -> Guest:
    return Guest(name=str(user)[:LONGEST_NAME], email=user.email, language=user.language, user_id=user.pk)


def of_contact(contact: Contact) -> Guest:
    return Guest(name=contact.name, email=contact.email, language=contact.language, contact_id=contact.pk)


def of_row(row: RehearsalGuest) -> Guest:
    return Guest(name=row.name, email=row.email, language=row.language, user_id=row.user_id, contact_id=row.contact_id)


def of_receiver(one: Receiver, language: str) -> Guest:
    """Somebody who is typed."""
    return Guest(name=str(one)[:LONGEST_NAME], email=one.email, language=language)


def as_typed(rows: Iterable[RehearsalGuest]) -> str:
    """The guests who are neither members nor contacts, as a person would type them again."""
    others = [row for row in rows if row.user_id is None and row.contact_id is None]
    return "\n".join(f"{row.name} <{row.email}>" if row.email and row.email != row.name else row.name for row in others)


def keep(rehearsal: Rehearsal, wanted: Sequence[Guest]) -> list[RehearsalGuest]:
    """Make the guests of a rehearsal those; who was asked already stays the same row. Returns those that are gone, as
    they were. Raises TooManyGuests."""
    by_key = {guest.key: guest for guest in wanted}
    if len(by_key) > MOST_GUESTS:
        raise TooManyGuests(_("At most %(count)s people are asked to one.") % {"count": MOST_GUESTS})
    present = {of_row(row).key: row for row in rehearsal.guests.all()}
    gone = [row for key, row in present.items() if key not in by_key]
    RehearsalGuest.objects.filter(pk__in=[row.pk for row in gone]).delete()
    for key, guest in by_key.items():
        if key in present:
            _update(present[key], guest)
    RehearsalGuest.objects.bulk_create(_row(rehearsal, guest) for key, guest in by_key.items() if key not in present)
    return gone


def _update(row: RehearsalGuest, guest: Guest) -> None:
    if (row.name, row.email, row.language) != (guest.name, guest.email, guest.language):
        row.name, row.email, row.language = guest.name, guest.email, guest.language
        row.save(update_fields=["name", "email", "language"])


def _row(rehearsal: Rehearsal, guest: Guest) -> RehearsalGuest:
    return RehearsalGuest(
        rehearsal=rehearsal,
        user_id=guest.user_id,
        contact_id=guest.contact_id,
        name=guest.name,
        email=guest.email,
        language=guest.language,
    )
