"""The archive is written: one look at the database, table by table, then the files, the manifest at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import Organisation, Seal, User
from accounts.trail import audit
from groundwork.canonical import canonical
from reports.archives import manifest as manifests
from reports.archives import schema
from reports.archives.keys import Outwards
from reports.archives.manifest import Hashing, Manifest
from reports.archives.rows import leaving
from reports.archives.tables import BANK, OWN, USERS, Table
from reports.models import Scorecard
from reports.scorecard import sealing

AT_ONCE = 500  # rows in memory
CHUNK = 1 << 20  # bytes in memory
SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
README = """An organisation of a Customer Manifesto installation: tables as JSON lines, files by their SHA-256.

manifest.json says what is here, with counts and hashes, and what is left out and why; schema.json describes each table.
No password, link, second factor, session or token is here: members set a new password by mail, links are sent again.
docs/archive.md of the product describes the format. `bin/manage import_organisation FILE.zip` brings it back.
"""


@dataclass(kw_only=True)
class _Files:
    """The files that rows name: read once for the hash when the row is written, and once more to be written."""

    found: dict[str, tuple[Storage, str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def place_of(self, column: models.FileField, name: str) -> str:
        """Its place in the archive, by its content; empty where it is lost."""
        hashing = Hashing()
        try:
            with column.storage.open(name) as file:
                for chunk in file.chunks(CHUNK):
                    hashing.add(chunk)
        except FileNotFoundError:
            self.lost.append(name)
            return ""
        suffix = PurePosixPath(name).suffix.lower()
        kept = suffix if SUFFIX.fullmatch(suffix) else ""
        place = f"files/{hashing.digest.hexdigest()}{kept}"
        self.found[place] = (column.storage, name)
        return place


def write(organisation: Organisation, target: Path | IO[bytes]) -> Manifest:
    """The whole organisation as it is at this moment, into a new file. In little memory, however much there is."""
    with _one_look(), ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        manifest = manifests.of_here()
        manifest.organisation = {"name": organisation.name, "slug": organisation.slug}
        manifest.written_at = timezone.now().isoformat()
        keys, files = Outwards(organisation.pk), _Files()
        for table in OWN:
            rows = table.rows(organisation.pk).values(*_columns(table)).iterator(chunk_size=AT_ONCE)
            _table(archive, manifest, table, (leaving(table.model, row, keys, files.place_of) for row in rows))
        for table in BANK:
            _table(archive, manifest, table, of_bank(table, keys))
        _table(archive, manifest, USERS, _users(keys))
        for place in sorted(files.found):
            _file(archive, manifest, place, *files.found[place])
        manifest.lost_files = sorted(files.lost)
        manifest.seals = _seals(organisation)
        archive.writestr("README.txt", README)
        archive.writestr("schema.json", json.dumps(schema.whole(), indent=1, sort_keys=True))
        archive.writestr(manifests.NAME, json.dumps(manifest.as_data(), indent=1, ensure_ascii=False))
    return manifest


@contextmanager
def _one_look() -> Iterator[None]:
    """Everything as it is at one moment."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _columns(table: Table) -> list[str]:
    return [column.attname for column in table.model._meta.local_concrete_fields]


def _table(archive: ZipFile, manifest: Manifest, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    hashing, count = Hashing(), 0
    with archive.open(_entry(table.member), "w", force_zip64=True) as stream:
        for row in rows:
            stream.write(hashing.add(canonical(row).encode("utf-8", "surrogatepass") + b"\n"))
            count += 1
    manifest.parts[table.member] = hashing.part(count)


def _file(archive: ZipFile, manifest: Manifest, place: str, storage: Storage, name: str) -> None:
    hashing = Hashing()
    with storage.open(name) as file, archive.open(_entry(place, ZIP_STORED), "w", force_zip64=True) as stream:
        for chunk in file.chunks(CHUNK):
            stream.write(hashing.add(chunk))
    manifest.parts[place] = hashing.part(None)


def _entry(place: str, method: int = ZIP_DEFLATED) -> ZipInfo:
    entry = ZipInfo(place)
    entry.compress_type = method
    entry.external_attr = 0o600 << 16
    return entry


def of_bank(table: Table, keys: Outwards) -> Iterator[dict[str, Any]]:
    """The rows of the editions that were named, in an order that is the same everywhere."""
    way = {"Release": "pk", "RuleGuide": "rule__release", "Level": "question__release"}
    name = table.model.__name__
    rows = table.model._base_manager.filter(**{f"{way.get(name, 'release')}__in": list(keys.editions)})
    found = [leaving(table.model, row, keys, _no_file) for row in rows.values(*_columns(table)).iterator()]
    yield from sorted(found, key=canonical)


def _no_file(column: models.FileField, name: str) -> str:
    raise NotImplementedError(f"{column} is not brought along.")


def _users(keys: Outwards) -> Iterator[dict[str, Any]]:
    """Whom the rows name, by their addresses."""
    named = sorted(keys.emails, key=lambda pk: keys.emails[pk])
    for start in range(0, len(named), AT_ONCE):
        rows = {row["id"]: row for row in User.objects.filter(pk__in=named[start : start + AT_ONCE]).values()}
        for pk in named[start : start + AT_ONCE]:
            yield leaving(User, rows[pk], keys, _no_file)


def _seals(organisation: Organisation) -> dict[str, Any]:
    """Where its scorecards stood in the chain of this installation: evidence, which is not brought in."""
    cards = {
        str(pk): number
        for pk, number in Scorecard.objects.filter(organisation=organisation).values_list("pk", "number")
    }
    end = Seal.objects.order_by("-position").values("position", "hash").first()
    seals = Seal.objects.filter(kind=sealing.KIND, key__in=list(cards)).order_by("position")
    told = seals.values_list("key", "position", "content", "hash", "at")
    return {
        "scorecards": [
            {"number": cards[key], "position": position, "content": content, "hash": text, "at": at.isoformat()}
            for key, position, content, text, at in told
        ],
        "end": end,
    }


def write_file(organisation: Organisation, path: Path, *, by: User | None) -> list[str]:
    """Into a new file, which is there whole or not at all, and that it left is in the trail; what to tell whoever
    asked. OSError where it is there already, or cannot be written."""
    with path.open("xb") as file:
        try:
            manifest = write(organisation, file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    path.chmod(0o600)
    with transaction.atomic():
        after = {"archive_sha256": manifests.fingerprint(manifest)}
        audit.record(by, "organisation.written_down", organisation, after=after)
    return list(manifests.lines(manifest))
