"""Documents: the scorecard (an immutable snapshot) and its renderings (the row is the job)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, OrganisationRows
from assessments.models import Assessment, Response
from assessments.score.arithmetic import RuleStatus, Verdict
from groundwork.jobs.lease import MAX_ATTEMPTS, JobQuerySet, NudgedJob
from vendors.models import Vendor


class ScorecardQuerySet(OrganisationRows, models.QuerySet["Scorecard"]):
    def without_snapshot(self) -> ScorecardQuerySet:
        """For lists: the stored numbers, not the snapshot of some 100 kB."""
        return self.defer("snapshot")

    def keys_before(self) -> dict[int, int | None]:
        """By the key of each that of the vendor’s scorecard before it; None for the first."""
        vendors = Scorecard.objects.filter(assessment__vendor=OuterRef("assessment__vendor"))
        earlier = vendors.filter(
            Q(approved_at__lt=OuterRef("approved_at")) | Q(approved_at=OuterRef("approved_at"), pk__lt=OuterRef("pk"))
        )
        before = Subquery(earlier.order_by("-approved_at", "-pk").values("pk")[:1])
        return dict(self.annotate(before=before).values_list("pk", "before"))

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
        return cards.select_related("assessment").prefetch_related("rules").order_by("-approved_at", "-pk")


class Scorecard(models.Model):
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


class FactSheetKind(models.TextChoices):
    EXPECTATIONS = "expectations", _("What we expect of those who support us")
    EMERGENCY = "emergency", _("When it breaks")
    INCIDENT = "incident", _("What happened in an incident")
    PROOF = "proof", _("Proof of cause")


class FactSheetQuerySet(OrganisationRows, models.QuerySet["FactSheet"]):
    def of_content(self, sha256: str) -> FactSheetQuerySet:
        return self.filter(sha256=sha256)


class FactSheet(models.Model):
    """Facts frozen when somebody asked for them on paper: what its documents are printed from.

    `content` is canonical JSON in all three languages and `sha256` its hash: the same facts are the same row. `about`
    is the id of the edition, service (0 for all of them), incident or proof; `vendor` whom it concerns, None where none
    or several are. The database refuses any change.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="fact_sheets")
    kind = models.CharField(max_length=12, choices=FactSheetKind)
    about = models.PositiveBigIntegerField(default=0)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField()  # of the facts, not of the wish: the same facts give the same bytes
    made_at = models.DateTimeField()

    objects = FactSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet of facts")
        verbose_name_plural = _("sheets of facts")
        ordering = ("-made_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "sha256"], name="fact_sheet_once"),
            models.CheckConstraint(condition=Q(kind__in=FactSheetKind.values), name="fact_sheet_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class RenderingState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RENDERING = "rendering", _("Rendering")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


UNFINISHED_STATES = (RenderingState.QUEUED, RenderingState.RENDERING)


class RenderingQuerySet(OrganisationRows, JobQuerySet["Rendering"]):
    of_organisation = "scorecard__organisation"
    unfinished_states = UNFINISHED_STATES

    def ready(self) -> RenderingQuerySet:
        return self.filter(state=RenderingState.READY)

    def failed(self) -> RenderingQuerySet:
        return self.filter(state=RenderingState.FAILED)

    def of_comparisons_for(self, member: Membership) -> RenderingQuerySet:
        """Of the comparisons of the member's organisation, which `for_member` knows nothing of."""
        return self.filter(comparison__in=Comparison.objects.for_member(member))

    def of_fact_sheets_for(self, member: Membership) -> RenderingQuerySet:
        """Of the sheets of facts of the member's organisation."""
        return self.filter(fact_sheet__in=FactSheet.objects.for_member(member))


class Rendering(NudgedJob):
    """One wish for one document: a scorecard, a vendor’s copy, a comparison or a sheet of facts, in one language. Every
    wish reaches one visible end; none is rendered twice."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, null=True, blank=True, related_name="renderings")
    vendor_copy = models.ForeignKey(
        VendorCopy, on_delete=models.PROTECT, null=True, blank=True, related_name="renderings"
    )
    comparison = models.ForeignKey(
        Comparison, on_delete=models.PROTECT, null=True, blank=True, related_name="renderings"
    )
    fact_sheet = models.ForeignKey(
        FactSheet, on_delete=models.PROTECT, null=True, blank=True, related_name="renderings"
    )
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(max_length=10, choices=RenderingState, default=RenderingState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    next_nudge_at = models.DateTimeField(null=True, blank=True, db_index=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=40, blank=True)  # a code; the page has the words, in the user's language
    size = models.PositiveIntegerField(null=True, blank=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)

    objects = RenderingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendering")
        verbose_name_plural = _("renderings")
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "language"], name="rendering_once_per_language"),
            models.UniqueConstraint(fields=["vendor_copy", "language"], name="rendering_of_copy_once_per_language"),
            models.UniqueConstraint(
                fields=["comparison", "language"], name="rendering_of_comparison_once_per_language"
            ),
            models.UniqueConstraint(
                fields=["fact_sheet", "language"], name="rendering_of_fact_sheet_once_per_language"
            ),
            models.CheckConstraint(
                condition=Q(scorecard__isnull=False, vendor_copy=None, comparison=None, fact_sheet=None)
                | Q(scorecard=None, vendor_copy__isnull=False, comparison=None, fact_sheet=None)
                | Q(scorecard=None, vendor_copy=None, comparison__isnull=False, fact_sheet=None)
                | Q(scorecard=None, vendor_copy=None, comparison=None, fact_sheet__isnull=False),
                name="rendering_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(state__in=RenderingState.values), name="rendering_state_known"),
            models.CheckConstraint(condition=Q(attempts__lte=MAX_ATTEMPTS), name="rendering_attempts_bounded"),
            models.CheckConstraint(
                condition=~Q(state="ready") | (Q(size__gt=0) & ~Q(sha256="")), name="rendering_ready_has_document"
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(failure=""), name="rendering_failed_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.language}"

    @property
    def subject(self) -> Scorecard | VendorCopy | Comparison | FactSheet:
        """What is printed."""
        subject = self.scorecard or self.vendor_copy or self.comparison or self.fact_sheet
        if subject is None:
            raise ValueError("A rendering without anything to print breaks its constraint.")
        return subject

    @property
    def subject_id(self) -> int:
        """The row number of what is printed; 0 where nothing is."""
        return self.scorecard_id or self.vendor_copy_id or self.comparison_id or self.fact_sheet_id or 0

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED_STATES

    @property
    def is_ready(self) -> bool:
        return self.state == RenderingState.READY


class Document(models.Model):
    """The bytes of a ready rendering: kept in the database, so that publishing is one transaction and web and
    worker need no shared folder."""

    rendering = models.OneToOneField(Rendering, on_delete=models.CASCADE, related_name="document")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.rendering_id)


class WorkerHeartbeat(models.Model):
    """When a worker of a queue, or the clock, was last heard: `/readyz` reads it. `name`: the queue, a space, where."""

    name = models.CharField(max_length=120, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
