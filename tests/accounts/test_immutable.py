"""No statement changes, replaces or empties what never changes: each one tried on each table, on either database."""

# ruff: noqa: S608 (the SQL is put together from models)

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from accounts import immutable
from accounts.models import AuditEntry
from manifesto.models import ReleaseState, RuleGuide
from reports.comparison import keeping
from reports.models import FactSheet, Scorecard, VendorCopy
from tests.factories import (
    NOW,
    Cast,
    make_commitment,
    make_expectations,
    make_incident,
    make_proof,
    make_release,
    make_vendor,
)
from tests.reports import cards
from vendors.models import Acknowledgement, EmergencyPlan, PlanCheck, Service, TimelineEntry

TABLES = sorted(immutable.tables())
FAR = 1_000_000  # a number that no row has


@pytest.fixture
def rows(cast: Cast) -> None:
    """In every table a row or more that never changes; of the bank also a draft’s."""
    immutable.install_all()  # tests on PostgreSQL do without what refuses TRUNCATE
    final = make_release("final", questions_per_rule=1)
    RuleGuide.objects.bulk_create(RuleGuide(rule=rule, good="It stays.") for rule in final.rules.all())
    compared = [cards.approved(cast) for _ in range(2)]
    for card in compared:
        response = card.assessment.responses.get()
        make_commitment(cast.assessor, card.assessment.vendor)
        make_proof(cast.assessor, make_incident(card.assessment.vendor))
        VendorCopy.objects.create(response=response, submitted_at=NOW, snapshot="{}", sha256="0" * 64)
    for order in (compared, compared[::-1]):
        keeping.keep(cast.reader, order, now=NOW)
    for sha256 in ("a" * 64, "b" * 64):
        sheet = {"kind": "incident", "content": "{}", "sha256": sha256, "as_of": NOW, "made_at": NOW}
        FactSheet.objects.create(organisation=cast.organisation, **sheet)
    editions = [make_expectations(cast.assessor) for _ in range(2)]
    for edition in editions:
        fields = {"on": NOW.date(), "by": "Kim", "recorded_by": cast.assessor.user, "at": NOW}
        Acknowledgement.objects.create(edition=edition, vendor=compared[0].assessment.vendor, **fields)
    make_release("draft", questions_per_rule=1, state=ReleaseState.DRAFT)
    if connection.vendor == "postgresql":  # else it refuses TRUNCATE by itself, for what it still has to check
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def content_of(table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        return cursor.fetchall()


def was_refused(statement: str) -> bool:
    """By a trigger of ours, and not because it is no SQL or breaks something else. What it did is taken back."""
    messages = {refusal.message for refusals in immutable._refusals.values() for refusal in refusals}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return any(message in str(error) for message in {*messages, immutable.EMPTIED})
    return False


def statements(table: str) -> Iterator[str]:
    """What would change, replace or delete the first row of the table; the last one is free where there are drafts."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    first = f"(SELECT min(id) FROM {table})"
    name = [field.column for field in model._meta.concrete_fields if not field.primary_key][-1]
    yield f"UPDATE {table} SET {name} = {name}"
    yield f"UPDATE {table} SET id = id + {FAR} WHERE id = {first}"
    yield f"DELETE FROM {table}"
    yield f"DELETE FROM {table} WHERE id = {first}"
    for key in immutable.unique_keys(model):
        yield f"INSERT INTO {table} {_meeting(model, key)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {name} = NULL"
        yield from _of_sqlite(model, key) if connection.vendor == "sqlite" else _of_postgresql(model, key)


def _of_sqlite(model: type[models.Model], key: tuple[str, ...]) -> Iterator[str]:
    table = model._meta.db_table
    yield f"INSERT OR REPLACE INTO {table} {_meeting(model, key)}"
    yield f"REPLACE INTO {table} {_meeting(model, key)}"
    taken = ", ".join(f"{column} = (SELECT {column} FROM {table} ORDER BY id LIMIT 1)" for column in key)
    yield f"UPDATE OR REPLACE {table} SET {taken} WHERE id = (SELECT max(id) FROM {table})"


def _of_postgresql(model: type[models.Model], key: tuple[str, ...]) -> Iterator[str]:
    table = model._meta.db_table
    other = next(other for other in TABLES if other != table)
    yield f"TRUNCATE {table} CASCADE"
    yield f"TRUNCATE {other}, {table} CASCADE"
    yield f"TRUNCATE ONLY {table} RESTART IDENTITY CASCADE"
    yield "TRUNCATE accounts_user CASCADE"  # everything hangs on it
    yield f"WITH gone AS (DELETE FROM {table} RETURNING id) SELECT count(*) FROM gone"
    if connection.pg_version >= 150000:
        on = " AND ".join(f"kept.{column} = same.{column}" for column in key)
        for action in ("DELETE", f"UPDATE SET {key[-1]} = same.{key[-1]}"):
            yield f"MERGE INTO {table} kept USING {table} same ON {on} WHEN MATCHED THEN {action}"


def _meeting(model: type[models.Model], key: tuple[str, ...]) -> str:
    """The last row once more, which meets the first one in nothing but this key."""
    columns = [field.column for field in model._meta.concrete_fields]
    quoted = {column: connection.ops.quote_name(column) for column in columns}  # one is called as a word of SQL is
    free = {column: f"free.{quoted[column]}" for column in columns} | {"id": str(FAR)}
    taken = free | {column: f"taken.{quoted[column]}" for column in key}
    table = model._meta.db_table
    return (
        f"({', '.join(quoted.values())}) SELECT {', '.join(taken[column] for column in columns)} "
        f"FROM {table} free, {table} taken WHERE free.id = (SELECT max(id) FROM {table}) "
        f"AND taken.id = (SELECT min(id) FROM {table})"
    )


@pytest.mark.parametrize("table", TABLES)
def test_every_statement_is_refused_and_every_row_stays(rows: None, table: str) -> None:
    before = content_of(table)
    assert len(before) >= 2

    assert [statement for statement in statements(table) if not was_refused(statement)] == []

    assert content_of(table) == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="elsewhere a row that meets another is refused by its key")
@pytest.mark.parametrize("model", [TimelineEntry, PlanCheck])
def test_what_goes_with_the_thing_it_belongs_to_is_replaced_as_little_as_it_is_changed(
    cast: Cast, model: type[models.Model]
) -> None:
    vendor = make_vendor(cast.organisation)
    incident, service = make_incident(vendor), Service.objects.create(vendor=vendor, name="Records")
    said = {"incident": incident, "kind": "note", "at": NOW, "user": cast.reader.user, "created_at": NOW}
    for first, correction in ((20, 10), (30, 40)):  # the first and the last row are those that correct another
        TimelineEntry.objects.create(pk=first, **said)
        TimelineEntry.objects.create(pk=correction, corrects_id=first, **said)
    plan = EmergencyPlan.objects.create(service=service, updated_at=NOW)
    for _ in range(2):
        PlanCheck.objects.create(plan=plan, on=NOW.date(), user=cast.reader.user, at=NOW)
    table = model._meta.db_table
    tried = [one for one in statements(table) if not one.startswith("DELETE")]

    assert len(tried) > 4
    assert [statement for statement in tried if not was_refused(statement)] == []
    incident.delete()
    service.delete()
    assert content_of(table) == []


def test_without_the_triggers_the_same_statements_go_through(rows: None) -> None:
    immutable.remove_all()
    assert [statement for statement in statements("reports_vendorcopy") if was_refused(statement)] == []


def test_the_tables_are_those_that_the_house_says_never_change() -> None:
    assert TABLES == [
        "accounts_auditentry",
        "accounts_seal",
        "assessments_commitmentstep",
        "manifesto_level",
        "manifesto_question",
        "manifesto_release",
        "manifesto_rule",
        "manifesto_ruleguide",
        "reports_comparedscorecard",
        "reports_comparison",
        "reports_factsheet",
        "reports_scorecard",
        "reports_scorecardrule",
        "reports_vendorcopy",
        "vendors_acknowledgement",
        "vendors_expectation",
        "vendors_expectationedition",
        "vendors_proofstep",
    ]


def test_every_key_of_a_table_is_guarded() -> None:
    assert immutable.unique_keys(AuditEntry) == [("id",)]
    assert immutable.unique_keys(Scorecard) == [("id",), ("uuid",), ("assessment_id",), ("organisation_id", "number")]


def test_a_key_under_a_condition_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    partial = models.UniqueConstraint(fields=["number"], condition=models.Q(rules_met=7), name="number_once_when_met")
    monkeypatch.setattr(Scorecard._meta, "constraints", [partial])

    with pytest.raises(NotImplementedError, match="number_once_when_met"):
        immutable.unique_keys(Scorecard)


def test_a_new_row_beside_the_others_goes_in(rows: None) -> None:
    """Also with a number of its own, as a restored backup has it."""
    entry = AuditEntry.objects.order_by("pk").first()
    assert entry is not None
    entry.pk = FAR
    entry.save(force_insert=True)
    assert AuditEntry.objects.filter(pk=FAR).exists()
