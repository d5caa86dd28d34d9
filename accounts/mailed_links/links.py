"""What every mailed link does, whatever it opens: found by its token, renewed, withdrawn, used once, sent.

Whoever changes a row holds it, or what it belongs to, in a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import mail
from accounts.models import (
    AnyLink,
    DeliveredLink,
    LinkState,
    MailedLink,
    MailedLinkQuerySet,
    User,
    hash_token,
    new_token,
)
from accounts.trail import audit


def find(rows: QuerySet[AnyLink], token: str) -> AnyLink | None:
    """The link of a token, whatever its state."""
    return rows.filter(token_hash=hash_token(token)).first()


def state_of(link: MailedLink | None, now: datetime) -> LinkState:
    return link.state(now) if link else LinkState.UNKNOWN


def renew(
    link: MailedLink, verb: str, *, by: User | None, expires_at: datetime, told: Collection[str], **values: object
) -> str:
    """Another token and term, and what else changes with them; the earlier link is dead from here on.

    `told`: the fields that the trail tells, under `verb`.
    """
    token, hashed = new_token()
    changes = {"token_hash": hashed, "expires_at": expires_at, **values}
    if isinstance(link, DeliveredLink):
        changes |= {"sent_at": None, "failed_at": None}
    before = audit.snapshot(link, told)
    for name, value in changes.items():
        setattr(link, name, value)
    link.save(update_fields=list(changes))
    audit.record(by, verb, link, before=before, after=audit.snapshot(link, told))
    return token


def revoke(link: MailedLink, verb: str, *, by: User, now: datetime) -> None:
    """It opens nothing any more."""
    link.revoked_at = now
    link.save(update_fields=["revoked_at"])
    audit.record(by, verb, link, before={"revoked_at": None}, after={"revoked_at": now})


def use(link: MailedLink, *, now: datetime, **values: object) -> bool:
    """Use it up, with what is kept of it. One conditional UPDATE: of two who act at once, one is heard."""
    rows: MailedLinkQuerySet[MailedLink] = MailedLinkQuerySet(type(link))
    open_ones = rows.open(now).filter(pk=link.pk, token_hash=link.token_hash)
    return bool(open_ones.update(**{link.USED_AT: now}, **values))


def send(link: MailedLink, template: str, *, context: Mapping[str, Any], asker: User | None) -> bool:
    """Mail it in its receiver's language; an answer to it reaches whoever asks. False where there is no address, or
    the mail server does not take it: the link is good all the same, to copy or to send again. Not within a transaction.
    """
    return bool(link.email) and mail.try_to_send(
        template, link.email, language=link.language, context=context, asker=asker
    )


def send_and_note(
    link: DeliveredLink,
    template: str,
    sent: str,
    refused: str,
    *,
    by: User | None,
    context: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Send it, and keep whether it was taken, which the trail tells under one of two verbs.

    Not kept where the link was made anew meanwhile: then this mail was an earlier one's.
    """
    if not link.email:
        return False
    is_sent = send(link, template, context=context, asker=by)
    noted = {"sent_at": now if is_sent else None, "failed_at": None if is_sent else now}
    with transaction.atomic():
        if type(link)._default_manager.filter(pk=link.pk, token_hash=link.token_hash).update(**noted):
            link.sent_at, link.failed_at = noted["sent_at"], noted["failed_at"]
        audit.record(by, sent if is_sent else refused, link, after={"email": link.email})
    return is_sent


def address(route: str, token: str) -> str:
    """What the receiver opens; shown or mailed now or never."""
    return settings.BASE_URL + reverse(route, args=[token])


LONGEST = timedelta(days=366)  # to which a link may be extended
GRACE = timedelta(days=14)  # after the day on which something is due: whoever is late is not shut out


def end_for(due_on: date) -> datetime:
    """Until when a link that asks for something stays open at least."""
    return end_of(due_on + GRACE)


def end_of(day: date) -> datetime:
    """The last moment of a day, where the installation is."""
    return timezone.make_aware(datetime.combine(day, time.max.replace(microsecond=0)))


def end_after(days: int, now: datetime) -> datetime:
    return end_of(timezone.localdate(now) + timedelta(days=days))
