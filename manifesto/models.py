"""The bank: releases (editions), their seven rules, questions and anchored levels, in three languages."""

# modeltranslation makes the manager classes while it runs, so the checker cannot name them.
# mypy: disable-error-code="django-manager-missing"
from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RULE_KEYS = ("support", "consistency", "guidance", "troubleshooting", "speed", "proof", "prevention")
GRADE_NAMES = (_("Absent"), _("Ad hoc"), _("Partial"), _("Dependable"), _("Proven"))  # by grade, 0 to 4


class ReleaseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ReleaseQuerySet(models.QuerySet["Release"]):
    def published(self) -> ReleaseQuerySet:
        return self.filter(state=ReleaseState.PUBLISHED)

    def current(self) -> Release | None:
        """The newest published release: what a new assessment uses."""
        return self.published().order_by("-published_at", "-pk").first()


def _percent_field(name: StrOrPromise, default: int) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(name, default=default, validators=[MaxValueValidator(100)])


class Release(models.Model):
    """An edition of the bank. Only a draft changes; the database refuses the rest (manifesto/refusals.py)."""

    edition = models.CharField(_("edition"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=160, blank=True)
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ReleaseState, default=ReleaseState.DRAFT)
    met_threshold = _percent_field(_("met from (percent)"), 75)
    broken_threshold = _percent_field(_("broken below (percent)"), 50)
    minimum_coverage = _percent_field(_("minimum coverage (percent)"), 75)
    knockout_below = models.PositiveSmallIntegerField(
        _("knock-out below grade"), default=2, validators=[MaxValueValidator(4)]
    )
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made from")
    )
    created_at = models.DateTimeField(_("made on"), auto_now_add=True)
    published_at = models.DateTimeField(_("published on"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    retired_at = models.DateTimeField(_("retired on"), null=True, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReleaseState.values), name="release_state_known"),
            models.CheckConstraint(
                condition=Q(broken_threshold__lt=models.F("met_threshold"), met_threshold__lte=100),
                name="release_thresholds_in_order",
            ),
            models.CheckConstraint(condition=Q(minimum_coverage__lte=100), name="release_coverage_is_percent"),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="release_published_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.edition


class Rule(models.Model):
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="rules", verbose_name=_("edition"))
    key = models.SlugField(_("key"), choices=[(key, key) for key in RULE_KEYS])
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    promise = models.CharField(_("promise"), max_length=240, blank=True)
    guidance = models.TextField(_("guidance"), blank=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ("release", "position")
        constraints = [
            models.UniqueConstraint(fields=["release", "key"], name="rule_key_once_per_release"),
            models.UniqueConstraint(
                fields=["release", "position"],
                name="rule_position_once_per_release",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__range=(1, 7)), name="rule_position_one_to_seven"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}"


class RuleGuide(models.Model):
    """The page beside a rule, for whoever assesses by it; each line of a text is a paragraph. An edition has one for
    each of its rules, or none. It may be added to an edition that was published without; then it stays, too."""

    rule = models.OneToOneField(Rule, on_delete=models.CASCADE, related_name="guide", verbose_name=_("rule"))
    good = models.TextField(_("what good looks like"), blank=True)
    asking = models.TextField(_("how to ask"), blank=True)
    # By turns: a sentence that one hears, in quotation marks, and what to answer.
    evasions = models.TextField(_("what evasions sound like"), blank=True)
    proof = models.TextField(_("what proof to ask for"), blank=True)
    measure = models.TextField(_("which measure tells"), blank=True)
    example = models.TextField(_("an example"), blank=True)

    class Meta:
        verbose_name = _("rule page")
        verbose_name_plural = _("rule pages")

    def __str__(self) -> str:
        return str(self.rule)


class FactKind(models.TextChoices):
    NONE = "none", _("No fact")
    PERCENTAGE = "percentage", _("Percentage")
    FREQUENCY = "frequency", _("Frequency")


class QuestionQuerySet(models.QuerySet["Question"]):
    def counting(self) -> QuestionQuerySet:
        """Those that the seven rules are judged by: what is supplementary is answered and shown, and counts nowhere."""
        return self.filter(supplementary=False)

    def supplementary(self) -> QuestionQuerySet:
        return self.filter(supplementary=True)


class Question(models.Model):
    """A question that the customer puts to the vendor. `key` stays through all releases; a change of meaning
    raises `revision`, which shows as "not comparable" in trends."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="questions", verbose_name=_("edition"))
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="questions", verbose_name=_("rule"))
    key = models.SlugField(_("key"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"))
    weight = models.DecimalField(
        _("weight"),
        max_digits=6,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    knockout = models.BooleanField(_("knock-out"), default=False)
    # Beyond the 22: answered and shown, never in a score or the verdict.
    supplementary = models.BooleanField(_("supplementary"), default=False)
    fact = models.CharField(_("recorded fact"), max_length=12, choices=FactKind, default=FactKind.NONE)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    text = models.TextField(_("question"), blank=True)
    short = models.CharField(_("label"), max_length=60, blank=True)
    why = models.TextField(_("why it matters"), blank=True)
    evidence = models.TextField(_("evidence to ask for"), blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("rule", "position")
        constraints = [
            models.UniqueConstraint(fields=["release", "key"], name="question_key_once_per_release"),
            models.UniqueConstraint(
                fields=["rule", "position"],
                name="question_position_once_per_rule",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(fact__in=FactKind.values), name="question_fact_known"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="question_revision_positive"),
            models.CheckConstraint(
                condition=Q(supplementary=False) | Q(knockout=False), name="question_supplementary_knocks_nothing_out"
            ),
        ]

    def __str__(self) -> str:
        return self.short or self.key

    @property
    def exact_weight(self) -> Fraction:
        return Fraction(self.weight)


class Level(models.Model):
    """What a vendor that deserves this grade visibly does: the anchored text of one grade of one question."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="levels")
    grade = models.PositiveSmallIntegerField(_("grade"))
    text = models.TextField(_("anchored text"), blank=True)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ("question", "grade")
        constraints = [
            models.UniqueConstraint(fields=["question", "grade"], name="level_grade_once_per_question"),
            models.CheckConstraint(condition=Q(grade__range=(0, 4)), name="level_grade_on_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}:{self.grade}"
