"""`bin/manage seal_trail`: what the clock does each day, at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.chain import seals, trail_days


class Command(BaseCommand):
    help = "Seals each day of the audit trail that is over, as the clock does; repeating it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        made = trail_days.seal_finished(timezone.now())
        end = seals.last(trail_days.KIND)
        if end is None:
            self.stdout.write("The audit trail has no day that is over, so nothing is sealed.")
            return
        self.stdout.write(f"Days sealed: {len(made)}. The audit trail is sealed to the end of {end.key} (UTC).")
