"""What the database refuses: a check that somebody signed is not rewritten."""

from __future__ import annotations

from accounts.immutable import UPDATE, RefusedWrite


def refusals() -> list[RefusedWrite]:
    """Deleting is let through: with its service, a plan goes, and its checks with it. The audit trail keeps them."""
    message = "That somebody went through a plan is never changed: others rely on it."
    return [RefusedWrite(table="vendors_plancheck", operation=UPDATE, message=message)]
