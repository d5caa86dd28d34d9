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
from accounts.mailed_links.lifecycle import Lifecycle
from accounts.mailed_links.links import end_after, end_for, end_of
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
    LinkPurpose,
    ReplyRequest,
    Response,
    ResponseKind,
    VendorLink,
)
from groundwork.together import Lookup
from vendors.models import Contact

DEFAULT_DAYS = 30
READ_ON = timedelta(days=30)  # after the last day to reply: what was shown and said can be read again
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
    "contact",
    "response",
    "reply_request",
)

HAS_ONE: Promise = _("%(name)s has a link already: send that one again, or extend it.")


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


# The life of a link ---------------------------------------------------------------------------------------------
def _complete(link: VendorLink) -> None:
    """Its response and reply request know the assessment that was loaded with the link."""
    if link.response is not None:
        link.response.assessment = link.assessment
    if link.reply_request is not None:
        link.reply_request.assessment = link.assessment


def _until(link: VendorLink, now: datetime) -> datetime:
    return link.expires_at if link.expires_at > now else _at_least_until_due(link, _default_end(link, now))


def _default_end(link: VendorLink, now: datetime) -> datetime:
    """A month; for a reply as long as it takes."""
    if link.reply_request is not None and (end := end_of_reply(link.reply_request.due_on)) > now:
        return end
    return end_after(DEFAULT_DAYS, now)


def _at_least_until_due(link: VendorLink, end: datetime) -> datetime:
    """A right of reply has its own, longer term."""
    due_on = due_of(link)
    return end if due_on is None or link.purpose == LinkPurpose.REPLY else max(end, end_for(due_on))


LIFE: Lifecycle[VendorLink] = Lifecycle(
    model=VendorLink,
    related=RELATED,
    verb="link",
    route="vendor_link",
    told=FIELDS,
    refusal=IllegalTransition,
    hold=lambda link: Assessment.objects.select_for_update(no_key=True).get(pk=link.assessment_id),
    lock=lambda member, link: _lock_assessment(member, link.assessment, link.purpose),
    lock_to_end=lambda member, link: _lock_assessment(member, link.assessment, link.purpose, set(AssessmentState)),
    until=_until,
    complete=_complete,
)
find, load, note_opened, address = LIFE.find, LIFE.load, LIFE.note_opened, LIFE.address


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
    return LIFE.renew(member, link, now=now or timezone.now())


def extend(member: Membership, link: VendorLink, *, expires_at: datetime, now: datetime | None = None) -> VendorLink:
    return LIFE.extend(member, link, expires_at=expires_at, now=now or timezone.now())


def keep_open(member: Membership, assessment: Assessment) -> None:
    """No link by which the vendor is asked to answer ends before its answers are due and two weeks more."""
    rows = VendorLink.objects.for_member(member).to_answer().filter(assessment=assessment, revoked_at=None)
    with transaction.atomic():
        Assessment.objects.for_member(member).select_for_update(no_key=True).get(pk=assessment.pk)
        for row in rows.select_related("assessment", "response", "reply_request"):
            end = _at_least_until_due(row, row.expires_at)
            if end > row.expires_at:
                LIFE.prolong(row, end, by=member.user)


def revoke(member: Membership, link: VendorLink, *, now: datetime | None = None) -> VendorLink:
    return LIFE.revoke(member, link, now=now or timezone.now())


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
    asked = Answer.objects.filter(response=response).counting()
    counts = asked.aggregate(total=Count("pk"), answered=Count("pk", filter=_said()))
    return Progress(**counts)


def _said(way: str = "") -> Q:
    """`way`: from the row to its answers."""
    return ~Q(**{f"{way}vendor_says": ""}) | Q(**{f"{way}grade__isnull": False}) | ~Q(**{f"{way}blank": ""})


def vendor_side(assessment: Assessment, links: Iterable[VendorLink] | None = None) -> VendorSide | None:
    """How far the vendor is; None where it was never asked. Only counts: what it wrote is its own until handed in."""
    return vendor_side_in(assessment, links).now()


def vendor_side_in(assessment: Assessment, links: Iterable[VendorLink] | None = None) -> Lookup[VendorSide | None]:
    """The same, to be read with what else a page shows."""
    counted = Q(answers__question__supplementary=False)
    responses = Response.objects.of_vendor().filter(assessment=assessment).order_by("pk")
    told_of = responses.annotate(
        total=Count("answers", filter=counted), answered=Count("answers", filter=counted & _said("answers__"))
    )[:1]
    found = VendorLink.objects.filter(response__in=responses.order_by()) if links is None else None

    def told() -> VendorSide | None:
        for response in told_of:
            response.assessment = assessment
            rows = [link for link in found or links or () if link.response_id == response.pk]
            return VendorSide(
                response=response,
                progress=Progress(total=response.total, answered=response.answered),
                seen_at=max((link.seen_at for link in rows if link.seen_at is not None), default=None),
                has_link=any(link.revoked_at is None for link in rows),
            )
        return None

    return Lookup(reads=(told_of,) if found is None else (told_of, found), told=told)


def awaited(assessment: Assessment) -> VendorSide | None:
    """How far the vendor is, where it is asked and has not handed in."""
    side = vendor_side(assessment)
    return side if side is not None and side.is_awaited else None


# ----------------------------------------------------------------------------------------------------------------
def _lock_assessment(
    member: Membership, assessment: Assessment, purpose: str, states: set[AssessmentState] | None = None
) -> Assessment:
    """The assessment, held until the transaction ends, in a state that allows it."""
    if not may_change(member, assessment, purpose):
        raise PermissionDenied
    return transitions.lock_in_state(member, assessment, states or STATES[purpose])


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
