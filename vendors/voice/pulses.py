"""A pulse: four questions after a critical incident, put to one person by a link, without an account; three more for
whoever likes.

Each link is answered once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.mailed_links import links as mailed_links
from accounts.mailed_links.links import end_after
from accounts.models import Department, LinkState, Membership, User, new_token
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors import facts_revision
from vendors.models import Feedback, Incident, Pulse
from vendors.voice.feedback import BESIDE, Entry, complete, entries

DAYS = 14
MOST = 20  # people asked at once
FIELDS = ("name", "email", "department", "language", "expires_at")
QUESTIONS: dict[str, Promise] = {  # rules 3 to 6, in their order
    "told_why": _("Were you told why they asked what they asked?"),
    "fixes_thrown": _("Did they throw fixes at it, hoping that one would help?"),
    "was_fast": _("Was it fast?"),
    "cause_proven": _("Was the cause proven, not guessed?"),
}
RELATED = ("incident__vendor__organisation", "department", "asked_by")


class PulseError(Refusal):
    """It cannot be done; the message says why, in words for whoever asked."""


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Whom to ask; at least one of name and address is known."""

    name: str = ""
    email: str = ""

    def __str__(self) -> str:
        return self.name or self.email


@dataclass(frozen=True, kw_only=True)
class IssuedPulse:
    """A pulse with its address, which is shown or mailed now or never."""

    pulse: Pulse
    address: str
    is_sent: bool
    is_refused: bool  # a mail was wanted, and the mail server did not take it


@dataclass(frozen=True, kw_only=True)
class PulseRow:
    """A pulse as the incident's page shows it; `state` is made, sent, not_delivered, answered, expired or revoked."""

    pulse: Pulse
    state: str
    answers: Sequence[tuple[str, str]]  # the question's key, and what was said in words
    may_change: bool

    @property
    def is_waiting(self) -> bool:
        return self.state in ("made", "sent", "not_delivered", "expired")


@dataclass(frozen=True, kw_only=True)
class IncidentVoice:
    """What people say of one incident."""

    incident: Incident
    entries: Sequence[Entry]
    pulses: Sequence[PulseRow]
    may_ask: bool


def find(token: str) -> Pulse | None:
    return mailed_links.find(Pulse.objects.select_related(*RELATED), token)


# Asking ---------------------------------------------------------------------------------------------------------
def ask(
    member: Membership,
    incident: Incident,
    receivers: Sequence[Receiver],
    *,
    language: str,
    department: Department | None = None,
    days: int = DAYS,
    now: datetime,
) -> list[tuple[Pulse, str]]:
    """One pulse for each receiver, and its token, which is not kept. Raises PulseError where one waits already."""
    with transaction.atomic():
        facts_revision.lock_vendors(incident.vendor_id)
        held = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
        _refuse_twice(held, receivers, now)
        made = make(member.user, incident, [(one, language) for one in receivers], department, days=days, now=now)
        facts_revision.raise_revision(held.vendor_id)
    return made


def make(
    by: User | None,
    incident: Incident,
    receivers: Iterable[tuple[Receiver, str]],
    department: Department | None,
    *,
    days: int = DAYS,
    now: datetime,
) -> list[tuple[Pulse, str]]:
    """A pulse for each receiver, in their language, and its token. `by` nobody: the organisation asks by itself. In the
    transaction of whoever holds the vendor."""
    made = []
    for receiver, language in receivers:
        token, hashed = new_token()
        pulse = Pulse.objects.create(
            incident=incident,
            name=receiver.name,
            email=receiver.email,
            department=department,
            language=language,
            token_hash=hashed,
            asked_by=by,
            expires_at=end_after(days, now),
        )
        audit.record(by, "pulse.asked", pulse, after=audit.snapshot(pulse, FIELDS))
        made.append((pulse, token))
    return made


def _refuse_twice(incident: Incident, receivers: Iterable[Receiver], now: datetime) -> None:
    waiting = {email.lower() for email in incident.pulses.open(now).exclude(email="").values_list("email", flat=True)}
    for receiver in receivers:
        if receiver.email.lower() in waiting:
            problem = _("%(email)s was asked already: send that link again instead.")
            raise PulseError(problem % {"email": receiver.email})


def renew(member: Membership, pulse: Pulse, *, now: datetime) -> tuple[Pulse, str]:
    """Another token and term; the earlier link is dead from here on. Raises PulseError once it was answered."""
    with transaction.atomic():
        row = _lock_waiting(pulse)
        end = end_after(DAYS, now)
        # Of one that went out by itself, whoever makes it anew asks from now on: it is theirs to mail or to hand over.
        asker = {"asked_by": member.user} if row.asked_by is None else {}
        token = mailed_links.renew(row, "pulse.renewed", by=member.user, expires_at=end, told=FIELDS, **asker)
        facts_revision.raise_revision(row.incident.vendor_id)
    return row, token


