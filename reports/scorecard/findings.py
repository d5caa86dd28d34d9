"""What was measured when a scorecard was made: frozen into the snapshot, and read from it alone for page and PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.findings.findings import (
    Finding,
    MeasuredRules,
    Opinion,
    RuleFinding,
    findings,
    measures_to,
    with_incidents,
)
from assessments.findings.words import Names, differing_words, kept_together, target_words, view
from assessments.models import Assessment
from assessments.score.arithmetic import RuleStatus, Score
from groundwork.words import apart, day, labelled
from reports.scorecard import facts
from reports.scorecard.shapes import ChartView
from reports.scorecard.words import Words
from vendors.measures import plain_data
from vendors.measures.loading import Target, held_to
from vendors.measures.metrics import Direction, Series
from vendors.measures.words import LABELS, corrected_words, figure, silence_brief, threshold_words, trend_words

SINCE_SCHEMA = 3  # an earlier snapshot says nothing of measures, neither that there were any nor that there were none


# Into the snapshot ------------------------------------------------------------------------------------------------
def snapshot_part(assessment: Assessment, *, rating: Score, claim: Score | None, now: datetime) -> dict[str, Any]:
    """What is measured to the end of the period as known now, what was agreed, and what follows for each rule.

    The incidents are named by their references: row numbers mean nothing outside the database.
    """
    measures = measures_to(assessment, now=now)
    if measures is None:
        return {"measures": None, "targets": {}, "findings": []}
    targets = held_to(assessment.vendor, timezone.localdate(now))
    rules = with_incidents(findings(rating, claim, measures, targets), measures)
    return as_data(MeasuredRules(rules=rules, measures=measures, targets=targets))


def as_data(measured: MeasuredRules) -> dict[str, Any]:
    return {
        "measures": _without_row_numbers(plain_data.as_data(measured.measures)),
        "targets": {key: _target_data(target) for key, target in sorted(measured.targets.items())},
        "findings": [
            {
                "rule": rule.rule,
                "measure": rule.measure,
                "claim": _opinion_data(rule.claim) if rule.claim else None,
                "rating": _opinion_data(rule.rating),
                "incidents": list(rule.incidents),
                "incident_count": rule.incident_count,
            }
            for rule in measured.rules
        ],
    }


def _target_data(target: Target) -> dict[str, Any]:
    """What is expected of all stands there only where something is: so did earlier snapshots."""
    data = {
        "value": plain_data.digits(target.value),
        "agreed_on": target.agreed_on.isoformat() if target.agreed_on else None,
        "note": target.note,
    }
    if target.expected is None:
        return data
    return data | {
        "is_expected": target.is_expected,
        "expected": plain_data.digits(target.expected),
        "expected_since": target.expected_since.isoformat() if target.expected_since else None,
    }


def _without_row_numbers(data: dict[str, Any]) -> dict[str, Any]:
    series = [{**one, "points": [{**point, "cases": []} for point in one["points"]]} for one in data["series"]]
    return {**data, "series": series}


def _opinion_data(opinion: Opinion) -> dict[str, Any]:
    return {
        "status": opinion.status.value,
        "percent": None if opinion.percent is None else str(opinion.percent),
        "finding": opinion.finding.value,
    }


# Out of the snapshot ----------------------------------------------------------------------------------------------
def of(snapshot: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """The fields of a scorecard that tell what was measured, in the active language."""
    measured = _found(snapshot)
    if measured is None:
        is_silent = snapshot["schema"] < SINCE_SCHEMA
        nothing = _("Nothing was measured: no mission-critical incident is recorded for this time.")
        note = "" if is_silent else nothing
        unexplained = {"targets": (), "help_url": "", "trend_below": ""}
        return {"measured": None, "measured_note": note, "charts": (), "facts": None, **unexplained}
    names = Names(
        rules={rule["key"]: (rule["position"], words.rules[rule["key"]]) for rule in snapshot["release"]["rules"]},
        percent=words.percent,
        zone=ZoneInfo(words.time_zone),
        is_frozen=True,
    )
    return {
        "measured": view(measured, names),
        "measured_note": "",
        "charts": tuple(
            _chart(series, measured)
            for series in measured.measures.series
            if series.trend.direction != Direction.TOO_LITTLE_DATA
        ),
        "facts": facts.of(measured, {key: number for key, (number, _name) in names.rules.items()}),
        "targets": tuple(_agreed(measured)),
        "help_url": settings.BASE_URL + reverse("help_measures"),
        "trend_below": threshold_words(),
    }


def _found(snapshot: Mapping[str, Any]) -> MeasuredRules | None:
    if snapshot["measures"] is None:
        return None
    return MeasuredRules(
        rules=tuple(
            RuleFinding(
                rule=stored["rule"],
                measure=stored["measure"],
                claim=_opinion(stored["claim"]) if stored["claim"] else None,
                rating=_opinion(stored["rating"]),
                incidents=tuple(stored["incidents"]),
                incident_count=stored["incident_count"],
            )
            for stored in snapshot["findings"]
        ),
        measures=plain_data.from_data(snapshot["measures"]),
        targets={key: _target(stored) for key, stored in snapshot["targets"].items()},
    )


def _opinion(stored: Mapping[str, Any]) -> Opinion:
    return Opinion(
        status=RuleStatus(stored["status"]),
        percent=None if stored["percent"] is None else Fraction(stored["percent"]),
        finding=Finding(stored["finding"]),
    )


def _target(stored: Mapping[str, Any]) -> Target:
    expected = stored.get("expected")
    return Target(
        value=float(stored["value"]),
        agreed_on=_day(stored["agreed_on"]),
        note=stored["note"],
        is_expected=stored.get("is_expected", False),
        expected=None if expected is None else float(expected),
        expected_since=_day(stored.get("expected_since")),
    )


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def _agreed(measured: MeasuredRules) -> list[str]:
    """Each target of the vendor’s own with where and when it was agreed, and what is expected of all where that is
    another. What is expected of all alone stands with the expectations."""
    return [_agreed_line(key, target, measured) for key, target in measured.targets.items() if not target.is_expected]


def _agreed_line(key: str, target: Target, measured: MeasuredRules) -> str:
    measure = measured.measures.of(key).measure
    words = labelled(LABELS[key], figure(target.value, measure.unit))
    source = ", ".join(filter(None, (day(target.agreed_on) if target.agreed_on else "", target.note)))
    return " ".join(filter(None, (words, f"({source})" if source else "", differing_words(measure, target))))


# The charts -------------------------------------------------------------------------------------------------------
def _chart(series: Series, found: MeasuredRules) -> ChartView:
    key = series.measure.key
    target = found.targets.get(key)
    trend = kept_together(trend_words(series, found.measures.step))
    words = (trend, kept_together(corrected_words(series.trend)), silence_brief(series), target_words(series, target))
    return ChartView(
        series=series,
        step=found.measures.step,
        label=str(LABELS[key]),
        words=apart(words),
        target=target.value if target else None,
        is_expected=target is not None and target.is_expected,
    )
