"""Forms taken and forms kept are not needed for long."""

from __future__ import annotations

from datetime import datetime

from accounts.models import KeptForm, TakenForm
from accounts.sending import kept, once


def sweep(now: datetime) -> int:
    """Delete what is too old to be asked for; how many rows that were."""
    taken, _models = TakenForm.objects.filter(taken_at__lt=now - once.KEPT_FOR).delete()
    lost, _models = KeptForm.objects.filter(kept_at__lt=now - kept.KEPT_FOR).delete()
    return taken + lost
