"""Pulses that an organisation sends by itself after a critical incident, where it has switched that on.

Asked are members of the department that depends on the service: nobody else is known to have been concerned. Nobody
who only rates from outside: the mail tells of an incident.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Subquery

from accounts.mailed_links import links as mailed_links
from accounts.mailed_links.links import end_after
from accounts.models import Membership
from vendors import facts_revision
from vendors.models import Incident, Pulse
from vendors.voice import pulses
from vendors.voice.pulses import DAYS, Receiver

MOST = 3  # people an incident: with everybody of a department each time, nobody would answer for long
AT_ONCE = 50  # incidents a run; the next run takes the next ones
RELATED = ("vendor__organisation", "service__department")
FORGOTTEN = timedelta(minutes=15)  # whoever made a link has mailed it by then, or never will

logger = structlog.get_logger(__name__)


def ask_due(now: datetime) -> None:
    """Ask after each incident that is due, once, and mail again what a lost worker made and did not mail. Safe to run
    twice, or in two places at once."""
    members = Membership.objects.active().inside()
    members = members.filter(department=OuterRef("service__department"), user__is_active=True)
    due = Incident.objects.to_be_asked_about(now).filter(Exists(members)).order_by("resolved_at", "pk")
    for pk in due.values_list("pk", flat=True)[:AT_ONCE]:
        for pulse, token in _ask(pk, now):
            pulses.send(None, pulse, token, now=now)
    for pulse in _forgotten(now):
        _mail_anew(pulse, now)


def _ask(incident_id: int, now: datetime) -> list[tuple[Pulse, str]]:
    """The pulses of one incident and their tokens; none where somebody was quicker, or it is not due any more."""
    vendor = Incident.objects.values_list("vendor_id", flat=True).filter(pk=incident_id).first()
    if vendor is None:
        return []
    with transaction.atomic():
        facts_revision.lock_vendors(vendor)
        due = Incident.objects.to_be_asked_about(now).filter(pk=incident_id)
        incident = due.select_related(*RELATED).select_for_update(of=("self",), no_key=True).first()
        if incident is None or incident.service is None or incident.service.department is None:
            return []
        department = incident.service.department
        asked = _members(department.pk)
        made = pulses.make(None, incident, [(_receiver(one), one.user.language) for one in asked], department, now=now)
        facts_revision.raise_revision(incident.vendor_id)
    return made


def _members(department: int) -> Iterable[Membership]:
    """Those who were asked longest ago, or never: in turn, so that it is not always the same who answer."""
    last = Pulse.objects.filter(
        incident__vendor__organisation=OuterRef("organisation"), email__iexact=OuterRef("user__email")
    ).order_by("-asked_at")
    members = Membership.objects.active().inside().filter(department=department, user__is_active=True)
    members = members.select_related("user")
    in_turn = members.annotate(asked_last=Subquery(last.values("asked_at")[:1]))
    return in_turn.order_by(F("asked_last").asc(nulls_first=True), "joined_at", "pk")[:MOST]


def _receiver(member: Membership) -> Receiver:
    return Receiver(name=member.user.name, email=member.user.email)


# What was made and not mailed ---------------------------------------------------------------------------------------
def _forgotten(now: datetime) -> list[Pulse]:
    rows = Pulse.objects.open(now).by_itself().never_mailed().filter(asked_at__lte=now - FORGOTTEN)
    return list(rows.select_related(*pulses.RELATED).order_by("asked_at", "pk")[:AT_ONCE])


def _mail_anew(pulse: Pulse, now: datetime) -> None:
    """With another link: the token of the first is not kept."""
    with transaction.atomic():
        # Whoever moves its moment on mails it: of two workers, one.
        if not Pulse.objects.filter(pk=pulse.pk, asked_at=pulse.asked_at).update(asked_at=now):
            return
        token = mailed_links.renew(pulse, "pulse.renewed", by=None, expires_at=end_after(DAYS, now), told=pulses.FIELDS)
    logger.info("pulse_mailed_anew", pulse=pulse.pk)
    pulses.send(None, pulse, token, now=now)
