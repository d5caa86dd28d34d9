"""What was said of how vendors do across the organisations of an installation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vendors.models import Tier

SMALLEST_GROUP = 5  # organisations; fewer would tell of one another


class BenchmarkAnswerQuerySet(models.QuerySet["BenchmarkAnswer"]):
    def shown(self) -> BenchmarkAnswerQuerySet:
        return self.filter(withdrawn_at=None)

    def of_cell(self, rule: int, tier: str) -> BenchmarkAnswerQuerySet:
        return self.filter(rule=rule, tier=tier)

    def latest_by_cell(self, tier: str = "") -> dict[tuple[int, str], BenchmarkAnswer]:
        """By rule and tier the answer that is shown: the newest one, and none where that was withdrawn. One query."""
        answers = self.filter(tier=tier) if tier else self
        newest = {(answer.rule, answer.tier): answer for answer in answers.order_by("published_at", "pk")}
        return {cell: answer for cell, answer in newest.items() if answer.withdrawn_at is None}


class BenchmarkAnswer(models.Model):
    """One rule in one tier, over the organisations that share: quartiles of the vendors’ percents and the share that
    meets the rule, in steps of five.

    Kept after it is shown no more, because people may remember it: `contributions` says of which organisation (by its
    key) it knew what (a hash, emptied when that organisation leaves), so that no later answer differs from it by one
    organisation. `withdrawn_at`: an organisation of it left; the figures are gone then.
    """

    rule = models.PositiveSmallIntegerField()  # 1 to 7
    tier = models.CharField(max_length=10, choices=Tier)
    published_at = models.DateTimeField()
    organisations = models.PositiveIntegerField(null=True)
    vendors = models.PositiveIntegerField(null=True)
    lower = models.PositiveSmallIntegerField(null=True)  # percent, as the next three
    median = models.PositiveSmallIntegerField(null=True)
    upper = models.PositiveSmallIntegerField(null=True)
    met = models.PositiveSmallIntegerField(null=True)
    contributions = models.JSONField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = BenchmarkAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("benchmark answer")
        verbose_name_plural = _("benchmark answers")
        ordering = ("-published_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["rule", "tier", "published_at"], name="benchmark_answer_once"),
            models.CheckConstraint(condition=Q(rule__range=(1, 7)), name="benchmark_rule_of_seven"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False, organisations=None, vendors=None, lower=None, median=None)
                | Q(withdrawn_at=None, organisations__gte=SMALLEST_GROUP, lower__isnull=False, median__isnull=False),
                name="benchmark_of_five_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.tier} {self.published_at:%Y-%m-%d}"
