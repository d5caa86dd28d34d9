"""One question for all vendors at once: what a rater with several questionnaires fills side by side."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from accounts.models import Membership
from assessments.models import Answer, Response, ResponseQuerySet
from manifesto.models import GRADE_NAMES, Question

ENOUGH = 2  # questionnaires, from which on it saves time


@dataclass(frozen=True, kw_only=True)
class GridQuestion:
    """A question with how many of its answers are there."""

    key: str
    number: str
    done: int
    total: int
    revision: int

    @property
    def is_done(self) -> bool:
        return self.done == self.total


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A grade with its anchored text."""

    grade: int
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Grid:
    """The chosen question with the answers that are the rater's to give, by vendor."""

    questions: tuple[GridQuestion, ...]
    question: Question  # as the newest release among them asks it
    current: GridQuestion
    meanings: tuple[Meaning, ...]
    answers: tuple[Answer, ...]

    @property
    def previous(self) -> GridQuestion | None:
        return self.questions[self._index - 1] if self._index else None

    @property
    def next(self) -> GridQuestion | None:
        return self.questions[self._index + 1] if self._index + 1 < len(self.questions) else None

    @property
    def _index(self) -> int:
        return self.questions.index(self.current)


def _waiting(member: Membership) -> ResponseQuerySet:
    return Response.objects.waiting_for(member.user).for_member(member)


def questions_of(member: Membership) -> tuple[GridQuestion, ...]:
    """The questions that two or more of the member's questionnaires ask, in order; one query.

    In one meaning each: where editions ask one in two, the levels of the newer would be held against answers to the
    older. Then the newest of the revisions that two of them ask is here, and the others in their questionnaires.
    """
    answered = Count("pk", filter=Q(grade__isnull=False) | ~Q(blank=""))
    rows = (
        Answer.objects.filter(response__in=_waiting(member))
        .values("question__key", "question__revision")
        .annotate(
            total=Count("pk"),
            done=answered,
            rule=Min("question__rule__position"),
            place=Min("question__position"),
        )
        .filter(total__gte=ENOUGH)
        .order_by("question__revision")
    )
    newest = {row["question__key"]: row for row in rows}
    return tuple(
        GridQuestion(
            key=row["question__key"],
            number=f"{row['rule']}.{row['place']}",
            done=row["done"],
            total=row["total"],
            revision=row["question__revision"],
        )
        for row in sorted(newest.values(), key=lambda row: (row["rule"], row["place"], row["question__key"]))
    )


def grid_of(member: Membership, key: str, *, also: Collection[int] = ()) -> Grid | None:
    """The grid of one question; None where the member has no two answers to it to give. Five queries.

    `also`: answers of the member's own to show in any case, even where they are closed by now.
    """
    questions = questions_of(member)
    current = next((question for question in questions if question.key == key), None)
    answers = _answers(member, key, current.revision if current else None, also) if current or also else ()
    if not answers:
        return None
    question = max((answer.question for answer in answers), key=lambda one: one.release_id)
    if current is None:
        done = sum(answer.is_answered for answer in answers)
        current = GridQuestion(
            key=key,
            number=f"{question.rule.position}.{question.position}",
            done=done,
            total=len(answers),
            revision=question.revision,
        )
        questions = (*questions, current)
    texts = {level.grade: level.text for level in question.levels.all()}
    meanings = tuple(
        Meaning(grade=grade, name=str(name), text=texts.get(grade, "")) for grade, name in enumerate(GRADE_NAMES)
    )
    return Grid(questions=questions, question=question, current=current, meanings=meanings, answers=answers)


def _answers(member: Membership, key: str, revision: int | None, also: Collection[int]) -> tuple[Answer, ...]:
    own = Q(response__in=_waiting(member), question__revision=revision) | Q(response__rater=member.user_id, pk__in=also)
    rows = Answer.objects.for_member(member).filter(own, question__key=key)
    related = ("question__rule", "response__assessment__vendor", "updated_by", "updated_through")
    rows = rows.select_related(*related).prefetch_related("question__levels", "evidence")
    return tuple(rows.order_by("response__assessment__vendor__name", "response"))


def first_open(questions: Sequence[GridQuestion]) -> GridQuestion | None:
    """Where to go on: the first question with an answer missing, else the first."""
    return next((question for question in questions if not question.is_done), next(iter(questions), None))
