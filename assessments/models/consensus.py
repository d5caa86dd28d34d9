"""Consensus: what raters agreed on in a meeting, question by question."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Assessment
from manifesto.models import Question


class Meeting(models.Model):
    """A day on which the raters talked, and who was there."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="meetings")
    held_on = models.DateField(_("day of the meeting"))
    attendees = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("who was there")
    )
    others = models.CharField(_("others who were there"), max_length=300, blank=True)  # names of people without account
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("held_on",)
        constraints = [models.UniqueConstraint(fields=["assessment", "held_on"], name="meeting_once_per_day")]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.held_on}"

    @property
    def present(self) -> list[str]:
        """The names of all who were there, with and without an account."""
        others = [name.strip() for name in self.others.split(",")]
        return [*sorted(str(user) for user in self.attendees.all()), *filter(None, others)]

    @property
    def is_of_one(self) -> bool:
        """Nobody else was there: what was recorded is one person's decision and no agreement."""
        return len(self.present) == 1


class Consensus(models.Model):
    """The agreed grade of a question, or that it does not apply, with the reason. The arithmetic uses it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="consensus")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agreed")
    grade = models.PositiveSmallIntegerField(_("agreed grade"), null=True, blank=True)
    not_applicable = models.BooleanField(_("not applicable"), default=False)
    reason = models.TextField(_("reason"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("consensus")
        verbose_name_plural = _("consensus")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "question"], name="consensus_once_per_question"),
            models.CheckConstraint(condition=Q(grade=None) | Q(grade__range=(0, 4)), name="consensus_grade_on_scale"),
            models.CheckConstraint(
                condition=Q(grade__isnull=False, not_applicable=False) | Q(grade=None, not_applicable=True),
                name="consensus_grade_or_not_applicable",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="consensus_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.question_id}"
