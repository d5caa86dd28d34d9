"""The row of a comparison: made when somebody first asks for a document of it, and the same one ever after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from accounts.trail import audit
from groundwork.canonical import canonical, hash_of
from reports.models import ComparedScorecard, Comparison, Scorecard
from reports.scorecard.snapshots import SnapshotDamaged

SCHEMA_VERSION = 1
LEAST, MOST = 2, 5


class NotComparableError(ValueError):
    """Too few or too many scorecards, or two of one vendor."""


def checksum(scorecards: Sequence[Scorecard]) -> str:
    """The hash of what is compared."""
    return hash_of(text_of(scorecards))


def text_of(scorecards: Sequence[Scorecard]) -> str:
    """What is compared, as canonical JSON: number and hash of each scorecard, in their order."""
    named = [{"number": card.number, "sha256": card.sha256} for card in scorecards]
    return canonical({"schema": SCHEMA_VERSION, "scorecards": named})


@transaction.atomic
def keep(member: Membership, scorecards: Sequence[Scorecard], *, now: datetime) -> Comparison:
    """The one row of these scorecards in this order. Raises NotComparableError.

    The scorecards are of the member's organisation, with their assessments and vendors at hand.
    """
    if not LEAST <= len(scorecards) <= MOST:
        raise NotComparableError(f"{len(scorecards)} scorecards are not compared.")
    if len({card.assessment.vendor_id for card in scorecards}) != len(scorecards):
        raise NotComparableError("A vendor is not compared with itself.")
    comparison, is_new = Comparison.objects.get_or_create(
        organisation=member.organisation,
        sha256=checksum(scorecards),
        defaults={"made_by": member.user, "made_at": now},
    )
    if is_new:
        ComparedScorecard.objects.bulk_create(
            ComparedScorecard(comparison=comparison, position=position, scorecard=card)
            for position, card in enumerate(scorecards, start=1)
        )
        numbers = ", ".join(card.number for card in scorecards)
        audit.record(member.user, "comparison.made", comparison, after={"scorecards": numbers}, label=numbers)
    return comparison


def kept(scorecards: Sequence[Scorecard]) -> Comparison | None:
    """The row that `keep` made of these, if anybody asked for it."""
    organisation = scorecards[0].organisation_id
    return Comparison.objects.of_content(checksum(scorecards)).filter(organisation=organisation).first()


def scorecards_of(comparison: Comparison) -> list[Scorecard]:
    """In their order, with their snapshots. Raises SnapshotDamaged where they are not those that were compared."""
    places = comparison.places.select_related("scorecard").order_by("position")
    scorecards = [place.scorecard for place in places]
    if checksum(scorecards) != comparison.sha256:
        raise SnapshotDamaged(f"Comparison {comparison.pk} does not have its SHA-256.")
    return scorecards
