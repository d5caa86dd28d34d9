"""`bin/manage score <assessment> --json`: the whole arithmetic, also of an assessment that is still open."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.models import Assessment, AssessmentState
from assessments.score import arithmetic, reading, self_view
from assessments.score.arithmetic import Score
from groundwork.languages import DEFAULT
from groundwork.rounding import rounded
from groundwork.words import number
from reports.models import Scorecard
from reports.references import UnknownReferenceError, find_assessment, full_reference
from reports.scorecard import freezing, snapshots


@dataclass(frozen=True, kw_only=True)
class Arithmetic:
    """A score, its thresholds, and what it rests on."""

    score: Score
    policy: arithmetic.Policy
    basis: str
    voices: Mapping[str, Any]  # how far the raters agree, who was heard, and the gap: beside the score, never in it
    scorecard: Scorecard | None = None  # once approved
    recomputed: Score | None = None  # from the answers in its snapshot

    @property
    def agrees(self) -> bool:
        return self.scorecard is None or self.recomputed == self.score


class Command(BaseCommand):
    help = "Prints the arithmetic of an assessment: of its scorecard once approved, else of what was handed in so far."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("assessment", help="reference (A-2026-001, or organisation/A-2026-001) or row number")
        parser.add_argument("--json", action="store_true", help="everything, with exact fractions")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            assessment = find_assessment(options["assessment"])
        except UnknownReferenceError as error:
            raise CommandError(str(error)) from None
        proven = _arithmetic(assessment)
        if options["json"]:
            self.stdout.write(json.dumps(_data(assessment, proven), indent=2, ensure_ascii=False))
        else:
            self._print_table(assessment, proven)
        if proven.scorecard and not proven.agrees:
            raise CommandError(
                f"The numbers of {proven.scorecard.number} are not those that engine {arithmetic.ENGINE_VERSION} "
                f"computes from its answers; they were written by engine {proven.scorecard.engine_version}."
            )

    def _print_table(self, assessment: Assessment, found: Arithmetic) -> None:
        score = found.score
        self.stdout.write(f"{full_reference(assessment)} {assessment.vendor}, {found.basis}")
        self.stdout.write(f"{score.met} of {len(score.rules)} rules met, verdict {score.verdict}")
        for rule in score.rules:
            percent = "-" if rule.percent is None else f"{rounded(rule.percent, 2)}"
            total = "nothing graded"
            if rule.weight_graded:
                total = f"{_short(rule.weighted_sum)} / {_short(rule.weight_graded)}"
            covered = f"coverage {rounded(rule.coverage, 2):>6} %"
            self.stdout.write(f"{rule.rule:<16}{rule.status:<10}{percent:>7} %  {covered}  = {total}")


def _arithmetic(assessment: Assessment) -> Arithmetic:
    if assessment.state != AssessmentState.APPROVED:
        return Arithmetic(
            score=reading.current_score(assessment),
            policy=reading.policy_of(assessment.release),
            basis="what was handed in so far",
            voices={
                "agreement": freezing.agreement_of(assessment),
                "heard": freezing.heard_in(assessment),
                "gap": [
                    {
                        "rule": rule.rule,
                        "vendor": _exact(rule.vendor),
                        "customer": _exact(rule.customer),
                        "difference": _exact(rule.difference),
                    }
                    for rule in self_view.gaps(assessment)
                ],
            },
        )
    scorecard = Scorecard.objects.get(assessment=assessment)
    try:
        content = snapshots.load(scorecard)
    except snapshots.SnapshotDamaged as error:
        raise CommandError(f"{error} It is not printed: restore it from a backup.") from None
    return Arithmetic(
        score=snapshots.score_of(content),
        policy=snapshots.policy_of(content["release"]["policy"]),
        basis=f"the snapshot of scorecard {scorecard.number}",
        voices={name: content[name] for name in ("agreement", "heard", "gap")},
        scorecard=scorecard,
        recomputed=snapshots.recompute(content),
    )


def _data(assessment: Assessment, proven: Arithmetic) -> dict[str, Any]:
    proof = {"sha256": proven.scorecard.sha256, "recomputed": proven.agrees} if proven.scorecard else {}
    return {
        "assessment": full_reference(assessment),
        "vendor": assessment.vendor.name,
        "period": [assessment.period_start.isoformat(), assessment.period_end.isoformat()],
        "state": assessment.state,
        "basis": proven.basis,
        **proof,
        "release": assessment.release.edition,
        "policy": {
            "met_threshold": str(proven.policy.met_threshold),
            "broken_threshold": str(proven.policy.broken_threshold),
            "minimum_coverage": str(proven.policy.minimum_coverage),
            "knockout_below": proven.policy.knockout_below,
        },
        **arithmetic.as_data(proven.score),
        **proven.voices,
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _short(value: Fraction) -> str:
    """At most two decimals; the exact fraction stands in the JSON."""
    return number(value, DEFAULT)
