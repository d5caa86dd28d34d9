"""Why the rules of a vendor moved between two scorecards, in words: the parts of the exact sum, the largest first.

In the active language, which is also the one given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.score.arithmetic import QuestionState
from assessments.score.difference import Part, PartKind, RuleDifference
from assessments.score.words import QUESTION_STATES
from groundwork.languages import NO_BREAK
from groundwork.rounding import rounded
from groundwork.words import apart, joined, labelled, number, plural, quoted
from reports.reasons.compared import AskedOnce, Compared, Stored, answer_in
from reports.reasons.inputs import Snapshot

MOST_TOLD = 3
DIGITS = 2  # as sums are printed
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One part of a sum. `subject`: the question with its number, or what else it is about; `said`: what happened to
    it; `points`: “−12.50”, and `exact` the same as a fraction, “−25/2”: empty where the rule has no difference."""

    part: Part
    subject: str
    said: str
    points: str
    exact: str
    line: str  # all of it: “5.2 “Triggers”: 3 → 1 by M. Jansen, −12.50 points”


def reasons(compared: Compared, found: RuleDifference, *, language: str) -> tuple[Reason, ...]:
    """Every part of one rule, the largest first."""
    return tuple(_Teller(compared, language).reason(part) for part in found.by_size)


def largest(now: Snapshot, then: Snapshot, *, language: str, most: int = MOST_TOLD) -> Mapping[str, tuple[Reason, ...]]:
    """Rule → its largest reasons, those that move nothing left out; of a rule that is not rated on both sides, which
    questions count now or no longer. `then`: an earlier snapshot of the same vendor. Rules that did not move have none.
    """
    return largest_of(Compared(then=then, now=now), language=language, most=most)


def largest_of(compared: Compared, *, language: str, most: int = MOST_TOLD) -> Mapping[str, tuple[Reason, ...]]:
    """The same of what is compared once and told in several languages."""
    teller = _Teller(compared, language)
    return {found.rule: tuple(teller.reason(part) for part in _telling(found)[:most]) for found in compared.differences}


def _telling(found: RuleDifference) -> list[Part]:
    if found.points is None:
        return [part for part in found.parts if part.kind in (PartKind.COUNTED, PartKind.REVISED)]
    return [part for part in found.by_size if part.points]


# Figures ----------------------------------------------------------------------------------------------------------
def signed(points: Fraction, language: str = "") -> str:
    """“+12.50”, “−0.33”, “0.00”."""
    sign = MINUS if points < 0 else "+" if points else ""
    return sign + number(abs(points), language, digits=DIGITS, fixed=True)


def signed_points(points: Fraction, language: str = "") -> str:
    """“−12.50 points”, of a percent; never broken at the end of a line."""
    said = ngettext("%(number)s point", "%(number)s points", plural(rounded(abs(points), DIGITS), language))
    return (said % {"number": signed(points, language)}).replace(" ", NO_BREAK, 1)


def exactly(points: Fraction) -> str:
    """“−25/2”, “+5”: the fraction itself."""
    return f"{MINUS if points < 0 else '+' if points else ''}{abs(points)}"


