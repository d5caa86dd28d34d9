"""An archive is brought in: checked whole, then written in one transaction, sealed, or nothing of it kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import UUID, uuid4

from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Max
from django.db.models.sql import InsertQuery
from django.utils import timezone

from accounts.chain import carried
from accounts.models import AuditEntry, MailedLink, Organisation, User, new_token
from accounts.trail import audit
from groundwork.canonical import hash_of
from groundwork.public_ids import PublicRow
from manifesto.models import Release
from reports.archives import manifest as manifests
from reports.archives.faults import ArchiveRefused
from reports.archives.keys import Inwards, Model, Outwards
from reports.archives.leaving import of_bank
from reports.archives.package import FILE, Package, opened
from reports.archives.rows import arriving
from reports.archives.tables import BANK, OWN, TABLES, USERS, Table
from reports.models import Scorecard, VendorCopy
from reports.scorecard import sealing

AT_ONCE = 500  # rows in memory
# What an edition may differ in and be the same: when and by whom it was published here, and whether it still is used.
OF_HERE = frozenset({"based_on", "created_at", "published_at", "published_by", "retired_at", "state"})
FROZEN: dict[Model, str] = {Scorecard: "snapshot", VendorCopy: "snapshot"}


class _DryRunError(Exception):
    """Everything went well, and none of it is to be kept."""


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """`users` were made, `known_users` were here; `editions` came along: others were here, and are the same."""

    organisation: str
    rows: int
    files: int
    users: int
    known_users: int
    editions: int


@dataclass(kw_only=True)
class _Files:
    """Files are kept as their rows are written, and deleted again where the rows are not."""

    package: Package
    is_trial: bool
    kept: list[tuple[Storage, str]] = field(default_factory=list)

    def keep(self, column: models.FileField, place: str) -> str:
        if not FILE.fullmatch(place) or place not in self.package.manifest.parts:
            raise ArchiveRefused(f"A row of {column.model._meta.label} names a file that is not in the archive.")
        suffix = PurePosixPath(place).suffix
        name = column.generate_filename(column.model(), f"{secrets.token_hex(16)}{suffix}")
        if self.is_trial:
            return name
        with self.package.archive.open(place) as stream:
            name = column.storage.save(name, File(stream), max_length=column.max_length)
        self.kept.append((column.storage, name))
        return name

    def forget(self) -> None:
        for storage, name in self.kept:
            with suppress(OSError):
                storage.delete(name)


def bring_in(file: IO[bytes], *, is_trial: bool = False) -> Arrived:
    """The organisation of the archive. Everything is written, or nothing: also for a trial, which ends before it is
    kept. ArchiveRefused says what is wrong."""
    package = opened(file)
    _refuse_known(package.manifest.organisation["slug"])
    package.check()
    files = _Files(package=package, is_trial=is_trial)
    told: list[Arrived] = []
    try:
        with transaction.atomic():
            told.append(_write(package, files))
            if is_trial:
                raise _DryRunError
    except _DryRunError:
        pass
    except DatabaseError as error:
        files.forget()
        raise ArchiveRefused(f"The database refuses a row, and nothing was written: {error}") from error
    except BaseException:
        files.forget()
        raise
    return told[0]


def _refuse_known(slug: str) -> None:
    if Organisation.objects.filter(slug=slug).exists():
        raise ArchiveRefused(
            f"There is an organisation “{slug}” here already. Bring it into an installation that has none of that name."
        )


def _write(package: Package, files: _Files) -> Arrived:
    _hold_tables()
    keys = Inwards(
        bases={table.model: _last_key(table.model) for table in TABLES},
        counts={table.model: package.count(table) for table in OWN},
    )
    users, known = _bring_users(package, keys)
    editions = _bring_bank(package, keys)
    if package.count(OWN[0]) != 1:
        raise ArchiveRefused("The archive is not of one organisation.")
    for table in OWN:
        _insert(table.model, _models(package, table, keys, files))
    _reset_sequences()
    with connection.cursor():
        connection.check_constraints()
    organisation = Organisation.objects.get(pk=keys.of(Organisation, 1))
    if organisation.slug != package.manifest.organisation["slug"]:
        raise ArchiveRefused("The manifest names another organisation than the table.")
    _seal(organisation, package, keys)
    return Arrived(
        organisation=organisation.name,
        rows=sum(package.count(table) for table in TABLES),
        files=sum(part.rows is None for part in package.manifest.parts.values()),
        users=users,
        known_users=known,
        editions=editions,
    )


# Users and the bank --------------------------------------------------------------------------------------------------
def _bring_users(package: Package, keys: Inwards) -> tuple[int, int]:
    """Those who are here stay as they are; others are made, without a password. How many of each."""
    made, known = 0, 0
    for rows in _batches(package.rows(USERS)):
        emails = [_text(row, "email") for row in rows]
        if len(set(emails)) != len(emails) or any((User, email) in keys.names for email in emails):
            raise ArchiveRefused("Two users have one address: the archive is damaged.")
        here = dict(User.objects.filter(email__in=emails).values_list("email", "pk"))
        keys.names.update({(User, email): pk for email, pk in here.items()})
        new: list[models.Model] = []
        for row, email in zip(rows, emails, strict=True):
            user = arriving(User, row, keys, _no_file)
            if email not in here:
                user.pk = keys.bases[User] + made + len(new) + 1
                user.set_unusable_password()  # type: ignore[attr-defined]  # it is one
                keys.names[User, email] = user.pk
                new.append(user)
        _insert(User, new)
        made, known = made + len(new), known + len(here)
    return made, known


def _bring_bank(package: Package, keys: Inwards) -> int:
    """Editions that are here must be the same; others come along. How many."""
    gathered = {table.model: list(package.rows(table)) for table in BANK}
    here = dict(Release.objects.values_list("edition", "pk"))
    names = [_text(row, "edition") for row in gathered[Release]]
    for name in names:
        if name in here:
            _refuse_differing(name, here[name], gathered)
    for table in BANK[::-1]:  # an edition is named before what it holds
        for count, row in enumerate(gathered[table.model], start=1):
            _name(table.model, row, keys, here, keys.bases[table.model] + count)
    for table in BANK:
        rows = [(at, row) for at, row in enumerate(gathered[table.model], 1) if _edition_of(row) not in here]
        _insert(table.model, (_of_bank(table.model, row, keys, keys.bases[table.model] + at) for at, row in rows))
    return len(set(names) - here.keys())


def _edition_of(row: Mapping[str, Any]) -> str:
    for name in ("edition", "release"):
        if name in row:
            return _text(row, name)
    owner = row.get("rule") or row.get("question")
    if not isinstance(owner, list) or not owner or not isinstance(owner[0], str):
        raise ArchiveRefused("A row of the bank says no edition: the archive is damaged.")
    return owner[0]


def _name(model: Model, row: Mapping[str, Any], keys: Inwards, here: Mapping[str, int], pk: int) -> None:
    edition = _edition_of(row)
    name: Any = edition if model is Release else (edition, row.get("key"))
    if model is not Release and "key" not in row:
        return  # nothing names it
    if (model, name) in keys.names:
        raise ArchiveRefused(f"Edition {edition} has two rows of one key: the archive is damaged.")
    if edition not in here:
        keys.names[model, name] = pk
    elif model is Release:
        keys.names[model, name] = here[edition]
    else:
        keys.names[model, name] = model._base_manager.values_list("pk", flat=True).get(
            release=here[edition], key=row["key"]
        )


def _of_bank(model: Model, row: Any, keys: Inwards, pk: int) -> models.Model:
    made = arriving(model, row, keys, _no_file)
    made.pk = pk
    return made


def _refuse_differing(edition: str, pk: int, gathered: Mapping[Model, list[Any]]) -> None:
    """Guides of rules may have been written later, and are nothing that answers were given to."""
    mine = Outwards(0)
    mine.editions[pk] = edition
    for table in BANK:
        if table.model.__name__ == "RuleGuide":
            continue
        told = [_without_here(row) for row in gathered[table.model] if _edition_of(row) == edition]
        if told != [_without_here(row) for row in of_bank(table, mine)]:
            raise ArchiveRefused(
                f"Edition {edition} of the questions is another one here ({table.label}). An organisation keeps the "
                "questions that it answered: bring it into an installation where this edition is the same or missing."
            )


def _without_here(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OF_HERE}


# Rows ----------------------------------------------------------------------------------------------------------------
def _models(package: Package, table: Table, keys: Inwards, files: _Files) -> Iterator[models.Model]:
    """Their keys count from one, in their order: so none comes twice, and none is missing."""
    column, taken = FROZEN.get(table.model), _taken_names(table.model)
    for number, row in enumerate(package.rows(table), start=1):
        if not isinstance(row, dict) or row.get(table.model._meta.pk.name) != number:
            raise ArchiveRefused(f"Row {number} of {table.member} has another key: the archive is damaged.")
        if column and hash_of(_text(row, column)) != row.get("sha256"):
            raise ArchiveRefused(f"Row {number} of {table.member} does not have its SHA-256: it was changed.")
        made = arriving(table.model, row, keys, files.keep)
        if isinstance(made, MailedLink):
            made.token_hash = new_token()[1]  # nobody has it: the link is sent again
        if isinstance(made, PublicRow) and made.uuid in taken:
            made.uuid = uuid4()
        yield made


def _taken_names(model: Model) -> set[UUID]:
    """The names outwards that rows have here. Beside the one that it was written from, an organisation gets others."""
    return set(model._base_manager.values_list("uuid", flat=True)) if issubclass(model, PublicRow) else set()


def _insert(model: Model, rows: Iterable[models.Model]) -> None:
    """As they are: dates of making and changing, too."""
    fields = list(model._meta.concrete_fields)
    most = max(1, min(AT_ONCE, connection.ops.bulk_batch_size(fields, range(AT_ONCE))))
    for batch in _batches(rows, most):
        query = InsertQuery(model)
        query.insert_values(fields, batch, raw=True)
        query.get_compiler(connection=connection).execute_sql()


def _batches(rows: Iterable[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def _text(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    if not isinstance(value, str):
        raise ArchiveRefused(f"A row has no {name}, so the archive is damaged.")
    return value


def _no_file(column: models.FileField, name: str) -> str:
    raise ArchiveRefused(f"{column} is not brought along.")


def _hold_tables() -> None:
    """Nobody else writes meanwhile, so that the keys after the last ones are ours. SQLite has one writer."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(table.model._meta.db_table) for table in TABLES)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")  # names of ours


def _last_key(model: Model) -> int:
    """The last that was ever given: the trail may name one whose row is gone."""
    table, column = model._meta.db_table, model._meta.pk.column
    last = model._base_manager.aggregate(last=Max("pk"))["last"] or 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)", [table, column])
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = cursor.fetchone()
    return max(last, (given[0] or 0) if given else 0)


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in TABLES]):
            cursor.execute(statement)


def _seal(organisation: Organisation, package: Package, keys: Inwards) -> None:
    """Into the chain of this installation: each scorecard, and the trail as one."""
    now = timezone.now()
    for card in Scorecard.objects.filter(organisation=organisation).order_by("pk").iterator(chunk_size=50):
        sealing.seal(card, now=now)
    after = {"archive_sha256": manifests.fingerprint(package.manifest)}
    entries = next(table for table in OWN if table.model is AuditEntry)
    if count := package.count(entries):
        base = keys.bases[AuditEntry]
        carried.seal(base + 1, base + count, now=now)
    audit.record(None, "organisation.brought_in", organisation, after=after)