def revoke(member: Membership, pulse: Pulse, *, now: datetime) -> Pulse:
    """The link opens nothing any more. Raises PulseError once it was answered: what was said stays said."""
    with transaction.atomic():
        row = _lock_waiting(pulse)
        mailed_links.revoke(row, "pulse.revoked", by=member.user, now=now)
        facts_revision.raise_revision(row.incident.vendor_id)
    return row


def _lock_waiting(pulse: Pulse) -> Pulse:
    """The pulse, fresh and held until the transaction ends, while it can still be changed."""
    facts_revision.lock_vendors(pulse.incident.vendor_id)
    row = Pulse.objects.select_for_update(of=("self",)).select_related(*RELATED[:1], "asked_by").get(pk=pulse.pk)
    if row.answered_at:
        raise PulseError(_("This pulse is answered already."))
    if row.revoked_at:
        raise PulseError(_("This link was withdrawn: ask for a new pulse instead."))
    return row


# Sending --------------------------------------------------------------------------------------------------------
def address(token: str) -> str:
    """What the receiver opens."""
    return mailed_links.address("pulse_answer", token)


def issue(member: Membership, pulse: Pulse, token: str, *, by_mail: bool, now: datetime) -> IssuedPulse:
    """Send the link, or only show it; not within a transaction."""
    is_sent = by_mail and send(member, pulse, token, now=now)
    return IssuedPulse(pulse=pulse, address=address(token), is_sent=is_sent, is_refused=by_mail and not is_sent)


def send(member: Membership | None, pulse: Pulse, token: str, *, now: datetime) -> bool:
    """Mail the link in its receiver's language, in the name of the member, else of the organisation. False where there
    is no address, or the mail server does not take it: the link is good all the same, to copy."""
    incident = pulse.incident
    context = {
        "pulse": pulse,
        "incident": incident,
        "vendor": incident.vendor,
        "organisation": incident.vendor.organisation,
        "asker": member.user if member else None,
        "url": address(token),
    }
    template, by = "vendors/voice/email/pulse", member.user if member else None
    return mailed_links.send_and_note(
        pulse, template, "pulse.sent", "pulse.not_delivered", by=by, context=context, now=now
    )


# Answering ------------------------------------------------------------------------------------------------------
@transaction.atomic
def answer(
    pulse: Pulse, said: Mapping[str, str], *, name: str, feeling: int, comment: str, now: datetime
) -> Feedback | None:
    """Keep what was said, and put how it felt into the log. None where the link was answered, withdrawn or made
    anew in this very moment: of two who send at once, one is heard."""
    facts_revision.lock_vendors(pulse.incident.vendor_id)
    beside = {key: said.get(key, "") for key in BESIDE}
    values = {**{key: said[key] for key in QUESTIONS}, **beside}
    if not mailed_links.use(pulse, now=now, opened_at=now, **values):
        return None
    incident = pulse.incident
    feedback = Feedback.objects.create(
        vendor=incident.vendor,
        service_id=incident.service_id,
        incident=incident,
        department=pulse.department,
        name=name,
        said_on=timezone.localdate(now),
        comment=comment,
        feeling=feeling,
        sla=incident.sla,
        **beside,
    )
    Pulse.objects.filter(pk=pulse.pk).update(feedback=feedback)
    outsider = audit.Outsider(label=f"{name} <{pulse.email}>" if pulse.email else name)
    after = {**values, "name": name, "feeling": feeling, "comment": comment}
    audit.record(outsider, "pulse.answered", pulse, after=after)
    facts_revision.raise_revision(incident.vendor_id)
    return feedback


# Looking --------------------------------------------------------------------------------------------------------
def voice_of(member: Membership, incident: Incident, *, now: datetime) -> IncidentVoice:
    """What `vendors/incidents/_incident_voice.html` shows, as `voice`."""
    said = complete(Feedback.objects.for_member(member).filter(incident=incident))
    may_ask = may(member, Right.EDIT_VENDORS)
    rows = incident.pulses.select_related("department", "feedback")
    return IncidentVoice(
        incident=incident,
        entries=entries(member, said),
        pulses=[_row(pulse, now, may_change=may_ask) for pulse in rows],
        may_ask=may_ask,
    )


def _row(pulse: Pulse, now: datetime, *, may_change: bool) -> PulseRow:
    asked = {**QUESTIONS, **{key: question for key, question in BESIDE.items() if getattr(pulse, key)}}
    answers = [(str(question), str(getattr(pulse, f"get_{key}_display")())) for key, question in asked.items()]
    return PulseRow(
        pulse=pulse,
        state=_state(pulse, now),
        answers=answers if pulse.answered_at else [],
        may_change=may_change,
    )


def _state(pulse: Pulse, now: datetime) -> str:
    found = pulse.state(now)
    if found is LinkState.USED:
        return "answered"
    if found is not LinkState.OPEN:
        return found.value
    if pulse.failed_at:
        return "not_delivered"
    return "sent" if pulse.sent_at else "made"
