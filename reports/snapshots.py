"""The snapshot of an approved assessment: canonical JSON from which alone everything is printed and recomputed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Organisation, User
from assessments import scoring, standing
from assessments.models import Answer, Approval, Assessment, Response, ResponseKind
from manifesto.models import LANGUAGE_CODES, Question, Release, Rule
from reports.models import Scorecard, ScorecardRule

SCHEMA_VERSION = 1
Snapshot = Mapping[str, Any]


class SnapshotDamaged(Exception):  # noqa: N818
    """The stored text does not have the stored hash, or is of a schema that this version cannot read."""


def make_scorecard(assessment: Assessment, approval: Approval) -> Scorecard:
    """Write the scorecard down for good, in the transaction that approves.

    Raises RuntimeError outside a transaction, and when what the snapshot alone computes is not what the approver saw.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A scorecard is made in the transaction that approves its assessment.")
    number = _next_number(assessment.organisation, approval.decided_at)
    content = _content(assessment, number)
    score = recompute(content)
    if score != standing.standing(assessment):
        raise RuntimeError(f"The snapshot of {assessment.reference} does not compute to its standing score.")
    text = canonical({**content, "score": scoring.as_data(score)})
    scorecard = _store(assessment, approval, number=number, text=text, score=score)
    audit.record(
        approval.decided_by,
        "scorecard_made",
        scorecard,
        organisation=assessment.organisation,
        after=audit.snapshot(scorecard, ("number", "sha256", "verdict", "rules_met", "weakest_rule", "confidence")),
        subject=assessment,
    )
    return scorecard


def canonical(content: Mapping[str, Any]) -> str:
    """One text for one content: sorted keys, no spaces, characters as they are."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def load(scorecard: Scorecard) -> dict[str, Any]:
    """The content of a scorecard, once its hash is verified. Raises SnapshotDamaged."""
    if hash_of(scorecard.snapshot) != scorecard.sha256:
        raise SnapshotDamaged(f"The snapshot of {scorecard.number} does not have its SHA-256.")
    content: dict[str, Any] = json.loads(scorecard.snapshot)
    if content["schema"] != SCHEMA_VERSION:
        raise SnapshotDamaged(f"The snapshot of {scorecard.number} has schema {content['schema']}.")
    return content


def recompute(snapshot: Snapshot) -> scoring.Score:
    """The score, from the snapshot alone; its stored numbers are not looked at."""
    release = snapshot["release"]
    counted = [response for response in snapshot["responses"] if response["kind"] == ResponseKind.CUSTOMER]
    questions = [
        _question_input(rule["key"], question, counted, snapshot["consensus"].get(question["key"]))
        for rule in release["rules"]
        for question in rule["questions"]
    ]
    return scoring.score([rule["key"] for rule in release["rules"]], questions, policy_of(release["policy"]))


def score_of(snapshot: Snapshot) -> scoring.Score:
    """The score as it was stored: what is printed, whatever a later engine would compute."""
    stored = snapshot["score"]
    return scoring.Score(
        rules=tuple(_stored_rule(rule) for rule in stored["rules"]),
        met=stored["met"],
        verdict=scoring.Verdict(stored["verdict"]),
        weakest=stored["weakest"],
        average=_fraction(stored["average"]),
        confidence=scoring.Confidence(stored["confidence"]),
        disagreements=tuple(stored["disagreements"]),
    )


def _stored_rule(stored: Mapping[str, Any]) -> scoring.RuleScore:
    return scoring.RuleScore(
        rule=stored["rule"],
        percent=_fraction(stored["percent"]),
        coverage=Fraction(stored["coverage"]),
        low=_fraction(stored["low"]),
        high=_fraction(stored["high"]),
        status=scoring.RuleStatus(stored["status"]),
        reason=scoring.Reason(stored["reason"]),
        knockouts=tuple(stored["knockouts"]),
        weight_graded=Fraction(stored["weight_graded"]),
        weight_applicable=Fraction(stored["weight_applicable"]),
        weighted_sum=Fraction(stored["weighted_sum"]),
        questions=tuple(_stored_question(stored["rule"], question) for question in stored["questions"]),
    )


def _stored_question(rule: str, stored: Mapping[str, Any]) -> scoring.GradedQuestion:
    return scoring.GradedQuestion(
        key=stored["key"],
        rule=rule,
        weight=Fraction(stored["weight"]),
        knockout=stored["knockout"],
        grade=_fraction(stored["grade"]),
        applicable=stored["applicable"],
        state=scoring.QuestionState(stored["state"]),
        from_consensus=stored["from_consensus"],
        disagreement=stored["disagreement"],
        percent=_fraction(stored["percent"]),
    )


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def policy_of(stored: Mapping[str, Any]) -> scoring.Policy:
    return scoring.Policy(
        met_threshold=Fraction(stored["met_threshold"]),
        broken_threshold=Fraction(stored["broken_threshold"]),
        minimum_coverage=Fraction(stored["minimum_coverage"]),
        knockout_below=stored["knockout_below"],
    )


def _question_input(
    rule: str, question: Mapping[str, Any], responses: Sequence[Mapping[str, Any]], agreed: Mapping[str, Any] | None
) -> scoring.QuestionInput:
    answers = tuple(
        scoring.RaterAnswer(
            rater=response["rater"],
            department=response["department"],
            grade=answer["grade"],
            blank=scoring.Blank(answer["blank"]),
            has_evidence=bool(answer["evidence"]),
        )
        for response in responses
        for answer in response["answers"]
        if answer["question"] == question["key"]
    )
    return scoring.QuestionInput(
        key=question["key"],
        rule=rule,
        weight=Fraction(question["weight"]),
        knockout=question["knockout"],
        answers=answers,
        consensus=scoring.Agreed(grade=agreed["grade"], not_applicable=agreed["not_applicable"]) if agreed else None,
    )


def rule_names() -> dict[str, str]:
    """The rules by key, in the reader's language, as the newest edition that has them names them."""
    rules = Rule.objects.filter(release__published_at__isnull=False).order_by("release__published_at", "release")
    return {rule.key: rule.name for rule in rules}


