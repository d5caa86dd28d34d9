"""What people say of a vendor: kept, changed and taken back, with its trail, and by the database's own rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from tests.factories import NOW, Cast, make_feedback, make_incident, make_vendor
from vendors.attachments import AttachmentError
from vendors.models import Feedback, FeedbackFile, Feeling, Pulse, Sla, Vendor
from vendors.voice import feedback


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def note(name: str = "note.txt", content: bytes = b"slow since nine") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def said(vendor: Vendor, **fields: Any) -> Feedback:
    return Feedback(**{"vendor": vendor, "name": "Demo Nurse", "said_on": NOW.date(), "feeling": 2} | fields)


def revision(vendor: Vendor) -> int:
    return Vendor.objects.get(pk=vendor.pk).facts_revision


def test_what_is_said_stands_in_the_log_on_the_trail_and_in_the_counter(cast: Cast, vendor: Vendor) -> None:
    kept = feedback.add_feedback(cast.reader, said(vendor, comment="Slow."), [note()])

    assert (kept.created_by, kept.files.get().name) == (cast.reader.user, "note.txt")
    entry = AuditEntry.objects.get(verb="feedback.added")
    assert (entry.after["comment"], entry.subject_id) == ("Slow.", str(vendor.pk))
    assert AuditEntry.objects.get(verb="feedback.file_added").after["file"] == "note.txt"
    assert revision(vendor) == 1


def test_a_change_writes_only_its_fields(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor, comment="Slow.")
    mine = Feedback.objects.get(pk=kept.pk)
    Feedback.objects.filter(pk=kept.pk).update(comment="Slow all day.")  # a colleague, meanwhile

    mine.cause = "A full disk."
    feedback.change_feedback(cast.assessor, mine, changed=["cause"])

    kept.refresh_from_db()
    assert (kept.comment, kept.cause) == ("Slow all day.", "A full disk.")
    assert AuditEntry.objects.get(verb="feedback.changed").after == {"cause": "A full disk."}
    assert revision(vendor) == 1


def test_a_change_of_nothing_leaves_no_trace(cast: Cast, vendor: Vendor) -> None:
    feedback.change_feedback(cast.assessor, make_feedback(vendor), changed=["comment"])

    assert not AuditEntry.objects.exists()
    assert revision(vendor) == 0


def test_moving_an_entry_to_another_vendor_counts_for_both(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor)
    kept.vendor = make_vendor(cast.organisation, "Sample Works")

    feedback.change_feedback(cast.assessor, kept, changed=["vendor"])

    assert (revision(vendor), revision(kept.vendor)) == (1, 1)


def test_a_deleted_entry_takes_its_files_and_leaves_its_trail(
    cast: Cast, vendor: Vendor, django_capture_on_commit_callbacks: Any
) -> None:
    kept = feedback.add_feedback(cast.reader, said(vendor, comment="Slow."), [note(), note("two.txt", b"again")])
    paths = [file.file.name for file in kept.files.all()]

    with django_capture_on_commit_callbacks(execute=True):
        feedback.delete_feedback(cast.reader, kept)

    assert not Feedback.objects.exists()
    assert [path for path in paths if default_storage.exists(path)] == []
    assert AuditEntry.objects.get(verb="feedback.deleted").before["comment"] == "Slow."
    assert revision(vendor) == 2


def test_an_entry_is_deleted_although_its_files_cannot_be(
    cast: Cast, vendor: Vendor, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(_path: str) -> None:
        raise OSError("the folder is read only")

    kept = feedback.add_feedback(cast.reader, said(vendor), [note()])
    monkeypatch.setattr(default_storage, "delete", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        feedback.delete_feedback(cast.reader, kept)
    assert not Feedback.objects.exists()


def test_a_deleted_file_is_gone_and_on_the_trail(
    cast: Cast, vendor: Vendor, django_capture_on_commit_callbacks: Any
) -> None:
    file = feedback.add_feedback(cast.reader, said(vendor), [note()]).files.get()

    with django_capture_on_commit_callbacks(execute=True):
        feedback.delete_file(cast.reader, file)

    assert not default_storage.exists(file.file.name)
    assert AuditEntry.objects.get(verb="feedback.file_deleted").before["file"] == "note.txt"


def test_the_same_file_is_kept_once(cast: Cast, vendor: Vendor) -> None:
    kept = feedback.add_feedback(cast.reader, said(vendor), [note(), note("copy.txt")])
    feedback.change_feedback(cast.reader, kept, changed=[], files=[note("again.txt")])

    assert kept.files.count() == 1


def test_too_many_files_keep_none_and_no_entry(cast: Cast, vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "MOST_FILES", 1)

    with pytest.raises(AttachmentError, match="at most 1"):
        feedback.add_feedback(cast.reader, said(vendor), [note(), note("two.txt", b"again")])

    assert not Feedback.objects.exists()
    assert not FeedbackFile.objects.exists()


def test_whoever_wrote_it_and_whoever_edits_vendors_may_change_it(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor, created_by=cast.reader.user)

    people = (cast.reader, cast.approver, cast.assessor, cast.admin)
    assert [feedback.may_change(person, kept) for person in people] == [True, False, True, True]


def test_the_tally_counts_all_five_feelings(vendor: Vendor) -> None:
    for feeling in (1, 2, 2, 5):
        make_feedback(vendor, feeling=feeling)

    counts = feedback.tally(Feedback.objects.all())

    assert [(one.feeling, one.count) for one in counts] == [
        (Feeling.ANGRY, 1),
        (Feeling.UNHAPPY, 2),
        (Feeling.NEUTRAL, 0),
        (Feeling.CONTENT, 0),
        (Feeling.DELIGHTED, 1),
    ]


def test_the_vendor_spoken_of_last_is_ones_own_and_active(cast: Cast, vendor: Vendor) -> None:
    other = make_vendor(cast.organisation, "Sample Works")
    make_feedback(other, created_by=cast.reader.user)
    make_feedback(vendor, created_by=cast.colleague.user)
    assert feedback.last_vendor(cast.reader) == other

    Vendor.objects.filter(pk=other.pk).update(archived_at=NOW)
    assert feedback.last_vendor(cast.reader) is None


# The database's own rules ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("feedback_feeling_on_scale", {"feeling": 0}),
        ("feedback_feeling_on_scale", {"feeling": 6}),
        ("feedback_sla_known", {"sla": "perhaps"}),
        ("feedback_kind_known", {"kind": "gossip"}),
        ("feedback_has_a_name", {"name": ""}),
    ],
)
def test_the_database_refuses_what_is_no_feedback(vendor: Vendor, name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        said(vendor, **fields).save()


def test_the_database_keeps_a_file_once(cast: Cast, vendor: Vendor) -> None:
    kept = make_feedback(vendor)
    fields = {"feedback": kept, "name": "a", "size": 1, "sha256": "0" * 64, "uploaded_by": cast.reader.user}
    FeedbackFile.objects.create(**fields)

    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackFile.objects.create(**fields)


def test_the_database_refuses_an_answered_pulse_that_says_nothing(cast: Cast, vendor: Vendor) -> None:
    incident = make_incident(vendor, sla=Sla.MET)
    fields = {"incident": incident, "asked_by": cast.assessor.user, "expires_at": NOW, "answered_at": NOW}

    with pytest.raises(IntegrityError, match="pulse_answered_says_something"), transaction.atomic():
        Pulse.objects.create(token_hash="0" * 64, **fields)
    assert Pulse.objects.create(token_hash="1" * 64, was_fast="no", **fields).pk
