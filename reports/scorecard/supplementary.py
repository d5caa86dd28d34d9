"""What was asked beside the questions that count, frozen into the snapshot and read from it alone: answers and their
mean, which enter no rule, no verdict and no comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assessments.models import Answer, Assessment, Response
from assessments.score import also_asked
from manifesto.models import Question
from reports.scorecard import freezing


# Into the snapshot ------------------------------------------------------------------------------------------------
def frozen(assessment: Assessment) -> list[dict[str, Any]]:
    """Each supplementary question of the assessment in the order of the bank: its texts, who answered what ("rater":
    the number of the response in the same snapshot), and the raters' mean ("10/3", None where nobody graded). Empty
    where it asks none; a constant number of queries."""
    if not assessment.asks_supplementary:
        return []
    given = _given(list(freezing.handed_in(assessment)))
    questions = Question.objects.filter(release=assessment.release_id).supplementary().select_related("rule")
    questions = questions.prefetch_related("levels").order_by("rule__position", "position")
    return [_frozen(question, given.get(question.pk, ())) for question in questions]


Given = tuple[str, Response, Answer]  # the number of the response, itself, and its answer


def _given(responses: Sequence[Response]) -> dict[int, list[Given]]:
    """Question → its answers, in the order of the responses."""
    given: dict[int, list[Given]] = {}
    for number, response in enumerate(responses, start=1):
        for answer in response.answers.all():
            if answer.question.supplementary:
                given.setdefault(answer.question_id, []).append((str(number), response, answer))
    return given


def _frozen(question: Question, given: Sequence[Given]) -> dict[str, Any]:
    graded = also_asked.graded(question, [answer for _number, response, answer in given if not response.is_of_vendor])
    return {
        "rule": question.rule.key,
        "number": f"{question.rule.position}.{question.position}",
        "key": question.key,
        **freezing.asked(question),
        "grade": None if graded.grade is None else str(graded.grade),
        "state": graded.state.value,
        "answers": [
            {**freezing.answer_content(answer), "rater": number, "by": freezing.answered_for(response, answer)}
            for number, response, answer in given
        ],
    }


# Out of the snapshot ----------------------------------------------------------------------------------------------
def answers_by_kind(
    snapshot: Mapping[str, Any], stored: Mapping[str, Any], kind: str
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The answers to one of them by those of a kind, customer or vendor: pairs of response and answer."""
    responses = {response["rater"]: response for response in snapshot["responses"]}
    pairs = ((responses[answer["rater"]], answer) for answer in stored["answers"])
    return [(response, answer) for response, answer in pairs if response["kind"] == kind]
