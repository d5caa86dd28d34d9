"""How far the raters agree: Krippendorff's alpha for ordinal grades, and what it means in a sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from assessments.models import Answer, Assessment, Response, ResponseKind
from assessments.score.arithmetic import GRADES
from assessments.secrecy import counted_responses
from groundwork import words
from groundwork.rounding import rounded_fairly
from groundwork.together import Lookup

# Krippendorff's own customs: from 0.800 on data are reliable, from 0.667 on good for tentative conclusions.
STRONG, TENTATIVE = Fraction("0.8"), Fraction("0.667")
MINUS = "\N{MINUS SIGN}"
DIGITS = 6  # of alpha: beyond them there is only the noise of floating point, which must not decide about a level


class AgreementLevel(StrEnum):
    STRONG = "strong"
    TENTATIVE = "tentative"
    WEAK = "weak"
    NONE = "none"  # no figure; `NoFigureReason` says why


class NoFigureReason(StrEnum):
    """Why there is no figure."""

    MEASURED = ""
    TOO_FEW_RATERS = "too_few_raters"  # fewer than two graded anything
    NOTHING_SHARED = "nothing_shared"  # no question was graded by two
    NO_VARIATION = "no_variation"  # every grade is the same one: full agreement, without information


LEVELS: dict[str, Promise] = {
    AgreementLevel.STRONG: _("Strong agreement"),
    AgreementLevel.TENTATIVE: _("Fair agreement"),
    AgreementLevel.WEAK: _("Weak agreement"),
    AgreementLevel.NONE: _("No figure"),
}
MEANINGS: dict[str, Promise] = {
    AgreementLevel.STRONG: _("The raters see this vendor alike: their grades can be relied on."),
    AgreementLevel.TENTATIVE: _("The raters mostly see this vendor alike: enough for careful conclusions."),
    AgreementLevel.WEAK: _("The raters see this vendor differently."),
}
BY_CHANCE = _("The raters agree no more than by chance.")
# While something that they see differently is not agreed on.
TALK: dict[str, Promise] = {
    AgreementLevel.WEAK: _(
        "The raters see this vendor differently: talk about it before anybody relies on the result."
    ),
}
TALK_BY_CHANCE = _("The raters agree no more than by chance: talk about it before anybody relies on the result.")
WITHOUT_FIGURE: dict[str, Promise] = {
    NoFigureReason.TOO_FEW_RATERS: _("Agreement can be measured once two raters, each alone, have handed in grades."),
    NoFigureReason.NOTHING_SHARED: _("No question was graded by two raters, so there is nothing to compare."),
    NoFigureReason.NO_VARIATION: _(
        "All gave the same grade everywhere. They agree fully, but that leaves nothing to measure."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """`alpha`: 1 for full agreement, 0 for that of chance, below 0 for less; None where it cannot be measured.

    `raters` judged alone and graded something; `questions` were graded by two of them or more.
    """

    alpha: float | None
    raters: int
    questions: int
    level: AgreementLevel
    why: NoFigureReason = NoFigureReason.MEASURED

    @property
    def label(self) -> str:
        """“Strong agreement”."""
        return str(LEVELS[self.level])

    def meaning_after(self, agreed_on: Collection[date | None], language: str = "") -> str:
        """One sentence for somebody who never heard of alpha. `agreed_on`: for each contested question the day on which
        it was settled, None where it is open: once nothing is open, nobody is sent to talk any more."""
        if agreed_on and None not in agreed_on:
            last = max(day for day in agreed_on if day is not None)
            said = ngettext(
                "Contested on %(count)s question, settled on %(day)s.",
                "Contested on %(count)s questions, settled on %(day)s.",
                len(agreed_on),
            )
            return said % {"count": len(agreed_on), "day": words.day(last, language)}
        if self.alpha is None:
            return str(WITHOUT_FIGURE[self.why])
        if self.alpha <= 0:
            return str(TALK_BY_CHANCE if agreed_on else BY_CHANCE)
        return str((TALK if agreed_on else MEANINGS).get(self.level, MEANINGS[self.level]))

    @property
    def figure(self) -> str:
        """“0.82”, in the reader's language; more decimals where rounding would lift it to a better level."""
        if self.alpha is None:
            return ""
        shown = rounded_fairly(Fraction(str(self.alpha)), 2, level_of, most=DIGITS)
        return words.number(shown, digits=-int(shown.as_tuple().exponent), fixed=True).replace("-", MINUS)


def rater_agreement(assessment: Assessment, responses: QuerySet[Response] | None = None) -> Agreement:
    """Over the grades that raters handed in, or those of the given responses; one query. Blanks count as missing.

    Whoever had read the others' answers first is left out: that they agree would say nothing."""
    return agreement_in(assessment, responses).now()


def agreement_in(assessment: Assessment, responses: QuerySet[Response] | None = None) -> Lookup[Agreement]:
    """The same, to be read with what else a page shows."""
    responses = counted_responses(assessment) if responses is None else responses
    alone = responses.filter(kind=ResponseKind.CUSTOMER, not_independent_since=None)
    rows = Answer.objects.filter(response__in=alone, grade__isnull=False).counting()
    found = rows.order_by().values_list("response", "question", "grade")

    def told() -> Agreement:
        return agreement_of_grades((rater, question, grade) for rater, question, grade in found if grade is not None)

    return Lookup(reads=(found,), told=told)


def agreement_of_grades(grades: Iterable[tuple[int, int, int]]) -> Agreement:
    """The agreement of (rater, question, grade), each rater and question at most once."""
    by_question: dict[int, list[int]] = defaultdict(list)
    raters = set()
    for rater, question, grade in grades:
        raters.add(rater)
        by_question[question].append(grade)
    shared = [given for given in by_question.values() if len(given) > 1]
    why = _why_not(raters, shared)
    alpha = None if why else _alpha(shared)
    return Agreement(
        alpha=alpha,
        raters=len(raters),
        questions=len(shared),
        level=AgreementLevel.NONE if alpha is None else level_of(Fraction(str(alpha))),
        why=why,
    )


def level_of(alpha: Fraction) -> AgreementLevel:
    if alpha >= STRONG:
        return AgreementLevel.STRONG
    return AgreementLevel.TENTATIVE if alpha >= TENTATIVE else AgreementLevel.WEAK


def _why_not(raters: set[int], shared: list[list[int]]) -> NoFigureReason:
    if len(raters) < 2:
        return NoFigureReason.TOO_FEW_RATERS
    if not shared:
        return NoFigureReason.NOTHING_SHARED
    return (
        NoFigureReason.NO_VARIATION
        if len({grade for given in shared for grade in given}) == 1
        else NoFigureReason.MEASURED
    )


def _alpha(shared: list[list[int]]) -> float:
    # It loads numpy, which takes 0.15 s: whoever asks for the figure pays for it, not the start of every process.
    import krippendorff

    counts = [[Counter(given)[grade] for grade in GRADES] for given in shared]
    return round(float(krippendorff.alpha(value_counts=counts, level_of_measurement="ordinal")), DIGITS)
