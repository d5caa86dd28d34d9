"""Files beside a proof of cause, from either side: checked by what they contain, kept under a name of our own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.trail import audit
from vendors.attachments import AttachmentError, check_file, digest, store
from vendors.models import PROOF_AT_VENDOR, CauseProof, DeskLink, ProofFile
from vendors.proofs.transitions import NOT_NOW, NotPossible, actor_of, require

MOST_FILES = 20  # a proof that needs more needs a summary


@transaction.atomic
def add_files(
    by: DeskLink | Membership, proof: CauseProof, files: Iterable[UploadedFile], *, now: datetime
) -> list[ProofFile]:
    """Keep the files while it is the vendor's turn, each with its entry in the trail, and give those that are new: the
    same file is kept once. All are looked at before the first is written, so that a refusal leaves nothing behind.
    Raises AttachmentError, and NotPossible where it is not the vendor's turn.
    """
    checked = {digest(file): (file, *check_file(file)) for file in files}
    if not checked:
        return []
    row = _locked(by, proof)
    present = set(row.files.values_list("sha256", flat=True))
    fresh = {sha256: found for sha256, found in checked.items() if sha256 not in present}
    if len(present) + len(fresh) > MOST_FILES:
        raise AttachmentError(_("A proof of cause holds at most %(count)s files.") % {"count": MOST_FILES})
    kept = []
    for sha256, (file, name, kind) in fresh.items():
        evidence = ProofFile(
            proof=row,
            name=name,
            content_type=kind.content_type,
            size=file.size or 0,
            sha256=sha256,
            uploaded_by=by.user if isinstance(by, Membership) else None,
            uploaded_through=by if isinstance(by, DeskLink) else None,
            uploaded_at=now,
        )
        store(evidence, file, name=name)
        audit.record(actor_of(by), "causeproof.file_added", evidence, after={"name": name, "sha256": sha256})
        kept.append(evidence)
    return kept


@transaction.atomic
def delete_file(by: DeskLink | Membership, file: ProofFile) -> None:
    """Take a file away while it is the vendor's turn. One that was handed in before stays on the disk for whoever reads
    what was returned: NotPossible says so."""
    row = _locked(by, file.proof)
    if file.pk in _handed_in(row):
        raise NotPossible(_("This file was handed in before: it stays, so that what was returned can be read."))
    before = {"name": file.name, "sha256": file.sha256}
    audit.record(actor_of(by), "causeproof.file_deleted", file, before=before)
    storage, path = file.file.storage, str(file.file.name)
    file.delete()
    # A lambda: with a partial and robust=True, a failing callback ends in an AttributeError of Django's own.
    transaction.on_commit(lambda: storage.delete(path), robust=True)


def _handed_in(row: CauseProof) -> set[int]:
    """The row numbers of the files that were handed in, at whatever time."""
    contents = row.steps.exclude(content=None).values_list("content", flat=True)
    return {file["pk"] for content in contents if content for file in content["files"]}


def _locked(by: DeskLink | Membership, proof: CauseProof) -> CauseProof:
    """The row, held until the transaction ends. PermissionDenied as `transitions.require` says."""
    row = CauseProof.objects.select_for_update(of=("self",)).select_related("vendor").get(pk=proof.pk)
    require(by, row)
    if row.state not in PROOF_AT_VENDOR:
        raise NotPossible(NOT_NOW[row.state])
    return row
