"""A questionnaire that was filled in a workbook and sent back: kept until it is taken over or thrown away."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, OrganisationRows
from assessments.models.link import VendorLink
from assessments.models.response import Response


class WorkbookUploadQuerySet(OrganisationRows, models.QuerySet["WorkbookUpload"]):
    of_organisation = "response__assessment__organisation"

    def for_outsider(self, member: Membership) -> Self:
        """Their own, while they are asked."""
        return self.filter(uploaded_by=member.user_id, response__withdrawn_at=None)

    def waiting(self) -> WorkbookUploadQuerySet:
        """Looked at, and neither taken over nor thrown away."""
        return self.filter(taken_at=None, discarded_at=None)


class WorkbookUpload(models.Model):
    """A filled workbook: what it holds is read again whenever somebody looks, and written when they say so.

    By a rater (`uploaded_by`) or the vendor (`link`). `file` is deleted when it was taken over or thrown away.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="workbooks")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(VendorLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField()
    file_name = models.CharField(_("file"), max_length=200)
    file = models.FileField(upload_to="workbooks/", blank=True, max_length=200)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    taken_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = WorkbookUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded workbook")
        verbose_name_plural = _("uploaded workbooks")
        ordering = ("-uploaded_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(uploaded_by__isnull=True) ^ Q(link__isnull=True), name="workbook_upload_by_one"
            ),
            models.CheckConstraint(condition=Q(taken_at=None) | Q(discarded_at=None), name="workbook_upload_one_end"),
        ]

    def __str__(self) -> str:
        return self.file_name
