"""What only a scorecard says of the score: sentences that name questions and rules, in the active language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.score import words as wording
from assessments.score.arithmetic import (
    FULL,
    GRADES,
    GradedQuestion,
    Policy,
    Reason,
    RuleScore,
    RuleStatus,
    Score,
    Verdict,
)
from assessments.score.words import CONFIDENCES, STATUSES
from groundwork import words as formats
from groundwork.languages import NO_BREAK
from reports.reasons.inputs import Snapshot, policy_of


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the sentences need beside the numbers: the language, the thresholds, and the names."""

    language: str
    policy: Policy
    rules: Mapping[str, str]
    questions: Mapping[str, str]
    time_zone: str = "UTC"

    def percent(self, value: Fraction) -> str:
        return wording.percent(value, self.policy, self.language)

    @property
    def point(self) -> str:
        """What stands before the decimals."""
        return self.number(Fraction(1, 2), digits=1)[1:2]

    def coverage(self, value: Fraction) -> str:
        return wording.coverage(value, self.policy, self.language)

    def number(self, value: Fraction | int, *, digits: int = 2) -> str:
        return formats.number(value, self.language, digits=digits)

    def moment(self, stored: str | None) -> str:
        """“2 March 2026, 10:30”, where the scorecard was made; empty for None."""
        if stored is None:
            return ""
        return formats.moment(datetime.fromisoformat(stored), self.language, zone=ZoneInfo(self.time_zone))

    def day(self, stored: str | None) -> str:
        """The same without the time of the day; a plain date is taken as it is."""
        if stored is None:
            return ""
        value = datetime.fromisoformat(stored)
        if value.tzinfo is not None:
            value = value.astimezone(ZoneInfo(self.time_zone))
        return formats.day(value.date(), self.language)


def words_of(snapshot: Snapshot, language: str) -> Words:
    """What the sentences about one snapshot need."""
    rules = snapshot["release"]["rules"]
    return Words(
        language=language,
        policy=policy_of(snapshot["release"]["policy"]),
        rules={rule["key"]: rule["name"][language] for rule in rules},
        questions={q["key"]: q["short"][language] for rule in rules for q in rule["questions"]},
        time_zone=snapshot["time_zone"],
    )


def verdict(score: Score) -> str:
    """What decides the verdict, below the heading that says it."""
    counts = {status: sum(rule.status == status for rule in score.rules) for status in RuleStatus}
    if score.verdict == Verdict.MET:
        return wording.verdict(score)
    if score.verdict == Verdict.UNDECIDED:
        return ngettext(
            "%(count)s rule is not rated, for lack of grades.",
            "%(count)s rules are not rated, for lack of grades.",
            counts[RuleStatus.NOT_RATED],
        ) % {"count": counts[RuleStatus.NOT_RATED]}
    return _("Some is not enough: %(counts)s.") % {"counts": _counted(counts)}


def _counted(counts: Mapping[RuleStatus, int]) -> str:
    patterns = [
        (RuleStatus.BROKEN, ngettext("%(count)s rule broken", "%(count)s rules broken", counts[RuleStatus.BROKEN])),
        (
            RuleStatus.PARTLY,
            ngettext("%(count)s rule partly met", "%(count)s rules partly met", counts[RuleStatus.PARTLY]),
        ),
        (
            RuleStatus.NOT_RATED,
            ngettext("%(count)s rule not rated", "%(count)s rules not rated", counts[RuleStatus.NOT_RATED]),
        ),
    ]
    return ", ".join(text % {"count": counts[status]} for status, text in patterns if counts[status])


def reason(rule: RuleScore, words: Words) -> str:
    """Why the rule has its status, in one line that names the lowest grade."""
    if rule.reason in (Reason.NOTHING_APPLIES, Reason.COVERAGE_BELOW_MINIMUM):
        return wording.why(rule, words.policy, words.language)
    if rule.percent == FULL:
        return _("Every grade is the highest.")
    sentences = {
        Reason.KNOCKOUT: _("Knock-out: %(lowest)s."),
        Reason.PERCENT_BELOW_BROKEN: _("Below %(broken)s. Lowest: %(lowest)s."),
        Reason.PERCENT_BETWEEN: _("Below the %(met)s needed. Lowest: %(lowest)s."),
        Reason.PERCENT_MEETS_THRESHOLD: _("Reaches %(met)s. Lowest: %(lowest)s."),
    }
    if rule.knockouts and rule.reason == Reason.PERCENT_BELOW_BROKEN:
        sentences[rule.reason] = _("Below %(broken)s. Knock-out: %(lowest)s.")
    among = rule.knockouts if rule.status == RuleStatus.BROKEN else ()
    return sentences[rule.reason] % {
        "lowest": _named(_lowest(rule, among), words),
        "met": words.percent(words.policy.met_threshold),
        "broken": words.percent(words.policy.broken_threshold),
    }


