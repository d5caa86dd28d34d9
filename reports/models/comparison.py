"""Two to five vendors side by side."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows
from reports.models.scorecard import Scorecard


class ComparisonQuerySet(OrganisationRows, models.QuerySet["Comparison"]):
    def of_content(self, sha256: str) -> ComparisonQuerySet:
        return self.filter(sha256=sha256)


class Comparison(models.Model):
    """Two to five vendors side by side, by one scorecard of each, in this order: what its documents are printed from.

    The same scorecards in the same order are the same row: `sha256` is the hash of their numbers and hashes. The
    database refuses any change.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="comparisons")
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="comparison_once_per_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class ComparedScorecard(models.Model):
    """Where one scorecard stands in a comparison: 1 for the first of them."""

    comparison = models.ForeignKey(Comparison, on_delete=models.PROTECT, related_name="places")
    position = models.PositiveSmallIntegerField()
    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("comparison", "position")
        constraints = [
            models.UniqueConstraint(fields=["comparison", "position"], name="comparison_place_once"),
            models.UniqueConstraint(fields=["comparison", "scorecard"], name="comparison_scorecard_once"),
            models.CheckConstraint(condition=Q(position__range=(1, 5)), name="comparison_of_five_at_most"),
        ]

    def __str__(self) -> str:
        return f"{self.comparison_id} {self.position}"
