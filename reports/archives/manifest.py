"""What the first entry of an archive says: which version wrote it, and the count and hash of everything else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from groundwork.canonical import canonical, hash_of
from reports.archives import schema
from reports.archives.faults import ArchiveRefused

NAME = "manifest.json"
FORMAT = 1
OUR_APPS = ("accounts", "assessments", "manifesto", "reports", "vendors")


@dataclass(frozen=True, kw_only=True)
class Part:
    """`rows`: lines of a table, None of a file; `size` in bytes."""

    rows: int | None
    size: int
    sha256: str


@dataclass(kw_only=True)
class Manifest:
    """`parts`: by their places in the archive; `schema`: the hash of the columns of all tables; `seals`: of each
    scorecard where it stood in the chain that it comes from, and where that chain ended."""

    format: int = FORMAT
    product: str = ""
    migrations: dict[str, str] = field(default_factory=dict)
    schema: str = ""
    organisation: dict[str, str] = field(default_factory=dict)
    written_at: str = ""
    parts: dict[str, Part] = field(default_factory=dict)
    lost_files: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    seals: dict[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def of_here() -> Manifest:
    """With what is true of this installation."""
    return Manifest(
        product=_product(),
        migrations=_migrations(),
        schema=schema.fingerprint(),
        left_out=dict(schema.reasons()),
    )


def read(content: Mapping[str, Any]) -> Manifest:
    """ArchiveRefused for what this version does not know, or was not written by it."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ArchiveRefused(f"This is no archive of format {FORMAT}, so this version cannot read it.")
    try:
        parts = {str(name): _part(part) for name, part in content["parts"].items()}
        told = {**content, "parts": parts}
        manifest = Manifest(**told)
        organisation = {name: str(manifest.organisation[name]) for name in ("name", "slug")}
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise ArchiveRefused("The manifest cannot be read: the archive is damaged.") from error
    manifest.organisation = organisation
    return manifest


def _part(part: Any) -> Part:
    found = Part(**part)
    numbers = (found.size, 0 if found.rows is None else found.rows)
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 0 for one in numbers):
        raise ValueError
    if not isinstance(found.sha256, str):
        raise TypeError
    return found


def refuse_another_version(manifest: Manifest) -> None:
    if manifest.schema != schema.fingerprint() or manifest.migrations != _migrations():
        raise ArchiveRefused(
            f"The archive was written by another version of the product ({manifest.product}, {_last(manifest)}). "
            f"This one is {_product()}. Bring both installations to the same version, write the archive again, then "
            "bring it in."
        )


def _last(manifest: Manifest) -> str:
    return ", ".join(f"{app} {name}" for app, name in sorted(manifest.migrations.items()))[:300]


@cache
def _product() -> str:
    try:
        return metadata.version("customer-manifesto")
    except metadata.PackageNotFoundError:
        return "0"


def _migrations() -> dict[str, str]:
    """The last one of each app; none where the tables were made without them."""
    recorder = MigrationRecorder(connection)
    if not recorder.has_table():
        return {}
    applied = sorted(name for name in recorder.applied_migrations() if name[0] in OUR_APPS)
    return dict(applied)  # the last of each app stays


class Hashing:
    """Counts and hashes what goes by."""

    def __init__(self) -> None:
        self.digest, self.size = hashlib.sha256(), 0

    def add(self, chunk: bytes) -> bytes:
        self.digest.update(chunk)
        self.size += len(chunk)
        return chunk

    def part(self, rows: int | None) -> Part:
        return Part(rows=rows, size=self.size, sha256=self.digest.hexdigest())


def lines(manifest: Manifest) -> Iterator[str]:
    """For people: what is in it."""
    yield f"{manifest.organisation['name']} ({manifest.organisation['slug']}), written {manifest.written_at}"
    rows = sum(part.rows or 0 for part in manifest.parts.values())
    files = [part for part in manifest.parts.values() if part.rows is None]
    yield f"{rows} rows in {len(manifest.parts) - len(files)} tables, {len(files)} files"
    if manifest.lost_files:
        yield f"{len(manifest.lost_files)} files were lost before: their rows come without them"


def fingerprint(manifest: Manifest) -> str:
    """Of everything in the archive: two of the same content have the same."""
    return hash_of(canonical({name: part.sha256 for name, part in manifest.parts.items()}))
