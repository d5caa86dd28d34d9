"""What each person wants to be told, telling it to them, and the secret address of their calendar; to whom somebody
outside can write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from accounts import mail
from accounts.models import Membership, User, hash_token, new_token
from assessments.models import Assessment, Preferences


def preferences_of(user: User) -> Preferences:
    """The person's own, or the defaults, not stored."""
    return Preferences.objects.filter(user=user).first() or Preferences(user=user)


def wants_mail(user: User) -> bool:
    """Whether a mail goes out when somebody asks this person for something; else the summary tells it."""
    return not Preferences.objects.filter(user=user, at_once=False).exists()


def tell(user: User, template: str, context: Mapping[str, Any], *, asker: User | None = None) -> bool:
    """Mail a person at once, in their language, if they wish that and were not shut out. `asker`: whom an answer
    reaches.

    False only where the mail server does not take it: the pages and the summary tell everything too.
    """
    if not user.is_active or not wants_mail(user):
        return True
    return mail.try_to_send(template, user.email, language=user.language, context=context, asker=asker)


def within_reach(assessment: Assessment, asker: User | None) -> User | None:
    """To whom somebody outside can write about an assessment: whoever asked them while they are a member, else its
    owner, else nobody. One query."""
    return first_within_reach(assessment.organisation_id, asker, assessment.owner)


def first_within_reach(organisation_id: int, *people: User | None) -> User | None:
    """The first of these people who is an active member of the organisation; None where none is. One query."""
    known = [person for person in people if person is not None]
    members = Membership.objects.active().filter(organisation=organisation_id, user__is_active=True)
    able = set(members.filter(user__in=known).values_list("user", flat=True))
    return next((person for person in known if person.pk in able), None)


def tell_once_certain(users: Iterable[User], template: str, context: Mapping[str, Any]) -> None:
    """Tell each of them when the transaction is committed."""
    for user in users:
        transaction.on_commit(partial(tell, user, template, context))


def keep_preferences(user: User, *, digest: str, before_due: bool, after_due: bool, at_once: bool) -> Preferences:
    chosen = {"digest": digest, "before_due": before_due, "after_due": after_due, "at_once": at_once}
    return Preferences.objects.update_or_create(user=user, defaults=chosen)[0]


def renew_calendar(user: User, *, now: datetime) -> str:
    """A new secret for the address of the calendar, which is not kept; an earlier address is dead from here on."""
    token, hashed = new_token()
    with transaction.atomic():
        made = {"calendar_hash": hashed, "calendar_made_at": now}
        Preferences.objects.update_or_create(user=user, defaults=made)
    return token


def close_calendar(user: User) -> None:
    Preferences.objects.filter(user=user).update(calendar_hash="", calendar_made_at=None)


def close_calendar_of(sender: object, member: Membership, **_of: object) -> None:
    """Who was shut out of an organisation gets no more of it: the address is dead, and a new one can be made for what
    else they are a member of."""
    close_calendar(member.user)


def owner_of_calendar(token: str) -> User | None:
    """Whose calendar a secret opens; None for an unknown or renewed one, and for a person who was shut out."""
    if not token:
        return None
    found = Preferences.objects.filter(calendar_hash=hash_token(token), user__is_active=True)
    row = found.select_related("user").first()
    return row.user if row else None
