"""Files that take a while: exports of what is stored, and batches of documents. The row is the job."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, OrganisationRows
from groundwork.jobs.lease import MAX_ATTEMPTS, JobQuerySet, NudgedJob
from groundwork.public_ids import PublicRow
from reports.models.rendering import DocumentKind
from reports.models.scorecard import Scorecard


class FileState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    WRITING = "writing", _("Being written")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED_FILE_STATES = (FileState.QUEUED, FileState.WRITING)


class FileJob(NudgedJob):
    """A wish for one file, by one member, who alone fetches it: what it holds is what that person may see.

    The file is kept for some days (`expires_at`), then it goes, and the row stays. `done` and `total` count what the
    page calls by its name: rows of an export, documents of a batch; `total` is None until it is known.
    """

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    language = models.CharField(max_length=5, choices=settings.LANGUAGES)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.QUEUED)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=40, blank=True)  # a code; the page has the words, in the user's language
    told = models.JSONField(default=dict)  # what the page tells of the file beside its size
    file_name = models.CharField(max_length=200, blank=True)  # plain ASCII, as it is downloaded
    size = models.PositiveBigIntegerField(null=True, blank=True)  # bytes
    sha256 = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED_FILE_STATES

    @property
    def is_ready(self) -> bool:
        return self.state == FileState.READY


def _state_constraints(name: str) -> list[Any]:
    return [
        models.CheckConstraint(condition=Q(state__in=FileState.values), name=f"{name}_state_known"),
        models.CheckConstraint(condition=Q(attempts__lte=MAX_ATTEMPTS), name=f"{name}_attempts_bounded"),
        models.CheckConstraint(
            condition=~Q(state="ready") | (Q(size__gt=0) & ~Q(sha256="") & ~Q(file_name="")),
            name=f"{name}_ready_has_file",
        ),
        models.CheckConstraint(condition=~Q(state="failed") | ~Q(failure=""), name=f"{name}_failed_has_reason"),
    ]


class ExportScope(models.TextChoices):
    ASSESSMENT = "assessment", _("One assessment")
    VENDOR = "vendor", _("One vendor")
    PORTFOLIO = "portfolio", _("The portfolio")
    EVERYTHING = "everything", _("Everything that I may see")
    PERSON = "person", _("What is stored about me")
    ORGANISATION = "organisation", _("The whole organisation, to be moved elsewhere")


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel workbook (XLSX)")
    CSV = "csv", _("Tables (CSV in a ZIP)")
    JSON = "json", _("Structured data (JSON)")
    ARCHIVE = "archive", _("Archive (ZIP)")


class ExportQuerySet(OrganisationRows, JobQuerySet["Export"]):
    unfinished_states = UNFINISHED_FILE_STATES


class Export(PublicRow, FileJob):
    """What is stored, as a file. `about`: the key of the assessment or vendor, 0 for other scopes; `filter`: of the
    portfolio, as its page's query string says it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="exports")
    scope = models.CharField(max_length=12, choices=ExportScope)
    about = models.PositiveBigIntegerField(default=0)
    filter = models.CharField(max_length=2000, blank=True)
    format = models.CharField(max_length=8, choices=ExportFormat)
    file = models.FileField(upload_to="exports/", blank=True, max_length=200)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ("-requested_at", "-pk")
        constraints = [
            *_state_constraints("export"),
            models.CheckConstraint(condition=Q(scope__in=ExportScope.values), name="export_scope_known"),
            models.CheckConstraint(condition=Q(format__in=ExportFormat.values), name="export_format_known"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.about} {self.format}"


class Binding(models.TextChoices):
    ZIP = "zip", _("One file a vendor, in a ZIP")
    BOUND = "bound", _("One bound PDF")


class BatchQuerySet(OrganisationRows, JobQuerySet["Batch"]):
    unfinished_states = UNFINISHED_FILE_STATES


class Batch(FileJob):
    """One wish for the documents of many scorecards: as a ZIP, or bound as one PDF. `title`: what the page calls it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="batches")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=DocumentKind)
    binding = models.CharField(max_length=5, choices=Binding)
    filter = models.CharField(max_length=2000, blank=True)  # as the portfolio's query string says it
    file = models.FileField(upload_to="batches/", blank=True, max_length=200)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch of documents")
        verbose_name_plural = _("batches of documents")
        ordering = ("-requested_at", "-pk")
        constraints = [
            *_state_constraints("batch"),
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="batch_kind_known"),
            models.CheckConstraint(condition=Q(binding__in=Binding.values), name="batch_binding_known"),
        ]

    def __str__(self) -> str:
        return self.title


class BatchedState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    MADE = "made", _("Made")
    LEFT_OUT = "left_out", _("Left out")


class BatchedScorecard(models.Model):
    """One scorecard of a batch, in its place: made, or left out with the reason (a code, of `RenderingFailure` or of
    the batch)."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="places")
    position = models.PositiveIntegerField()
    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=BatchedState, default=BatchedState.WAITING)
    failure = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("batch", "position")
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="batch_place_once"),
            models.UniqueConstraint(fields=["batch", "scorecard"], name="batch_scorecard_once"),
            models.CheckConstraint(condition=Q(state__in=BatchedState.values), name="batch_place_state_known"),
            models.CheckConstraint(condition=Q(state="left_out") ^ Q(failure=""), name="batch_left_out_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"
