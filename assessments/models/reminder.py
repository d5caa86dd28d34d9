"""What each person wants to be told, and the mails that tell it: the row is the job."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groundwork.jobs.lease import Job, JobQuerySet


class Rhythm(models.TextChoices):
    DAILY = "daily", _("Every day that something is due")
    WEEKLY = "weekly", _("Once a week, on Monday")
    NEVER = "never", _("Never")


class Preferences(models.Model):
    """What one person gets by mail. No row: the defaults."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    digest = models.CharField(_("summary of what waits for you"), max_length=6, choices=Rhythm, default=Rhythm.DAILY)
    before_due = models.BooleanField(_("before a due date"), default=True)
    after_due = models.BooleanField(_("after a due date has passed"), default=True)
    at_once = models.BooleanField(_("at once, when somebody asks you for something"), default=True)
    calendar_hash = models.CharField(max_length=64, blank=True, db_index=True)  # of the secret address of the feed
    calendar_made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints = [
            models.CheckConstraint(condition=Q(digest__in=Rhythm.values), name="preferences_digest_known"),
            models.UniqueConstraint(
                fields=["calendar_hash"], condition=~Q(calendar_hash=""), name="preferences_calendar_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class DigestState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    EMPTY = "empty", _("Nothing to say")
    FAILED = "failed", _("Failed")


class DigestQuerySet(JobQuerySet["Digest"]):
    unfinished_states = (DigestState.QUEUED, DigestState.SENDING)

    def claimable(self, now: datetime) -> DigestQuerySet:
        """Today's; what the mail server did not take rests first."""
        rested = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
        return super().claimable(now).filter(rested, day=timezone.localdate(now))

    def worn_out(self, now: datetime) -> DigestQuerySet:
        """Those of earlier days, too: today's tells what they would have told, and a person gets one, not seven."""
        return super().worn_out(now) | self.free(now).filter(day__lt=timezone.localdate(now))

    def overdue(self, now: datetime) -> DigestQuerySet:
        return self.claimable(now).order_by("pk")


class Digest(Job):
    """The one mail of a day to one person, or to one contact of a vendor, by its link to answer or by its link to the
    commitments: about all that is due."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="digests"
    )
    link = models.ForeignKey(
        "assessments.VendorLink", on_delete=models.CASCADE, null=True, blank=True, related_name="digests"
    )
    commitment_link = models.ForeignKey(
        "assessments.CommitmentLink", on_delete=models.CASCADE, null=True, blank=True, related_name="digests"
    )
    day = models.DateField(_("day"))
    since = models.DateField(_("since"), null=True, blank=True)  # the day up to which an earlier one told everything
    state = models.CharField(max_length=8, choices=DigestState, default=DigestState.QUEUED)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = _("summary mail")
        verbose_name_plural = _("summary mails")
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="digest_once_per_person_and_day"),
            models.UniqueConstraint(fields=["link", "day"], name="digest_once_per_link_and_day"),
            models.UniqueConstraint(fields=["commitment_link", "day"], name="digest_once_per_commitment_link_and_day"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, link=None, commitment_link=None)
                | Q(user=None, link__isnull=False, commitment_link=None)
                | Q(user=None, link=None, commitment_link__isnull=False),
                name="digest_has_one_receiver",
            ),
            models.CheckConstraint(condition=Q(state__in=DigestState.values), name="digest_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.link_id or self.commitment_link_id} {self.day}"