def _next_number(organisation: Organisation, at: datetime) -> str:
    """S-2026-001, counted by year and organisation."""
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)  # of two, one waits
    prefix = f"S-{timezone.localtime(at).year}-"
    taken = Scorecard.objects.filter(organisation=organisation, number__startswith=prefix)
    last = max((int(number.removeprefix(prefix)) for number in taken.values_list("number", flat=True)), default=0)
    return f"{prefix}{last + 1:03}"


def _store(assessment: Assessment, approval: Approval, *, number: str, text: str, score: scoring.Score) -> Scorecard:
    scorecard = Scorecard.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        number=number,
        snapshot=text,
        sha256=hash_of(text),
        engine_version=scoring.ENGINE_VERSION,
        verdict=score.verdict.value,
        rules_met=score.met,
        weakest_rule=score.weakest or "",
        average=None if score.average is None else scoring.rounded(score.average, 2),
        confidence=score.confidence.value,
        approved_by=approval.decided_by,
        approved_at=approval.decided_at,
    )
    ScorecardRule.objects.bulk_create(
        ScorecardRule(
            scorecard=scorecard,
            position=position,
            key=rule.rule,
            status=rule.status.value,
            percent=None if rule.percent is None else scoring.rounded(rule.percent, 2),
            coverage=scoring.rounded(rule.coverage, 2),
        )
        for position, rule in enumerate(score.rules, start=1)
    )
    return scorecard


def _content(assessment: Assessment, number: str) -> dict[str, Any]:
    """Everything but the score. A list is always in an order that the content itself gives."""
    return {
        "schema": SCHEMA_VERSION,
        "engine": scoring.ENGINE_VERSION,
        "number": number,
        "time_zone": settings.TIME_ZONE,
        "organisation": {"name": assessment.organisation.name, "slug": assessment.organisation.slug},
        "vendor": _vendor(assessment),
        "assessment": {
            "reference": assessment.reference,
            "period_start": assessment.period_start.isoformat(),
            "period_end": assessment.period_end.isoformat(),
            "owner": _person(assessment.owner),
            "submitted_by": _person(assessment.submitted_by),
            "submitted_at": _moment(assessment.submitted_at),
        },
        "release": _release(assessment.release),
        "responses": [_response(rater, response) for rater, response in enumerate(_responses(assessment), start=1)],
        "consensus": {},  # question key → {"grade", "not_applicable", "reason"}; raters do not yet agree on one
        "approvals": [_approval(approval) for approval in _approvals(assessment)],
    }


