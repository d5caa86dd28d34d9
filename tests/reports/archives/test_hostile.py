"""An archive from anybody: refused with a clear line, and nothing is written."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

import pytest

from accounts.models import Organisation, User
from reports.archives import arriving, package
from reports.archives.arriving import ArchiveRefused
from tests.factories import Cast
from tests.reports.archives.stock import archive_of, files_in, rows_of, stocked, with_entries, with_rows

Change = Callable[[bytes], bytes]


def without_a_table(archive: bytes) -> bytes:
    return with_entries(archive, **{"tables/vendors.vendor.jsonl": None})


def with_a_way_out(archive: bytes) -> bytes:
    return with_entries(archive, **{"files/../../etc/passwd": b"root"})


def with_another_hash(archive: bytes) -> bytes:
    return with_entries(archive, **{"tables/vendors.vendor.jsonl": b"{}\n"})


def of_another_format(archive: bytes) -> bytes:
    return _manifest(archive, format=99)


def of_another_schema(archive: bytes) -> bytes:
    return _manifest(archive, schema="0" * 64)


def that_is_no_zip(archive: bytes) -> bytes:
    return b"PK but not really"


def cut_short(archive: bytes) -> bytes:
    return archive[: len(archive) // 2]


def with_a_link(archive: bytes) -> bytes:
    stream = io.BytesIO(archive)
    with ZipFile(stream, "a") as found:
        entry = ZipInfo(f"files/{'a' * 64}")
        entry.external_attr = 0o120777 << 16
        found.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def with_one_name_twice(archive: bytes) -> bytes:
    stream = io.BytesIO(archive)
    with ZipFile(stream, "a") as found, pytest.warns(UserWarning, match="Duplicate"):
        found.writestr("README.txt", "again")
    return stream.getvalue()


def that_says_200_gb(archive: bytes) -> bytes:
    """The size in the list is a claim of whoever wrote it."""
    at = archive.rindex(b"PK\x01\x02")
    changed = bytearray(archive)
    struct.pack_into("<I", changed, at + 24, 0xF0000000)
    return bytes(changed)


def that_swells(archive: bytes) -> bytes:
    return with_entries(archive, **{"tables/vendors.vendor.jsonl": b"\n" * (package.SMALL + 1)})


def with_a_row_of_another_organisation(archive: bytes) -> bytes:
    rows = rows_of(archive, "vendors.vendor")
    return with_rows(archive, "vendors.vendor", [{**rows[0], "organisation": 2}, *rows[1:]])


def with_two_organisations(archive: bytes) -> bytes:
    (row,) = rows_of(archive, "accounts.organisation")
    return with_rows(archive, "accounts.organisation", [row, {**row, "id": 2, "slug": "second"}])


def with_one_key_twice(archive: bytes) -> bytes:
    rows = rows_of(archive, "vendors.vendor")
    return with_rows(archive, "vendors.vendor", [rows[0], rows[0]])


def with_a_column_too_many(archive: bytes) -> bytes:
    rows = rows_of(archive, "accounts.user")
    return with_rows(archive, "accounts.user", [{**rows[0], "is_superuser": True}, *rows[1:]])


def with_a_number_as_name(archive: bytes) -> bytes:
    rows = rows_of(archive, "vendors.vendor")
    return with_rows(archive, "vendors.vendor", [{**rows[0], "name": 5}, *rows[1:]])


def with_a_changed_snapshot(archive: bytes) -> bytes:
    rows = rows_of(archive, "reports.scorecard")
    return with_rows(archive, "reports.scorecard", [{**rows[0], "snapshot": "{}"}, *rows[1:]])


def with_a_file_that_is_not_there(archive: bytes) -> bytes:
    rows = rows_of(archive, "assessments.evidence")
    return with_rows(archive, "assessments.evidence", [{**rows[0], "file": f"files/{'b' * 64}"}])


def against_a_rule_of_the_database(archive: bytes) -> bytes:
    rows = rows_of(archive, "assessments.assessment")
    return with_rows(archive, "assessments.assessment", [{**rows[0], "state": "unheard"}, *rows[1:]])


def with_a_deep_line(archive: bytes) -> bytes:
    from reports.archives.manifest import Hashing

    line = b"[" * 200_000 + b"\n"
    hashing = Hashing()
    hashing.add(line)
    with ZipFile(io.BytesIO(archive)) as found:
        manifest = json.loads(found.read("manifest.json"))
    place = "tables/vendors.vendor.jsonl"
    manifest["parts"][place] = {"rows": 1, "size": hashing.size, "sha256": hashing.digest.hexdigest()}
    return with_entries(archive, **{place: line, "manifest.json": json.dumps(manifest).encode()})


def _manifest(archive: bytes, **changed: Any) -> bytes:
    with ZipFile(io.BytesIO(archive)) as found:
        manifest = json.loads(found.read("manifest.json"))
    return with_entries(archive, **{"manifest.json": json.dumps({**manifest, **changed}).encode()})


ATTEMPTS: dict[Change, str] = {
    without_a_table: "table tables/vendors.vendor.jsonl is missing",
    with_a_way_out: "which is no part of one",
    with_another_hash: "is not what the manifest says",
    of_another_format: "no archive of format 1",
    of_another_schema: "another version of the product",
    that_is_no_zip: "no ZIP archive",
    cut_short: "no ZIP archive",
    with_a_link: "is no plain file",
    with_one_name_twice: "two entries of one name",
    that_says_200_gb: "would grow to more than 200 times",
    that_swells: "would grow to more than 200 times",
    with_a_deep_line: "nested deeper than any row",
    with_a_row_of_another_organisation: "names a accounts.Organisation that is not in the archive",
    with_two_organisations: "not of one organisation",
    with_one_key_twice: "Row 2 of tables/vendors.vendor.jsonl has another key",
    with_a_column_too_many: "other columns than this version",
    with_a_number_as_name: "vendors.Vendor.name holds what does not fit",
    with_a_changed_snapshot: "does not have its SHA-256",
    with_a_file_that_is_not_there: "names a file that is not in the archive",
    against_a_rule_of_the_database: "The database refuses a row",
}


def said_of(archive: bytes) -> str:
    try:
        arriving.bring_in(io.BytesIO(archive))
    except ArchiveRefused as refused:
        return str(refused)
    return "It was taken."


def test_each_is_refused_and_nothing_is_written(cast: Cast, settings: Any) -> None:
    stocked(cast)
    archive = archive_of(cast.organisation)
    Organisation.objects.filter(pk=cast.organisation.pk).update(slug="former")
    files, users = files_in(Path(settings.MEDIA_ROOT)), User.objects.count()
    for change, why in ATTEMPTS.items():
        assert why in said_of(change(archive)), change.__name__
        assert Organisation.objects.count() == 2, change.__name__
        assert files_in(Path(settings.MEDIA_ROOT)) == files, change.__name__
    assert User.objects.count() == users
    arriving.bring_in(io.BytesIO(archive))  # and what was refused each time was the change
    assert Organisation.objects.count() == 3
