"""A wish for a document: the row is the job. Nothing here draws: see `reports/worker.py`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from groundwork.jobs.lease import TOO_MANY_ATTEMPTS, HeldJob, NudgedKind
from groundwork.words import size
from reports import outward
from reports.models import (
    Comparison,
    Document,
    DocumentKind,
    FactSheet,
    Rendering,
    RenderingQuerySet,
    RenderingState,
    Scorecard,
    VendorCopy,
)

LATE_AFTER = timedelta(seconds=45)
Subject = Scorecard | VendorCopy | Comparison | FactSheet
FIELDS: dict[type[Subject], str] = {
    Scorecard: "scorecard",
    VendorCopy: "vendor_copy",
    Comparison: "comparison",
    FactSheet: "fact_sheet",
}


class RenderingFailure(models.TextChoices):
    """Why a wish ended without a document: the code in the row, and the words for the page."""

    TOO_MANY_ATTEMPTS = TOO_MANY_ATTEMPTS, _("Five attempts were cut short before the document was finished.")
    TOO_SLOW = "too_slow", _("The document took too long to make, in five attempts.")
    REFUSED_CONTENT = "refused_content", _("The document asks for something from outside, which is never fetched.")
    UNREADABLE = (
        "unreadable",
        _("The typefaces of the installation are damaged: words would be unreadable. Tell whoever runs it."),
    )
    SNAPSHOT_DAMAGED = (
        "snapshot_damaged",
        _("The stored content does not match its SHA-256, so it is not printed. Tell whoever runs this installation."),
    )
    TOO_LARGE = "too_large", _("The document would be too large.")
    NO_ROOM = "no_room", _("There is no room on the server. Tell your administrator.")
    UNEXPECTED = "unexpected", _("An unexpected fault stopped the document, in five attempts. It has been recorded.")


class Renderings(NudgedKind[Rendering]):
    task = "reports.tasks.render_scorecard"
    related = ("scorecard", "vendor_copy", "comparison", "fact_sheet")
    claimed = {"state": RenderingState.RENDERING, "progress": 0}
    queued = {"state": RenderingState.QUEUED, "progress": 0}

    def rows(self) -> RenderingQuerySet:
        return Rendering.objects.all()

    def lease(self) -> timedelta:
        return settings.RENDERING_LEASE

    def first_wait(self) -> timedelta:
        return settings.RENDERING_NUDGE_AFTER


RENDERINGS = Renderings()


@dataclass(frozen=True, kw_only=True)
class LanguageDocument:
    """One language of what can be printed, and what became of the wish for it; no rendering: nobody has asked yet.

    `kind`: which document of a scorecard; empty for all else.
    """

    subject_id: int
    kind: str
    language: str
    name: str
    rendering: Rendering | None
    is_late: bool  # unfinished for longer than people expect

    @property
    def place(self) -> str:
        """Where a page shows it, as the end of an id: `scorecard-fr`, or `fr` where there is one document alone."""
        return "-".join(filter(None, (self.kind, self.language)))

    @property
    def said(self) -> str:
        """“Brief, English”; the language alone where there is one document."""
        kind = str(DocumentKind(self.kind).label) if self.kind else ""
        return ", ".join(filter(None, (kind, self.name)))

    @property
    def size(self) -> str:
        """“184 kB”, as the reader's language writes it; empty until there is a document."""
        octets = self.rendering.size if self.rendering else None
        return size(octets) if octets else ""

    @property
    def failure(self) -> str:
        """The reason in words; empty unless it failed."""
        code = self.rendering.failure if self.rendering else ""
        return str(RenderingFailure(code).label) if code in RenderingFailure.values else ""

    @property
    def fingerprint(self) -> str:
        """What a page shows of this: while it does not change, nothing is sent and nothing announced again."""
        row = self.rendering
        return f"{row.state}-{row.progress}-{row.attempts}-{self.is_late:d}" if row else ""


def documents_of(subject: Comparison | FactSheet | None, *, now: datetime) -> tuple[LanguageDocument, ...]:
    """The document panel: every language, in the order of the settings. One query; none for a comparison that nobody
    has asked a document of, which has no row yet."""
    rows = {rendering.language: rendering for rendering in subject.renderings.all()} if subject else {}
    pk = subject.pk if subject else 0
    return tuple(_document(pk, "", code, rows.get(code), now) for code, _name in settings.LANGUAGES)


def documents_of_scorecard(scorecard: Scorecard, *, now: datetime) -> dict[DocumentKind, tuple[LanguageDocument, ...]]:
    """Each of the three documents in every language, in the order of the settings. One query."""
    rows = {(row.kind, row.language): row for row in scorecard.renderings.all()}
    return {
        kind: tuple(
            _document(scorecard.pk, kind, code, rows.get((kind.value, code)), now) for code, _name in settings.LANGUAGES
        )
        for kind in DocumentKind
    }


def copy_in(copy: VendorCopy, language: str, *, now: datetime) -> LanguageDocument:
    """A vendor’s copy in one language. One query."""
    return _document(copy.pk, "", language, copy.renderings.filter(language=language).first(), now)


def document_of(rendering: Rendering, *, now: datetime) -> LanguageDocument:
    return _document(rendering.subject_id, rendering.kind, rendering.language, rendering, now)


def _document(
    subject_id: int, kind: str, language: str, rendering: Rendering | None, now: datetime
) -> LanguageDocument:
    is_late = rendering is not None and rendering.is_unfinished and rendering.requested_at < now - LATE_AFTER
    name = str(dict(settings.LANGUAGES)[language])
    return LanguageDocument(
        subject_id=subject_id, kind=kind, language=language, name=name, rendering=rendering, is_late=is_late
    )


@transaction.atomic
def request_rendering(
    subject: Subject,
    *,
    language: str,
    requested_by: User | None,
    kind: DocumentKind | None = None,
    tell_workers: bool = True,
) -> Rendering:
    """The one row of this wish: a new one is queued, a failed one queued again, any other returned as it is.

    `requested_by` is None for a vendor, who has no account. `kind`: which document of a scorecard; None: the scorecard.
    Without `tell_workers` whoever asks makes it at once, and nobody else is sent for it.
    """
    now = timezone.now()
    rendering, is_new = Rendering.objects.get_or_create(
        **{FIELDS[type(subject)]: subject},
        kind=(kind or DocumentKind.SCORECARD) if isinstance(subject, Scorecard) else "",
        language=language,
        defaults={"requested_by": requested_by, "requested_at": now, **RENDERINGS.afresh(now)},
    )
    if (is_new or _try_again(rendering, requested_by, now)) and tell_workers:
        RENDERINGS.nudge_on_commit(rendering.pk)
    return rendering


def _try_again(rendering: Rendering, requested_by: User | None, now: datetime) -> bool:
    if rendering.state != RenderingState.FAILED:
        return False
    restarted = (
        Rendering.objects.failed()
        .filter(pk=rendering.pk)
        .update(
            failure="",
            finished_at=None,
            requested_by=requested_by,
            requested_at=now,
            **RENDERINGS.afresh(now),
        )
    )
    rendering.refresh_from_db()
    return bool(restarted)


@transaction.atomic
def publish(job: HeldJob[Rendering], content: bytes, *, now: datetime) -> bool:
    """Make the document and the end of the job visible at once; False, and nothing written, when it is not ours."""
    is_ours = job.finish(
        state=RenderingState.READY,
        progress=100,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        finished_at=now,
    )
    if is_ours:
        Document.objects.create(rendering_id=job.pk, content=content)
        outward.document_ready(job.row, now=now)
    return is_ours
