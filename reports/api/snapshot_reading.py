"""A snapshot as other systems get it: one shape, whatever schema it was made with. Plain data in, plain data out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from assessments.models import ResponseKind
from assessments.score import arithmetic
from reports.models import Scorecard
from reports.scorecard import snapshots

Stored = Mapping[str, Any]


def told(card: Scorecard, content: Stored, *, seal: str | None) -> dict[str, Any]:
    """A `ScorecardOut`. `content`: of its snapshot, as `snapshots.load` gives it."""
    return {
        "uuid": card.uuid,
        "number": content["number"],
        "sha256": card.sha256,
        "seal": seal,
        "snapshot_schema": content["schema"],
        "engine": content["engine"],
        "time_zone": content["time_zone"],
        "organisation": content["organisation"]["name"],
        "approved_at": card.approved_at,
        "vendor": {**content["vendor"], "uuid": card.assessment.vendor.uuid},
        "assessment": {**content["assessment"], "uuid": card.assessment.uuid},
        "edition": _edition(content["release"]),
        **_arithmetic(content),
        **_people(content),
        **_measured(content),
        **_around(content),
    }


def _edition(release: Stored) -> dict[str, Any]:
    return {**release["policy"], **{name: release[name] for name in ("edition", "title", "published_at")}}


# The arithmetic ---------------------------------------------------------------------------------------------------
def _arithmetic(content: Stored) -> dict[str, Any]:
    score = arithmetic.as_data(snapshots.score_of(content))
    pairs = zip(content["release"]["rules"], score["rules"], strict=True)
    return {
        "result": {**score, "weakest_rule": score["weakest"]},
        "rules": [_rule(content, stored, computed) for stored, computed in pairs],
        "supplementary": [
            {**one, "answers": sum(answer["grade"] is not None for answer in one["answers"])}
            for one in content["supplementary"]
        ],
    }


def _rule(content: Stored, stored: Stored, computed: Stored) -> dict[str, Any]:
    key = stored["key"]
    questions = zip(stored["questions"], computed["questions"], strict=True)
    previous = content["previous"] or {"rules": ()}
    return {
        **{name: stored[name] for name in ("key", "position", "name", "promise")},
        **computed,
        "gap": _of_rule(content["gap"], key),
        "reply": _of_rule(content["replies"], key),
        "previous": _of_rule(previous["rules"], key),
        "questions": [
            {
                **_question(content, one, counted),
                "number": f"{stored['position']}.{place}",
                "is_knocked_out": one["key"] in computed["knockouts"],
            }
            for place, (one, counted) in enumerate(questions, start=1)
        ],
    }


def _of_rule(rows: Iterable[Stored], key: str) -> Stored | None:
    return next((row for row in rows if row["rule"] == key), None)


def _question(content: Stored, stored: Stored, counted: Stored) -> dict[str, Any]:
    key = stored["key"]
    answers = _answers(content, key, ResponseKind.CUSTOMER)
    own = next(iter(_answers(content, key, ResponseKind.VENDOR)), None)
    return {
        **{name: stored[name] for name in ("key", "short", "text", "revision")},
        **counted,
        "product": _product(counted),
        "answers": answers,
        "consensus": content["consensus"].get(key),
        "vendor": own,
        "note": content["notes"].get(key),
    }


def _product(counted: Stored) -> str | None:
    if counted["percent"] is None:
        return None
    product = Fraction(counted["weight"]) * Fraction(counted["percent"])
    return f"{product.numerator}/{product.denominator}"


def _answers(content: Stored, question: str, kind: str) -> list[dict[str, Any]]:
    return [
        {
            **answer,
            "blank": answer["blank"] or None,
            "by": answer.get("by"),
            "rater": response["rater"],
            "evidence": len(answer["evidence"]),
        }
        for response in content["responses"]
        for answer in response["answers"]
        if response["kind"] == kind and answer["question"] == question
    ]


# Who ----------------------------------------------------------------------------------------------------------------
def _people(content: Stored) -> dict[str, Any]:
    raters = [response for response in content["responses"] if response["kind"] == ResponseKind.CUSTOMER]
    return {
        "raters": [{**one, "is_independent": one.get("independent", True)} for one in raters],
        "outstanding": content["outstanding"],
        "departments": content["heard"],
        "vendor_asked": content["vendor_asked"],
        "agreement": content["agreement"],
        "meetings": content["meetings"] or [],
        "approvals": [{"level": 1, "level_name": "", **one} for one in content["approvals"]],
        "reply": content["reply"],
    }


# What was measured ---------------------------------------------------------------------------------------------------
def _measured(content: Stored) -> dict[str, Any]:
    measures = content["measures"]
    return {
        "measures": None if measures is None else _measures(measures),
        "targets": [{"measure": key, "is_expected": False, **one} for key, one in content["targets"].items()],
        "findings": content["findings"],
    }


def _measures(stored: Stored) -> dict[str, Any]:
    left_out = {"before": [], "gaps": [], "open_count": 0, **stored["left_out"]}
    return {
        **stored,
        "left_out": left_out,
        "basis": stored.get("basis"),
        "series": [_series(one) for one in stored["series"]],
    }


def _series(stored: Stored) -> dict[str, Any]:
    trend = {"change": None, "smallest": None, "adjusted_p": None, **stored["trend"]}
    points = [{"why": "young" if point["is_left_out"] else None, **point} for point in stored["points"]]
    return {"known": None, "total": None, **stored, "trend": trend, "points": points}


# What stands around it ------------------------------------------------------------------------------------------------
def _around(content: Stored) -> dict[str, Any]:
    previous = content["previous"]
    return {
        "previous": previous and {**previous, "approved_at": previous["approved_at"] or None},
        "commitments": content["commitments"] or [],
        "practice": content["practice"] or [],
        "proven": content["proven"] or [],
        "expected": _expected(content["expectations"]),
    }


def _expected(stored: Stored | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    said = stored["acknowledgement"]
    is_of_this = said is not None and said["edition"] == stored["edition"]
    return {**stored, "acknowledged_on": said["on"] if said is not None and is_of_this else None}
