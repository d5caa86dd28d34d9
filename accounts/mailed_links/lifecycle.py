"""What becomes of a link by which a contact comes in and back: found, opened, sent again, extended, withdrawn.

Each kind says what it belongs to and who may change it; the steps are the same. Whoever changes one holds what it
belongs to, so that of two who act at once the second sees what the first did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.mailed_links import links
from accounts.mailed_links.links import LONGEST
from accounts.models import ContactLink, LinkState, Membership, User
from accounts.trail import audit
from groundwork.refusals import Refusal

SEEN_AT_MOST_EVERY = timedelta(minutes=1)
FIELDS = ("name", "email", "language", "expires_at")
NO_LONGER: Promise = _("This link was withdrawn: make a new one instead.")
Link = TypeVar("Link", bound=ContactLink)


@dataclass(frozen=True, kw_only=True)
class Lifecycle(Generic[Link]):
    """The life of one kind of link.

    `model`, `related`: the rows, and what their pages need of them; `verb`: begins its verbs in the trail; `route`:
    what the mailed address opens; `hold`: locks what a link belongs to, within a transaction; `lock`: the same for a
    member who changes it, refused with PermissionDenied or a `refusal`; `lock_to_end`: where one may be withdrawn when
    nothing else is allowed; `until`: the end of one that is sent again; `complete`: what a row that was read must know.
    """

    model: type[Link]
    related: tuple[str, ...]
    verb: str
    route: str
    told: tuple[str, ...] = FIELDS
    refusal: type[Refusal]
    hold: Callable[[Link], object]
    lock: Callable[[Membership, Link], object]
    lock_to_end: Callable[[Membership, Link], object] | None = None
    until: Callable[[Link, datetime], datetime]
    complete: Callable[[Link], None] = lambda link: None

    def rows(self) -> QuerySet[Link]:
        return self.model._default_manager.select_related(*self.related)

    def find(self, token: str) -> Link | None:
        """The link of a token, whatever its state; one query."""
        return self._completed(links.find(self.rows(), token))

    def load(self, pk: int) -> Link | None:
        """The link of an id; one query."""
        return self._completed(self.rows().filter(pk=pk).first())

    def note_opened(self, link: Link, *, now: datetime) -> bool:
        """The contact comes in by it. False where it was sent again or withdrawn in this very moment."""
        with transaction.atomic():
            self.hold(link)
            row = self.model._default_manager.filter(pk=link.pk, token_hash=link.token_hash).first()
            if row is None or row.state(now) is not LinkState.OPEN:
                return False
            is_first = row.opened_at is None
            row.opened_at, row.seen_at = row.opened_at or now, now
            row.save(update_fields=["opened_at", "seen_at"])
            if is_first:
                audit.record(audit.Outsider(label=row.signature), f"{self.verb}.opened", row)
        return True

    def note_seen(self, link: Link, *, now: datetime) -> None:
        """Keep when it was last used; one write a minute is enough."""
        if link.seen_at is None or link.seen_at <= now - SEEN_AT_MOST_EVERY:
            self.model._default_manager.filter(pk=link.pk).update(seen_at=now)

    def renew(self, member: Membership, link: Link, *, now: datetime) -> tuple[Link, str]:
        """Another token; the earlier one and every cookie that it gave are dead from here on.

        It goes to the contact's address of today: a mistyped one may have been put right. One that had expired is valid
        anew.
        """
        with transaction.atomic():
            row = self.locked(member, link)
            receiver = getattr(row, "contact", None) or row
            token = links.renew(
                row,
                f"{self.verb}.renewed",
                by=member.user,
                expires_at=self.until(row, now),
                told=self.told,
                issue=row.issue + 1,
                name=receiver.name,
                email=receiver.email,
            )
        return row, token

    def extend(self, member: Membership, link: Link, *, expires_at: datetime, now: datetime) -> Link:
        """Valid until another moment to come; the link in the contact's mailbox goes on working."""
        with transaction.atomic():
            row = self.locked(member, link)
            if not now < expires_at <= now + LONGEST:
                raise self.refusal(_("Choose a day to come, at most a year from now."))
            self.prolong(row, expires_at, by=member.user)
        return row

    def prolong(self, link: Link, end: datetime, *, by: User | None) -> None:
        """Another end, written and told; whoever calls it holds what the link belongs to."""
        before, link.expires_at = {"expires_at": link.expires_at}, end
        link.save(update_fields=["expires_at"])
        audit.record(by, f"{self.verb}.extended", link, before=before, after={"expires_at": end})

    def revoke(self, member: Membership, link: Link, *, now: datetime) -> Link:
        """It and its cookies open nothing any more; what was said by it stays."""
        with transaction.atomic():
            row = self._fresh(member, link, self.lock_to_end or self.lock)
            links.revoke(row, f"{self.verb}.revoked", by=member.user, now=now)
        return row

    def locked(self, member: Membership, link: Link) -> Link:
        """The link, fresh, while what it belongs to is held; refused once it was withdrawn."""
        return self._fresh(member, link, self.lock)

    def _fresh(self, member: Membership, link: Link, lock: Callable[[Membership, Link], object]) -> Link:
        lock(member, link)
        row = self.rows().get(pk=link.pk)
        if row.revoked_at is not None:
            raise self.refusal(NO_LONGER)
        return row

    def address(self, token: str) -> str:
        """What the contact opens."""
        return links.address(self.route, token)

    def _completed(self, link: Link | None) -> Link | None:
        if link is not None:
            self.complete(link)
        return link


@dataclass(frozen=True, kw_only=True)
class LinkRow(Generic[Link]):
    """A link and where it stands: made, sent, not_delivered, opened, expired or revoked."""

    link: Link
    state: str

    @property
    def is_live(self) -> bool:
        return self.state != "revoked"

    @property
    def is_open(self) -> bool:
        return self.state not in ("revoked", "expired")


def in_words(rows: Iterable[Link], now: datetime) -> tuple[LinkRow[Link], ...]:
    """The links with where each stands; those that open nothing any more come last."""
    told = [LinkRow(link=link, state=_state(link, now)) for link in rows]
    return tuple(sorted(told, key=lambda row: not row.is_live))


def _state(link: ContactLink, now: datetime) -> str:
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
