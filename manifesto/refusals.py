"""What the database refuses: no edition that has left the draft changes, by whatever route."""

# ruff: noqa: S608 (the SQL is put together from the constants of this module alone)

from accounts.immutable import DELETE, INSERT, UPDATE, RefusedWrite, same
from manifesto.models import Release

FINAL = "A published edition never changes: make a new draft from it."
STRAY = "A question belongs to the same edition as its rule."
MAY_CHANGE = ("state", "retired_at")  # and only from published to retired


def refusals() -> list[RefusedWrite]:
    return [*_of_releases(), *_of_rules(), *_of_questions(), *_of_levels(), *_of_guides()]


def _of_releases() -> list[RefusedWrite]:
    columns = [field.column or "" for field in Release._meta.concrete_fields]
    kept = [column for column in columns if column not in MAY_CHANGE]
    retiring = f"OLD.state = 'published' AND NEW.state = 'retired' AND {same(kept)}"
    return [
        RefusedWrite(
            table="manifesto_release",
            operation=UPDATE,
            message=FINAL,
            condition=f"OLD.state <> 'draft' AND NOT ({retiring})",
        ),
        RefusedWrite(table="manifesto_release", operation=DELETE, message=FINAL, condition="OLD.state <> 'draft'"),
    ]


def _of_rules() -> list[RefusedWrite]:
    return [
        _refuse_final("manifesto_rule", operation, f"r.id IN ({_rows(operation, 'release_id')})")
        for operation in (INSERT, UPDATE, DELETE)
    ]


def _of_questions() -> list[RefusedWrite]:
    """A question hangs on its release and on its rule: neither may be final."""
    final = [
        _refuse_final(
            "manifesto_question",
            operation,
            f"r.id IN ({_rows(operation, 'release_id')}) OR r.id IN "
            f"(SELECT p.release_id FROM manifesto_rule p WHERE p.id IN ({_rows(operation, 'rule_id')}))",
        )
        for operation in (INSERT, UPDATE, DELETE)
    ]
    stray = [
        RefusedWrite(
            table="manifesto_question",
            operation=operation,
            about="stray",
            message=STRAY,
            condition="NOT EXISTS (SELECT 1 FROM manifesto_rule p "
            "WHERE p.id = NEW.rule_id AND p.release_id = NEW.release_id)",
        )
        for operation in (INSERT, UPDATE)
    ]
    return [*final, *stray]


def _of_levels() -> list[RefusedWrite]:
    return [
        _refuse_final(
            "manifesto_level",
            operation,
            "r.id IN (SELECT q.release_id FROM manifesto_question q "
            f"WHERE q.id IN ({_rows(operation, 'question_id')}))",
        )
        for operation in (INSERT, UPDATE, DELETE)
    ]


def _of_guides() -> list[RefusedWrite]:
    """Editions were published before there were rule pages: those may still get them, once. What is there stays."""
    return [
        _refuse_final(
            "manifesto_ruleguide",
            operation,
            f"r.id IN (SELECT p.release_id FROM manifesto_rule p WHERE p.id IN ({_rows(operation, 'rule_id')}))",
        )
        for operation in (UPDATE, DELETE)
    ]


def _refuse_final(table: str, operation: str, releases: str) -> RefusedWrite:
    return RefusedWrite(
        table=table,
        operation=operation,
        message=FINAL,
        condition=f"EXISTS (SELECT 1 FROM manifesto_release r WHERE r.state <> 'draft' AND ({releases}))",
        lock=f"manifesto_release r WHERE {releases}",
    )


def _rows(operation: str, column: str) -> str:
    """The column before and after, as far as the operation has both."""
    sides = {INSERT: ("NEW",), UPDATE: ("OLD", "NEW"), DELETE: ("OLD",)}[operation]
    return ", ".join(f"{side}.{column}" for side in sides)
