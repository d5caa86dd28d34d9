"""The assessments of an export, one after the other: approved ones from their snapshots, all others from their rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import Membership
from assessments.models import Assessment, AssessmentQuerySet, Response
from assessments.score.reading import policy_of
from reports.exports import snapshot_reading
from reports.exports.chosen import Secrecy
from reports.exports.row_reading import RowReader, Stream
from reports.exports.shapes import Dossier, Head, Shown, Source
from reports.models import Scorecard
from reports.scorecard.snapshots import SnapshotDamaged, load

SNAPSHOTS_AT_ONCE = 20  # each has some 100 kB


def dossiers_of(
    assessments: AssessmentQuerySet, member: Membership, secrecy: Secrecy, *, language: str
) -> Iterator[Dossier]:
    """In the order of their keys; in a number of queries that does not grow. In the active language."""
    in_hand = assessments.filter(scorecard=None)
    reader = RowReader(in_hand, user=member.user_id)
    keys = Stream(_keys_of_responses(assessments.exclude(scorecard=None)))
    rows = assessments.with_vendor().select_related("scorecard").order_by("pk")
    for assessment in rows.iterator(chunk_size=SNAPSHOTS_AT_ONCE):
        card: Scorecard | None = getattr(assessment, "scorecard", None)
        head = _head(assessment, secrecy.of(assessment.vendor_id, assessment.pk))
        if card is None:
            yield reader.dossier_of(assessment, head)
            continue
        theirs = [row["pk"] for row in keys.take(assessment.pk)]
        yield _approved(assessment, head, card, theirs, language)


def _approved(assessment: Assessment, head: Head, card: Scorecard, keys: list[int], language: str) -> Dossier:
    """Nothing of one whose vendor its reader still judges, nor of one that is not what was approved."""
    head = replace(head, source=Source.SNAPSHOT)
    policy = policy_of(assessment.release)
    if head.shown == Shown.OWN:
        return Dossier(head=head, policy=policy)
    try:
        snapshot = load(card)
    except SnapshotDamaged:
        return Dossier(head=replace(head, source=Source.DAMAGED, scorecard=card.number), policy=policy)
    head = replace(
        head,
        scorecard=card.number,
        approved_on=timezone.localdate(card.approved_at),
        sha256=card.sha256,
        vendor_name=snapshot["vendor"]["name"],
        owner=snapshot["assessment"]["owner"] or "",
    )
    return snapshot_reading.dossier_of(head, snapshot, keys=keys, language=language)


def _head(assessment: Assessment, shown: Shown) -> Head:
    return Head(
        pk=assessment.pk,
        reference=assessment.reference,
        vendor=assessment.vendor_id,
        vendor_name=assessment.vendor.name,
        period_start=assessment.period_start,
        period_end=assessment.period_end,
        edition=assessment.release.edition,
        state=assessment.state,
        owner=str(assessment.owner),
        source=Source.ROWS,
        shown=shown,
    )


def _keys_of_responses(approved: AssessmentQuerySet) -> QuerySet[Response, Any]:
    rows = Response.objects.filter(assessment__in=approved.order_by().values("pk")).handed_in()
    return rows.annotate(of=F("assessment")).order_by("of", "pk").values("of", "pk")
