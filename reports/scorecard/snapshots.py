"""The snapshot of an approved assessment: canonical JSON from which alone everything is printed and recomputed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.trail import audit
from assessments.models import Approval, Assessment, ResponseKind
from assessments.score import arithmetic, reading
from groundwork.canonical import canonical, hash_of
from manifesto.printed import editions
from reports import outward, standing_rows
from reports.models import Scorecard, ScorecardRule
from reports.reasons import inputs
from reports.reasons.inputs import Snapshot, policy_of
from reports.scorecard import asked, before, expected, freezing, practised, proven, sealing, supplementary
from reports.scorecard import findings as frozen_findings

SCHEMA_VERSION = 10
# What a snapshot of an earlier schema does not have: it was made before there was anything to say of it.
SINCE_SCHEMA_2: Snapshot = {
    "outstanding": [],
    "heard": [],
    "agreement": None,
    "gap": [],
    "reply": None,
    "replies": [],
    "previous": None,
}
# Before, each agreement said who was there, and nobody knew who had read others' answers.
SINCE_SCHEMA_5: Snapshot = {"meetings": None}
# Before, each rater wrote for themselves what the vendor said.
SINCE_SCHEMA_6: Snapshot = {"notes": {}}
# Before, a vendor that was asked and did not answer looked like one that was not asked.
SINCE_SCHEMA_7: Snapshot = {"vendor_asked": None}
# Before, the scorecard before was named, and nothing was said of its rules;
# and nothing of what the vendor had promised.
SINCE_SCHEMA_8: Snapshot = {"commitments": None}
PREVIOUS_SINCE_SCHEMA_8: Snapshot = {"approved_at": None, "edition": "", "rules": []}
# Before, nothing was said of what the customer expects, of questions beyond the 22, and of what was held together.
SINCE_SCHEMA_9: Snapshot = {"expectations": None, "supplementary": [], "practice": None}
# Before, nothing was said of causes that were accepted as proven.
SINCE_SCHEMA_10: Snapshot = {"proven": None}
SINCE_SCHEMA_3: Snapshot = {"measures": None, "targets": {}, "findings": []}


class SnapshotDamaged(Exception):  # noqa: N818
    """The stored text does not have the stored hash, or is of a schema that this version cannot read."""


def make_scorecard(assessment: Assessment, approval: Approval) -> Scorecard:
    """Write the scorecard down for good, in the transaction that approves.

    What is measured is frozen as it is known now, and may have moved since the approver read it: no grade follows from
    it. Raises RuntimeError outside a transaction, and when what the snapshot alone computes is not what the approver
    saw.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A scorecard is made in the transaction that approves its assessment.")
    number = _next_number(assessment.organisation, approval.decided_at)
    content = {"schema": SCHEMA_VERSION, "number": number, **freezing.of_assessment(assessment)}
    content["previous"] = _previous(assessment, content)
    today = timezone.localdate(approval.decided_at)
    content["practice"] = practised.frozen(assessment, now=approval.decided_at)
    content["proven"] = proven.frozen(assessment, now=approval.decided_at)
    content["expectations"] = expected.frozen(assessment.vendor, today)
    content["commitments"] = asked.frozen(assessment, content["previous"], now=approval.decided_at)
    content["supplementary"] = supplementary.frozen(assessment)
    score = recompute(content)
    if score != reading.current_score(assessment):
        raise RuntimeError(f"The snapshot of {assessment.reference} does not compute to its current score.")
    facts = frozen_findings.snapshot_part(assessment, rating=score, claim=self_view(content), now=approval.decided_at)
    text = canonical({**content, "score": arithmetic.as_data(score), "gap": gap_of(content), **facts})
    scorecard, rules = _store(assessment, approval, number=number, text=text, score=score)
    standing_rows.keep(scorecard, rules, facts)
    audit.record(
        approval.decided_by,
        "scorecard.made",
        scorecard,
        after=audit.snapshot(scorecard, ("number", "sha256", "verdict", "rules_met", "weakest_rule", "confidence")),
    )
    sealing.seal(scorecard, now=timezone.now())
    outward.scorecard_made(scorecard, now=timezone.now())
    return scorecard


