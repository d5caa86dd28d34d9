"""Links by which a vendor's contact comes in without an account: made, sent, sent again, extended, withdrawn.

Every change holds the assessment, so that of two who act at once the second sees what the first did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.mailed_links import links as mailed_links
from accounts.mailed_links.links import LONGEST, end_after, end_for, end_of
from accounts.models import Membership, new_token
from accounts.trail import audit
from assessments.approval import chain
from assessments.lifecycle import transitions
from assessments.lifecycle.effort import effort_of
from assessments.lifecycle.transitions import IllegalTransition
from assessments.models import (
    Answer,
    Assessment,
    AssessmentState,
    CommitmentLink,
    LinkPurpose,
    ReplyRequest,
    Response,
    ResponseKind,
    VendorLink,
)
from vendors.models import Contact

DEFAULT_DAYS = 30
READ_ON = timedelta(days=30)  # after the last day to reply: what was shown and said can be read again
SEEN_AT_MOST_EVERY = timedelta(minutes=1)
# When a link may be made, sent again and extended. Withdrawing one is always allowed.
STATES: dict[str, set[AssessmentState]] = {
    LinkPurpose.ANSWER: {AssessmentState.COLLECTING},
    LinkPurpose.REPLY: {AssessmentState.IN_REVIEW},
}
FIELDS = ("name", "email", "purpose", "language", "expires_at")
RELATED = (
    "assessment__organisation",
    "assessment__vendor",
    "assessment__owner",
    "created_by",
    "response",
    "reply_request",
)

HAS_ONE: Promise = _("%(name)s has a link already: send that one again, or extend it.")
NO_LONGER: Promise = _("This link was withdrawn: make a new one instead.")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Of the questions put to the vendor, how many it has said anything about."""

    answered: int
    total: int


@dataclass(frozen=True, kw_only=True)
class VendorSide:
    """How far the vendor is with its own answers, as its customer may know before they are handed in."""

    response: Response
    progress: Progress
    seen_at: datetime | None  # when a contact last used a link
    has_link: bool  # one that was not withdrawn

    @property
    def is_awaited(self) -> bool:
        """It is asked, by a link that stands, and has not handed in."""
        return self.has_link and self.response.submitted_at is None and self.response.withdrawn_at is None

    @property
    def due_on(self) -> date | None:
        return self.response.due_on or self.response.assessment.due_on


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """A link and where it stands: made, sent, not_delivered, opened, expired or revoked."""

    link: VendorLink | CommitmentLink
    state: str

    @property
    def is_live(self) -> bool:
        return self.state != "revoked"


# Finding and admitting ------------------------------------------------------------------------------------------
def find(token: str) -> VendorLink | None:
    return _complete(mailed_links.find(VendorLink.objects.select_related(*RELATED), token))


def load(pk: int) -> VendorLink | None:
    """The link of an id with assessment, vendor, organisation and what it is for; one query."""
    return _complete(VendorLink.objects.select_related(*RELATED).filter(pk=pk).first())


def note_opened(link: VendorLink, *, now: datetime) -> bool:
    """The contact comes in by the link. False where it was sent again or withdrawn in this very moment."""
    with transaction.atomic():
        Assessment.objects.select_for_update(no_key=True).get(pk=link.assessment_id)
        row = VendorLink.objects.open(now).filter(pk=link.pk, token_hash=link.token_hash).first()
        if row is None:
            return False
        is_first = row.opened_at is None
        row.opened_at, row.seen_at = row.opened_at or now, now
        row.save(update_fields=["opened_at", "seen_at"])
        if is_first:
            audit.record(audit.Outsider(label=row.signature), "link.opened", row)
    return True


def note_seen(link: VendorLink, *, now: datetime) -> None:
    """Keep when the link was last used; one write a minute is enough."""
    if link.seen_at is None or link.seen_at <= now - SEEN_AT_MOST_EVERY:
        VendorLink.objects.filter(pk=link.pk).update(seen_at=now)


# Making, changing, withdrawing ----------------------------------------------------------------------------------
def may_change(member: Membership, assessment: Assessment, purpose: str) -> bool:
    """Whoever assesses; and whoever decides, about a link to reply."""
    if may(member, Right.ASSESS):
        return True
    return purpose == LinkPurpose.REPLY and chain.may_decide_on(assessment, member)


def create(
    member: Membership,
    assessment: Assessment,
    contact: Contact,
    *,
    expires_at: datetime | None = None,
    language: str = "",
    now: datetime | None = None,
) -> tuple[VendorLink, str]:
    """A link to answer the questions, and its token, which is not kept. The vendor's one response is laid out when
    its first link is made; further contacts share it."""
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_assessment(member, assessment, LinkPurpose.ANSWER)
        response = Response.objects.of_vendor().filter(assessment=row).first()
        if response is None:
            response = transitions.lay_out(row, kind=ResponseKind.VENDOR, invited_by=member.user)
        link = VendorLink(assessment=row, purpose=LinkPurpose.ANSWER, response=response)
        return _create(member, link, contact, expires_at=expires_at, language=language, now=now)


