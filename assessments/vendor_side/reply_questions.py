"""What lies behind the percent of a rule, for the vendor that replies to it: the questions that count, and its own
answers.

The texts are those of the release, which never change; no answer and no grade of the customer is among them."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import ReplyRequest
from assessments.vendor_side import answers
from assessments.vendor_side.answers import DeskAnswer
from manifesto.models import Question


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """A question of a rule; `own`: what the vendor handed in about it, None where it handed in nothing."""

    number: str
    text: str
    own: DeskAnswer | None


def questions_of(request: ReplyRequest) -> dict[str, tuple[AskedQuestion, ...]]:
    """Rule key → its questions in order; four queries, whatever was answered."""
    own = answers.handed_in_about(request.assessment)
    asked = Question.objects.filter(release=request.assessment.release_id).counting().select_related("rule")
    found: dict[str, list[AskedQuestion]] = {}
    for question in asked.order_by("rule__position", "position"):
        found.setdefault(question.rule.key, []).append(
            AskedQuestion(
                number=f"{question.rule.position}.{question.position}", text=question.text, own=own.get(question.pk)
            )
        )
    return {rule: tuple(questions) for rule, questions in found.items()}
