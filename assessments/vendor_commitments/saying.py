"""What the vendor says by its link: agreed, not agreed, how far it is, done. Each is a change of `commitments`, in one
transaction with its files and the word to the customer. The files come last: what is refused leaves none behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.commitments import evidence, transitions
from assessments.commitments.measured import baseline_of
from assessments.commitments.transitions import NotPossible
from assessments.models import Commitment, CommitmentLink, StepKind
from assessments.vendor_commitments.telling import tell_customer
from vendors.attachments import clean_name


def agree(
    link: CommitmentLink,
    wanted: Sequence[tuple[Commitment, int | None]],
    *,
    name: str,
    text: str = "",
    now: datetime,
) -> list[Commitment]:
    """Agree to one or several, each with the version that was read: to all of them or to none. NotPossible says which
    one stands in the way."""
    rows = []
    found = {row.pk: baseline_of(link.vendor, row.measure) for row, _version in wanted if row.measure}
    with transaction.atomic():
        for commitment, version in wanted:
            try:
                row = transitions.agree(
                    link,
                    commitment,
                    agreed_by=name,
                    on=timezone.localdate(now),
                    text=text,
                    baseline=found.get(commitment.pk),
                    version=version,
                    now=now,
                )
            except NotPossible as refused:
                if len(wanted) == 1:
                    raise
                said = {"number": commitment.number, "why": str(refused)}
                raise NotPossible(_("Nothing is agreed yet. %(number)s: %(why)s") % said) from refused
            rows.append(row)
        tell_customer(link, rows, StepKind.AGREED, text=text)
    return rows


def decline(link: CommitmentLink, commitment: Commitment, *, text: str, version: int | None, now: datetime) -> None:
    with transaction.atomic():
        row = transitions.decline(link, commitment, text=text, version=version, now=now)
        tell_customer(link, [row], StepKind.DECLINED, text=text)


def say_progress(
    link: CommitmentLink, commitment: Commitment, *, text: str, files: Sequence[UploadedFile], now: datetime
) -> None:
    """How far it is, in words, in files or in both. Raises NotPossible and AttachmentError."""
    with transaction.atomic():
        row = transitions.note_progress(link, commitment, text=text or _attached(files), now=now)
        kept = evidence.add_files(link, commitment, files, now=now)
        tell_customer(link, [row], StepKind.PROGRESS, text=text, files=kept)


def report_done(
    link: CommitmentLink, commitment: Commitment, *, text: str, files: Sequence[UploadedFile], now: datetime
) -> None:
    """Raises NotPossible and AttachmentError."""
    with transaction.atomic():
        row = transitions.report_done(link, commitment, text=text, now=now)
        kept = evidence.add_files(link, commitment, files, now=now)
        tell_customer(link, [row], StepKind.REPORTED, text=text, files=kept)


def _attached(files: Sequence[UploadedFile]) -> str:
    """What stands in the history where nothing was said beside the files."""
    return _("Attached: %(names)s") % {"names": ", ".join(clean_name(file.name or "") for file in files)}
