"""`bin/manage scorecard <assessment> --document brief --language fr --output FILE.pdf`: the PDF without a browser."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.models import Assessment, AssessmentState
from groundwork.languages import DEFAULT, LANGUAGE_CODES
from reports import worker
from reports.documents.job import RenderingFailure, request_rendering
from reports.models import DocumentKind, Rendering, RenderingState, Scorecard
from reports.references import UnknownReferenceError, find_assessment, full_reference

PAUSE = 0.2  # seconds, while another worker is at it


class Command(BaseCommand):
    help = "Prints a document of an approved assessment as PDF, through the same row and code as the page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "assessment", nargs="?", help="reference (A-2026-001, or organisation/A-2026-001) or row number"
        )
        parser.add_argument("--language", default=DEFAULT, help=f"{', '.join(LANGUAGE_CODES)} (default: {DEFAULT})")
        parser.add_argument(
            "--document",
            default=DocumentKind.SCORECARD.value,
            help=f"{', '.join(DocumentKind.values)} (default: {DocumentKind.SCORECARD})",
        )
        parser.add_argument(
            "--output", type=Path, help="the file to write (default: <number>-<language>.pdf, or <document>-…)"
        )
        parser.add_argument("--list", action="store_true", help="name the assessments that can be printed, and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        if not options["assessment"]:
            raise CommandError("Name an assessment, or use --list to see which can be printed.")
        language = _language(options["language"])
        kind = _kind(options["document"])
        scorecard = _scorecard(options["assessment"])
        output = options["output"] or Path(_file_name(scorecard, kind, language))
        content = _document(scorecard, kind, language)
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror}. Give another file with --output.") from None
        self.stdout.write(f"{output}: {kind} {scorecard.number} in {language}, {len(content)} bytes.")

    def _list(self) -> None:
        scorecards = Scorecard.objects.without_snapshot().prefetch_related("renderings")
        scorecards = scorecards.select_related("assessment__vendor", "assessment__organisation")
        rows = [_row(scorecard) for scorecard in scorecards.order_by("organisation__slug", "number")]
        if not rows:
            self.stdout.write("No assessment is approved yet, so none can be printed.")
            return
        rows.insert(0, ("Reference", "Vendor", "Period", "Status"))
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())


def _row(scorecard: Scorecard) -> tuple[str, str, str, str]:
    assessment = scorecard.assessment
    ready = sorted(_made(r) for r in scorecard.renderings.all() if r.state == RenderingState.READY)
    status = f"approved, {scorecard.number}" + (f", PDF ready: {', '.join(ready)}" if ready else "")
    period = f"{assessment.period_start} to {assessment.period_end}"
    return full_reference(assessment), assessment.vendor.name, period, status


def _made(rendering: Rendering) -> str:
    """“fr” of the scorecard itself, “brief fr” of another document."""
    is_usual = rendering.kind == DocumentKind.SCORECARD
    return rendering.language if is_usual else f"{rendering.kind} {rendering.language}"


def _language(code: str) -> str:
    if code not in LANGUAGE_CODES:
        raise CommandError(f"No scorecards in “{code}”. Choose one of: {', '.join(LANGUAGE_CODES)}.")
    return code


def _kind(name: str) -> DocumentKind:
    if name not in DocumentKind.values:
        raise CommandError(f"There is no document “{name}”. Choose one of: {', '.join(DocumentKind.values)}.")
    return DocumentKind(name)


def _file_name(scorecard: Scorecard, kind: DocumentKind, language: str) -> str:
    """`S-2026-001-fr.pdf`, `brief-S-2026-001-fr.pdf`: what “the PDF” is has its name for itself."""
    document = "" if kind == DocumentKind.SCORECARD else kind.value
    return "-".join(filter(None, (document, scorecard.number, language))) + ".pdf"


def _scorecard(name: str) -> Scorecard:
    try:
        assessment = find_assessment(name)
    except UnknownReferenceError as error:
        raise CommandError(str(error)) from None
    scorecard = Scorecard.objects.filter(assessment=assessment).without_snapshot().first()
    if scorecard is None:
        raise CommandError(f"{full_reference(assessment)} cannot be printed: {_why_not(assessment)}")
    return scorecard


def _why_not(assessment: Assessment) -> str:
    todo = {
        AssessmentState.DRAFT: "it is a draft. Open, answer, submit and approve it first.",
        AssessmentState.COLLECTING: "it is still collecting answers. Submit and approve it first.",
        AssessmentState.IN_REVIEW: "it is in review. Somebody who may approve has to approve it first.",
        AssessmentState.CANCELLED: "it was cancelled, so it never had a scorecard.",
        AssessmentState.APPROVED: "it is approved but has no scorecard, which should not happen; see the log.",
    }
    return todo[AssessmentState(assessment.state)]


def _document(scorecard: Scorecard, kind: DocumentKind, language: str) -> bytes:
    """The ready document, or a new one: rendered here, or waited for where a worker was faster."""
    rendering = request_rendering(scorecard, kind=kind, language=language, requested_by=None)
    deadline = time.monotonic() + settings.RENDERING_LEASE.total_seconds()
    while not rendering.is_ready:
        if rendering.state == RenderingState.FAILED:
            raise CommandError(f"{scorecard.number} cannot be printed: {RenderingFailure(rendering.failure).label}")
        if time.monotonic() > deadline:
            raise CommandError(f"A worker is still at {scorecard.number}. Try again in a minute.")
        worker.render(rendering.pk)
        rendering = Rendering.objects.get(pk=rendering.pk)
        if rendering.is_unfinished:
            time.sleep(PAUSE)
    return bytes(rendering.document.content)
