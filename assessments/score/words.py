"""The results of the arithmetic in words: statuses, why a rule has its status, verdict, confidence, dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

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
    rounded,
)

NO_BREAK = "\u00a0"
MOST_DIGITS = 4
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
QUESTION_STATES: dict[str, Promise] = {
    QuestionState.NOT_APPLICABLE: gettext_lazy("Not applicable"),
    QuestionState.DONT_KNOW: gettext_lazy("Don’t know"),
    QuestionState.UNANSWERED: gettext_lazy("Unanswered"),
}
FACT_UNITS: dict[str, Promise] = {
    FrequencyUnit.WEEK: gettext_lazy("%(times)s times a week"),
    FrequencyUnit.MONTH: gettext_lazy("%(times)s times a month"),
    FrequencyUnit.QUARTER: gettext_lazy("%(times)s times a quarter"),
    FrequencyUnit.YEAR: gettext_lazy("%(times)s times a year"),
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
    return _("Some is not enough: not every rule is met.") if score.met else _("No rule is met.")


def percent(value: Fraction | None, policy: Policy) -> str:
    """“66.7%”, “66,7 %”; empty for None. More decimals where rounding would lift it over a threshold it misses."""
    if value is None:
        return ""
    thresholds = (policy.met_threshold, policy.broken_threshold, policy.minimum_coverage, FULL)
    digits = 1
    while digits < MOST_DIGITS and any((Fraction(rounded(value, digits)) >= t) != (value >= t) for t in thresholds):
        digits += 1
    return number(value, digits=digits) + _percent_sign()


def _percent_sign() -> str:
    return f"{NO_BREAK}%" if get_language() == "fr" else "%"


def number(value: Fraction, *, digits: int = 2) -> str:
    """At most so many decimals, without trailing zeros."""
    shown = rounded(value, digits)
    whole = shown.to_integral_value()
    return number_format(whole if shown == whole else shown.normalize())


def fact(value: Decimal | None, unit: str) -> str:
    """A recorded fact: a frequency where it has a unit, else a percentage; empty for None."""
    if value is None:
        return ""
    shown = number(Fraction(value))
    return str(FACT_UNITS[unit]) % {"times": shown} if unit else shown + _percent_sign()


def why(rule: RuleScore, policy: Policy) -> str:
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
        "coverage": percent(rule.coverage, policy),
        "minimum": percent(policy.minimum_coverage, policy),
        "broken": percent(policy.broken_threshold, policy),
        "met": percent(policy.met_threshold, policy),
        "knockout": policy.knockout_below,
    }


def bounds(rule: RuleScore, policy: Policy) -> str:
    """Between which percents the rule lies, whatever the missing grades turn out to be; empty where none is missing."""
    if rule.low is None or rule.high is None or rule.low == rule.high:
        return ""
    return _("%(low)s to %(high)s") % {"low": percent(rule.low, policy), "high": percent(rule.high, policy)}


def weighted_sum(rule: RuleScore, policy: Policy) -> str:
    """The sum to check by hand: (2 × 75 + 1 × 50) / (2 + 1) = 66.7%; empty where nothing is graded."""
    graded = [(question.weight, question.percent) for question in rule.questions if question.percent is not None]
    if not graded:
        return ""
    products = " + ".join(f"{number(weight)} × {number(of)}" for weight, of in graded)
    weights = " + ".join(number(weight) for weight, _of in graded)
    return f"({products}) / ({weights}) = {percent(rule.percent, policy)}"


def days(start: date, end: date) -> str:
    """“1 January – 31 March 2026”; the first year only where it differs."""
    first = date_format(start, "MONTH_DAY_FORMAT" if start.year == end.year else "DATE_FORMAT")
    return f"{first} – {date_format(end, 'DATE_FORMAT')}"