def _previous(assessment: Assessment, now: Snapshot) -> dict[str, Any] | None:
    """The vendor’s scorecard before this one, with its rules as they were; a damaged one is named alone."""
    cards = Scorecard.objects.filter(assessment__vendor=assessment.vendor_id).exclude(assessment=assessment)
    rows = cards.select_related("assessment__release").prefetch_related("rules")
    card = rows.order_by("-approved_at", "-pk").first()
    if card is None:
        return None
    row = before.of_row(card, approved_at=freezing.moment(card.approved_at) or "")
    try:
        return before.frozen(row, load(card), now)
    except SnapshotDamaged:
        return before.frozen(row, None, now)


def load(scorecard: Scorecard) -> dict[str, Any]:
    """The content of a scorecard, once its hash is verified; what its schema did not have yet is there and empty.

    Raises SnapshotDamaged.
    """
    content = verified_content(scorecard.snapshot, scorecard.sha256, name=scorecard.number)
    if content["schema"] not in range(1, SCHEMA_VERSION + 1):
        raise SnapshotDamaged(f"The snapshot of {scorecard.number} has schema {content['schema']}.")
    for missing in (
        SINCE_SCHEMA_2,
        SINCE_SCHEMA_3,
        SINCE_SCHEMA_5,
        SINCE_SCHEMA_6,
        SINCE_SCHEMA_7,
        SINCE_SCHEMA_8,
        SINCE_SCHEMA_9,
        SINCE_SCHEMA_10,
    ):
        content = {**missing, **content}
    if content["previous"] is not None:
        content["previous"] = {**PREVIOUS_SINCE_SCHEMA_8, **content["previous"]}
    return content


def facts_of(scorecard: Scorecard) -> Snapshot:
    """What its snapshot says of measures; of a damaged one nothing: that it is damaged is for the seals to tell."""
    try:
        return load(scorecard)
    except SnapshotDamaged:
        return standing_rows.NOTHING_MEASURED


def verified_content(text: str, sha256: str, *, name: str) -> dict[str, Any]:
    """The content of a stored text that still has its hash. Raises SnapshotDamaged."""
    if hash_of(text) != sha256:
        raise SnapshotDamaged(f"The snapshot of {name} does not have its SHA-256.")
    content: dict[str, Any] = json.loads(text)
    return content


def recompute(snapshot: Snapshot) -> arithmetic.Score:
    """The score, from the snapshot alone; its stored numbers are not looked at. The vendor never counts."""
    return _score(snapshot, ResponseKind.CUSTOMER, snapshot["consensus"])


def self_view(snapshot: Snapshot) -> arithmetic.Score | None:
    """What the vendor’s own grades add up to, by the same arithmetic; None where it answered nothing."""
    if all(response["kind"] != ResponseKind.VENDOR for response in snapshot["responses"]):
        return None
    return _score(snapshot, ResponseKind.VENDOR, {})


def gap_of(snapshot: Snapshot) -> list[dict[str, str | None]]:
    """Rule by rule what the vendor says of itself and by how much that is above what its customer says (below: less
    than 0), in exact percents; None where one of them says nothing. It enters no score."""
    own = self_view(snapshot)
    if own is None:
        return []
    pairs = zip(own.rules, recompute(snapshot).rules, strict=True)
    return [_gap(vendor, customer) for vendor, customer in pairs]


def _gap(vendor: arithmetic.RuleScore, customer: arithmetic.RuleScore) -> dict[str, str | None]:
    rated = customer.percent if customer.is_rated else None
    difference = None if vendor.percent is None or rated is None else vendor.percent - rated
    return {
        "rule": customer.rule,
        "vendor": None if vendor.percent is None else str(vendor.percent),
        "customer": None if rated is None else str(rated),
        "difference": None if difference is None else str(difference),
    }


