"""Documents: the scorecard (an immutable snapshot), what else is printed, and its renderings (the row is the job)."""

from reports.models.benchmark import SMALLEST_GROUP, BenchmarkAnswer, BenchmarkAnswerQuerySet
from reports.models.comparison import ComparedScorecard, Comparison, ComparisonQuerySet
from reports.models.fact_sheet import FactSheet, FactSheetKind, FactSheetQuerySet
from reports.models.file_job import (
    UNFINISHED_FILE_STATES,
    Batch,
    BatchedScorecard,
    BatchedState,
    BatchQuerySet,
    Binding,
    Export,
    ExportFormat,
    ExportQuerySet,
    ExportScope,
    FileJob,
    FileState,
)
from reports.models.heartbeat import WorkerHeartbeat
from reports.models.letter import Letterhead, LetterKind, LetterTemplate, LetterTemplateQuerySet
from reports.models.rendering import (
    UNFINISHED_STATES,
    Document,
    DocumentKind,
    Rendering,
    RenderingQuerySet,
    RenderingState,
)
from reports.models.scorecard import Scorecard, ScorecardQuerySet, ScorecardRule
from reports.models.standing import RULE_POSITIONS, VendorStanding, VendorStandingQuerySet
from reports.models.vendor_copy import VendorCopy, VendorCopyQuerySet

__all__ = [
    "RULE_POSITIONS",
    "SMALLEST_GROUP",
    "UNFINISHED_FILE_STATES",
    "UNFINISHED_STATES",
    "Batch",
    "BatchQuerySet",
    "BatchedScorecard",
    "BatchedState",
    "BenchmarkAnswer",
    "BenchmarkAnswerQuerySet",
    "Binding",
    "ComparedScorecard",
    "Comparison",
    "ComparisonQuerySet",
    "Document",
    "DocumentKind",
    "Export",
    "ExportFormat",
    "ExportQuerySet",
    "ExportScope",
    "FactSheet",
    "FactSheetKind",
    "FactSheetQuerySet",
    "FileJob",
    "FileState",
    "LetterKind",
    "LetterTemplate",
    "LetterTemplateQuerySet",
    "Letterhead",
    "Rendering",
    "RenderingQuerySet",
    "RenderingState",
    "Scorecard",
    "ScorecardQuerySet",
    "ScorecardRule",
    "VendorCopy",
    "VendorCopyQuerySet",
    "VendorStanding",
    "VendorStandingQuerySet",
    "WorkerHeartbeat",
]
