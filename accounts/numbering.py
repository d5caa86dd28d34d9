"""Numbers by which people know things: A-2026-001, C-2026-001, P-2026-001, counted by year and organisation, without
gaps in a race."""

from typing import Any

from django.db import models
from django.db.models.functions import Cast, Substr

from accounts.models import Organisation


def next_number(rows: models.QuerySet[Any], column: str, prefix: str, organisation_id: int) -> str:
    """The prefix with the number after the highest that `column` of `rows` has. Holds the organisation's row until the
    transaction ends, so that two who create at once wait for each other instead of drawing the same number.

    Without the key lock: rows that merely point to the organisation need not wait.
    """
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation_id)
    number = Cast(Substr(column, len(prefix) + 1), models.IntegerField())
    last: int | None = rows.filter(**{f"{column}__startswith": prefix}).aggregate(last=models.Max(number))["last"]
    return f"{prefix}{(last or 0) + 1:03}"
