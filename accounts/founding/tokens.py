"""The first token: whoever can read what this installation writes may found its organisation, once.

It is kept as its hash alone, so that it cannot be shown a second time: whoever asks gets another one, and the earlier
one is dead.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import FirstToken, Organisation, User, hash_token, new_token


def is_waiting() -> bool:
    """Whether the first organisation is still to come; one query."""
    return FirstToken.objects.waiting().exists()


def was_made() -> bool:
    """Whether this installation ever began without data."""
    return FirstToken.objects.exists()


@transaction.atomic
def make(now: datetime) -> str | None:
    """A fresh token instead of an earlier one; None where there is somebody or something already, or was."""
    is_used = FirstToken.objects.exclude(used_at=None).exists()
    if is_used or User.objects.exists() or Organisation.objects.exists():
        return None
    token, hashed = new_token()
    FirstToken.objects.update_or_create(pk=FirstToken.THE_ONE, defaults={"token_hash": hashed, "made_at": now})
    return token


def fits(token: str) -> bool:
    """Whether this is the token, still unused; nothing is used by asking."""
    return _waiting(token).exists()


def use(token: str, now: datetime) -> bool:
    """Whether this is the token, and nobody used it before; inside the transaction of what it is used for. Of two at
    once the second waits for the row, and then finds it used."""
    return _waiting(token).update(used_at=now) == 1


def _waiting(token: str) -> QuerySet[FirstToken]:
    return FirstToken.objects.waiting().filter(pk=FirstToken.THE_ONE, token_hash=hash_token(token.strip()))
