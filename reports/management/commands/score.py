"""`bin/manage score <assessment> --json`: the whole arithmetic, also of an assessment that is still open."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from fractions import Fraction
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments import scoring, standing
from assessments.models import Assessment, AssessmentState
from assessments.scoring import RuleScore, Score, rounded
from reports import formats, snapshots
from reports.models import Scorecard
from reports.references import UnknownReferenceError, find_assessment, full_reference


class Command(BaseCommand):
    help = "Prints the arithmetic of an assessment: of its scorecard once approved, else as the answers stand now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("assessment", help="reference (A-2026-001, or organisation/A-2026-001) or row number")
        parser.add_argument("--json", action="store_true", help="everything, with exact fractions")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            assessment = find_assessment(options["assessment"])
        except UnknownReferenceError as error:
            raise CommandError(str(error)) from None
        score, policy, basis = _score(assessment)
        if options["json"]:
            self.stdout.write(json.dumps(_data(assessment, score, policy, basis), indent=2, ensure_ascii=False))
            return
        self.stdout.write(f"{full_reference(assessment)} {assessment.vendor}, {basis}")
        self.stdout.write(f"{score.met} of {len(score.rules)} rules met, verdict {score.verdict}")
        for rule in score.rules:
            self.stdout.write(_line(rule))


def _score(assessment: Assessment) -> tuple[Score, scoring.Policy, str]:
    """The score, its thresholds, and what it rests on."""
    if assessment.state != AssessmentState.APPROVED:
        score = standing.standing(assessment, submitted_only=False)
        return score, standing.policy_of(assessment.release), "the answers as they stand now"
    scorecard = Scorecard.objects.get(assessment=assessment)
    try:
        content = snapshots.load(scorecard)
    except snapshots.SnapshotDamaged as error:
        raise CommandError(f"{error} It is not printed: restore it from a backup.") from None
    policy = snapshots.policy_of(content["release"]["policy"])
    return snapshots.score_of(content), policy, f"the snapshot of scorecard {scorecard.number}"


def _data(assessment: Assessment, score: Score, policy: scoring.Policy, basis: str) -> dict[str, Any]:
    return {
        "assessment": full_reference(assessment),
        "vendor": assessment.vendor.name,
        "period": [assessment.period_start.isoformat(), assessment.period_end.isoformat()],
        "state": assessment.state,
        "basis": basis,
        "release": assessment.release.edition,
        "policy": {
            "met_threshold": str(policy.met_threshold),
            "broken_threshold": str(policy.broken_threshold),
            "minimum_coverage": str(policy.minimum_coverage),
            "knockout_below": policy.knockout_below,
        },
        **scoring.as_data(score),
    }


def _line(rule: RuleScore) -> str:
    percent = "-" if rule.percent is None else f"{rounded(rule.percent, 2)}"
    total = f"{_short(rule.weighted_sum)} / {_short(rule.weight_graded)}" if rule.weight_graded else "nothing graded"
    return f"{rule.rule:<16}{rule.status:<10}{percent:>7} %  coverage {rounded(rule.coverage, 2):>6} %  = {total}"


def _short(value: Fraction) -> str:
    """At most two decimals; the exact fraction stands in the JSON."""
    return formats.number(value, "en")
