"""The tables of an export and their columns: for the files, for what is said of them in each, and for the schema.

A key is the same in every language and stays; what a column is called is the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.models import AssessmentState, Blank, CommitmentState, FrequencyUnit, KeptBy, ResponseKind, Stance
from assessments.score.words import CONFIDENCES, STATUSES, VERDICTS
from reports.exports.codes import DIRECTIONS, FOUND, NOT_APPLICABLE, REASONS, SHOWN, SOURCES, STATES, Words
from vendors.measures.words import UNITS
from vendors.models import TermDecision, TermUnit, Tier


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"  # a whole number
    NUMBER = "number"  # a decimal one
    EXACT = "exact"  # a fraction as text, “200/3”
    DAY = "day"
    MOMENT = "moment"  # ISO, in UTC
    FLAG = "flag"  # yes or no
    CODE = "code"  # one of `words`
    AGREED = "agreed"  # a grade, or that it does not apply


@dataclass(frozen=True, kw_only=True)
class Column:
    key: str
    kind: Kind
    label: str | Promise
    words: Words | None = None  # of a code
    about: str | Promise = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    key: str
    title: str | Promise
    about: str | Promise
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns)


def _of(choices: type[object]) -> Words:
    return {value: label for value, label in choices.choices if value}  # type: ignore[attr-defined]


def _text(key: str, label: str | Promise, about: str | Promise = "") -> Column:
    return Column(key=key, kind=Kind.TEXT, label=label, about=about)


def _whole(key: str, label: str | Promise, about: str | Promise = "") -> Column:
    return Column(key=key, kind=Kind.WHOLE, label=label, about=about)


def _number(key: str, label: str | Promise, about: str | Promise = "") -> Column:
    return Column(key=key, kind=Kind.NUMBER, label=label, about=about)


def _exact(key: str, label: str | Promise) -> Column:
    return Column(key=key, kind=Kind.EXACT, label=label, about=_("As a fraction, which nothing was rounded of"))


def _day(key: str, label: str | Promise) -> Column:
    return Column(key=key, kind=Kind.DAY, label=label)


def _moment(key: str, label: str | Promise) -> Column:
    return Column(key=key, kind=Kind.MOMENT, label=label, about=_("In UTC"))


def _flag(key: str, label: str | Promise, about: str | Promise = "") -> Column:
    return Column(key=key, kind=Kind.FLAG, label=label, about=about)


def _code(key: str, label: str | Promise, words: Words, about: str | Promise = "") -> Column:
    return Column(key=key, kind=Kind.CODE, label=label, words=words, about=about)


_ASSESSMENT = _text("assessment", _("Assessment"))
_VENDOR = _whole("vendor", _("Vendor’s number"), _("The same in every export"))
_VENDOR_NAME = _text("vendor_name", _("Vendor"))
_RULE = _text("rule", _("Rule’s key"))
_QUESTION = _text("question", _("Question’s key"), _("The same through all editions of the questions"))

TABLES: tuple[Table, ...] = (
    Table(
        key="vendors",
        title=_("Vendors"),
        about=_("Whom this file is about."),
        columns=(
            _VENDOR,
            _text("name", _("Name")),
            _text("reference", _("Your reference")),
            _code("tier", _("Tier"), _of(Tier)),
            _text("country", _("Country")),
            _text("department", _("Department that orders")),
            _flag("archived", _("Archived")),
            _code("shown", _("What is shown"), SHOWN),
        ),
    ),
    Table(
        key="assessments",
        title=_("Assessments"),
        about=_("One line an assessment, with its result and the thresholds that it rests on."),
        columns=(
            _ASSESSMENT,
            _VENDOR,
            _VENDOR_NAME,
            _day("period_start", _("Period from")),
            _day("period_end", _("Period to")),
            _text("edition", _("Edition of the questions")),
            _code("state", _("State"), _of(AssessmentState)),
            _code("source", _("Read from"), SOURCES),
            _code("shown", _("What is shown"), SHOWN),
            _text("owner", _("Owner")),
            _text("scorecard", _("Scorecard")),
            _day("approved_on", _("Approved on")),
            _text("sha256", _("SHA-256 of the snapshot")),
            _whole("met_threshold", _("Met from, percent")),
            _whole("broken_threshold", _("Broken below, percent")),
            _whole("minimum_coverage", _("Minimum coverage, percent")),
            _whole("knockout_below", _("Knock-out below grade")),
            _whole("rules_met", _("Rules met")),
            _whole("rules", _("Rules")),
            _code("verdict", _("Verdict"), VERDICTS),
            _text("weakest", _("Weakest rule")),
            _exact("average_exact", _("Average, exact")),
            _number("average", _("Average, percent"), _("Of the rated rules; it does not decide")),
            _code("confidence", _("Confidence"), CONFIDENCES),
        ),
    ),
    Table(
        key="rules",
        title=_("Rules"),
        about=_("The arithmetic of each rule: the sum, the coverage, the status."),
        columns=(
            _ASSESSMENT,
            _RULE,
            _whole("number", _("Number")),
            _text("name", _("Rule")),
            _code("status", _("Status"), STATUSES),
            _code("reason", _("Why"), REASONS),
            _exact("percent_exact", _("Percent, exact")),
            _number("percent", _("Percent")),
            _exact("coverage_exact", _("Coverage, exact")),
            _number("coverage", _("Coverage, percent")),
            _number("low", _("Low"), _("Every missing grade counted as 0")),
            _number("high", _("High"), _("Every missing grade counted as 100 percent")),
            _number("weight_graded", _("Weight graded")),
            _number("weight_applicable", _("Weight that applies")),
            _number("weighted_sum", _("Weighted sum")),
            _whole("knocked_out", _("Knock-outs"), _("How many knock-out questions are graded too low")),
            _number("rated_percent", _("Percent, where rated")),
        ),
    ),
    Table(
        key="questions",
        title=_("Questions"),
        about=_("The arithmetic of each question: what its answers, or the agreement on it, come to."),
        columns=(
            _ASSESSMENT,
            _RULE,
            _QUESTION,
            _text("number", _("Number")),
            _text("text", _("Question")),
            _flag("counts", _("Counts"), _("A supplementary question is in no result")),
            _number("weight", _("Weight")),
            _flag("knockout", _("Knock-out")),
            Column(
                key="agreed",
                kind=Kind.AGREED,
                label=_("Agreed"),
                words=NOT_APPLICABLE,
                about=_("The grade that the raters agreed on, or that the question does not apply"),
            ),
            _code("state", _("State"), STATES),
            _exact("grade_exact", _("Grade, exact")),
            _number("grade", _("Grade"), _("What was agreed, else the mean of the raters’ grades")),
            _number("percent", _("Percent")),
            _number("weight_graded", _("Weight graded")),
            _number("weight_applicable", _("Weight that applies")),
            _number("weighted", _("Weighted percent")),
            _whole("knocked_out", _("Knocked out")),
            _flag("disagreement", _("Raters differ"), _("By two grades or more")),
        ),
    ),
    Table(
        key="responses",
        title=_("Questionnaires"),
        about=_("Who was asked, and who handed in."),
        columns=(
            _ASSESSMENT,
            _text("response", _("Questionnaire")),
            _code("kind", _("Whose"), _of(ResponseKind)),
            _text("name", _("Name")),
            _text("department", _("Department")),
            _moment("handed_in_at", _("Handed in")),
            _flag("independent", _("Judged alone"), _("No: had read what others answered before")),
            _flag("shown", _("Shown"), _("No: it is not handed in, and nobody else reads it")),
        ),
    ),
    Table(
        key="answers",
        title=_("Answers"),
        about=_("Every answer of every questionnaire that you may read."),
        columns=(
            _ASSESSMENT,
            _text("response", _("Questionnaire")),
            _code("kind", _("Whose"), _of(ResponseKind)),
            _text("name", _("Name")),
            _RULE,
            _QUESTION,
            _text("number", _("Number")),
            _whole("grade", _("Grade"), _("From 0 to 4")),
            _code("blank", _("No grade because"), _of(Blank)),
            _text("reason", _("Why it does not apply")),
            _text("comment", _("Comment")),
            _text("vendor_says", _("What the vendor answers")),
            _number("fact_value", _("Recorded fact")),
            _code("fact_unit", _("Fact’s unit"), _of(FrequencyUnit), _("Empty for percent")),
            _flag("carried_over", _("Carried over"), _("Its texts come from the assessment before, unconfirmed")),
            _text("in_place", _("Answered by"), _("A colleague who answered in the rater’s place")),
            _whole("files", _("Files")),
        ),
    ),
    Table(
        key="evidence",
        title=_("Evidence"),
        about=_("The files behind the answers: their names and fingerprints, not the files themselves."),
        columns=(
            _ASSESSMENT,
            _text("response", _("Questionnaire")),
            _QUESTION,
            _text("name", _("File")),
            _whole("size", _("Size, bytes")),
            _text("sha256", _("SHA-256")),
        ),
    ),
    Table(
        key="notes",
        title=_("Notes"),
        about=_("What was noted of what the vendor said, before it answered itself."),
        columns=(
            _ASSESSMENT,
            _QUESTION,
            _text("text", _("Note")),
            _text("by", _("By")),
            _moment("at", _("At")),
        ),
    ),
    Table(
        key="consensus",
        title=_("Consensus"),
        about=_("What the raters agreed on where they differed."),
        columns=(
            _ASSESSMENT,
            _QUESTION,
            Column(key="agreed", kind=Kind.AGREED, label=_("Agreed"), words=NOT_APPLICABLE),
            _text("reason", _("Reason")),
            _day("held_on", _("Day of the meeting")),
            _text("present", _("Who was there")),
        ),
    ),
    Table(
        key="replies",
        title=_("Replies"),
        about=_("What the vendor says of the result, rule by rule. It changes no score."),
        columns=(
            _ASSESSMENT,
            _RULE,
            _code("stance", _("Stance"), _of(Stance)),
            _text("text", _("Reply")),
            _text("by", _("By")),
            _moment("at", _("At")),
            _flag("to_earlier_result", _("To an earlier result")),
        ),
    ),
    Table(
        key="findings",
        title=_("Findings"),
        about=_("What the measures make of ratings and claims, as the scorecard says it."),
        columns=(
            _ASSESSMENT,
            _RULE,
            _text("measure", _("Measure’s key")),
            _code("finding", _("Finding on the rating"), FOUND),
            _code("claim_finding", _("Finding on the claim"), FOUND),
            _number("claim_percent", _("Claim, percent"), _("What the vendor says of itself")),
            _number("rating_percent", _("Rating, percent")),
            _text("incidents", _("Incidents"), _("That it rests on; the first of them")),
            _whole("incident_count", _("Incidents, number")),
        ),
    ),
    Table(
        key="measures",
        title=_("Measures"),
        about=_("What was measured when the scorecard was made."),
        columns=(
            _ASSESSMENT,
            _text("measure", _("Measure’s key")),
            _text("name", _("Measure")),
            _RULE,
            _code("unit", _("Unit"), UNITS),
            _number("overall", _("Overall")),
            _number("target", _("Target")),
            _code("direction", _("Trend"), DIRECTIONS),
            _number("slope", _("Slope"), _("In its unit, from one period to the next")),
            _number("p", _("p")),
            _number("adjusted_p", _("p, corrected")),
            _whole("periods", _("Periods with data")),
            _day("since", _("From")),
            _day("until", _("To")),
            _moment("known_until", _("Known until")),
        ),
    ),
    Table(
        key="periods",
        title=_("Periods"),
        about=_("The measures, period by period."),
        columns=(
            _ASSESSMENT,
            _text("measure", _("Measure’s key")),
            _day("start", _("From")),
            _day("end", _("To")),
            _number("value", _("Value")),
            _whole("known", _("Known of")),
            _whole("total", _("Of incidents")),
            _flag("left_out", _("Left out of the trend")),
        ),
    ),
    Table(
        key="commitments",
        title=_("Commitments"),
        about=_("What the vendor was asked for and promised, as it stands now."),
        columns=(
            _text("commitment", _("Commitment")),
            _VENDOR,
            _VENDOR_NAME,
            _ASSESSMENT,
            _RULE,
            _QUESTION,
            _text("what", _("What will be done")),
            _text("why", _("Why")),
            _text("contact", _("At the vendor")),
            _text("owner", _("Followed up by")),
            _day("due_on", _("Due on")),
            _code("state", _("State"), _of(CommitmentState)),
            _day("agreed_on", _("Agreed on")),
            _text("agreed_by", _("Agreed by")),
            _day("ended_on", _("Ended on")),
            _code("kept_by", _("Shown by"), _of(KeptBy)),
            _text("measure", _("Measure’s key")),
            _number("target", _("Target")),
        ),
    ),
    Table(
        key="contracts",
        title=_("Contracts"),
        about=_("What binds you and the vendor."),
        columns=(
            _VENDOR,
            _VENDOR_NAME,
            _text("contract", _("Contract")),
            _day("starts_on", _("Start")),
            _day("ends_on", _("End")),
            _whole("notice", _("Notice")),
            _code("notice_unit", _("Notice in"), _of(TermUnit)),
            _whole("renews_months", _("Renews by itself for months")),
            _day("decide_by", _("Decide by")),
            _code("decision", _("Decision"), _of(TermDecision)),
            _day("ended_on", _("Ended on")),
            _text("owner", _("Who looks after it")),
            _text("note", _("Note")),
        ),
    ),
)
BY_KEY = {table.key: table for table in TABLES}
OF_ASSESSMENTS = tuple(
    table.key for table in TABLES if table.key not in {"vendors", "commitments", "contracts"}
)  # in which a dossier has its rows
