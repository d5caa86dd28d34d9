"""Tokens that are sent by mail: who comes in by one, how long, and what became of it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Department, Organisation, OrganisationRows, Role, User


def new_token() -> tuple[str, str]:
    """A fresh 256-bit token and the hash that alone is stored."""
    token = secrets.token_urlsafe(32)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class FirstTokenQuerySet(models.QuerySet["FirstToken"]):
    def waiting(self) -> FirstTokenQuerySet:
        """Not used, and nobody has come in by another way."""
        somebody, something = models.Exists(User.objects.all()), models.Exists(Organisation.objects.all())
        return self.filter(~somebody, ~something, used_at=None)


class FirstToken(models.Model):
    """Opens the page on which an empty installation gets its first organisation. There is one row at most, and the
    token is kept as its hash; `accounts.founding.tokens` makes it."""

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    token_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = FirstTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("first token")
        verbose_name_plural = _("first tokens")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="first_token_once")]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"


class LinkState(StrEnum):
    """Where a mailed link stands for whoever opens it."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    REPLACED = "replaced"  # by one that was sent later
    UNKNOWN = "unknown"  # never made, or made anew since


AnyLink = TypeVar("AnyLink", bound="MailedLink")


class MailedLinkQuerySet(models.QuerySet[AnyLink]):
    def pending(self) -> Self:
        """Neither used nor withdrawn; the term may be over, and can be renewed."""
        unused = {self.model.USED_AT: None} if self.model.USED_AT else {}
        return self.filter(revoked_at=None, **unused)

    def open(self, now: datetime) -> Self:
        return self.pending().filter(expires_at__gt=now)


class MailedLink(models.Model):
    """A 256-bit token sent by mail, kept only as its hash; nobody guesses one, so nothing counts the attempts.

    `accounts.mailed_links` finds, renews, withdraws and sends them; each kind has its own rules and texts.
    """

    USED_AT: ClassVar[str] = ""  # the field of the moment that used it up, of a kind that works once
    WHO: ClassVar[str] = "link:"  # begins what the forms say that are made for its holder

    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def who_is(cls, pk: int) -> str:
        """Whom a form was made for that stood on a page of this link: a word that no other kind of link has."""
        return f"{cls.WHO}{pk}"

    @property
    def who(self) -> str:
        return self.who_is(self.pk)

    def state(self, now: datetime) -> LinkState:
        if self.USED_AT and getattr(self, self.USED_AT):
            return LinkState.USED
        if self.revoked_at:
            return LinkState.REVOKED
        return LinkState.OPEN if self.expires_at > now else LinkState.EXPIRED


class DeliveredLink(MailedLink):
    """One whose way to the mail server is noted."""

    sent_at = models.DateTimeField(null=True, blank=True)  # when the mail server last took it
    failed_at = models.DateTimeField(null=True, blank=True)  # when it last refused it
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class ContactLink(DeliveredLink):
    """One by which a contact of a vendor comes in, as often as they like: it is exchanged for a cookie, and `issue`
    ends every cookie of an earlier token. `name`: of the contact, kept should the contact go."""

    name = models.CharField(_("name"), max_length=120)
    issue = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def signature(self) -> str:
        """Who it is, in the trail and beside what was said."""
        return f"{self.name} <{self.email}>" if self.email else self.name


AS_ONE = timedelta(minutes=1)  # what one click writes


class InvitationQuerySet(OrganisationRows, MailedLinkQuerySet["Invitation"]):
    def readers_asked_to_rate(self) -> InvitationQuerySet:
        """Made by asking an address to rate, at a time when that made a reader of it, who reads everything.

        The questionnaire was written together with the invitation; one that an administrator had sent before is
        another. Named by strings: the layer above must not be imported here."""
        asked = {"responses__created_at__lt": F("invited_at") + AS_ONE, "responses__invited_by": F("invited_by")}
        return self.filter(role=Role.READER, **asked).distinct()


class Invitation(MailedLink):
    """A mailed link that makes its holder a member, once."""

    USED_AT = "accepted_at"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))  # never without one
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.READER)
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="invitation_role_known")]

    def __str__(self) -> str:
        return self.email
