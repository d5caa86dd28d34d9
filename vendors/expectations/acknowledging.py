"""What a vendor says to an edition: saved rule by rule as it is written, then acknowledged, each time in one row that
never changes. Or noted by a member who was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership, User
from accounts.trail import audit
from groundwork.refusals import Refusal
from groundwork.saved import Closed, Conflict, Invalid, Outcome, Saved
from groundwork.words import day
from manifesto.models import RULE_KEYS
from vendors.desk.links import hold_vendor
from vendors.models import (
    Acknowledgement,
    DeskLink,
    ExpectationEdition,
    ExpectationReply,
    Stance,
    Vendor,
)

LONGEST_COMMENT = 2000
REPLACED: Promise = gettext_lazy("A later edition holds by now: open your desk again, and read that one.")


class NotAcknowledged(Refusal):
    """Nothing was written; the message says what is missing."""


class TooEarly(Refusal):
    field = "on"


@dataclass(frozen=True, kw_only=True)
class Note:
    """What a member was told. `replies`: rule → stance and comment; `note`: how, and by which way."""

    on: date
    by: str
    note: str
    replies: Mapping[str, Mapping[str, str]]


# Reading --------------------------------------------------------------------------------------------------------
def open_editions(vendor: Vendor, today: date) -> list[ExpectationEdition]:
    """Those that the vendor is asked about: what is in force, and what was published to come after it, in that order.
    Two queries."""
    rows = ExpectationEdition.objects.filter(organisation=vendor.organisation_id)
    in_force = rows.in_force(today).first()
    to_come = rows.published().filter(in_force_from__gt=today).order_by("in_force_from", "number")
    return [*([in_force] if in_force else []), *to_come]


def rules_asked(edition: ExpectationEdition) -> list[str]:
    """The rules under which the edition expects something, in their order. One query."""
    asked = set(edition.expectations.values_list("rule", flat=True))
    return [key for key in RULE_KEYS if key in asked]


def replies_of(vendor: Vendor, edition: ExpectationEdition) -> dict[str, ExpectationReply]:
    """What is written so far, rule by rule; of a rule that nothing is said to yet an unsaved row of version 0."""
    stored = {row.rule: row for row in ExpectationReply.objects.filter(edition=edition, vendor=vendor)}
    return {
        rule: stored.get(rule) or ExpectationReply(edition=edition, vendor=vendor, rule=rule, version=0)
        for rule in rules_asked(edition)
    }


def said_of(replies: Mapping[str, ExpectationReply]) -> dict[str, dict[str, str]]:
    """As an acknowledgement keeps it."""
    return {rule: {"stance": row.stance, "comment": row.comment} for rule, row in replies.items()}


def latest(vendor: Vendor, edition: ExpectationEdition) -> Acknowledgement | None:
    return Acknowledgement.objects.filter(vendor=vendor, edition=edition).order_by("-at", "-pk").first()


# Writing --------------------------------------------------------------------------------------------------------
def save_reply(
    link: DeskLink,
    edition: ExpectationEdition,
    rule: str,
    *,
    stance: str,
    comment: str,
    version: int,
    now: datetime,
) -> Outcome[ExpectationReply]:
    """Keep what the vendor says to one rule, where it still has `version` (0: nothing is said yet), or say why not. No
    entry in the trail: the customer reads it once it is acknowledged. Raises ExpectationReply.DoesNotExist for a rule
    that the edition says nothing of."""
    comment = comment.strip()
    if errors := problems_of(stance, comment):
        return Invalid(errors=errors)
    with transaction.atomic():
        hold_vendor(link.vendor_id)
        if reason := closed_for(link.vendor, edition, now):
            return Closed(reason=reason)
        stored = replies_of(link.vendor, edition).get(rule)
        if stored is None:
            raise ExpectationReply.DoesNotExist
        if (stored.stance, stored.comment) == (stance, comment):
            return Saved(version=stored.version, at=stored.updated_at)
        if stored.version != version:
            return Conflict(stored=stored)
        stored.stance, stored.comment, stored.version = stance, comment, version + 1
        stored.link, stored.updated_at = link, now
        stored.save()
    return Saved(version=stored.version, at=now)


def problems_of(stance: str, comment: str) -> dict[str, str]:
    """What keeps a reply from being saved, by field."""
    if stance not in ("", *Stance.values):
        return {"stance": _("Choose whether you accept it or want to talk about it.")}
    if len(comment) > LONGEST_COMMENT:
        return {"comment": _("Keep it to at most %(count)s characters.") % {"count": LONGEST_COMMENT}}
    return {}


def closed_for(vendor: Vendor, edition: ExpectationEdition, now: datetime) -> str:
    """Why nothing is taken about this edition any more; empty while the vendor is asked about it."""
    is_asked = edition.pk in {one.pk for one in open_editions(vendor, timezone.localdate(now))}
    return "" if is_asked else str(REPLACED)


def acknowledge(
    link: DeskLink, edition: ExpectationEdition, *, accept_rest: bool = False, now: datetime
) -> Acknowledgement:
    """The vendor has read it, and says what stands in its replies. `accept_rest`: the rules that nothing is said to are
    accepted. NotAcknowledged where a rule is without a stance, or nothing is new since the last time."""
    with transaction.atomic():
        hold_vendor(link.vendor_id)
        if reason := closed_for(link.vendor, edition, now):
            raise NotAcknowledged(reason)
        replies = replies_of(link.vendor, edition)
        silent = [row for row in replies.values() if not row.stance]
        if silent and not accept_rest:
            raise NotAcknowledged(_("Say for each rule whether you accept it or want to talk about it."))
        for row in silent:
            row.stance, row.version = Stance.ACCEPTS, row.version + 1
            row.link, row.updated_at = link, now
            row.save()
        said, before = said_of(replies), latest(link.vendor, edition)
        if before is not None and before.replies == said:
            told = _("You acknowledged exactly this on %(day)s: nothing is new since.") % {"day": day(before.on)}
            raise NotAcknowledged(told)
        about: dict[str, Any] = {"on": timezone.localdate(now), "by": link.name, "link": link}
        return _write(link.vendor, edition, actor=audit.Outsider(label=link.signature), replies=said, now=now, **about)


def note_acknowledgement(
    member: Membership, vendor: Vendor, edition: ExpectationEdition, told: Note, *, now: datetime
) -> Acknowledgement:
    """A member keeps what the vendor said by mail or in a meeting; what the vendor wrote by its link stays its own."""
    if not may(member, Right.EDIT_VENDORS) or vendor.organisation_id != member.organisation_id:
        raise PermissionDenied
    if edition.organisation_id != member.organisation_id or edition.is_draft:
        raise PermissionDenied
    if told.on > timezone.localdate(now):
        raise TooEarly(_("That day is still to come."))
    if edition.published_at is not None and told.on < timezone.localdate(edition.published_at):
        raise TooEarly(_("The edition was not published yet on that day."))
    asked = rules_asked(edition)
    replies = {rule: dict(told.replies[rule]) for rule in asked if rule in told.replies}
    if any(not replies.get(rule, {}).get("stance") for rule in asked):
        raise NotAcknowledged(_("Say for each rule whether the vendor accepts it or wants to talk about it."))
    with transaction.atomic():
        hold_vendor(vendor.pk)
        about: dict[str, Any] = {"on": told.on, "by": told.by, "note": told.note, "recorded_by": member.user}
        return _write(vendor, edition, actor=member.user, replies=replies, now=now, **about)


def _write(
    vendor: Vendor,
    edition: ExpectationEdition,
    *,
    actor: User | audit.Outsider,
    replies: Mapping[str, Mapping[str, str]],
    now: datetime,
    **about: Any,
) -> Acknowledgement:
    row = Acknowledgement.objects.create(edition=edition, vendor=vendor, replies=replies, at=now, **about)
    verb = "acknowledgement.noted" if row.recorded_by_id else "acknowledgement.given"
    talks = sum(said["stance"] == Stance.DISCUSSES for said in replies.values())
    audit.record(actor, verb, row, after={"edition": edition.number, "on": row.on, "by": row.by, "to_discuss": talks})
    return row
