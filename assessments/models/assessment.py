"""The assessment itself: one vendor, one period, one release."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, OrganisationRows
from groundwork.public_ids import PublicRow
from manifesto.models import Release
from manifesto.usage import EditionUse
from vendors.models import Vendor


class AssessmentState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    COLLECTING = "collecting", _("Collecting")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")


class Repeat(models.IntegerChoices):
    """How many months after its period an assessment comes again."""

    QUARTERLY = 3, _("Every 3 months")
    HALF_YEARLY = 6, _("Every 6 months")
    YEARLY = 12, _("Every 12 months")


OPEN_STATES = (AssessmentState.DRAFT, AssessmentState.COLLECTING, AssessmentState.IN_REVIEW)


class AssessmentQuerySet(OrganisationRows, models.QuerySet["Assessment"]):
    def for_outsider(self, member: Membership) -> Self:
        """Those that they are asked to rate, or of which a question is in their hands. By subqueries: whoever locks a
        row holds it alone."""
        asked = {"responses__kind": "customer", "responses__withdrawn_at": None}
        own = Assessment.objects.filter(responses__rater=member.user_id, **asked)
        way = "responses__answers__delegations"
        lent = {f"{way}__delegate": member.user_id, f"{way}__done_at": None, f"{way}__taken_back_at": None}
        return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=Assessment.objects.filter(**lent).values("pk")))

    def open(self) -> AssessmentQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def collecting(self) -> AssessmentQuerySet:
        return self.filter(state=AssessmentState.COLLECTING)

    def to_answer(self) -> AssessmentQuerySet:
        """What assessors have in hand: to open, or to answer."""
        return self.filter(state__in=(AssessmentState.DRAFT, AssessmentState.COLLECTING))

    def in_review(self) -> AssessmentQuerySet:
        return self.filter(state=AssessmentState.IN_REVIEW)

    def approved(self) -> AssessmentQuerySet:
        return self.filter(state=AssessmentState.APPROVED)

    def uses_of_editions(self, editions: Collection[int]) -> dict[int, EditionUse]:
        """How many run and are approved under each of these editions, and for how many organisations; what was
        cancelled does not count."""
        rows = self.filter(release__in=editions).exclude(state=AssessmentState.CANCELLED).order_by().values("release")
        counted = rows.annotate(
            running=Count("pk", filter=Q(state__in=OPEN_STATES)),
            approved=Count("pk", filter=Q(state=AssessmentState.APPROVED)),
            organisations=Count("organisation", distinct=True),
        )
        return {row.pop("release"): EditionUse(**row) for row in counted}

    def overlapping(self, vendor: Vendor, *, start: date, end: date) -> AssessmentQuerySet:
        """Those of this vendor that look at one of these days too; what was cancelled does not count."""
        rows = self.filter(vendor=vendor, period_start__lte=end, period_end__gte=start)
        return rows.exclude(state=AssessmentState.CANCELLED)

    def with_vendor(self) -> AssessmentQuerySet:
        return self.select_related("vendor", "release", "owner")

    def with_numbers(self) -> AssessmentQuerySet:
        """With the stored numbers of the scorecard, where there is one, but not its snapshot of some 100 kB.

        Named by strings: the layer above must not be imported here."""
        return self.select_related("scorecard").defer("scorecard__snapshot").prefetch_related("scorecard__rules")


class Assessment(PublicRow):
    """One vendor, one period, one release."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="assessments")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="assessments")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="assessments")
    reference = models.CharField(_("reference"), max_length=20)  # A-2026-001: numbered by year and organisation
    period_start = models.DateField(_("period from"))
    period_end = models.DateField(_("period to"))
    due_on = models.DateField(_("due date"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=AssessmentState, default=AssessmentState.DRAFT)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # approved or cancelled
    cancel_reason = models.TextField(_("reason"), blank=True)
    # Fixed when it is made: what was begun goes on asking what it asked, whatever the organisation decides later.
    asks_supplementary = models.BooleanField(_("asks the supplementary questions"), default=False)
    repeat_months = models.PositiveSmallIntegerField(_("repeats"), choices=Repeat, null=True, blank=True)
    # One to one: however many schedulers run, an assessment has at most one that follows it.
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next", verbose_name=_("follows")
    )
    # What was submitted, as one hash, and the level of approval that it waits for.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    waiting_level = models.PositiveSmallIntegerField(_("waits for level"), null=True, blank=True, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ("-created_at", "-pk")
        indexes = [  # the list, newest first, whole and of one state
            models.Index(fields=["organisation", "-created_at", "-id"], name="assessment_newest"),
            models.Index(fields=["organisation", "state", "-created_at", "-id"], name="assessment_newest_of_state"),
            # What is being answered, wherever: what its raters may not read is asked with every entry of a trail.
            models.Index(fields=["state", "vendor"], name="assessment_in_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "reference"], name="assessment_reference_once_per_organisation"
            ),
            models.CheckConstraint(condition=Q(state__in=AssessmentState.values), name="assessment_state_known"),
            models.CheckConstraint(condition=Q(period_start__lte=F("period_end")), name="assessment_period_in_order"),
            models.CheckConstraint(
                condition=Q(repeat_months=None) | Q(repeat_months__in=Repeat.values), name="assessment_repeat_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.vendor}"

    def get_absolute_url(self) -> str:
        return reverse("assessment_detail", args=[self.pk])

    @property
    def is_in_hand(self) -> bool:
        """Neither approved nor cancelled."""
        return self.state in OPEN_STATES
