"""What the database refuses: no edition that was published changes, nor what it expects, by whatever route."""

# ruff: noqa: S608 (the SQL is put together from the constants of this module alone)

from accounts.immutable import DELETE, INSERT, UPDATE, RefusedWrite, never_changes

FINAL = "A published edition of the expectations never changes: make a new draft from it."
EDITIONS, EXPECTATIONS = "vendors_expectationedition", "vendors_expectation"


GIVEN = "An acknowledgement is never changed or deleted: the vendor says it again."


def refusals() -> list[RefusedWrite]:
    return [
        *_of_editions(),
        *(_of_expectations(operation) for operation in (INSERT, UPDATE, DELETE)),
        *never_changes("vendors_acknowledgement", GIVEN),
    ]


def _of_editions() -> list[RefusedWrite]:
    return [
        RefusedWrite(table=EDITIONS, operation=operation, message=FINAL, condition="OLD.state <> 'draft'")
        for operation in (UPDATE, DELETE)
    ]


def _of_expectations(operation: str) -> RefusedWrite:
    """Of the edition before and after, as far as the operation has both."""
    sides = {INSERT: ("NEW",), UPDATE: ("OLD", "NEW"), DELETE: ("OLD",)}[operation]
    editions = f"e.id IN ({', '.join(f'{side}.edition_id' for side in sides)})"
    return RefusedWrite(
        table=EXPECTATIONS,
        operation=operation,
        message=FINAL,
        condition=f"EXISTS (SELECT 1 FROM {EDITIONS} e WHERE e.state <> 'draft' AND {editions})",
        lock=f"{EDITIONS} e WHERE {editions}",
    )
