"""The vendor's way in: links without an account, and the right of reply."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ContactLink, LinkState, MailedLinkQuerySet, OrganisationRows
from assessments.models.assessment import Assessment
from assessments.models.response import Response
from vendors.models import Contact


class ReplyRequestQuerySet(models.QuerySet["ReplyRequest"]):
    def standing(self) -> ReplyRequestQuerySet:
        """Neither withdrawn nor followed by another."""
        return self.filter(withdrawn_at=None)

    def pending(self, today: date) -> ReplyRequestQuerySet:
        """The vendor was asked, may still reply, and has not."""
        return self.standing().filter(submitted_at=None, due_on__gte=today)


class ReplyRequest(models.Model):
    """The right of reply: the result per rule as it was shown to the vendor, and until when it may answer."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="reply_requests")
    shown = models.JSONField()  # {"rules": [{"key", "position", "name": {"en": …}, "status", "percent"}], "met": 5, …}
    fingerprint = models.CharField(max_length=64, blank=True)  # of what was submitted when it was shown
    due_on = models.DateField(_("reply until"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(_("replied on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)

    objects = ReplyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("right of reply")
        verbose_name_plural = _("rights of reply")
        ordering = ("opened_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"], condition=Q(withdrawn_at=None), name="reply_request_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.due_on}"


class Stance(models.TextChoices):
    AGREES = "agrees", _("Agrees")
    CONTESTS = "contests", _("Contests")


class Reply(models.Model):
    """What the vendor says of the result of one rule. It changes no score."""

    request = models.ForeignKey(ReplyRequest, on_delete=models.CASCADE, related_name="replies")
    rule = models.SlugField()
    stance = models.CharField(max_length=10, choices=Stance, blank=True)
    text = models.TextField(_("reply"), blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.UniqueConstraint(fields=["request", "rule"], name="reply_once_per_rule"),
            models.CheckConstraint(condition=Q(stance="") | Q(stance__in=Stance.values), name="reply_stance_known"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.rule}"


class LinkPurpose(models.TextChoices):
    ANSWER = "answer", _("To answer the questions")
    REPLY = "reply", _("To reply to the result")


class VendorLinkQuerySet(OrganisationRows, MailedLinkQuerySet["VendorLink"]):
    of_organisation = "assessment__organisation"

    def to_answer(self) -> VendorLinkQuerySet:
        return self.filter(purpose=LinkPurpose.ANSWER)

    def to_reply(self) -> VendorLinkQuerySet:
        return self.filter(purpose=LinkPurpose.REPLY)


class VendorLink(ContactLink):
    """A link for one contact to one response, or to one right of reply. The token is kept only as its hash; sending
    it again makes a new one, and `issue` then ends every cookie that the earlier one gave."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=6, choices=LinkPurpose, default=LinkPurpose.ANSWER)
    response = models.ForeignKey(Response, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    reply_request = models.ForeignKey(
        ReplyRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="links"
    )
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="links")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = VendorLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("vendor’s link")
        verbose_name_plural = _("vendor’s links")
        ordering = ("created_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose="answer", response__isnull=False, reply_request=None)
                | Q(purpose="reply", response=None, reply_request__isnull=False),
                name="vendor_link_has_its_object",
            ),
            models.UniqueConstraint(
                fields=["response", "contact"],
                condition=Q(revoked_at=None, contact__isnull=False),
                name="vendor_link_once_per_contact_and_response",
            ),
            models.UniqueConstraint(
                fields=["reply_request", "contact"],
                condition=Q(revoked_at=None, contact__isnull=False),
                name="vendor_link_once_per_contact_and_reply",
            ),
        ]

    def state(self, now: datetime) -> LinkState:
        """Closed also once the vendor is no longer asked for the reply that it is for."""
        if self.reply_request and self.reply_request.withdrawn_at:
            return LinkState.REVOKED
        return super().state(now)
