"""What was noted of what the vendor said, before it answered itself: one text a question, shared by all who rate."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, OrganisationRows
from assessments.models.assessment import Assessment
from assessments.models.response import Answer
from manifesto.models import Question


class VendorNoteQuerySet(OrganisationRows, models.QuerySet["VendorNote"]):
    of_organisation = "assessment__organisation"

    def for_outsider(self, member: Membership) -> Self:
        """About the questions that they are asked."""
        theirs = Answer.objects.for_member(member)
        return self.filter(
            Exists(theirs.filter(question=OuterRef("question"), response__assessment=OuterRef("assessment")))
        )

    def written(self) -> VendorNoteQuerySet:
        return self.exclude(text="")

    def of_assessment(self, assessment: Assessment) -> VendorNoteQuerySet:
        """What was noted in this assessment, with who wrote it last."""
        return self.written().filter(assessment=assessment).select_related("updated_by")

    def by_question(self, assessment: Assessment) -> dict[int, VendorNote]:
        """Question → what was noted in this assessment, with who wrote it last; one query."""
        return {note.question_id: note for note in self.of_assessment(assessment)}


class VendorNote(models.Model):
    """No answer of anybody: it holds no grade, and whoever rates reads and writes it."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="vendor_notes")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("what the vendor answers"), blank=True)
    # It comes from the assessment before, and nobody has confirmed or changed it yet.
    carried_over = models.BooleanField(_("carried over"), default=False)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = VendorNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note of what the vendor said")
        verbose_name_plural = _("notes of what the vendor said")
        constraints = [models.UniqueConstraint(fields=["assessment", "question"], name="vendor_note_once_per_question")]

    def __str__(self) -> str:
        return f"{self.assessment_id}/{self.question_id}"
