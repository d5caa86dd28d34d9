"""What a vendor handed in, kept for the vendor itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models import Response


class VendorCopyQuerySet(models.QuerySet["VendorCopy"]):
    def latest_of(self, response: Response | None) -> VendorCopy | None:
        """Of what was handed in last, also while it is open again."""
        return self.filter(response=response).order_by("-submitted_at").first()


class VendorCopy(models.Model):
    """What a vendor handed in, kept for the vendor itself: one row each time it hands in.

    `snapshot` is canonical JSON of its own questions and answers, without a word of the customer’s; `sha256` its
    hash. The database refuses any change.
    """

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="vendor_copies")
    submitted_at = models.DateTimeField()
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)

    objects = VendorCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("vendor’s copy")
        verbose_name_plural = _("vendor’s copies")
        ordering = ("response", "submitted_at")
        constraints = [
            models.UniqueConstraint(fields=["response", "submitted_at"], name="vendor_copy_once_per_hand_in")
        ]

    def __str__(self) -> str:
        return f"{self.response_id} {self.submitted_at:%Y-%m-%d}"
