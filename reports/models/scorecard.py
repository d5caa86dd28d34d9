"""The scorecard: the immutable snapshot that everything printed comes from, and its seven numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict, cast

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import WithAnnotations

from accounts.models import Organisation, OrganisationRows
from assessments.models import Assessment
from assessments.score.arithmetic import RuleStatus, Verdict
from groundwork.public_ids import PublicRow
from vendors.models import Vendor


class KeyBefore(TypedDict):
    key_before: int | None


class ScorecardQuerySet(OrganisationRows, models.QuerySet["Scorecard"]):
    def without_snapshot(self) -> ScorecardQuerySet:
        """For lists: the stored numbers, not the snapshot of some 100 kB."""
        return self.defer("snapshot")

    def with_key_before(self) -> models.QuerySet[WithAnnotations[Scorecard, KeyBefore]]:
        """Each with the key of the vendor’s scorecard before it; None for the first."""
        vendors = Scorecard.objects.filter(assessment__vendor=OuterRef("assessment__vendor"))
        earlier = vendors.filter(
            Q(approved_at__lt=OuterRef("approved_at")) | Q(approved_at=OuterRef("approved_at"), pk__lt=OuterRef("pk"))
        )
        before = Subquery(earlier.order_by("-approved_at", "-pk").values("pk")[:1])
        return cast("models.QuerySet[WithAnnotations[Scorecard, KeyBefore]]", self.annotate(key_before=before))

    def of_vendor(self, vendor: Vendor) -> ScorecardQuerySet:
        """In their order, the earliest first."""
        return self.filter(assessment__vendor=vendor).order_by("approved_at", "pk")

    def latest_two_of(self, vendors: Iterable[Vendor]) -> ScorecardQuerySet:
        """Of each vendor the scorecard that was approved last and the one before, the newest first, with their seven
        numbers."""
        place = Window(
            RowNumber(), partition_by=F("assessment__vendor"), order_by=[F("approved_at").desc(), F("pk").desc()]
        )
        of_vendors = self.filter(assessment__vendor__in=[vendor.pk for vendor in vendors])
        cards = of_vendors.annotate(place=place).filter(place__lte=2).without_snapshot()
        return cards.newest_first()

    def newest_first(self) -> ScorecardQuerySet:
        """With their seven numbers, and the edition that they rest on; two queries."""
        rows = self.select_related("assessment__release").prefetch_related("rules")
        return rows.order_by("-approved_at", "-pk")


class Scorecard(PublicRow):
    """The snapshot made when an assessment is approved; everything printed comes from it.

    `snapshot` is canonical JSON (sorted keys, no spaces, UTF-8) and `sha256` its hash. The other columns repeat
    numbers from it, so that lists need not read it. The database refuses any change.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="scorecards")
    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="scorecard")
    number = models.CharField(_("scorecard number"), max_length=20)
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)
    engine_version = models.CharField(max_length=10)
    verdict = models.CharField(max_length=10)
    rules_met = models.PositiveSmallIntegerField()
    weakest_rule = models.SlugField(blank=True)
    average = models.DecimalField(max_digits=5, decimal_places=2, null=True)  # percent, of the rated rules
    confidence = models.CharField(max_length=6)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ("-approved_at",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="scorecard_number_once_per_organisation"),
            models.CheckConstraint(
                condition=Q(verdict__in=[verdict.value for verdict in Verdict]), name="scorecard_verdict_known"
            ),
            models.CheckConstraint(condition=Q(rules_met__range=(0, 7)), name="scorecard_rules_met_of_seven"),
        ]

    def __str__(self) -> str:
        return self.number


class ScorecardRule(models.Model):
    """One of the seven numbers of a scorecard, for lists and trends."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="rules")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField()
    status = models.CharField(max_length=10)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    coverage = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        ordering = ("scorecard", "position")
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "key"], name="scorecard_rule_once"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in RuleStatus]), name="scorecard_rule_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard_id} {self.key}"
