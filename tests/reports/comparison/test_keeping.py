"""The row of a comparison: one for the same scorecards in the same order, and never changed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import AuditEntry
from reports import worker
from reports.comparison import keeping
from reports.comparison.keeping import NotComparableError
from reports.documents.job import request_rendering
from reports.models import Comparison, Rendering, RenderingState, Scorecard
from reports.scorecard.snapshots import SnapshotDamaged
from tests.factories import NOW, Cast
from tests.reports import cards


@pytest.fixture
def scorecards(cast: Cast) -> list[Scorecard]:
    return [cards.approved(cast, grade=grade) for grade in (4, 2, 1)]


def test_the_same_scorecards_in_the_same_order_are_the_same_row(cast: Cast, scorecards: list[Scorecard]) -> None:
    first = keeping.keep(cast.reader, scorecards, now=NOW)

    assert keeping.keep(cast.assessor, scorecards, now=NOW) == first
    assert keeping.kept(scorecards) == first
    assert first.made_by == cast.reader.user
    assert [card.pk for card in keeping.scorecards_of(first)] == [card.pk for card in scorecards]


def test_another_order_is_another_row(cast: Cast, scorecards: list[Scorecard]) -> None:
    turned = scorecards[::-1]
    assert keeping.keep(cast.reader, turned, now=NOW) != keeping.keep(cast.reader, scorecards, now=NOW)
    assert keeping.kept(scorecards[:2]) is None


def test_the_trail_tells_once_who_compared_what(cast: Cast, scorecards: list[Scorecard]) -> None:
    for _again in range(2):
        keeping.keep(cast.reader, scorecards, now=NOW)
    entry = AuditEntry.objects.get(verb="comparison.made")

    assert entry.actor == cast.reader.user
    assert entry.organisation == cast.organisation
    assert entry.after == {"scorecards": "S-2026-001, S-2026-002, S-2026-003"}


def test_one_vendor_alone_or_twice_is_not_compared(cast: Cast, scorecards: list[Scorecard]) -> None:
    again = cards.approved(cast, vendor=scorecards[0].assessment.vendor)
    for wrong in ([scorecards[0]], [scorecards[0], again], [], scorecards * 2):
        with pytest.raises(NotComparableError):
            keeping.keep(cast.reader, wrong, now=NOW)
    assert not Comparison.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_comparison SET sha256 = ''",
        "DELETE FROM reports_comparison",
        "UPDATE reports_comparedscorecard SET position = 5",
        "DELETE FROM reports_comparedscorecard",
    ],
)
def test_the_database_refuses_to_change_or_delete_what_was_compared(
    cast: Cast, scorecards: list[Scorecard], statement: str
) -> None:
    keeping.keep(cast.reader, scorecards, now=NOW)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_comparison_whose_scorecards_are_others_is_not_printed(cast: Cast, scorecards: list[Scorecard]) -> None:
    row = keeping.keep(cast.reader, scorecards, now=NOW)
    row.sha256 = "0" * 64
    with pytest.raises(SnapshotDamaged):
        keeping.scorecards_of(row)


def test_a_wish_for_a_comparison_becomes_a_document(cast: Cast, scorecards: list[Scorecard]) -> None:
    row = keeping.keep(cast.reader, scorecards, now=NOW)
    wish = request_rendering(row, language="nl", requested_by=cast.reader.user)
    assert request_rendering(row, language="nl", requested_by=None) == wish

    worker.render(wish.pk)

    done = Rendering.objects.get(pk=wish.pk)
    assert done.state == RenderingState.READY
    assert bytes(done.document.content).startswith(b"%PDF-1.7")


def test_a_rendering_is_of_one_thing_alone(cast: Cast, scorecards: list[Scorecard]) -> None:
    row = keeping.keep(cast.reader, scorecards, now=NOW)
    two = Rendering(comparison=row, scorecard=scorecards[0], kind="brief", language="en", requested_at=NOW)
    for wrong in (two, Rendering(language="en", requested_at=NOW)):
        with pytest.raises(IntegrityError, match="rendering_of_one_thing"), transaction.atomic():
            wrong.save()
