"""Keys to the API: a token, and what it has already asked to be done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.people import Membership, Organisation, OrganisationRows, Role, User
from groundwork.public_ids import PublicRow


class ApiTokenQuerySet(OrganisationRows, models.QuerySet["ApiToken"]):
    def usable(self, now: datetime) -> ApiTokenQuerySet:
        """Neither withdrawn nor run out, of somebody who still is a member.

        A service reads for the person who made it, and what waits for that person's answers waits for it. So what
        somebody else made for it opens nothing while they are a member here: they may know the token, and would read
        with the eyes of another; nor what was made by somebody who only rates from outside by now."""
        live = self.filter(revoked_at=None, expires_at__gt=now, member__is_active=True)
        here = Membership.objects.active().filter(organisation=OuterRef("organisation"), user=OuterRef("made_by"))
        has_maker = Q(member__user__made_by__isnull=False)
        is_theirs = Q(member__user__made_by=F("made_by")) & ~Exists(here.filter(role=Role.RATER))
        return live.filter(Q(member__is_service=False) | has_maker & (is_theirs | ~Exists(here)))

    def running_out(self, now: datetime, within: timedelta) -> ApiTokenQuerySet:
        return self.usable(now).filter(expires_at__lte=now + within)

    def told_of(self, now: datetime, since: timedelta) -> ApiTokenQuerySet:
        """For a list: without those that ended longer ago."""
        return self.filter(Q(revoked_at=None) | Q(revoked_at__gt=now - since), expires_at__gt=now - since)

    def of_services(self) -> ApiTokenQuerySet:
        return self.filter(member__is_service=True)

    def of_person(self, member: Membership) -> ApiTokenQuerySet:
        return self.filter(member=member)


class ApiToken(PublicRow):
    """A key to the API, kept as its hash: `start` is what people know it by. It acts as `member`, a person or a
    service, with that member's role and never more than its `scopes` (values of `accounts.operations.Scope`)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_tokens")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list)
    start = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made on"))
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)  # to the minute
    revoked_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return self.name


class AnsweredRequest(models.Model):
    """A write that named itself by an `Idempotency-Key`, and what it was answered: it is done once, however often it
    is sent. `status` is empty while it is worked on; housekeeping forgets it after a day."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answered")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # of method, path and body
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("answered request")
        verbose_name_plural = _("answered requests")
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="answered_request_once_per_key"),
            models.CheckConstraint(condition=~Q(key=""), name="answered_request_has_key"),
        ]

    def __str__(self) -> str:
        return self.key
