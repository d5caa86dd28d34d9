"""Where documents are made: the one module that both holds a job and draws.

Apart from `reports/documents/job.py`, so that web processes need not load the renderer.
"""

import gc
from collections.abc import Callable

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from groundwork.jobs.lease import LeaseLostError
from groundwork.storage import is_full
from reports.batches import binding
from reports.comparison import printing
from reports.documents import pdf
from reports.documents.job import RENDERINGS, RenderingFailure, Subject, publish
from reports.documents.layout import Layout
from reports.fact_sheets import printing as sheet_printing
from reports.models import Comparison, DocumentKind, FactSheet, VendorCopy
from reports.scorecard import snapshots, view
from reports.vendor_copy import copies

logger = structlog.get_logger(__name__)

Progress = Callable[[int], None]
LARGEST_DOCUMENT = 25_000_000  # bytes; a scorecard has some 200 kB, so this is a fault, not a long text
LARGEST_VOLUME = 250_000_000  # bytes of a bound one
# New objects before Python looks for cycles among them: a page makes thousands that live until it is drawn.
MADE_BEFORE_COLLECTING = 10_000


def warm_up() -> None:
    """What a process pays once: imports, fonts, stylesheet; and what it loaded is no longer searched for garbage, which
    took an eighth of each document."""
    pdf.warm_up()
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BEFORE_COLLECTING)


class DocumentTooLargeError(Exception):
    """No mail and no browser would be glad of it."""


FINAL: dict[type[Exception], RenderingFailure] = {  # another attempt would end the same way
    pdf.RenderingRefused: RenderingFailure.REFUSED_CONTENT,
    pdf.DocumentUnreadable: RenderingFailure.UNREADABLE,
    snapshots.SnapshotDamaged: RenderingFailure.SNAPSHOT_DAMAGED,
    DocumentTooLargeError: RenderingFailure.TOO_LARGE,
}


def render(pk: int) -> None:
    """Claim the rendering, make its document, publish it. Without effect when it is finished or held elsewhere."""
    job = RENDERINGS.claim(pk, now=timezone.now())
    if job is None:
        return
    log = logger.bind(rendering=pk, attempt=job.attempts)
    try:
        content = produce(
            job.row.subject,
            kind=job.row.kind,
            language=job.row.language,
            report_progress=lambda percent: job.note(progress=percent),
        )
        if not publish(job, content, now=timezone.now()):
            raise LeaseLostError(pk)
    except LeaseLostError:
        log.warning("rendering_lease_lost")
    except tuple(FINAL) as fault:
        log.error("rendering_failed", exc_info=True)
        job.fail(FINAL[type(fault)], now=timezone.now())
    except SoftTimeLimitExceeded:
        log.warning("rendering_too_slow")
        job.release(RenderingFailure.TOO_SLOW, now=timezone.now())
    except Exception as fault:
        log.exception("rendering_fault")
        why = RenderingFailure.NO_ROOM if is_full(fault) else RenderingFailure.UNEXPECTED
        job.release(why, now=timezone.now())


def produce(
    subject: Subject, *, kind: str = "", language: str, report_progress: Progress = lambda percent: None
) -> bytes:
    """The PDF of a scorecard, a vendor’s copy, a comparison or a sheet of facts: the same content, the same bytes.

    `kind`: which document of a scorecard; empty: the scorecard.
    Raises RenderingRefused, DocumentUnreadable, SnapshotDamaged, DocumentTooLargeError.
    """
    report_progress(10)
    layout = _layout(subject, kind, language)
    report_progress(40)
    content = pdf.to_pdf(
        layout.html, language=language, title=layout.title, created=layout.created, attached=layout.attached
    )
    if len(content) > LARGEST_DOCUMENT:
        raise DocumentTooLargeError(f"{len(content)} bytes")
    report_progress(90)
    return content


def bind(bound: binding.Bound, language: str, after_each: Callable[[], None]) -> bytes:
    """One PDF of many documents, drawn at one go. Raises BoundRefusedError, BoundTooLargeError."""
    try:
        content = pdf.to_bound_pdf(bound.cover, bound.parts, language=language, after_each=after_each)
    except (pdf.RenderingRefused, pdf.DocumentUnreadable) as fault:
        raise binding.BoundRefusedError from fault
    if len(content) > LARGEST_VOLUME:
        raise binding.BoundTooLargeError(f"{len(content)} bytes")
    return content


def _layout(subject: Subject, kind: str, language: str) -> Layout:
    if isinstance(subject, VendorCopy):
        return copies.layout(subject, language=language)
    if isinstance(subject, Comparison):
        return printing.layout(subject, language=language)
    if isinstance(subject, FactSheet):
        return sheet_printing.layout(subject, language=language)
    return view.layout(subject, kind=DocumentKind(kind or DocumentKind.SCORECARD), language=language)
