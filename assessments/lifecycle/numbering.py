"""Reference numbers: A-2026-001, counted by year and organisation, without gaps in a race."""

from django.db import models
from django.db.models.functions import Cast, Substr

from accounts.models import Organisation
from assessments.models import Assessment


def next_reference(organisation_id: int, year: int) -> str:
    """The next free reference; holds the organisation's row until the transaction ends, so that two who create at
    once wait for each other instead of drawing the same number.

    Without the key lock: rows that merely point to the organisation need not wait.
    """
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation_id)
    prefix = f"A-{year}-"
    number = Cast(Substr("reference", len(prefix) + 1), models.IntegerField())
    taken = Assessment.objects.filter(organisation=organisation_id, reference__startswith=prefix)
    last: int | None = taken.aggregate(last=models.Max(number))["last"]
    return f"{prefix}{(last or 0) + 1:03}"
