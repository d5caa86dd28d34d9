"""The rows of each table, in the order of the catalogue's columns: of a dossier, of vendors, commitments, contracts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.score import arithmetic
from assessments.score.arithmetic import GradedQuestion, RuleScore, Score
from groundwork.rounding import rounded
from reports.exports.chosen import Chosen, Secrecy
from reports.exports.shapes import Agreed, Answered, Asked, Dossier, Shown, in_order, question_input
from vendors.measures.words import LABELS

DIGITS = 2
AT_ONCE = 500
NOT_APPLICABLE = "not_applicable"
Value = str | int | bool | Decimal | date | None
Row = tuple[Value, ...]


def exact(value: Fraction | None) -> str | None:
    """“200/3”; a whole one without its denominator."""
    return None if value is None else str(value)


def shown(value: Fraction | None) -> Decimal | None:
    return None if value is None else rounded(value, DIGITS)


# Of a dossier -----------------------------------------------------------------------------------------------------
def rows_of(dossier: Dossier) -> dict[str, list[Row]]:
    """By table. The answers stand question by question, raters before the vendor."""
    graded = {question.key: question for rule in _scored(dossier) for question in rule.questions}
    return {
        "assessments": [_assessment(dossier)],
        "rules": [_rule(dossier, rule) for rule in _scored(dossier)],
        "questions": [_question(dossier, question, graded) for question in dossier.questions],
        "responses": [_response(dossier, place) for place in range(len(dossier.responses))],
        "answers": [_answer(dossier, question, one) for question, one in answers_in_order(dossier)],
        "evidence": list(_evidence(dossier)),
        "notes": list(_notes(dossier)),
        "consensus": [_consensus(dossier, key, agreed) for key, agreed in dossier.agreed.items()],
        "replies": list(_replies(dossier)),
        "findings": [_finding(dossier, stored) for stored in dossier.findings],
        "measures": list(_measures(dossier)),
        "periods": list(_periods(dossier)),
    }


def _scored(dossier: Dossier) -> Sequence[RuleScore]:
    return dossier.score.rules if dossier.score else ()


def answers_in_order(dossier: Dossier) -> Iterator[tuple[Asked, Answered]]:
    for question in dossier.questions:
        for answer in in_order(dossier.answers.get(question.key, ())):
            yield question, answer


def _assessment(dossier: Dossier) -> Row:
    head, policy = dossier.head, dossier.policy
    return (
        *(head.reference, head.vendor, head.vendor_name, head.period_start, head.period_end, head.edition, head.state),
        *(head.source.value, head.shown.value, head.owner, head.scorecard or None, head.approved_on),
        head.sha256 or None,
        *(int(policy.met_threshold), int(policy.broken_threshold), int(policy.minimum_coverage)),
        policy.knockout_below,
        *_result(dossier.score),
    )


def _result(score: Score | None) -> Row:
    if score is None:
        return (None,) * 7
    return (
        *(score.met, len(score.rules), score.verdict.value, score.weakest),
        *(exact(score.average), shown(score.average), score.confidence.value),
    )


def _rule(dossier: Dossier, rule: RuleScore) -> Row:
    asked = next(one for one in dossier.rules if one.key == rule.rule)
    knocked = sum(question.is_knocked_out(dossier.policy) for question in rule.questions)
    return (
        *(dossier.head.reference, rule.rule, asked.position, asked.name, rule.status.value, rule.reason.value),
        *(exact(rule.percent), shown(rule.percent), exact(rule.coverage), shown(rule.coverage)),
        *(shown(rule.low), shown(rule.high), shown(rule.weight_graded), shown(rule.weight_applicable)),
        *(shown(rule.weighted_sum), knocked, shown(rule.percent) if rule.is_rated else None),
    )


def _question(dossier: Dossier, question: Asked, graded: Mapping[str, GradedQuestion]) -> Row:
    """A supplementary one has a grade of its own, and no weight."""
    one = graded.get(question.key) or _beside(dossier, question)
    is_graded, weight = one.grade is not None, question.weight
    agreed = dossier.agreed.get(question.key)
    return (
        *(dossier.head.reference, question.rule, question.key, question.number, question.text),
        *(not question.supplementary, shown(weight), question.knockout, agreed_value(agreed), one.state.value),
        *(exact(one.grade), shown(one.grade), shown(one.percent)),
        shown(weight if is_graded else Fraction(0)),
        shown(weight if one.applicable else Fraction(0)),
        shown(weight * (one.percent or 0)),
        int(one.is_knocked_out(dossier.policy)),
        one.disagreement,
    )


def _beside(dossier: Dossier, question: Asked) -> GradedQuestion:
    counted = Asked(
        key=question.key, rule=question.rule, number=question.number, text=question.text, weight=Fraction(1)
    )
    answers = dossier.answers.get(question.key, ())
    return arithmetic.grade_question(question_input(counted, answers, dossier.agreed.get(question.key)))


def agreed_value(agreed: Agreed | None) -> int | str | None:
    if agreed is None:
        return None
    return NOT_APPLICABLE if agreed.not_applicable else agreed.grade


def _response(dossier: Dossier, place: int) -> Row:
    given = dossier.responses[place]
    return (
        *(dossier.head.reference, given.key, given.kind, given.name, given.department or None, given.handed_in_at),
        *(given.independent, given.shown),
    )


def _answer(dossier: Dossier, question: Asked, answer: Answered) -> Row:
    by = answer.by
    return (
        *(dossier.head.reference, by.key, by.kind, by.name, question.rule, question.key, question.number),
        *(answer.grade, answer.blank or None, answer.reason or None, answer.comment or None),
        *(answer.vendor_says or None, shown(answer.fact_value), answer.fact_unit or None, answer.carried_over),
        *(answer.in_place or None, len(answer.files)),
    )


def _evidence(dossier: Dossier) -> Iterator[Row]:
    for question, answer in answers_in_order(dossier):
        for file in answer.files:
            yield (dossier.head.reference, answer.by.key, question.key, file.name, file.size, file.sha256)


def _consensus(dossier: Dossier, key: str, agreed: Agreed) -> Row:
    held_on = date.fromisoformat(agreed.held_on)
    people = ", ".join(agreed.present) or None
    return (dossier.head.reference, key, agreed_value(agreed), agreed.reason, held_on, people)


def _notes(dossier: Dossier) -> Iterator[Row]:
    for key, note in dossier.notes.items():
        yield (dossier.head.reference, key, note.text, note.by, note.at)


def _replies(dossier: Dossier) -> Iterator[Row]:
    for one in dossier.replies:
        yield (dossier.head.reference, one.rule, one.stance, one.text, one.by, one.at, one.to_earlier_result)


def _finding(dossier: Dossier, stored: Mapping[str, Any]) -> Row:
    claim, rating = stored["claim"], stored["rating"]
    return (
        *(dossier.head.reference, stored["rule"], stored["measure"] or None, rating["finding"]),
        *(claim["finding"] if claim else None, _shown(claim["percent"] if claim else None), _shown(rating["percent"])),
        *(", ".join(stored["incidents"]) or None, stored.get("incident_count")),
    )


def _measures(dossier: Dossier) -> Iterator[Row]:
    if dossier.measures is None:
        return
    found = dossier.measures
    basis = found.get("basis") or {}
    for series in found["series"]:
        key, trend = series["measure"], series["trend"]
        target = dossier.targets.get(key)
        yield (
            *(dossier.head.reference, key, str(LABELS.get(key, key)), series["rule"] or None, series["unit"]),
            *(_decimal(series["overall"]), _decimal(target["value"]) if target else None, trend["direction"]),
            *(_decimal(trend["slope"]), _decimal(trend["p"]), _decimal(trend.get("adjusted_p")), trend["periods"]),
            *(date.fromisoformat(found["since"]), date.fromisoformat(found["until"]), basis.get("known_until")),
        )


def _periods(dossier: Dossier) -> Iterator[Row]:
    for series in (dossier.measures or {}).get("series", ()):
        for point in series["points"]:
            yield (
                *(dossier.head.reference, series["measure"]),
                *(date.fromisoformat(point["start"]), date.fromisoformat(point["end"]), _decimal(point["value"])),
                *(point.get("known"), point.get("total"), point["is_left_out"]),
            )


def _decimal(said: str | None) -> Decimal | None:
    return None if said is None else Decimal(said)


def _shown(said: str | None) -> Decimal | None:
    return None if said is None else shown(Fraction(said))


# Of the vendors ---------------------------------------------------------------------------------------------------
def vendor_rows(chosen: Chosen, secrecy: Secrecy) -> Iterator[Row]:
    for vendor in chosen.vendors.select_related("department").order_by("pk").iterator(chunk_size=AT_ONCE):
        is_closed = vendor.pk in secrecy.vendors
        yield (
            *(vendor.pk, vendor.name, vendor.reference or None, vendor.tier, vendor.country or None),
            *(vendor.department.name if vendor.department else None, vendor.archived_at is not None),
            (Shown.OWN if is_closed else Shown.ALL).value,
        )


def commitment_rows(chosen: Chosen, secrecy: Secrecy) -> Iterator[Row]:
    """None of a vendor that the reader still judges: they tell how it does."""
    rows = chosen.commitments.exclude(vendor__in=secrecy.vendors).order_by("pk")
    related = ("vendor", "assessment", "contact", "owner")
    for one in rows.select_related(*related).iterator(chunk_size=AT_ONCE):
        yield (
            *(one.number, one.vendor_id, one.vendor.name, one.assessment.reference if one.assessment else None),
            *(one.rule, one.question or None, one.what, one.why or None, str(one.contact or "") or None),
            *(str(one.owner), one.due_on, one.state, one.agreed_on, one.agreed_by or None, one.ended_on),
            *(one.kept_by or None, one.measure or None, one.target),
        )


def contract_rows(chosen: Chosen) -> Iterator[Row]:
    rows = chosen.contracts.select_related("vendor", "owner").order_by("pk")
    for one in rows.iterator(chunk_size=AT_ONCE):
        yield (
            *(one.vendor_id, one.vendor.name, one.reference, one.starts_on, one.ends_on, one.notice, one.notice_unit),
            *(one.renews_months, one.decide_by, one.decision or None, one.ended_on, str(one.owner or "") or None),
            one.note or None,
        )
