"""An organisation leaves one installation and arrives in another, whole."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.chain import trail_days, verification
from accounts.models import ApiToken, AuditEntry, Membership, Organisation, User
from accounts.trail import audit
from assessments.models import Evidence
from groundwork.canonical import hash_of
from groundwork.public_ids import PublicRow
from reports.archives import arriving
from reports.archives.tables import OWN
from reports.models import FactSheet, Scorecard
from reports.scorecard import sealing
from tests.factories import Cast
from tests.reports.archives.stock import RAW, archive_of, emptied, files_in, parts_of, rows_of, stocked
from vendors.models import IncidentChange, Vendor

TRAIL = "tables/accounts.auditentry.jsonl"
needs_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="tables are emptied within a test on SQLite")


def moved_beside(cast: Cast, archive: bytes) -> Organisation:
    """Brought in beside the one that it was written from, which gets another name."""
    Organisation.objects.filter(pk=cast.organisation.pk).update(slug="former")
    arriving.bring_in(io.BytesIO(archive))
    return Organisation.objects.get(slug="harbour")


@needs_sqlite
def test_in_an_empty_installation_everything_is_as_it_was(cast: Cast) -> None:
    stocked(cast)
    archive = archive_of(cast.organisation)
    snapshots = list(Scorecard.objects.order_by("pk").values_list("snapshot", flat=True))
    emptied()
    told = arriving.bring_in(io.BytesIO(archive))
    again = archive_of(Organisation.objects.get())
    trail, trail_again = parts_of(archive).pop(TRAIL), parts_of(again).pop(TRAIL)
    assert {**parts_of(again), TRAIL: trail} == parts_of(archive)  # counts, sizes and hashes
    assert trail_again["rows"] == trail["rows"] + 1  # that it was brought in
    assert rows_of(again, "accounts.auditentry")[:-1] == rows_of(archive, "accounts.auditentry")
    assert list(Scorecard.objects.order_by("pk").values_list("snapshot", flat=True)) == snapshots
    assert told.rows == sum(part["rows"] or 0 for part in parts_of(archive).values())
    assert (told.users, told.known_users, told.editions) == (User.objects.count(), 0, 1)


def test_beside_others_keys_are_others_and_the_archive_the_same(cast: Cast) -> None:
    stocked(cast)
    archive = archive_of(cast.organisation)
    copy = moved_beside(cast, archive)
    archive_again = archive_of(copy)
    again = parts_of(archive_again)
    differing = {place for place, part in parts_of(archive).items() if again[place] != part}
    named = [table for table in OWN if issubclass(table.model, PublicRow)]
    assert differing <= {TRAIL, *(table.member for table in named)}
    for table in named:  # the names outwards are new: one row of the installation has each
        old_rows, new_rows = rows_of(archive, table.label.lower()), rows_of(archive_again, table.label.lower())
        assert {row.pop("uuid") for row in old_rows}.isdisjoint({row.pop("uuid") for row in new_rows})
        assert old_rows == new_rows
    old, new = Vendor.objects.filter(organisation=cast.organisation), Vendor.objects.filter(organisation=copy)
    assert {one.pk for one in old}.isdisjoint(one.pk for one in new)
    change = IncidentChange.objects.get(incident__organisation=copy)
    assert change.before["vendor_id"] == change.incident.vendor_id
    assert change.before["values"]["service_id"] == change.incident.service_id
    board = FactSheet.objects.get(organisation=copy, kind="board")
    assert f'"vendor":{change.incident.vendor_id}' in board.content
    assert board.sha256 == hash_of(board.content)


def test_what_arrives_is_sealed_and_the_chain_is_whole_on_days_that_were_sealed_before(cast: Cast) -> None:
    stocked(cast)
    entry = audit.entry(None, "organisation.changed", cast.organisation)
    entry.at = timezone.now() - timedelta(days=5)
    entry.save()
    archive = archive_of(cast.organisation)
    assert trail_days.seal_finished(timezone.now())
    copy = moved_beside(cast, archive)
    assert verification.verify().counts["carried_trail"] == 1
    assert all(sealing.holds(card) for card in Scorecard.objects.filter(organisation=copy))


@needs_sqlite
def test_a_carried_entry_that_was_changed_from_below_is_seen(cast: Cast) -> None:
    from accounts import immutable

    stocked(cast)
    copy = moved_beside(cast, archive_of(cast.organisation))
    entry = AuditEntry.objects.filter(organisation=copy, verb="vendor.added").first()
    immutable.remove_all()
    AuditEntry.objects.filter(pk=entry.pk).update(object_label="Another")
    immutable.install_all()
    with pytest.raises(verification.ChainBroken, match="carried trail harbour is not what was sealed"):
        verification.verify()


def test_the_trail_names_its_rows_also_those_that_are_gone(cast: Cast) -> None:
    stocked(cast)
    copy = moved_beside(cast, archive_of(cast.organisation))
    told = AuditEntry.objects.filter(organisation=copy)
    gone = next(entry for entry in told if entry.after.get("name") == RAW)
    assert int(gone.object_id) < 0
    assert gone.after["department"] == copy.departments.get().pk
    card = Scorecard.objects.filter(organisation=copy).first()
    assert told.about(card).exists()
    assert told.filter(vendor_ref=card.assessment.vendor_id).exists()


@needs_sqlite
def test_no_secret_leaves_and_nobody_who_is_here_is_overwritten(cast: Cast) -> None:
    stocked(cast)
    archive = archive_of(cast.organisation)
    assert set(rows_of(archive, "accounts.user")[0]) == {"email", "name", "language", "is_active", "date_joined",
                                                         "erased_at"}  # fmt: skip
    assert "token_hash" not in rows_of(archive, "accounts.invitation")[0]
    service = next(row for row in rows_of(archive, "accounts.membership") if row["is_service"])
    emptied()
    known = User(email="assessor@example.org", name="Known Here", is_staff=True)
    known.set_password("kept as it is")
    known.save()
    arriving.bring_in(io.BytesIO(archive))
    known.refresh_from_db()
    assert (known.name, known.is_staff, known.check_password("kept as it is")) == ("Known Here", True, True)
    assert Membership.objects.filter(user=known).count() == 1
    assert not User.objects.get(email="admin@example.org").has_usable_password()
    arrived = Membership.everybody.services().get()
    assert arrived.user.email == service["user"]
    assert arrived.user.made_by is None  # nobody has its tokens, and nobody makes any before taking it over
    assert not ApiToken.objects.exists()


def test_nothing_of_another_organisation_leaves(cast: Cast) -> None:
    stocked(cast)
    Vendor.objects.create(organisation=cast.other_organisation, name="Elsewhere Ltd")
    archive = archive_of(cast.organisation)
    assert [row["slug"] for row in rows_of(archive, "accounts.organisation")] == ["harbour"]
    assert "Elsewhere Ltd" not in {row["name"] for row in rows_of(archive, "vendors.vendor")}
    assert "stranger@example.org" not in {row["email"] for row in rows_of(archive, "accounts.user")}


def test_files_come_along_and_those_that_were_lost_are_named(cast: Cast, settings: Any) -> None:
    stocked(cast)
    archive = archive_of(cast.organisation)
    copy = moved_beside(cast, archive)
    evidence = Evidence.objects.get(answer__response__assessment__organisation=copy)
    assert evidence.file.read() == b"It holds."
    evidence.file.delete(save=False)
    assert [row["file"] for row in rows_of(archive_of(copy), "assessments.evidence")] == [""]


def test_a_trial_says_what_would_come_and_keeps_nothing(cast: Cast, settings: Any, tmp_path: Path) -> None:
    stocked(cast)
    path = tmp_path / "all.zip"
    call_command("export_organisation", "harbour", path, verbosity=0)
    assert path.stat().st_mode & 0o777 == 0o600
    Organisation.objects.filter(pk=cast.organisation.pk).update(slug="former")
    before, files = AuditEntry.objects.count(), files_in(Path(settings.MEDIA_ROOT))
    call_command("import_organisation", path, dry_run=True)
    assert (AuditEntry.objects.count(), Organisation.objects.count()) == (before, 2)
    assert files_in(Path(settings.MEDIA_ROOT)) == files
    assert AuditEntry.objects.filter(verb="organisation.written_down").count() == 1


def test_a_name_that_is_here_already_is_refused(cast: Cast) -> None:
    archive = archive_of(cast.organisation)
    with pytest.raises(arriving.ArchiveRefused, match="There is an organisation “harbour” here already"):
        arriving.bring_in(io.BytesIO(archive))


def test_an_unknown_organisation_and_a_file_that_is_there_are_refused(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is: harbour, meadow"):
        call_command("export_organisation", "harbor", tmp_path / "a.zip")
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(CommandError, match="was not written"):
        call_command("export_organisation", "harbour", tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text() == "mine"


def test_an_edition_of_other_questions_is_refused(cast: Cast) -> None:
    stocked(cast)
    archive = archive_of(cast.organisation)
    rows = rows_of(archive, "manifesto.question")
    from tests.reports.archives.stock import with_rows

    changed = with_rows(archive, "manifesto.question", [{**rows[0], "text": "Another"}, *rows[1:]])
    with pytest.raises(arriving.ArchiveRefused, match="is another one here"):
        moved_beside(cast, changed)


def test_numbers_count_on(cast: Cast) -> None:
    from accounts.numbering import next_number

    stocked(cast)
    with transaction.atomic():
        audit.record(None, "organisation.changed", cast.organisation)
    copy = moved_beside(cast, archive_of(cast.organisation))
    numbers = Scorecard.objects.filter(organisation=copy)
    prefix = numbers.latest("pk").number[:-3]
    assert next_number(numbers, "number", prefix, copy.pk) == f"{prefix}{numbers.count() + 1:03}"