def _vendor(assessment: Assessment) -> dict[str, Any]:
    vendor = assessment.vendor
    return {
        "name": vendor.name,
        "reference": vendor.reference,
        "tier": vendor.tier,
        "services": [
            {
                "name": service.name,
                "mission_critical": service.mission_critical,
                "department": service.department.name if service.department else None,
            }
            for service in vendor.services.select_related("department").order_by("name", "pk")
        ],
    }


def _release(release: Release) -> dict[str, Any]:
    rules = release.rules.order_by("position").prefetch_related(
        models.Prefetch("questions", Question.objects.order_by("position")), "questions__levels"
    )
    return {
        "edition": release.edition,
        "published_at": _moment(release.published_at),
        "policy": {
            "met_threshold": release.met_threshold,
            "broken_threshold": release.broken_threshold,
            "minimum_coverage": release.minimum_coverage,
            "knockout_below": release.knockout_below,
        },
        **_texts(release, ("title", "note")),
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "key": rule.key,
        "position": rule.position,
        **_texts(rule, ("name", "promise", "guidance")),
        "questions": [_question(question) for question in rule.questions.all()],
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "key": question.key,
        "position": question.position,
        "weight": str(question.exact_weight),
        "knockout": question.knockout,
        "fact": question.fact,
        "revision": question.revision,
        **_texts(question, ("text", "short", "why", "evidence")),
        "levels": [
            {"grade": level.grade, **_texts(level, ("text",))}
            for level in sorted(question.levels.all(), key=lambda level: level.grade)
        ],
    }


def _texts(row: models.Model, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The named texts in every language of the bank: {"name": {"en": …, "fr": …, "nl": …}}."""
    return {name: {code: getattr(row, f"{name}_{code}") or "" for code in LANGUAGE_CODES} for name in names}


def _responses(assessment: Assessment) -> models.QuerySet[Response]:
    """What counts: the submitted responses. A draft that its rater never handed in is nobody's answer."""
    answers = Answer.objects.select_related("question").prefetch_related("evidence")
    answers = answers.order_by("question__rule__position", "question__position")
    return (
        assessment.responses.exclude(submitted_at=None)
        .select_related("rater", "department")
        .prefetch_related(models.Prefetch("answers", answers))
        .order_by("pk")
    )


def _response(rater: int, response: Response) -> dict[str, Any]:
    return {
        "rater": str(rater),  # names may repeat
        "kind": response.kind,
        "name": _person(response.rater),
        "department": response.department.name if response.department else None,
        "submitted_at": _moment(response.submitted_at),
        "answers": [_answer(answer) for answer in response.answers.all()],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    fact = None
    if answer.fact_value is not None:
        fact = {"value": str(Fraction(answer.fact_value)), "unit": answer.fact_unit}
    return {
        "question": answer.question.key,
        "vendor_says": answer.vendor_says,
        "grade": answer.grade,
        "blank": answer.blank,
        "reason": answer.reason,
        "comment": answer.comment,
        "fact": fact,
        "evidence": [
            {"name": file.name, "sha256": file.sha256, "size": file.size}
            for file in sorted(answer.evidence.all(), key=lambda file: file.pk)
        ],
    }


def _approvals(assessment: Assessment) -> models.QuerySet[Approval]:
    return assessment.approvals.select_related("decided_by").order_by("decided_at", "pk")


def _approval(approval: Approval) -> dict[str, Any]:
    return {
        "decision": approval.decision,
        "by": _person(approval.decided_by),
        "at": _moment(approval.decided_at),
        "reason": approval.reason,
    }


def _person(user: User | None) -> str | None:
    return None if user is None else str(user)


def _moment(at: datetime | None) -> str | None:
    """In UTC, so that one moment has one spelling."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