def brief_reason(rule: RuleScore, words: Words) -> str:
    """The same for page one, where percent and mark stand beside it: the grade that tells most, in one line.

    The name of its question comes last, for what is cut is the end; where grades are missing, how much is covered comes
    first.
    """
    if not rule.is_rated:
        return wording.why(rule, words.policy, words.language)
    if rule.percent == FULL:
        said = _("Every grade is the highest.")
    else:
        failed = rule.knockouts if rule.status == RuleStatus.BROKEN else ()
        lowest = _lowest(rule, failed)
        told = {
            "grade": words.number(lowest.grade or 0),
            "highest": GRADES[-1],
            "question": words.questions[lowest.key],
        }
        knockout = _("Knock-out %(grade)s of %(highest)s: %(question)s")
        said = (knockout if failed else _("Lowest %(grade)s of %(highest)s: %(question)s")) % told
    if rule.coverage == FULL:
        return said
    return _("Coverage %(coverage)s. %(reason)s") % {"coverage": words.coverage(rule.coverage), "reason": said}


def _lowest(rule: RuleScore, among: Sequence[str] = ()) -> GradedQuestion:
    """The lowest grade; of equals the heavier question, then the earlier."""
    graded = [q for q in rule.questions if q.grade is not None and (not among or q.key in among)]
    return min(graded, key=lambda question: (question.grade, -question.weight))


def _named(question: GradedQuestion, words: Words) -> str:
    """“Joint rehearsal”, 3 of 4: the grade is never torn apart at the end of a line."""
    said = _("“%(question)s”, %(grade)s of %(highest)s") % {
        "question": words.questions[question.key],
        "grade": words.number(question.grade or 0),
        "highest": GRADES[-1],
    }
    name, comma, grade = said.rpartition(", ")
    return f"{name}{comma}{grade.replace(' ', NO_BREAK)}"


def weakest(score: Score, words: Words) -> str:
    """The weakest rule in one sentence."""
    rule = next((rule for rule in score.rules if rule.rule == score.weakest), None)
    if rule is None or rule.percent is None:
        return _("No rule is rated, so none is the weakest.")
    said = {
        "rule": words.rules[rule.rule],
        "percent": words.percent(rule.percent),
        "status": str(STATUSES[rule.status]).lower(),
    }
    return _("The weakest rule is “%(rule)s”: %(percent)s, %(status)s.") % said


def confidence(score: Score, *, graded: int, evidenced: int) -> str:
    """The confidence, with how many grades have evidence; who was heard is said beside it."""
    level = str(CONFIDENCES[score.confidence]).lower()
    if not graded:
        return _("Confidence: %(level)s (nothing is graded).") % {"level": level}
    rests = _("grades with evidence: %(evidenced)s of %(graded)s") % {"evidenced": evidenced, "graded": graded}
    return _("Confidence: %(level)s (%(rests)s).") % {"level": level, "rests": rests}


def arithmetic_words(words: Words, *, tells_independence: bool) -> list[str]:
    """How the scores came about, in the order of the arithmetic; `tells_independence`: engine 2 and later."""
    policy = words.policy
    values = {
        "highest": GRADES[-1],
        "met": words.percent(policy.met_threshold),
        "broken": words.percent(policy.broken_threshold),
        "minimum": words.coverage(policy.minimum_coverage),
        "knockout": policy.knockout_below,
    }
    independence = _(
        "A rater who had read others’ answers before rating, or changed answers afterwards, is not independent: the "
        "grades count in the mean and in the differences to discuss, but neither in the confidence nor in the "
        "agreement of the raters."
    )
    return [
        text % values
        for text in (
            _(
                "Each question is graded 0 to %(highest)s against described levels; its percent is "
                "grade / %(highest)s × 100. Of several raters, the mean counts, unless they agreed on a grade. "
                "What the vendor says of itself never counts."
            ),
            *([independence] if tells_independence else []),
            _(
                "A rule’s percent is Σ weight × percent / Σ weight over its graded questions. Coverage is the share "
                "of the applicable weight that is graded. “Not applicable” leaves the sum; “don’t know” and "
                "unanswered lower the coverage, never the percent."
            ),
            _("The bounds count every missing grade as 0 and as %(highest)s."),
            _(
                "A rule is not rated below %(minimum)s coverage; broken below %(broken)s, or when a knock-out "
                "question is graded below %(knockout)s; met from %(met)s; partly met between."
            ),
            _(
                "The verdict is met only when all rules are met. The average of the rated rules is shown, and "
                "decides nothing. Fractions are exact; figures are rounded only where they are shown."
            ),
        )
    ]