def _score(snapshot: Snapshot, kind: str, consensus: Mapping[str, Mapping[str, Any]]) -> arithmetic.Score:
    release = snapshot["release"]
    questions = inputs.answered_by(snapshot, kind, consensus)
    return arithmetic.score([rule["key"] for rule in release["rules"]], questions, policy_of(release["policy"]))


def score_of(snapshot: Snapshot) -> arithmetic.Score:
    """The score as it was stored: what is printed, whatever a later engine would compute."""
    stored = snapshot["score"]
    return arithmetic.Score(
        rules=tuple(_stored_rule(rule) for rule in stored["rules"]),
        met=stored["met"],
        verdict=arithmetic.Verdict(stored["verdict"]),
        weakest=stored["weakest"],
        average=_fraction(stored["average"]),
        confidence=arithmetic.Confidence(stored["confidence"]),
        disagreements=tuple(stored["disagreements"]),
    )


def _stored_rule(stored: Mapping[str, Any]) -> arithmetic.RuleScore:
    return arithmetic.RuleScore(
        rule=stored["rule"],
        percent=_fraction(stored["percent"]),
        coverage=Fraction(stored["coverage"]),
        low=_fraction(stored["low"]),
        high=_fraction(stored["high"]),
        status=arithmetic.RuleStatus(stored["status"]),
        reason=arithmetic.Reason(stored["reason"]),
        knockouts=tuple(stored["knockouts"]),
        weight_graded=Fraction(stored["weight_graded"]),
        weight_applicable=Fraction(stored["weight_applicable"]),
        weighted_sum=Fraction(stored["weighted_sum"]),
        questions=tuple(_stored_question(stored["rule"], question) for question in stored["questions"]),
    )


def _stored_question(rule: str, stored: Mapping[str, Any]) -> arithmetic.GradedQuestion:
    return arithmetic.GradedQuestion(
        key=stored["key"],
        rule=rule,
        weight=Fraction(stored["weight"]),
        knockout=stored["knockout"],
        grade=_fraction(stored["grade"]),
        applicable=stored["applicable"],
        state=arithmetic.QuestionState(stored["state"]),
        from_consensus=stored["from_consensus"],
        disagreement=stored["disagreement"],
        percent=_fraction(stored["percent"]),
    )


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def rule_names() -> dict[str, str]:
    """The rules by key, in the reader's language, as the newest edition that has them names them."""
    return {rule.key: rule.name for one in editions().values() for rule in one.rules}


def _next_number(organisation: Organisation, at: datetime) -> str:
    """S-2026-001, counted by year and organisation."""
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)  # of two, one waits
    prefix = f"S-{timezone.localtime(at).year}-"
    taken = Scorecard.objects.filter(organisation=organisation, number__startswith=prefix)
    last = max((int(number.removeprefix(prefix)) for number in taken.values_list("number", flat=True)), default=0)
    return f"{prefix}{last + 1:03}"


def _store(
    assessment: Assessment, approval: Approval, *, number: str, text: str, score: arithmetic.Score
) -> tuple[Scorecard, list[ScorecardRule]]:
    scorecard = Scorecard.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        number=number,
        snapshot=text,
        sha256=hash_of(text),
        engine_version=arithmetic.ENGINE_VERSION,
        verdict=score.verdict.value,
        rules_met=score.met,
        weakest_rule=score.weakest or "",
        average=None if score.average is None else arithmetic.rounded(score.average, 2),
        confidence=score.confidence.value,
        approved_by=approval.decided_by,
        approved_at=approval.decided_at,
    )
    rules = ScorecardRule.objects.bulk_create(
        ScorecardRule(
            scorecard=scorecard,
            position=position,
            key=rule.rule,
            status=rule.status.value,
            percent=None if rule.percent is None else arithmetic.rounded(rule.percent, 2),
            coverage=arithmetic.rounded(rule.coverage, 2),
        )
        for position, rule in enumerate(score.rules, start=1)
    )
    return scorecard, rules
