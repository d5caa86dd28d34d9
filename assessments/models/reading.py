"""Who has read what others answered: a fact, because whoever rates afterwards does not rate independently."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Assessment


class Reading(models.Model):
    """That others' answers in an assessment were shown to a person, and when for the first time."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    first_at = models.DateTimeField(_("first read"), default=timezone.now)

    class Meta:
        verbose_name = _("reading of others’ answers")
        verbose_name_plural = _("readings of others’ answers")
        constraints = [models.UniqueConstraint(fields=["assessment", "user"], name="reading_once_per_person")]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.user}"
