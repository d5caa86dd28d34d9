"""Letters to vendors: on whose paper, and with whose words."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows


class LetterKind(models.TextChoices):
    INVITATION = "invitation", _("Invitation")
    RESULT = "result", _("Result")
    REMINDER = "reminder", _("Reminder")
    CLOSING = "closing", _("Closing")
    PROOF = "proof", _("Request for proof of a cause")


class Letterhead(models.Model):
    """The paper of an organisation: its logo, the address, and what stands at the foot."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="letterhead")
    address = models.TextField(_("address"), blank=True, max_length=600)
    place = models.CharField(_("place of writing"), max_length=80, blank=True)
    foot = models.CharField(_("foot of the page"), max_length=300, blank=True)
    logo = models.FileField(_("logo"), upload_to="letterheads/", blank=True, max_length=200)
    logo_sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")

    def __str__(self) -> str:
        return f"{self.organisation_id}"


class LetterTemplateQuerySet(OrganisationRows, models.QuerySet["LetterTemplate"]):
    pass


class LetterTemplate(models.Model):
    """An organisation's own letter (DOCX with placeholders) in place of ours, of one kind in one language: one
    that is used, and one that waits to be looked at."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="letter_templates")
    kind = models.CharField(_("letter"), max_length=12, choices=LetterKind)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    file_name = models.CharField(_("file"), max_length=200)
    file = models.FileField(upload_to="letter-templates/", max_length=200)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    is_used = models.BooleanField(default=False)  # not before somebody has looked at it, filled in with an example

    objects = LetterTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ("kind", "language")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "language", "is_used"], name="letter_template_once_in_use_and_waiting"
            ),
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="letter_template_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"
