"""The results of the arithmetic in words, for page, paper, trail and mails: one table for the words of each code.

In the language given, which must be the active one where a sentence is made; else in the active one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from assessments.models import FrequencyUnit
from assessments.score.arithmetic import (
    FULL,
    Confidence,
    Policy,
    QuestionState,
    Reason,
    RuleScore,
    RuleStatus,
    Score,
    Verdict,
)
from groundwork import words

STATUSES: dict[str, Promise] = {
    RuleStatus.MET: pgettext_lazy("status of a rule", "Met"),
    RuleStatus.PARTLY: pgettext_lazy("status of a rule", "Partly met"),
    RuleStatus.BROKEN: pgettext_lazy("status of a rule", "Broken"),
    RuleStatus.NOT_RATED: pgettext_lazy("status of a rule", "Not rated"),
}
CONFIDENCES: dict[str, Promise] = {
    Confidence.HIGH: pgettext_lazy("confidence", "High"),
    Confidence.MEDIUM: pgettext_lazy("confidence", "Medium"),
    Confidence.LOW: pgettext_lazy("confidence", "Low"),
}
VERDICTS: dict[str, Promise] = {
    Verdict.MET: pgettext_lazy("verdict", "Met"),
    Verdict.NOT_MET: pgettext_lazy("verdict", "Not met"),
    Verdict.UNDECIDED: pgettext_lazy("verdict", "Undecided"),
}
VERDICT_HEADINGS: dict[str, Promise] = {
    Verdict.MET: gettext_lazy("Verdict: met"),
    Verdict.NOT_MET: gettext_lazy("Verdict: not met"),
    Verdict.UNDECIDED: gettext_lazy("Verdict: undecided"),
}
QUESTION_STATES: dict[str, Promise] = {
    QuestionState.NOT_APPLICABLE: gettext_lazy("Not applicable"),
    QuestionState.DONT_KNOW: gettext_lazy("Don’t know"),
    QuestionState.UNANSWERED: gettext_lazy("Unanswered"),
}


def headline(score: Score) -> str:
    """“5 of 7 rules met”; French and Dutch have a singular of it."""
    said = ngettext("%(met)s of %(total)s rules met", "%(met)s of %(total)s rules met", score.met)
    return said % {"met": score.met, "total": len(score.rules)}


def verdict(score: Score) -> str:
    if score.verdict == Verdict.MET:
        return _("Every rule is met.")
    if score.verdict == Verdict.UNDECIDED:
        return _("Undecided: some rules are not rated, for lack of grades.")
    if score.met:
        return _("Some is not enough: not every rule is met.")
    if any(not rule.is_rated for rule in score.rules):
        return _("No rule that is rated is met.")
    return _("No rule is met.")


def headline_so_far(score: Score) -> str:
    """While answers are collected: “Rules rated so far: 2 of 7; met: 1”, until all are rated."""
    rated = sum(rule.is_rated for rule in score.rules)
    if rated == len(score.rules):
        return headline(score)
    said = _("Rules rated so far: %(rated)s of %(total)s; met: %(met)s")
    return said % {"rated": rated, "total": len(score.rules), "met": score.met}


def verdict_so_far(score: Score) -> str:
    """The verdict only once all rules are rated: what is not rated yet may still be met."""
    left = sum(not rule.is_rated for rule in score.rules)
    if not left:
        return verdict(score)
    said = ngettext(
        "%(count)s rule is not rated yet: the verdict waits for it.",
        "%(count)s rules are not rated yet: the verdict waits for them.",
        left,
    )
    return said % {"count": left}


# Figures: one decimal where they stand in tables and sentences, two where a sum ends in them -----------------------
def percent(value: Fraction | None, policy: Policy, language: str = "", *, digits: int = 1) -> str:
    """“66.7%”; empty for None. More decimals where rounding would lift it over a threshold that it misses."""
    if value is None:
        return ""
    thresholds = (policy.met_threshold, policy.broken_threshold, FULL)
    return words.percent(value, language, digits=digits, thresholds=thresholds)


def coverage(value: Fraction | None, policy: Policy, language: str = "") -> str:
    """The same of how much is graded, which other thresholds judge."""
    if value is None:
        return ""
    return words.percent(value, language, thresholds=(policy.minimum_coverage, FULL))


def bounds(rule: RuleScore, policy: Policy, language: str = "") -> str:
    """Between which percents the rule lies, whatever the missing grades turn out to be; empty where none is missing."""
    if rule.low is None or rule.high is None or rule.low == rule.high:
        return ""
    ends = {"low": percent(rule.low, policy, language), "high": percent(rule.high, policy, language)}
    return _("%(low)s to %(high)s") % ends


def weighted_sum(rule: RuleScore, policy: Policy, language: str = "") -> str:
    """The sum to check by hand: (2 × 75 + 1 × 50) / (2 + 1) = 200 / 3 = 66.67%; empty where nothing is graded."""
    graded = [(question.weight, question.percent) for question in rule.questions if question.percent is not None]
    if not graded:
        return ""
    products = " + ".join(f"{words.number(weight, language)} × {words.number(of, language)}" for weight, of in graded)
    weights = " + ".join(words.number(weight, language) for weight, _of in graded)
    return f"({products}) / ({weights}) = {quotient(rule, language)} = {result(rule, policy, language)}"


def quotient(rule: RuleScore, language: str = "") -> str:
    if rule.percent is None:
        return ""
    return f"{words.number(rule.weighted_sum, language)} / {words.number(rule.weight_graded, language)}"


def result(rule: RuleScore, policy: Policy, language: str = "") -> str:
    """The percent to two decimals, also where it rests on too little to rate the rule."""
    return percent(rule.percent, policy, language, digits=2)


def fact_words(value: Fraction | Decimal | None, unit: str, language: str = "") -> str:
    """A recorded fact: a frequency where it has a unit, else a percentage; empty for None."""
    if value is None:
        return ""
    if unit:
        return _how_often(value, unit, language)
    return words.percent(value, language, digits=2)


def why(rule: RuleScore, policy: Policy, language: str = "") -> str:
    """One sentence: which threshold gave the rule its status."""
    sentences = {
        Reason.NOTHING_APPLIES: _("None of its questions applies."),
        Reason.COVERAGE_BELOW_MINIMUM: _(
            "Too little is known: %(coverage)s of the weight is graded, %(minimum)s is needed."
        ),
        Reason.PERCENT_BELOW_BROKEN: _("Below %(broken)s, under which a rule is broken."),
        Reason.KNOCKOUT: _("A knock-out question is graded below %(knockout)s."),
        Reason.PERCENT_MEETS_THRESHOLD: _("Reaches the %(met)s from which a rule is met."),
        Reason.PERCENT_BETWEEN: _("Between %(broken)s and %(met)s."),
    }
    return sentences[rule.reason] % {
        "coverage": coverage(rule.coverage, policy, language),
        "minimum": coverage(policy.minimum_coverage, policy, language),
        "broken": percent(policy.broken_threshold, policy, language),
        "met": percent(policy.met_threshold, policy, language),
        "knockout": policy.knockout_below,
    }


def knockouts(rule: RuleScore, numbers: Sequence[str]) -> str:
    """Which knock-out questions failed, by number, in a broken rule; empty for any other."""
    if rule.status != RuleStatus.BROKEN or not numbers:
        return ""
    said = ngettext(
        "A knock-out question failed: %(numbers)s.", "Knock-out questions failed: %(numbers)s.", len(numbers)
    )
    return said % {"numbers": words.joined(numbers)}


def _how_often(value: Fraction | Decimal, unit: str, language: str) -> str:
    number = words.plural(value, language)
    said = {
        FrequencyUnit.WEEK: ngettext("%(times)s time a week", "%(times)s times a week", number),
        FrequencyUnit.MONTH: ngettext("%(times)s time a month", "%(times)s times a month", number),
        FrequencyUnit.QUARTER: ngettext("%(times)s time a quarter", "%(times)s times a quarter", number),
        FrequencyUnit.YEAR: ngettext("%(times)s time a year", "%(times)s times a year", number),
    }
    return said[FrequencyUnit(unit)] % {"times": words.number(value, language)}
