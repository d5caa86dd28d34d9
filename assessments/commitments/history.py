"""What happened to a commitment, step by step, in sentences: the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.commitments.measured_words import sentences
from assessments.commitments.words import measure_name
from assessments.models import Commitment, CommitmentStep, StepKind
from groundwork.words import day
from vendors.measures.catalogue import BY_KEY
from vendors.measures.words import figure

SAID: Mapping[str, Promise] = {
    StepKind.PROPOSED: gettext_lazy("%(who)s wrote down what is asked."),
    StepKind.CHANGED: gettext_lazy("%(who)s changed it."),
    StepKind.AGREED: gettext_lazy("%(who)s recorded that the vendor agrees."),
    StepKind.DECLINED: gettext_lazy("%(who)s recorded that the vendor does not agree."),
    StepKind.PROGRESS: gettext_lazy("%(who)s noted how far it is."),
    StepKind.REPORTED: gettext_lazy("%(who)s recorded that the vendor reports it done."),
    StepKind.RETURNED: gettext_lazy("%(who)s did not accept it yet."),
    StepKind.KEPT: gettext_lazy("%(who)s found it kept."),
    StepKind.MISSED: gettext_lazy("%(who)s found it missed."),
    StepKind.REOPENED: gettext_lazy("%(who)s opened it again."),
    StepKind.WITHDRAWN: gettext_lazy("%(who)s withdrew it."),
}
SAID_BY_VENDOR: Mapping[str, Promise] = {
    StepKind.AGREED: gettext_lazy("%(who)s agreed for the vendor."),
    StepKind.DECLINED: gettext_lazy("%(who)s did not agree for the vendor."),
    StepKind.PROGRESS: gettext_lazy("%(who)s told for the vendor how far it is."),
    StepKind.REPORTED: gettext_lazy("%(who)s reported it done for the vendor."),
}
OPENED_BY_MEASURE: Promise = gettext_lazy("Its measure fell back, so it was opened again.")
EARLIER: Mapping[str, Promise] = {
    "rule": gettext_lazy("Another rule before"),
    "question": gettext_lazy("Another question before"),
    "what": gettext_lazy("What was asked before"),
    "why": gettext_lazy("Why, before"),
    "due_on": gettext_lazy("Due before"),
    "measure": gettext_lazy("Measure before"),
    "target": gettext_lazy("Target before"),
}
SILENT = frozenset({"rule", "question"})  # their keys are no words that anybody reads


@dataclass(frozen=True, kw_only=True)
class Before:
    """What a field held before a change; `text` is empty where it held nothing, or nothing to read."""

    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    at: datetime
    sentence: str
    text: str
    before: tuple[Before, ...]
    step: CommitmentStep
    measured: str = ""


def history(commitment: Commitment, *, shows_figures: bool = False) -> list[HistoryLine]:
    """One query. `shows_figures`: with what the measure said at a step."""
    steps = commitment.steps.select_related("user", "link").order_by("-at", "-pk")
    return [line(step, commitment, shows_figures=shows_figures) for step in steps]


def line(step: CommitmentStep, commitment: Commitment, *, shows_figures: bool = False) -> HistoryLine:
    is_measured = shows_figures and bool(step.figures) and "outcome" in (step.figures or {})
    return HistoryLine(
        measured=sentences(step.figures or {}) if is_measured else "",
        at=step.at,
        sentence=_sentence(step),
        text=step.text,
        before=tuple(_before(step, commitment)) if step.kind == StepKind.CHANGED else (),
        step=step,
    )


def _sentence(step: CommitmentStep) -> str:
    if not step.by:
        return str(OPENED_BY_MEASURE)
    said = SAID_BY_VENDOR.get(step.kind, SAID[step.kind]) if step.link else SAID[step.kind]
    return said % {"who": step.by}


def _before(step: CommitmentStep, commitment: Commitment) -> list[Before]:
    earlier: Mapping[str, Any] = step.figures or {}
    measure = earlier.get("measure", commitment.measure) or ""
    return [
        Before(label=str(EARLIER[name]), text="" if name in SILENT else _in_words(name, earlier[name], measure))
        for name in EARLIER
        if name in earlier
    ]


def _in_words(name: str, value: str | None, measure: str) -> str:
    if not value:
        return _("none")
    if name == "due_on":
        return day(date.fromisoformat(value))
    if name == "measure":
        return measure_name(value)
    if name == "target" and measure in BY_KEY:
        return figure(float(value), BY_KEY[measure].unit)
    return value
