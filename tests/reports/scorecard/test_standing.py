"""How vendors stand: what the register says of each, in the same queries however many there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.findings.findings import Finding
from assessments.models import Answer, AssessmentState
from reports.models import Scorecard
from reports.scorecard import contradictions, snapshots
from reports.scorecard.contradictions import contradicted_in
from tests.factories import Cast, make_assessment, make_release, make_vendor
from tests.reports import cards
from vendors.models import Vendor
from vendors.standings import Moves, Result, standings_of

TODAY = date(2026, 5, 1)


def card_of(cast: Cast, vendor: Vendor, **grades: int) -> Scorecard:
    """Each rule 4, the named ones as given."""
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4)
    for rule, grade in grades.items():
        Answer.objects.filter(response__assessment=assessment, question__rule__key=rule).update(grade=grade)
    return cards.approve(cast, assessment)


def result_of(cast: Cast, vendor: Vendor) -> Result:
    found = standings_of(cast.reader, [vendor], TODAY)[vendor.pk].result
    assert found is not None
    return found


def test_a_row_tells_the_latest_scorecard_and_what_moved_since_the_one_before(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card_of(cast, vendor, support=0, speed=0)
    card_of(cast, vendor, support=1, speed=3, proof=2)
    latest = card_of(cast, vendor, support=1, speed=1, proof=3)
    found = result_of(cast, vendor)
    positions = {rule.key: rule.position for rule in latest.rules.all()}
    assert (found.met, found.broken, found.lowest, found.lowest_said) == (5, 2, Decimal(25), "25%")
    assert (found.weakest, found.weakest_position) == ("Support (en)", positions["support"])
    assert found.moves == Moves(better=(positions["proof"],), worse=(positions["speed"],))
    assert found.scorecard == latest


def test_the_first_scorecard_moved_from_nothing_and_another_edition_is_not_compared(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card_of(cast, vendor)
    assert result_of(cast, vendor).moves is None
    make_release("2", questions_per_rule=3)
    card_of(cast, vendor)
    assert result_of(cast, vendor).moves == Moves(asked_otherwise=(1, 2, 3, 4, 5, 6, 7))


def test_never_assessed_is_said_as_no_result(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    make_assessment(cast.assessor, vendor=vendor)
    found = standings_of(cast.reader, [vendor], TODAY)[vendor.pk]
    assert found.result is None
    assert found.due and found.due.words == "Answers due"


def test_nothing_measured_is_not_the_same_as_nothing_contradicted(cast: Cast) -> None:
    assert result_of(cast, card_of(cast, make_vendor(cast.organisation)).assessment.vendor).contradicted is None


@pytest.fixture
def contradicted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Vendor:
    """A vendor whose scorecard was frozen with a contradiction of the first rule."""
    vendor = make_vendor(cast.organisation)
    card = card_of(cast, vendor)
    rule = card.rules.get(position=1).key
    content = snapshots.load(card)
    finding = {"rule": rule, "rating": {"finding": Finding.CONTRADICTED.value}}
    told = {**content, "measures": {"series": []}, "findings": [finding]}
    monkeypatch.setattr(contradictions.snapshots, "load", lambda _card: told)
    cache.clear()  # a scorecard of another test has this key and this hash
    return vendor


def test_a_contradicted_rule_is_told_by_its_position(cast: Cast, contradicted: Vendor) -> None:
    assert result_of(cast, contradicted).contradicted == (1,)


def test_who_still_rates_the_vendor_is_told_no_contradiction(cast: Cast, contradicted: Vendor) -> None:
    make_assessment(cast.colleague, vendor=contradicted, state=AssessmentState.COLLECTING)
    told = standings_of(cast.colleague, [contradicted], TODAY)[contradicted.pk]
    assert told.is_withheld
    assert told.result and told.result.contradicted is None
    assert result_of(cast, contradicted).contradicted == (1,)


def test_who_still_rates_the_vendor_is_not_told_what_moved(cast: Cast, signed_in: Any) -> None:
    vendor = make_vendor(cast.organisation)
    release = cards.approved(cast, vendor=vendor, grade=1).assessment.release
    cards.approved(cast, vendor=vendor, grade=4, release=release)
    assert result_of(cast, vendor).moves == Moves(better=(1, 2, 3, 4, 5, 6, 7))
    pages = (reverse("vendor_list"), vendor.get_absolute_url())
    for page in pages:
        assert "better: 1, 2, 3, 4, 5, 6, 7" in signed_in(cast.colleague).get(page).content.decode()

    make_assessment(cast.colleague, vendor=vendor, release=release, state=AssessmentState.COLLECTING)

    told = standings_of(cast.colleague, [vendor], TODAY)[vendor.pk]
    assert told.result and told.result.moves is None
    for page in pages:
        html = signed_in(cast.colleague).get(page).content.decode()
        assert "better: 1" not in html
        assert "After your own answers" in html


def test_a_snapshot_is_read_once_and_a_damaged_one_tells_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    card = card_of(cast, make_vendor(cast.organisation))
    cache.clear()
    assert contradicted_in([card]) == {card.pk: None}
    with CaptureQueriesContext(connection) as caught:
        contradicted_in([card])
    assert len(caught) == 0
    cache.clear()

    def damaged(_card: Scorecard) -> dict[str, Any]:
        raise snapshots.SnapshotDamaged

    monkeypatch.setattr(contradictions.snapshots, "load", damaged)
    assert contradicted_in([card]) == {card.pk: None}


def test_many_vendors_take_the_queries_of_one(cast: Cast) -> None:
    def asked(vendors: list[Vendor]) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            standings_of(cast.reader, vendors, TODAY)
        return len(caught)

    vendors = [make_vendor(cast.organisation, f"Vendor {number}") for number in range(4)]
    for vendor in vendors:
        card_of(cast, vendor)
        card_of(cast, vendor)
        make_assessment(cast.assessor, vendor=vendor)
    assert asked(vendors) == asked(vendors[:1]) <= 8
