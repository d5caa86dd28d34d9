"""`bin/manage verify_chain`: whether anything that never changes was changed from below."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.chain import seals, trail_days, verification
from accounts.chain.kinds import KINDS
from accounts.models import Seal


class Command(BaseCommand):
    help = "Checks every seal of the chain and what it seals. Ends with 0 if all fits, else with 1 and the first break."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect", default="", metavar="HASH", help="a head that was noted earlier, and has to be in the chain"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        expected = options["expect"].strip().lower()
        if expected and not re.fullmatch(r"[0-9a-f]{64}", expected):
            raise CommandError("--expect takes the 64 hexadecimal digits of a head as this command prints it.")
        try:
            verified = verification.verify(expected=expected)
        except verification.ChainBroken as broken:
            raise CommandError(f"The chain is broken. {broken}") from None
        self._tell(verified)

    def _tell(self, verified: verification.Verified) -> None:
        counts = [f"{KINDS[name].many}: {count}" for name, count in sorted(verified.counts.items())]
        self.stdout.write(f"The chain is whole. {', '.join(counts) or 'Nothing is sealed yet'}.".replace("..", "."))
        if verified.head:
            self.stdout.write(f"Head: {verified.head}")
        if verified.expected_at is not None:
            self.stdout.write(_expected(verified.expected_at))
        self.stdout.write(_trail())


def _expected(seal: Seal) -> str:
    return f"The expected head is seal {seal.position}, made on {seal.at:%Y-%m-%d %H:%M} (UTC)."


def _trail() -> str:
    end, waiting = seals.last(trail_days.KIND), trail_days.unsealed().count()
    sealed = f"The audit trail is sealed to the end of {end.key} (UTC)" if end else "No day of the trail is sealed"
    return f"{sealed}; entries since then, not sealed yet: {waiting}."
