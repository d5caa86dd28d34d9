"""Evidence is kept under a name of our own, with its hash, and is sent only as an attachment."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from accounts.models import AuditEntry
from assessments.models import Answer, Assessment, AssessmentState, Evidence
from assessments.questionnaire import evidence
from assessments.questionnaire.evidence import EvidenceError, add_evidence, delete_evidence
from groundwork.saved import Closed
from tests.factories import NOW, Cast, make_assessment

PDF = b"%PDF-1.7\n1 0 obj\n"


def uploaded(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def answer(cast: Cast) -> Answer:
    return first_answer(make_assessment(cast.assessor))


def first_answer(assessment: Assessment) -> Answer:
    return Answer.objects.filter(response__assessment=assessment).with_question().first()


def test_a_kept_file_has_a_random_name_its_hash_and_its_entry_on_the_trail(answer: Answer, cast: Cast) -> None:
    kept = add_evidence(answer, uploaded("report.pdf"), author=cast.assessor.user, now=NOW)

    assert isinstance(kept, Evidence)
    assert (kept.name, kept.size, kept.content_type) == ("report.pdf", len(PDF), "application/pdf")
    assert kept.sha256 == hashlib.sha256(PDF).hexdigest()
    assert "report" not in kept.file.name
    assert kept.file.name.endswith(".pdf")
    assert kept.file.read() == PDF
    entry = AuditEntry.objects.get(verb="evidence.added")
    assert entry.after == {"name": "report.pdf", "sha256": kept.sha256, "answer": str(answer.pk)}
    assert entry.subject_id == str(answer.response.assessment_id)


def test_the_same_file_twice_is_kept_once(answer: Answer, cast: Cast) -> None:
    first = add_evidence(answer, uploaded("report.pdf"), author=cast.assessor.user, now=NOW)
    again = add_evidence(answer, uploaded("copy of report.pdf"), author=cast.assessor.user, now=NOW)

    assert first == again
    assert Evidence.objects.count() == 1


def test_an_answer_takes_only_so_many_files(answer: Answer, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_FILES", 1)
    add_evidence(answer, uploaded("one.pdf"), author=cast.assessor.user, now=NOW)

    with pytest.raises(EvidenceError, match="at most 1"):
        add_evidence(answer, uploaded("two.pdf", PDF + b"2"), author=cast.assessor.user, now=NOW)


def test_a_file_whose_row_fails_leaves_nothing_behind(
    answer: Answer, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(Evidence, "save", fail)
    with pytest.raises(IntegrityError):
        add_evidence(answer, uploaded("report.pdf"), author=cast.assessor.user, now=NOW)

    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_file_for_which_there_is_no_room_is_refused_in_words_and_leaves_nothing_behind(
    answer: Answer, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def no_room(*_arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.filesystem.locks.lock", no_room)
    with pytest.raises(EvidenceError, match="no room on the server"):
        add_evidence(answer, uploaded("report.pdf"), author=cast.assessor.user, now=NOW)
    assert not Evidence.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_deleted_file_is_gone_but_its_name_and_hash_stay_on_the_trail(
    answer: Answer, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    kept = add_evidence(answer, uploaded("report.pdf"), author=cast.assessor.user, now=NOW)
    assert isinstance(kept, Evidence)
    path = kept.file.name

    with django_capture_on_commit_callbacks(execute=True):
        delete_evidence(kept, author=cast.colleague.user)

    assert not default_storage.exists(path)
    assert not Evidence.objects.exists()
    entry = AuditEntry.objects.get(verb="evidence.deleted")
    assert (entry.actor, entry.before["name"]) == (cast.colleague.user, "report.pdf")


def test_evidence_of_a_closed_assessment_neither_comes_nor_goes(answer: Answer, cast: Cast) -> None:
    kept = add_evidence(answer, uploaded("report.pdf"), author=cast.assessor.user, now=NOW)
    assert isinstance(kept, Evidence)
    Assessment.objects.update(state=AssessmentState.IN_REVIEW)

    late = add_evidence(answer, uploaded("late.pdf", PDF + b"2"), author=cast.assessor.user, now=NOW)

    assert isinstance(late, Closed)
    assert isinstance(delete_evidence(kept, author=cast.assessor.user), Closed)
    assert list(Evidence.objects.all()) == [kept]
    assert default_storage.exists(kept.file.name)
