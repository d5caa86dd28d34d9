"""How each vendor stands, as a row that the database sorts and counts."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows
from reports.models.scorecard import Scorecard
from vendors.models import Vendor

RULE_POSITIONS = range(1, 8)


class VendorStandingQuerySet(OrganisationRows, models.QuerySet["VendorStanding"]):
    pass


class VendorStanding(models.Model):
    """How one vendor stands: the numbers of its latest scorecard in one row, so that a list of ten thousand vendors is
    sorted, filtered and counted by the database.

    Nothing is printed or decided from it: it repeats the scorecard, is written in the transaction that makes one, and
    can be written anew at any time (`bin/manage standings`). Percents have two decimals, as in `ScorecardRule`;
    `lowest_rule` is a position from 1 to 7. `contradicted` and `better` are None where nothing was measured.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="vendor_standings")
    vendor = models.OneToOneField(Vendor, on_delete=models.CASCADE, related_name="latest_standing")
    scorecard = models.OneToOneField(Scorecard, on_delete=models.CASCADE, related_name="standing")
    approved_at = models.DateTimeField()
    period_end = models.DateField()
    verdict = models.CharField(max_length=10)
    confidence = models.CharField(max_length=6)
    met = models.PositiveSmallIntegerField()
    partly = models.PositiveSmallIntegerField()
    broken = models.PositiveSmallIntegerField()
    not_rated = models.PositiveSmallIntegerField()
    lowest = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    lowest_rule = models.PositiveSmallIntegerField(null=True)
    contradicted = models.PositiveSmallIntegerField(null=True)  # rules that a measure contradicts
    better = models.PositiveSmallIntegerField(null=True)  # rules that are better than rated
    status_1 = models.CharField(max_length=10)
    status_2 = models.CharField(max_length=10)
    status_3 = models.CharField(max_length=10)
    status_4 = models.CharField(max_length=10)
    status_5 = models.CharField(max_length=10)
    status_6 = models.CharField(max_length=10)
    status_7 = models.CharField(max_length=10)
    percent_1 = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    percent_2 = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    percent_3 = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    percent_4 = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    percent_5 = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    percent_6 = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    percent_7 = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    objects = VendorStandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("vendor’s standing")
        verbose_name_plural = _("vendors’ standings")
        ordering = ("vendor",)
        indexes = [
            models.Index(fields=["organisation", "-broken", "lowest"], name="standing_by_attention"),
            models.Index(fields=["organisation", "approved_at"], name="standing_by_age"),
            models.Index(fields=["organisation", "period_end"], name="standing_by_period"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(met=7 - F("partly") - F("broken") - F("not_rated")), name="standing_counts_seven_rules"
            ),
            models.CheckConstraint(
                condition=Q(lowest=None, lowest_rule=None) | Q(lowest__isnull=False, lowest_rule__range=(1, 7)),
                name="standing_lowest_has_its_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.scorecard_id}"

    @property
    def rules(self) -> list[tuple[int, str, Decimal | None]]:
        """The seven, in their order: position, status, percent."""
        return [(at, getattr(self, f"status_{at}"), getattr(self, f"percent_{at}")) for at in RULE_POSITIONS]
