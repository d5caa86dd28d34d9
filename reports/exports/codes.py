"""The codes of an export in words, where no other table of the product has them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.findings.words import FINDINGS
from assessments.models import Blank
from assessments.score.arithmetic import QuestionState
from assessments.score.words import QUESTION_STATES, STATUSES
from reports.exports.shapes import Shown, Source
from vendors.measures.metrics import Direction

Words = Mapping[str, str | Promise]

STATES: Words = {
    QuestionState.GRADED: pgettext_lazy("state of a question", "Graded"),
    **QUESTION_STATES,
}
NOT_APPLICABLE: Words = {Blank.NOT_APPLICABLE: QUESTION_STATES[QuestionState.NOT_APPLICABLE]}
SOURCES: Words = {
    Source.SNAPSHOT: _("The snapshot of its scorecard"),
    Source.ROWS: _("As it stands now; it is not approved"),
    Source.DAMAGED: _("Its snapshot is damaged: nothing is said of it"),
}
SHOWN: Words = {
    Shown.ALL: pgettext_lazy("what is shown", "All"),
    Shown.OWN: _("Your own answers alone, for you still judge"),
}
REASONS: Words = {
    "nothing_applies": _("Nothing applies"),
    "coverage_below_minimum": _("Too little is graded"),
    "percent_below_broken": _("Below the threshold for broken"),
    "knockout": _("A knock-out question is graded too low"),
    "percent_meets_threshold": _("At the threshold for met, or above"),
    "percent_between": _("Between the thresholds"),
}
DIRECTIONS: Words = {
    Direction.FALLING: pgettext_lazy("trend of a measure", "Falling"),
    Direction.RISING: pgettext_lazy("trend of a measure", "Rising"),
    Direction.FLAT: pgettext_lazy("trend of a measure", "Flat"),
    Direction.TOO_LITTLE_DATA: pgettext_lazy("trend of a measure", "Too little data"),
}
FOUND: Words = {
    **{code.value: words for code, words in FINDINGS.items()},
    "not_rated": STATUSES["not_rated"],
    "not_tested": pgettext_lazy("finding", "Not tested"),
}