def create_for_reply(
    member: Membership,
    reply_request: ReplyRequest,
    contact: Contact,
    *,
    expires_at: datetime | None = None,
    language: str = "",
    now: datetime | None = None,
) -> tuple[VendorLink, str]:
    """A link to one right of reply, and its token."""
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_assessment(member, reply_request.assessment, LinkPurpose.REPLY)
        link = VendorLink(assessment=row, purpose=LinkPurpose.REPLY, reply_request=reply_request)
        return _create(member, link, contact, expires_at=expires_at, language=language, now=now)


def renew(member: Membership, link: VendorLink, *, now: datetime | None = None) -> tuple[VendorLink, str]:
    """Another token for a link; the earlier one and every cookie that it gave are dead from here on.

    It goes to the contact's address of today: a mistyped one may have been put right. One that had expired is valid
    anew.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_link(member, link)
        receiver = row.contact or row
        token = mailed_links.renew(
            row,
            "link.renewed",
            by=member.user,
            expires_at=row.expires_at if row.expires_at > now else _at_least_until_due(row, _default_end(row, now)),
            told=FIELDS,
            issue=row.issue + 1,
            name=receiver.name,
            email=receiver.email,
        )
    return row, token


def extend(member: Membership, link: VendorLink, *, expires_at: datetime, now: datetime | None = None) -> VendorLink:
    """Valid until another moment to come; the link in the contact's mailbox goes on working."""
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_link(member, link)
        if not now < expires_at <= now + LONGEST:
            raise IllegalTransition(_("Choose a day to come, at most a year from now."))
        before = {"expires_at": row.expires_at}
        row.expires_at = expires_at
        row.save(update_fields=["expires_at"])
        audit.record(member.user, "link.extended", row, before=before, after={"expires_at": row.expires_at})
    return row


def keep_open(member: Membership, assessment: Assessment) -> None:
    """No link by which the vendor is asked to answer ends before its answers are due and two weeks more."""
    rows = VendorLink.objects.for_member(member).to_answer().filter(assessment=assessment, revoked_at=None)
    with transaction.atomic():
        Assessment.objects.for_member(member).select_for_update(no_key=True).get(pk=assessment.pk)
        for row in rows.select_related("assessment", "response", "reply_request"):
            end = _at_least_until_due(row, row.expires_at)
            if end > row.expires_at:
                before, row.expires_at = {"expires_at": row.expires_at}, end
                row.save(update_fields=["expires_at"])
                audit.record(member.user, "link.extended", row, before=before, after={"expires_at": end})


def revoke(member: Membership, link: VendorLink, *, now: datetime | None = None) -> VendorLink:
    """The link and its cookies open nothing any more; what was answered by it stays."""
    now = now or timezone.now()
    with transaction.atomic():
        row = _lock_link(member, link, states=set(AssessmentState))
        mailed_links.revoke(row, "link.revoked", by=member.user, now=now)
    return row


def reopen(member: Membership, assessment: Assessment) -> Response:
    """Let the vendor answer again after it has handed in."""
    with transaction.atomic():
        row = _lock_assessment(member, assessment, LinkPurpose.ANSWER)
        response = Response.objects.of_vendor().handed_in().filter(assessment=row).first()
        if response is None:
            raise IllegalTransition(_("The vendor’s answers are open already."))
        before, response.submitted_at = response.submitted_at, None
        response.save(update_fields=["submitted_at"])
        audit.record(
            member.user,
            "vendor_response.reopened",
            response,
            before={"submitted_at": before},
            after={"submitted_at": None},
        )
    return response


# Sending --------------------------------------------------------------------------------------------------------
def address(token: str) -> str:
    """What the contact opens."""
    return mailed_links.address("vendor_link", token)


def send(link: VendorLink, token: str, *, member: Membership | None = None, now: datetime | None = None) -> bool:
    """Mail the link in its contact's language, for `member` or else whoever made it; not within a transaction.

    False where there is no address or the mail server does not take it: the link is good all the same, to copy.
    """
    sender = member.user if member else link.created_by
    template = f"assessments/vendor_side/email/{'vendor_reply' if link.purpose == LinkPurpose.REPLY else 'vendor_link'}"
    assessment = link.assessment
    context = {
        "link": link,
        "assessment": assessment,
        "vendor": assessment.vendor,
        "organisation": assessment.organisation,
        "asker": sender,
        "due_on": due_of(link),
        "effort": effort_of(link.response) if link.response else None,
        "url": address(token),
    }
    now = now or timezone.now()
    return mailed_links.send_and_note(
        link, template, "link.sent", "link.not_delivered", by=sender, context=context, now=now
    )


def due_of(link: VendorLink) -> date | None:
    """Until when the vendor is asked to answer by it, if a day was named."""
    if link.reply_request is not None:
        return link.reply_request.due_on
    own = link.response.due_on if link.response else None
    return own or link.assessment.due_on


