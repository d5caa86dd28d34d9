"""Wishes for documents (the row is the job), and the documents."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, OrganisationRows
from groundwork.jobs.lease import MAX_ATTEMPTS, JobQuerySet, NudgedJob
from groundwork.public_ids import PublicRow
from reports.models.comparison import Comparison
from reports.models.fact_sheet import FactSheet
from reports.models.scorecard import Scorecard
from reports.models.vendor_copy import VendorCopy


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


class DocumentKind(models.TextChoices):
    """The three documents that one snapshot of a scorecard gives."""

    BRIEF = "brief", _("Brief")
    SCORECARD = "scorecard", _("Scorecard")
    RECORD = "record", _("Full record")


class Rendering(PublicRow, NudgedJob):
    """One wish for one document: a scorecard, a vendor’s copy, a comparison or a sheet of facts, in one language. Every
    wish reaches one visible end; none is rendered twice. `kind`: which document of a scorecard; empty for all else."""

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
    kind = models.CharField(max_length=10, choices=DocumentKind, blank=True)
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
        # Each sweep looks for what is unfinished, and /metrics counts by state.
        indexes = [models.Index(fields=["state"], name="rendering_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["scorecard", "kind", "language"], name="rendering_once_per_kind_and_language"
            ),
            models.CheckConstraint(
                condition=Q(scorecard=None, kind="") | Q(scorecard__isnull=False, kind__in=DocumentKind.values),
                name="rendering_of_scorecard_has_kind",
            ),
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
        return f"{self.subject_id} {self.kind} {self.language}"

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
