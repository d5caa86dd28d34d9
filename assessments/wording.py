"""The results of the arithmetic in words: statuses, why a rule has its status, verdict, confidence."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from assessments.scoring import Confidence, Policy, Reason, RuleScore, RuleStatus, Score, Verdict, rounded

STATUSES: dict[str, Promise] = {
    RuleStatus.MET: pgettext_lazy("status of a rule", "met"),
    RuleStatus.PARTLY: pgettext_lazy("status of a rule", "partly"),
    RuleStatus.BROKEN: pgettext_lazy("status of a rule", "broken"),
    RuleStatus.NOT_RATED: pgettext_lazy("status of a rule", "not rated"),
}
VERDICTS: dict[str, Promise] = {
    Verdict.MET: gettext_lazy("All seven rules are met."),
    Verdict.NOT_MET: gettext_lazy("Not all seven rules are met."),
    Verdict.UNDECIDED: gettext_lazy("Undecided: too little is rated so far."),
}
CONFIDENCES: dict[str, Promise] = {
    Confidence.HIGH: gettext_lazy("high"),
    Confidence.MEDIUM: gettext_lazy("medium"),
    Confidence.LOW: gettext_lazy("low"),
}


def headline(score: Score) -> str:
    return _("%(met)d of %(rules)d rules met") % {"met": score.met, "rules": len(score.rules)}


def why(rule: RuleScore, policy: Policy) -> str:
    """One sentence: which threshold gave the rule its status."""
    sentences = {
        Reason.NOTHING_APPLIES: _("None of its questions applies."),
        Reason.COVERAGE_BELOW_MINIMUM: _("Only %(coverage)s %% is graded; %(minimum)s %% is needed for a rating."),
        Reason.PERCENT_BELOW_BROKEN: _("Below the %(broken)s %% under which a rule is broken."),
        Reason.KNOCKOUT: _("A knock-out question is graded below %(knockout)s."),
        Reason.PERCENT_MEETS_THRESHOLD: _("Reaches the %(met)s %% from which a rule is met."),
        Reason.PERCENT_BETWEEN: _("Between %(broken)s %% and %(met)s %%."),
    }
    return sentences[rule.reason] % {
        "coverage": number_format(rounded(rule.coverage)),
        "minimum": number_format(rounded(policy.minimum_coverage)),
        "broken": number_format(rounded(policy.broken_threshold)),
        "met": number_format(rounded(policy.met_threshold)),
        "knockout": policy.knockout_below,
    }
