"""What was last told of findings: by it a change is noticed, for nothing is stored when a finding comes or goes."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assessment import Assessment, AssessmentState
from assessments.models.response import Response
from vendors.models import Vendor


class FindingsToldQuerySet(models.QuerySet["FindingsTold"]):
    def stale(self, today: date) -> FindingsToldQuerySet:
        """Read on another day, of other facts, or before another assessment was approved."""
        later = Assessment.objects.approved().filter(vendor=OuterRef("vendor")).order_by("-closed_at", "-pk")
        is_old = Q(read_on__lt=today) | ~Q(read_facts=F("vendor__facts_revision"))
        return self.annotate(latest=models.Subquery(later.values("pk")[:1])).filter(is_old | ~Q(assessment=F("latest")))

    def not_judged(self) -> FindingsToldQuerySet:
        """Of vendors whom nobody judges at the moment: who still does would learn what is measured."""
        judging = Response.objects.of_customer().outstanding()
        own = judging.filter(assessment__vendor=OuterRef("vendor"), assessment__state=AssessmentState.COLLECTING)
        return self.filter(~Exists(own))


class FindingsTold(models.Model):
    """Of a vendor. `speaking`: its findings that say something against the grades, as “rule:whose:finding”."""

    vendor = models.OneToOneField(Vendor, on_delete=models.CASCADE, related_name="findings_told")
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="+")  # the latest approved one
    read_on = models.DateField()
    read_facts = models.PositiveBigIntegerField()
    speaking = models.JSONField(default=list)

    objects = FindingsToldQuerySet.as_manager()

    class Meta:
        verbose_name = _("findings last told")
        verbose_name_plural = _("findings last told")

    def __str__(self) -> str:
        return str(self.vendor_id)
