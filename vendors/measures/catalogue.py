"""The measures: what each is called, which rule it speaks to, its unit, and what it needs. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    HOURS = "hours"
    PERCENT = "percent"  # 0 to 100
    TIMES = "times"  # a mean number, such as hand-overs
    INCIDENTS = "incidents"  # a count
    DAYS = "days"  # working days
    FEELING = "feeling"  # a mean of 1 (angry) to 5 (delighted)


# Where a unit ends; those that are not named begin at 0 and have no end.
LEAST: Mapping[str, float] = {Unit.FEELING: 1.0}
MOST: Mapping[str, float] = {Unit.PERCENT: 100.0, Unit.FEELING: 5.0}


def _(text: str) -> str:
    """Marks a text for the catalogues; this module stays free of what translates."""
    return text


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What is measured. `rule` is the key of the rule that it speaks to, empty for none; `lower_is_better` is None
    where neither direction is better by itself. Its texts are those of the catalogues, translated where they are shown:
    what it is called, how it is taken, and what to record before it can say something. `is_said`: it rests on what
    people said, by when they said it, not on incidents."""

    key: str
    rule: str
    unit: Unit
    lower_is_better: bool | None
    label: str
    explanation: str
    need: str = ""
    is_said: bool = False


MEASURES: tuple[Measure, ...] = (
    Measure(
        key="restored_late",
        rule="support",
        unit=Unit.PERCENT,
        lower_is_better=True,
        label=_("Business restored after “resolved”"),
        explanation=_(
            "The share of incidents in which the business worked again only after the vendor had called them resolved."
        ),
        need=_("Record when the business was restored, beside when the incident was resolved."),
    ),
    Measure(
        key="handovers",
        rule="consistency",
        unit=Unit.TIMES,
        lower_is_better=True,
        label=_("Hand-overs per incident"),
        explanation=_("How often an incident was handed from one person or team to the next, on average."),
        need=_("Record how often incidents are handed over."),
    ),
    Measure(
        key="spread",
        rule="consistency",
        unit=Unit.HOURS,
        lower_is_better=True,
        label=_("Difference between those who handled"),
        explanation=_(
            "The hours between the slowest and the quickest of those who handled incidents: each by the median "
            "time to resolve, where they resolved at least two."
        ),
        need=_("Record who handled the incidents: two or more, with two resolved incidents each."),
    ),
    Measure(
        key="told_why",
        rule="guidance",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Told why the vendor asks"),
        explanation=_("What people answered after an incident: yes counts as 100, partly as 50, no as 0; the mean."),
        need=_("Ask those concerned after an incident."),
    ),
    Measure(
        key="contacts_said_all",
        rule="guidance",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Contacts at which all was said"),
        explanation=_(
            "Of the contacts in the timelines of incidents, the share at which the vendor said what it asks, why, what "
            "it does with it, what comes next, and when: all five."
        ),
        need=_("Write down in the hour of an incident what the vendor says at each contact."),
    ),
    Measure(
        key="promises_kept_hour",
        rule="guidance",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Promised moments that were kept"),
        explanation=_(
            "Of the moments that the vendor named in the hour of an incident, the share by which it was heard from "
            "again. One before which the business ran does not count."
        ),
        need=_("Write down in the hour of an incident when the vendor says that something comes next."),
    ),
    Measure(
        key="told_beforehand",
        rule="guidance",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Told beforehand"),
        explanation=_(
            "Whether people were told before it hit them, as they say in the voice of the customer and in pulses: yes "
            "counts as 100, partly as 50, no as 0; the mean, by the month in which they said it."
        ),
        need=_("Let people say in the voice of the customer, or after an incident, whether they were told beforehand."),
        is_said=True,
    ),
    Measure(
        key="workaround",
        rule="guidance",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("A way round was offered"),
        explanation=_(
            "Whether people were offered a way to go on working, as they say in the voice of the customer and in "
            "pulses: yes counts as 100, partly as 50, no as 0; the mean, by the month in which they said it."
        ),
        need=_("Let people say in the voice of the customer, or after an incident, whether a way round was offered."),
        is_said=True,
    ),
    Measure(
        key="fixes_thrown",
        rule="troubleshooting",
        unit=Unit.PERCENT,
        lower_is_better=True,
        label=_("Fixes thrown at the problem"),
        explanation=_(
            "Whether fixes were tried without proof of the cause, as people answered after an incident: yes "
            "counts as 100, partly as 50, no as 0; the mean."
        ),
        need=_("Ask those concerned after an incident."),
    ),
    Measure(
        key="reopened",
        rule="troubleshooting",
        unit=Unit.PERCENT,
        lower_is_better=True,
        label=_("Reopened incidents"),
        explanation=_("The share of incidents that were opened again after they had been called resolved."),
        need=_("Record how often incidents are reopened."),
    ),
    Measure(
        key="first_response",
        rule="speed",
        unit=Unit.HOURS,
        lower_is_better=True,
        label=_("Time to the first response"),
        explanation=_(
            "The hours until a person of the vendor first answered, on average. An incident that nobody answered or "
            "resolved in the time for which each is followed counts for that time."
        ),
        need=_("Record when the vendor first answered."),
    ),
    Measure(
        key="duration_mean",
        rule="speed",
        unit=Unit.HOURS,
        lower_is_better=True,
        label=_("Mean time to resolve"),
        explanation=_(
            "The hours from opened to resolved, on average. Each incident is followed for the same time and counts for "
            "at most that, even while it is open: else recent months would always look quicker than old ones."
        ),
        need=_("Record when incidents are resolved."),
    ),
    Measure(
        key="duration_median",
        rule="speed",
        unit=Unit.HOURS,
        lower_is_better=True,
        label=_("Median time to resolve"),
        explanation=_(
            "The hours from opened to resolved: half of the incidents took less, half more. Each is followed for the "
            "same time and counts for at most that."
        ),
        need=_("Record when incidents are resolved."),
    ),
    Measure(
        key="was_fast",
        rule="speed",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Found fast by those concerned"),
        explanation=_(
            "Whether help was fast, as people answered after an incident: yes counts as 100, partly as 50, no as "
            "0; the mean."
        ),
        need=_("Ask those concerned after an incident."),
    ),
    Measure(
        key="repeat_count",
        rule="proof",
        unit=Unit.INCIDENTS,
        lower_is_better=True,
        label=_("Problems that came back"),
        explanation=_(
            "The number of incidents whose problem or cause had led to another mission-critical incident not long "
            "before. Incidents whose problem nobody recorded cannot be seen as repeats."
        ),
        need=_("Record the problem or cause of each incident."),
    ),
    Measure(
        key="repeats",
        rule="proof",
        unit=Unit.PERCENT,
        lower_is_better=True,
        label=_("Repeated problems"),
        explanation=_(
            "The same as a share of the incidents whose problem or cause is known. The number decides, not the share."
        ),
        need=_("Record the problem or cause of each incident."),
    ),
    Measure(
        key="proven",
        rule="proof",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Root cause proven"),
        explanation=_(
            "The share of incidents whose root cause is recorded as proven, among those where this is recorded."
        ),
        need=_("Record whether the root cause was proven."),
    ),
    Measure(
        key="cause_proven",
        rule="proof",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Cause seen as proven by those concerned"),
        explanation=_(
            "Whether the cause was proven, as people answered after an incident: yes counts as 100, partly as 50, "
            "no as 0; the mean."
        ),
        need=_("Ask those concerned after an incident."),
    ),
    Measure(
        key="proof_in_time",
        rule="proof",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Proofs of cause in time"),
        explanation=_(
            "The share of the proofs of cause that were first handed in by their day, among those whose day is over. "
            "One for which you gave more time is held against its new day; one that you do not ask for any more does "
            "not count."
        ),
        need=_("Ask for the proof of cause after each critical incident."),
    ),
    Measure(
        key="proof_days",
        rule="proof",
        unit=Unit.DAYS,
        lower_is_better=True,
        label=_("Working days to the proof of cause"),
        explanation=_(
            "The working days from asking for a proof of cause to its first hand-in, on average. Each proof is "
            "followed for 30 working days and counts for at most that, even while nothing is handed in."
        ),
        need=_("Ask for the proof of cause after each critical incident."),
    ),
    Measure(
        key="volume",
        rule="prevention",
        unit=Unit.INCIDENTS,
        lower_is_better=True,
        label=_("Mission-critical incidents"),
        explanation=_("The number of mission-critical incidents that were opened."),
    ),
    Measure(
        key="sla",
        rule="",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Service level met"),
        explanation=_(
            "The share of incidents in which the agreed service level was met, among those where this is known."
        ),
        need=_("Record whether the service level was met."),
    ),
    Measure(
        key="feeling",
        rule="",
        unit=Unit.FEELING,
        lower_is_better=False,
        label=_("How it felt"),
        explanation=_(
            "How people felt about this vendor, as they say in the voice of the customer and in pulses, from 1 (angry) "
            "to 5 (delighted): the mean, by the month in which they said it. It decides nothing by itself."
        ),
        need=_("Let people say how it felt, in the voice of the customer or after an incident."),
        is_said=True,
    ),
    Measure(
        key="courteous",
        rule="",
        unit=Unit.PERCENT,
        lower_is_better=False,
        label=_("Courteous in tone"),
        explanation=_(
            "Whether people were spoken to with courtesy, as they say in the voice of the customer and in pulses: yes "
            "counts as 100, partly as 50, no as 0; the mean, by the month in which they said it."
        ),
        need=_("Let people say in the voice of the customer, or after an incident, how they were spoken to."),
        is_said=True,
    ),
)


BY_KEY: Mapping[str, Measure] = {measure.key: measure for measure in MEASURES}


# The manifesto's own test: which measure holds against a rule that is rated met.
DECIDING: Mapping[str, str] = {"speed": "duration_mean", "proof": "repeat_count"}