# Words ------------------------------------------------------------------------------------------------------------
class _Teller:
    def __init__(self, compared: Compared, language: str) -> None:
        self.compared = compared
        self.language = language
        self.tellers: Mapping[PartKind, Callable[[Part], str]] = {
            PartKind.ANSWER: self._answer,
            PartKind.CONSENSUS: self._consensus,
            PartKind.HEARD: self._heard,
            PartKind.COUNTED: self._counted,
            PartKind.WEIGHTS: self._weights,
            PartKind.REVISED: self._revised,
        }

    def reason(self, part: Part) -> Reason:
        subject, said = self._subject(part), self.tellers[part.kind](part)
        line = labelled(subject, said, self.language)
        if part.points is not None:
            line = f"{line}, {signed_points(part.points, self.language)}"
        return Reason(
            part=part,
            subject=subject,
            said=said,
            points="" if part.points is None else signed(part.points, self.language),
            exact="" if part.points is None else exactly(part.points),
            line=line,
        )

    def _subject(self, part: Part) -> str:
        if part.kind == PartKind.WEIGHTS:
            return _("Weights")
        if part.kind == PartKind.HEARD:
            return self.compared.voices[part.rater].name
        return self._named(part.questions[0])

    def _named(self, key: str) -> str:
        """“5.2 “Triggers””."""
        asked = self.compared.question(key)
        return f"{asked.number} {quoted(asked.stored['short'][self.language], self.language)}"

    def _answer(self, part: Part) -> str:
        voice = self.compared.voices[part.rater]
        return _("%(then)s → %(now)s by %(rater)s") % {
            "then": said_by(answer_in(voice.then, part.questions[0])),
            "now": said_by(answer_in(voice.now, part.questions[0])),
            "rater": voice.name,
        }

    def _heard(self, part: Part) -> str:
        voice = self.compared.voices[part.rater]
        grades = joined([self._graded_by(voice.now or voice.then, key) for key in part.questions], self.language)
        if voice.now is None:
            return _("rated only then, %(grades)s") % {"grades": grades}
        return _("did not rate then, now %(grades)s") % {"grades": grades}

    def _graded_by(self, response: Stored | None, key: str) -> str:
        grade = said_by(answer_in(response, key))
        return _("%(grade)s on %(question)s") % {"grade": grade, "question": self.compared.question(key).number}

    def _consensus(self, part: Part) -> str:
        """Only a question that is graded both times can be agreed on otherwise."""
        key = part.questions[0]
        then, now = self.compared.questions_then[key], self.compared.questions_now[key]
        if then.asked.consensus and now.asked.consensus:
            return _("agreed on %(then)s → agreed on %(now)s") % {"then": self._grade(then), "now": self._grade(now)}
        if now.asked.consensus:
            said = _("newly agreed on %(grade)s; the mean of the raters is %(mean)s")
            return self._agreed(now, said, _("newly agreed on %(grade)s"))
        said = _("no longer agreed on, %(grade)s; the mean of the raters was %(mean)s")
        return self._agreed(then, said, _("no longer agreed on, %(grade)s"))

    def _agreed(self, asked: AskedOnce, said: str, alone: str) -> str:
        if asked.mean is None:
            return alone % {"grade": self._grade(asked)}
        return said % {"grade": self._grade(asked), "mean": number(asked.mean, self.language)}

    def _counted(self, part: Part) -> str:
        then, now = self._both(part.questions[0])
        if then is None:
            return _("a new question, %(now)s") % {"now": self._state(now)}
        if now is None:
            return _("no longer asked, then %(then)s") % {"then": self._state(then)}
        if then.asked.rule != now.asked.rule:
            said = _("in another rule now, %(then)s of then is %(now)s; %(states)s")
            return said % {"then": then.number, "now": now.number, "states": self._states(then, now)}
        return self._states(then, now)

    def _weights(self, part: Part) -> str:
        then, now = self.compared.questions_then, self.compared.questions_now
        return apart(
            f"{now[key].number} {self._weight(then[key])} → {self._weight(now[key])}" for key in part.questions
        )

    def _weight(self, asked: AskedOnce) -> str:
        return number(asked.asked.weight, self.language)

    def _revised(self, part: Part) -> str:
        then, now = self._both(part.questions[0])
        said = _("what it asks has changed, so not comparable; %(states)s")
        return said % {"states": self._states(then, now)}

    def _both(self, key: str) -> tuple[AskedOnce | None, AskedOnce | None]:
        return self.compared.questions_then.get(key), self.compared.questions_now.get(key)

    def _states(self, then: AskedOnce | None, now: AskedOnce | None) -> str:
        return f"{self._state(then)} → {self._state(now)}"

    def _state(self, asked: AskedOnce | None) -> str:
        """“grade 2.5”, “not applicable”, “not asked”."""
        if asked is None:
            return _("not asked")
        if asked.graded.grade is None:
            return str(QUESTION_STATES[asked.graded.state]).lower()
        return _("grade %(grade)s") % {"grade": self._grade(asked)}

    def _grade(self, asked: AskedOnce) -> str:
        return number(asked.graded.grade or 0, self.language)


def said_by(answer: Stored | None) -> str:
    """The grade of one rater, or why there is none, in the middle of a sentence."""
    if answer is None:
        return _("not asked")
    if answer["grade"] is not None:
        return str(answer["grade"])
    return str(QUESTION_STATES[QuestionState(answer["blank"] or QuestionState.UNANSWERED)]).lower()
