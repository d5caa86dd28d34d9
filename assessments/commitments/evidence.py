"""Evidence beside a commitment, from either side: checked by what it contains, kept under a name of our own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.trail import audit
from assessments.commitments.transitions import NOT_NOW, NotPossible
from assessments.models import COMMITMENT_OPEN, Commitment, CommitmentFile, CommitmentLink
from vendors.attachments import AttachmentError, check_file, digest, store

MOST_FILES = 20  # a commitment that needs more needs a summary


@transaction.atomic
def add_files(
    by: User | CommitmentLink, commitment: Commitment, files: Iterable[UploadedFile], *, now: datetime
) -> list[CommitmentFile]:
    """Keep the files while the commitment is open, each with its entry in the trail, and give those that are new: the
    same file is kept once. All are looked at before the first is written, so that a refusal leaves nothing behind.
    Raises AttachmentError, and NotPossible where the commitment has ended.
    """
    checked = {digest(file): (file, *check_file(file)) for file in files}
    if not checked:
        return []
    row = _locked(by, commitment)
    present = set(row.files.values_list("sha256", flat=True))
    fresh = {sha256: found for sha256, found in checked.items() if sha256 not in present}
    if len(present) + len(fresh) > MOST_FILES:
        raise AttachmentError(_("A commitment holds at most %(count)s files.") % {"count": MOST_FILES})
    kept = []
    for sha256, (file, name, kind) in fresh.items():
        evidence = CommitmentFile(
            commitment=row,
            name=name,
            content_type=kind.content_type,
            size=file.size or 0,
            sha256=sha256,
            uploaded_by=by if isinstance(by, User) else None,
            uploaded_through=by if isinstance(by, CommitmentLink) else None,
            uploaded_at=now,
        )
        store(evidence, file, name=name)
        audit.record(_actor(by), "commitment.file_added", evidence, after={"name": name, "sha256": sha256})
        kept.append(evidence)
    return kept


@transaction.atomic
def delete_file(by: User | CommitmentLink, file: CommitmentFile) -> None:
    """Take a file away while the commitment is open; the bytes go when the change is certain. NotPossible where it has
    ended."""
    _locked(by, file.commitment)
    before = {"name": file.name, "sha256": file.sha256}
    audit.record(_actor(by), "commitment.file_deleted", file, before=before)
    storage, path = file.file.storage, str(file.file.name)
    file.delete()
    # A lambda: with a partial and robust=True, a failing callback ends in an AttributeError of Django's own.
    transaction.on_commit(lambda: storage.delete(path), robust=True)


def _locked(by: User | CommitmentLink, commitment: Commitment) -> Commitment:
    """The row, held until the transaction ends. PermissionDenied for the link of another vendor: a member was let in by
    the page."""
    row = Commitment.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=commitment.pk)
    if isinstance(by, CommitmentLink) and by.vendor_id != row.vendor_id:
        raise PermissionDenied
    if row.state not in COMMITMENT_OPEN:
        raise NotPossible(NOT_NOW[row.state])
    return row


def _actor(by: User | CommitmentLink) -> User | audit.Outsider:
    return by if isinstance(by, User) else audit.Outsider(label=by.signature)
