"""Who learns of what: the vendor's contact that something waits for their word, the customer what the vendor did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone, translation

from accounts import mail
from accounts.access import Right, roles_with
from accounts.mailed_links import links as mailed_links
from accounts.models import Membership, User
from assessments.models import (
    Commitment,
    CommitmentFile,
    CommitmentLink,
    CommitmentQuerySet,
    CommitmentState,
    CommitmentStep,
    StepKind,
)
from assessments.preferences import tell_once_certain
from assessments.vendor_commitments import links
from assessments.vendor_commitments.shown import Part, shown_to
from vendors.models import Vendor

QUIET = timedelta(hours=1)  # after the last change: whoever proposes three in a row is heard once
AT_ONCE = 20
EMAIL = "assessments/vendor_commitments/email/"


# The vendor's contact --------------------------------------------------------------------------------------------
def send(link: CommitmentLink, token: str, *, asker: User, now: datetime) -> bool:
    """Mail the link in its contact's language; not within a transaction. False where there is no address or the mail
    server does not take it: the link is good all the same, to copy."""
    context = _context(link, asker, now) | {"url": links.address(token)}
    is_sent = mailed_links.send_and_note(
        link,
        EMAIL + "commitment_link",
        "commitment_link.sent",
        "commitment_link.not_delivered",
        by=asker,
        context=context,
        now=now,
    )
    if is_sent:
        CommitmentLink.objects.filter(pk=link.pk).update(told_at=now)
    return is_sent


def tell_contact(link: CommitmentLink, *, now: datetime) -> bool:
    """Write to the holder of a link what waits for their word. The token is not kept, so the mail points to the one
    that brought it. False where nothing waits, there is no address, or the mail server does not take it.

    Marked as told before it is sent, so that of two who tell one writes; taken back where the mail did not go.
    """
    before, asker = link.told_at, links.asker_of(link)
    context = _context(link, asker, now)
    rows = CommitmentLink.objects.open(now).filter(pk=link.pk, told_at=before).exclude(email="")
    if not context["waiting"] or not rows.update(told_at=now):
        return False
    links.keep_open(link)
    is_sent = mailed_links.send(link, EMAIL + "commitments_waiting", context=context, asker=asker)
    if not is_sent:
        CommitmentLink.objects.filter(pk=link.pk, told_at=now).update(told_at=before)
    return is_sent


def to_tell(now: datetime) -> QuerySet[CommitmentLink]:
    """The links whose holder has not learned yet of something that waits for their word: asked or changed since they
    were last told and since they last looked, and an hour ago at least."""
    asked = _waiting().filter(vendor=OuterRef("vendor"))
    news = asked.filter(Q(asked_at__gt=OuterRef("knows_until")))
    knows = Greatest("created_at", *(Coalesce(F(name), F("created_at")) for name in ("sent_at", "told_at", "seen_at")))
    rows = CommitmentLink.objects.open(now).filter(vendor__archived_at=None).exclude(email="")
    rows = rows.annotate(knows_until=knows)
    settling = asked.filter(Q(asked_at__gt=now - QUIET))
    return rows.filter(Exists(news)).exclude(Exists(settling)).select_related(*links.RELATED)


def tell_some(now: datetime) -> int:
    """Each of them one mail, at most twenty: the next ten minutes have their own. How many went out."""
    return sum(tell_contact(link, now=now) for link in to_tell(now)[:AT_ONCE])


def waiting_of(vendor: Vendor) -> CommitmentQuerySet:
    """What waits for this vendor's word: proposed, and not declined as it stands."""
    return _waiting().filter(vendor=vendor)


def _waiting() -> CommitmentQuerySet:
    """What is proposed and was not declined as it stands; `asked_at`: since when."""
    steps = CommitmentStep.objects.filter(commitment=OuterRef("pk")).order_by("-at", "-pk")
    last = steps.filter(kind__in=(StepKind.PROPOSED, StepKind.CHANGED, StepKind.DECLINED))
    rows = Commitment.objects.filter(state=CommitmentState.PROPOSED)
    rows = rows.annotate(last_kind=Subquery(last.values("kind")[:1]), asked_at=Subquery(last.values("at")[:1]))
    return rows.filter(~Q(last_kind=StepKind.DECLINED))


def _context(link: CommitmentLink, asker: User | None, now: datetime) -> dict[str, object]:
    with translation.override(link.language):
        shown = shown_to(link, today=timezone.localdate(now))
    return {
        "link": link,
        "vendor": link.vendor,
        "organisation": link.vendor.organisation,
        "asker": asker,
        "waiting": [one for one in shown if one.part is Part.WAITING],
        "open": [one for one in shown if one.part in (Part.AGREED, Part.REPORTED)],
    }


# The customer ----------------------------------------------------------------------------------------------------
def tell_customer(
    link: CommitmentLink,
    rows: Sequence[Commitment],
    kind: StepKind,
    *,
    text: str = "",
    files: Sequence[CommitmentFile] = (),
) -> None:
    """Mail whoever follows these commitments up what the vendor did, once the change is certain: one mail a person."""
    organisation = link.vendor.organisation
    for user, theirs in _by_receiver(organisation.pk, rows).items():
        is_one = len(theirs) == 1
        path = reverse("commitment_detail", args=[theirs[0].pk]) if is_one else _page_of(link.vendor_id)
        context = {
            "kind": kind.value,
            "vendor": link.vendor,
            "organisation": organisation,
            "contact": link.name,
            "commitments": theirs,
            "text": text,
            "files": [file.name for file in files],
            "url": mail.page_address(path, organisation),
        }
        tell_once_certain([user], EMAIL + "vendor_said", context)


def _page_of(vendor_id: int) -> str:
    return f"{reverse('vendor_detail', args=[vendor_id])}#commitments"


def _by_receiver(organisation_id: int, rows: Sequence[Commitment]) -> dict[User, list[Commitment]]:
    """Who is told of which: the owner while they are a member, else whoever assesses. Two queries at most."""
    members = Membership.objects.active().filter(organisation=organisation_id, user__is_active=True)
    following = members.filter(user__in=[row.owner_id for row in rows]).select_related("user")
    owners = {member.user_id: member.user for member in following}
    others: list[User] = []
    if any(row.owner_id not in owners for row in rows):
        others = [member.user for member in members.filter(role__in=roles_with(Right.ASSESS)).select_related("user")]
    told: dict[User, list[Commitment]] = {}
    for row in rows:
        for user in [owners[row.owner_id]] if row.owner_id in owners else others:
            told.setdefault(user, []).append(row)
    return told
