"""Files beside a commitment: from either side, each once, while it is open."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AuditEntry, hash_token
from assessments.commitments import evidence, transitions
from assessments.commitments.transitions import NotPossible
from assessments.models import Commitment, CommitmentFile, CommitmentLink
from tests.factories import Cast, make_commitment, make_vendor
from vendors.attachments import AttachmentError
from vendors.models import Vendor

NOW = timezone.now()


def file(name: str = "log.txt", content: bytes = b"restored at nine") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def link_of(cast: Cast, vendor: Vendor) -> CommitmentLink:
    fields = {"created_by": cast.assessor.user, "created_at": NOW, "expires_at": NOW, "name": "Robin"}
    return CommitmentLink.objects.create(vendor=vendor, token_hash=hash_token(vendor.name), **fields)


@pytest.fixture
def commitment(cast: Cast) -> Commitment:
    return make_commitment(cast.assessor, make_vendor(cast.organisation))


def test_a_file_is_kept_once_whoever_brings_it(cast: Cast, commitment: Commitment) -> None:
    link = link_of(cast, commitment.vendor)
    [kept] = evidence.add_files(link, commitment, [file(), file("the same.txt")], now=NOW)
    assert (kept.uploaded_through, kept.uploaded_by, kept.size) == (link, None, 16)
    assert evidence.add_files(cast.assessor.user, commitment, [file()], now=NOW) == []
    entry = AuditEntry.objects.get(verb="commitment.file_added")
    assert entry.actor_label == "Robin"
    assert CommitmentFile.objects.count() == 1


def test_one_file_that_cannot_be_kept_keeps_the_others_out(cast: Cast, commitment: Commitment) -> None:
    with pytest.raises(AttachmentError):
        evidence.add_files(cast.assessor.user, commitment, [file(), file("tool.exe", b"MZ")], now=NOW)
    assert not CommitmentFile.objects.exists()


def test_more_files_than_anybody_reads_are_refused(cast: Cast, commitment: Commitment) -> None:
    many = [file(content=str(number).encode()) for number in range(evidence.MOST_FILES + 1)]
    with pytest.raises(AttachmentError, match="at most 20 files"):
        evidence.add_files(cast.assessor.user, commitment, many, now=NOW)
    assert len(evidence.add_files(cast.assessor.user, commitment, many[1:], now=NOW)) == evidence.MOST_FILES


def test_the_link_of_another_vendor_leaves_no_file(cast: Cast, commitment: Commitment) -> None:
    with pytest.raises(PermissionDenied):
        evidence.add_files(link_of(cast, make_vendor(cast.organisation, "Other")), commitment, [file()], now=NOW)


def test_what_has_ended_keeps_its_files_as_they_are(cast: Cast, commitment: Commitment) -> None:
    [kept] = evidence.add_files(cast.assessor.user, commitment, [file()], now=NOW)
    transitions.withdraw(cast.assessor, commitment, text="Done elsewhere.", on=NOW.date(), now=NOW)
    with pytest.raises(NotPossible):
        evidence.add_files(cast.assessor.user, commitment, [file("b.txt", b"b")], now=NOW)
    with pytest.raises(NotPossible):
        evidence.delete_file(cast.assessor.user, kept)
    assert CommitmentFile.objects.get() == kept


def test_a_file_goes_with_its_bytes_and_the_trail_says_which(
    cast: Cast, commitment: Commitment, django_capture_on_commit_callbacks: object
) -> None:
    [kept] = evidence.add_files(cast.assessor.user, commitment, [file()], now=NOW)
    storage, path = kept.file.storage, str(kept.file.name)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        evidence.delete_file(cast.assessor.user, kept)
    assert not storage.exists(path)
    assert AuditEntry.objects.get(verb="commitment.file_deleted").before["name"] == "log.txt"
