"""The vendor's scorecard before one, and what moved since."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Q

from reports.models import Scorecard
from reports.reasons import telling
from reports.scorecard import moves, since, snapshots
from reports.scorecard.moves import Direction, MoveLine
from reports.scorecard.snapshots import SnapshotDamaged
from reports.scorecard.words import Words


@dataclass(frozen=True, kw_only=True)
class Earlier:
    scorecard: Scorecard
    total: int
    lines: tuple[MoveLine, ...]
    is_readable: bool  # its page says what is wrong with one that is not
    is_summed_up: bool = False  # a sentence of the scorecard itself names the rules

    @property
    def telling(self) -> tuple[MoveLine, ...]:
        """Without those of which the sentence says all that there is to say: that they cannot be compared."""
        if not self.is_summed_up:
            return self.lines
        return tuple(line for line in self.lines if line.reasons or line.direction != Direction.ASKED_OTHERWISE)


def earlier_of(scorecard: Scorecard, *, language: str) -> Earlier | None:
    """None for the first one of a vendor. `language` must be the active one. Raises SnapshotDamaged of the scorecard
    itself."""
    before = Q(approved_at__lt=scorecard.approved_at) | Q(approved_at=scorecard.approved_at, pk__lt=scorecard.pk)
    cards = Scorecard.objects.filter(before, assessment__vendor=scorecard.assessment.vendor_id)
    card = cards.order_by("-approved_at", "-pk").first()
    if card is None:
        return None
    content = snapshots.load(scorecard)
    total = len(content["release"]["rules"])
    try:
        earlier = snapshots.load(card)
    except SnapshotDamaged:
        return Earlier(scorecard=card, total=total, lines=(), is_readable=False)
    words = Words(
        language=language,
        policy=snapshots.policy_of(content["release"]["policy"]),
        rules={rule["key"]: rule["name"][language] for rule in content["release"]["rules"]},
        questions={},
        time_zone=content["time_zone"],
    )
    why = telling.largest(content, earlier, language=language)
    lines = tuple(replace(line, reasons=why.get(line.key, ())) for line in moves.lines(content, earlier, words))
    is_summed_up = bool(since.sentence(content, words))
    return Earlier(scorecard=card, total=total, lines=lines, is_readable=True, is_summed_up=is_summed_up)
