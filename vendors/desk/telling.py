"""A contact learns what waits for their word: with a new link, or by the one that they have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from accounts.mailed_links import links as mailed_links
from accounts.models import User
from vendors.desk import links
from vendors.desk.matters import waiting_of
from vendors.models import DeskLink

EMAIL = "vendors/desk/email/"


def send(link: DeskLink, token: str, *, asker: User, now: datetime) -> bool:
    """Mail the link in its contact's language; not within a transaction. False where there is no address or the mail
    server does not take it: the link is good all the same, to copy."""
    context = context_of(link, asker, now=now) | {"url": links.LIFE.address(token)}
    is_sent = mailed_links.send_and_note(
        link,
        EMAIL + "desk_link",
        "desk_link.sent",
        "desk_link.not_delivered",
        by=asker,
        context=context,
        now=now,
    )
    if is_sent:
        DeskLink.objects.filter(pk=link.pk).update(told_at=now)
    return is_sent


def tell(link: DeskLink, *, asker: User | None = None, now: datetime) -> bool:
    """Write to the holder of a link what waits for their word; the token is not kept, so the mail points to the one
    that brought it. False where nothing waits, it is not open, there is no address, or the mail server refuses it.
    """
    asker = asker or links.asker_of(link)
    context = context_of(link, asker, now=now)
    return bool(context["waiting"]) and write(link, EMAIL + "desk_waiting", context, asker=asker, now=now)


def write(link: DeskLink, template: str, context: Mapping[str, Any], *, asker: User | None, now: datetime) -> bool:
    """Any mail to the holder of an open link, in their language, noted as the last that they were told. Marked before
    it is sent, so that of two who tell one writes; taken back where the mail did not go. Not within a transaction."""
    before = link.told_at
    rows = DeskLink.objects.open(now).filter(pk=link.pk, told_at=before).exclude(email="")
    if not rows.update(told_at=now):
        return False
    link.told_at = now
    is_sent = mailed_links.send(link, template, context=context, asker=asker)
    if not is_sent:
        DeskLink.objects.filter(pk=link.pk, told_at=now).update(told_at=before)
        link.told_at = before
    return is_sent


def context_of(link: DeskLink, asker: User | None, *, now: datetime) -> dict[str, Any]:
    """What every mail to a holder says beside its own: whose desk, who asks, and what waits, in their language."""
    with translation.override(link.language):
        waiting = waiting_of(link, today=timezone.localdate(now))
    return {
        "link": link,
        "vendor": link.vendor,
        "organisation": link.vendor.organisation,
        "asker": asker,
        "waiting": waiting,
    }
