"""How vendors stand, as rows: they say what the scorecards say, whatever happened."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from io import StringIO
from random import Random

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from assessments.models import Answer
from reports import standing_rows
from reports.models import VendorStanding
from reports.scorecard.snapshots import facts_of
from reports.standing_rows import Difference
from tests.factories import NOW, Cast, make_assessment, make_vendor
from tests.reports import cards
from tests.reports.standing_cards import row_of, stand


def test_approving_writes_how_the_vendor_stands_in_the_same_transaction(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4)
    for rule, grade in {"speed": 0, "support": 2}.items():
        Answer.objects.filter(response__assessment=assessment, question__rule__key=rule).update(grade=grade)
    card = cards.approve(cast, assessment)
    row = row_of(vendor)
    positions = {rule.key: rule.position for rule in card.rules.all()}
    assert (row.scorecard, row.organisation, row.approved_at) == (card, cast.organisation, card.approved_at)
    assert (row.met, row.partly, row.broken, row.not_rated) == (5, 1, 1, 0)
    assert (row.lowest, row.lowest_rule) == (Decimal(0), positions["speed"])
    assert (row.contradicted, row.better) == (None, None)  # nothing is measured
    assert row.rules == [(rule.position, rule.status, rule.percent) for rule in card.rules.all()]
    assert (row.period_end, row.verdict, row.confidence) == (assessment.period_end, "not_met", card.confidence)


def test_what_is_measured_is_counted_and_nothing_measured_is_not_zero(cast: Cast) -> None:
    measured, silent = make_vendor(cast.organisation, "Measured"), make_vendor(cast.organisation, "Silent")
    stand(cast, measured, "mmmmmmm", findings=["contradicted", "contradicted", "better_than_rated", "borne_out"])
    stand(cast, silent, "mmmmmmm")
    assert (row_of(measured).contradicted, row_of(measured).better) == (2, 1)
    assert (row_of(silent).contradicted, row_of(silent).better) == (None, None)


def test_nothing_rated_has_no_lowest_rule(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    stand(cast, vendor, "-------")
    assert (row_of(vendor).lowest, row_of(vendor).lowest_rule, row_of(vendor).not_rated) == (None, None, 7)


def test_a_later_scorecard_takes_the_place_and_an_earlier_one_does_not(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    stand(cast, vendor, "bbbbbbb", at=NOW)
    latest = stand(cast, vendor, "mmmmmmm", at=NOW + timedelta(days=1))
    stand(cast, vendor, "ppppppp", at=NOW - timedelta(days=1))
    assert row_of(vendor).scorecard == latest
    assert row_of(vendor).met == 7


@pytest.mark.parametrize("seed", range(5))
def test_after_any_sequence_the_rows_are_what_the_scorecards_say(cast: Cast, seed: int) -> None:
    """Scorecards of several vendors, approved in any order, some at the same moment."""
    random = Random(seed)
    vendors = [make_vendor(cast.organisation, f"Vendor {number}") for number in range(4)]
    for _ in range(14):
        letters = "".join(random.choices("mpb-", k=7))
        findings = random.choice([None, [], ["contradicted"], ["better_than_rated"] * 2])
        at = NOW + timedelta(days=random.randrange(5))
        stand(cast, random.choice(vendors), letters, at=at, findings=findings)
    seen, found = standing_rows.rebuild(facts_of, write=False)
    assert (seen, found) == (VendorStanding.objects.count(), [])
    VendorStanding.objects.all().delete()
    kept = standing_rows.rebuild(facts_of)
    assert [one.columns for one in kept[1]] == [()] * seen  # all were missing
    assert standing_rows.rebuild(facts_of, write=False) == (seen, [])


def test_what_differs_is_named_and_written_anew(cast: Cast) -> None:
    wrong, missing, astray = (make_vendor(cast.organisation, name) for name in ("Wrong", "Missing", "Astray"))
    old = stand(cast, wrong, "mmmmmmm", at=NOW - timedelta(days=1))
    for vendor in (wrong, missing):
        stand(cast, vendor, "bmmmmmm")
    VendorStanding.objects.filter(vendor=wrong).update(broken=0, met=7, status_1="met")
    VendorStanding.objects.filter(vendor=missing).update(vendor=astray, scorecard=old)
    expected = [
        Difference(vendor="Missing"),
        Difference(vendor="Wrong", columns=("met", "broken", "status_1")),
        Difference(vendor="Astray"),  # it has no scorecard
    ]
    assert standing_rows.rebuild(facts_of, write=False) == (2, expected)
    assert standing_rows.rebuild(facts_of, write=False) == (2, expected)  # nothing was written
    assert standing_rows.rebuild(facts_of) == (2, expected)
    assert standing_rows.rebuild(facts_of) == (2, [])
    assert not VendorStanding.objects.filter(vendor=astray).exists()


def test_a_damaged_snapshot_says_nothing_of_measures_and_stops_nothing(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    card = stand(cast, vendor, "mmmmmmm", findings=["contradicted"])
    assert facts_of(card)["findings"] != []
    card.sha256 = "0" * 64
    row = standing_rows.row_of(card, list(card.rules.all()), facts_of(card))
    assert (row["contradicted"], row["met"]) == (None, 7)


def test_the_command_says_whether_anything_differed(cast: Cast) -> None:
    vendor = make_vendor(cast.organisation)
    stand(cast, vendor, "mmmmmmm")

    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("standings", *arguments, stdout=out)
        return out.getvalue()

    assert said() == "Vendors with a scorecard: 1. Every row says what its scorecard says.\n"
    VendorStanding.objects.update(lowest=1)
    with pytest.raises(CommandError, match=r"Rows that differed: 1\. Run bin/manage standings"):
        said("--check")
    assert (
        said()
        == "Example Systems: lowest\nVendors with a scorecard: 1. Rows that differed: 1. They are written anew.\n"
    )
    assert "Every row" in said("--check")


def test_an_installation_of_the_last_version_gets_its_rows_from_its_scorecards(cast: Cast) -> None:
    vendors = [make_vendor(cast.organisation, f"Vendor {number}") for number in range(3)]
    for vendor, letters in zip(vendors, ("bmmmmmm", "-------", "pppmmmm"), strict=True):
        stand(cast, vendor, "mmmmmmm", at=NOW - timedelta(days=1))
        stand(cast, vendor, letters, findings=["contradicted"])
    VendorStanding.objects.all().delete()
    migration = import_module("reports.migrations.0005_vendor_standings")
    with connection.schema_editor() if connection.vendor != "sqlite" else _Editor() as editor:
        migration.fill(apps, editor)
        migration.fill(apps, editor)  # migrated, back, and migrated again
    assert standing_rows.rebuild(facts_of, write=False) == (3, [])


class _Editor:
    """What a migration needs of a schema editor: SQLite has none inside a transaction."""

    connection = connection

    def __enter__(self) -> _Editor:
        return self

    def __exit__(self, *_error: object) -> None:
        return None


@pytest.mark.parametrize(
    ("columns", "name"),
    [({"met": 3}, "standing_counts_seven_rules"), ({"lowest": None}, "standing_lowest_has_its_rule")],
)
def test_the_database_refuses_counts_that_cannot_be(cast: Cast, columns: dict[str, int | None], name: str) -> None:
    vendor = make_vendor(cast.organisation)
    stand(cast, vendor, "mmmmmmm")
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        VendorStanding.objects.filter(vendor=vendor).update(**columns)
