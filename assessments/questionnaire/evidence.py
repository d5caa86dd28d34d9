"""Evidence: files that back an answer, checked by what they contain, kept under a name of our own."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.trail import audit
from assessments.models import Answer, Evidence, VendorLink
from assessments.questionnaire.saving import Author, closed_reason, in_the_trail, lock_answer
from groundwork.saved import Closed
from vendors.attachments import ACCEPT, EXTENSIONS, AttachmentError, check_file, digest, store

__all__ = ["ACCEPT", "EXTENSIONS", "EvidenceError", "add_evidence", "delete_evidence"]

MOST_FILES = 20  # an answer that needs more needs a summary
EvidenceError = AttachmentError


def add_evidence(answer: Answer, file: UploadedFile, *, author: Author, now: datetime) -> Evidence | Closed:
    """Keep the file beside the answer, with its audit entry. The same file is kept once. Raises EvidenceError."""
    name, kind = check_file(file)
    sha256 = digest(file)
    with transaction.atomic():
        stored = lock_answer(answer)
        if reason := closed_reason(stored.response.assessment, stored.response):
            return Closed(reason=reason)
        present = list(Evidence.objects.filter(answer=stored))
        if same := next((one for one in present if one.sha256 == sha256), None):
            return same
        if len(present) >= MOST_FILES:
            raise EvidenceError(_("An answer holds at most %(count)s files.") % {"count": MOST_FILES})
        evidence = Evidence(
            answer=stored,
            name=name,
            content_type=kind.content_type,
            size=file.size or 0,
            sha256=sha256,
            uploaded_by=author if isinstance(author, User) else None,
            uploaded_through=author if isinstance(author, VendorLink) else None,
            uploaded_at=now,
        )
        store(evidence, file, name=name)
        # With the answer's number: it tells who may read the entry, also once the file is gone.
        after = {"name": name, "sha256": sha256, "answer": str(stored.pk)}
        audit.record(in_the_trail(author), "evidence.added", evidence, after=after)
    return evidence


def delete_evidence(evidence: Evidence, *, author: Author) -> Closed | None:
    """Take a file away, with its audit entry; the bytes go when the change is certain."""
    with transaction.atomic():
        stored = lock_answer(evidence.answer)
        if reason := closed_reason(stored.response.assessment, stored.response):
            return Closed(reason=reason)
        before = {"name": evidence.name, "sha256": evidence.sha256, "answer": str(stored.pk)}
        audit.record(in_the_trail(author), "evidence.deleted", evidence, before=before)
        storage, path = evidence.file.storage, str(evidence.file.name)
        evidence.delete()
        transaction.on_commit(lambda: storage.delete(path), robust=True)
    return None