# Looking --------------------------------------------------------------------------------------------------------
def end_of_reply(due_on: date) -> datetime:
    """Somewhat longer than replies are taken: the vendor may still read what it was shown and what it said."""
    return end_of(due_on + READ_ON)


def progress(response: Response) -> Progress:
    """A word, a grade or a reason why there is none: each is an answer of the vendor."""
    said = ~Q(vendor_says="") | Q(grade__isnull=False) | ~Q(blank="")
    asked = Answer.objects.filter(response=response).counting()
    counts = asked.aggregate(total=Count("pk"), answered=Count("pk", filter=said))
    return Progress(**counts)


def in_words(rows: Iterable[VendorLink | CommitmentLink], now: datetime) -> tuple[LinkRow, ...]:
    """The links with where each stands; those that open nothing any more come last."""
    told = [LinkRow(link=link, state=_state(link, now)) for link in rows]
    return tuple(sorted(told, key=lambda row: not row.is_live))


def _state(link: VendorLink | CommitmentLink, now: datetime) -> str:
    """What happened last counts: one that was opened and then sent again has been sent."""
    if link.revoked_at:
        return "revoked"
    if link.expires_at <= now:
        return "expired"
    if link.failed_at:
        return "not_delivered"
    if link.seen_at and not (link.sent_at and link.sent_at > link.seen_at):
        return "opened"
    return "sent" if link.sent_at else "made"


def vendor_side(assessment: Assessment, links: Iterable[VendorLink] | None = None) -> VendorSide | None:
    """How far the vendor is; None where it was never asked. Only counts: what it wrote is its own until handed in."""
    response = Response.objects.of_vendor().filter(assessment=assessment).first()
    if response is None:
        return None
    response.assessment = assessment
    found = VendorLink.objects.filter(response=response) if links is None else links
    rows = [link for link in found if link.response_id == response.pk]
    return VendorSide(
        response=response,
        progress=progress(response),
        seen_at=max((link.seen_at for link in rows if link.seen_at is not None), default=None),
        has_link=any(link.revoked_at is None for link in rows),
    )


def awaited(assessment: Assessment) -> VendorSide | None:
    """How far the vendor is, where it is asked and has not handed in."""
    side = vendor_side(assessment)
    return side if side is not None and side.is_awaited else None


# ----------------------------------------------------------------------------------------------------------------
def _complete(link: VendorLink | None) -> VendorLink | None:
    """Its response and reply request know the assessment that was loaded with the link."""
    if link is not None and link.response is not None:
        link.response.assessment = link.assessment
    if link is not None and link.reply_request is not None:
        link.reply_request.assessment = link.assessment
    return link


def _lock_assessment(
    member: Membership, assessment: Assessment, purpose: str, states: set[AssessmentState] | None = None
) -> Assessment:
    """The assessment, held until the transaction ends, in a state that allows it."""
    if not may_change(member, assessment, purpose):
        raise PermissionDenied
    return transitions.lock_in_state(member, assessment, states or STATES[purpose])


def _lock_link(member: Membership, link: VendorLink, states: set[AssessmentState] | None = None) -> VendorLink:
    """The link, fresh, while its assessment is held; refused once it was withdrawn."""
    _lock_assessment(member, link.assessment, link.purpose, states)
    row = VendorLink.objects.select_related(*RELATED, "contact").get(pk=link.pk)
    if row.revoked_at is not None:
        raise IllegalTransition(NO_LONGER)
    return row


def _create(
    member: Membership,
    link: VendorLink,
    contact: Contact,
    *,
    expires_at: datetime | None,
    language: str,
    now: datetime,
) -> tuple[VendorLink, str]:
    if contact.vendor_id != link.assessment.vendor_id:
        raise PermissionDenied
    live = VendorLink.objects.filter(
        response=link.response, reply_request=link.reply_request, contact=contact, revoked_at=None
    )
    if live.exists():
        raise IllegalTransition(HAS_ONE % {"name": contact.name})
    token, link.token_hash = new_token()
    link.contact, link.name, link.email = contact, contact.name, contact.email
    link.language = language or contact.language
    link.created_by, link.created_at = member.user, now
    link.expires_at = _at_least_until_due(link, expires_at or _default_end(link, now))
    link.save()
    audit.record(member.user, "link.created", link, after=audit.snapshot(link, FIELDS))
    return link, token


def _default_end(link: VendorLink, now: datetime) -> datetime:
    """A month; for a reply as long as it takes."""
    if link.reply_request is not None and (end := end_of_reply(link.reply_request.due_on)) > now:
        return end
    return end_after(DEFAULT_DAYS, now)


def _at_least_until_due(link: VendorLink, end: datetime) -> datetime:
    """A right of reply has its own, longer term."""
    due_on = due_of(link)
    return end if due_on is None or link.purpose == LinkPurpose.REPLY else max(end, end_for(due_on))
