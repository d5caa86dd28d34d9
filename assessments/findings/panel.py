"""Where claim, rating and measure are shown, and to whom: nobody is led before their own answers are handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from assessments.findings import practice_words
from assessments.findings.findings import Finding, MeasuredRules, measured_rules_in, measured_rules_today
from assessments.findings.on_record import on_record_in
from assessments.findings.practice import PracticeFinding, practice_in, practice_today
from assessments.findings.practice_words import PracticeView
from assessments.findings.proven import ProvenView, proven_by, proven_in
from assessments.findings.words import MeasuredView, Names, Notice, view
from assessments.independence import let_read
from assessments.models import Assessment, AssessmentState
from assessments.score import words as wording
from assessments.score.reading import policy_of
from groundwork.together import Lookup, look_up
from manifesto.printed import edition
from vendors.measures.loading import held_to_in
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.rehearsals.records import record_in
from vendors.timeline.record import Record
from vendors.timeline.records import record_of_year_in
from vendors.timeline.words import RecordLine, lines_of_rule
from vendors.withheld import is_withheld, withheld_in

RULES_OF_THE_HOUR = ("guidance", "troubleshooting")
HELD_IN = frozenset({AssessmentState.COLLECTING, AssessmentState.IN_REVIEW})


@dataclass(frozen=True, kw_only=True)
class HoursView:
    """What the timelines of the last twelve months say, by the key of the rule that it is about; of how many
    incidents."""

    incidents: int
    rules: dict[str, list[RecordLine]]


@dataclass(frozen=True, kw_only=True)
class Section:
    """What one member sees; `view` is None where nothing is measured, or where it waits for the member's answers, as
    do `practice`: claims of rehearsals and reviews against what was held, and `proven`: accepted causes against what
    happened since. `on_record`: lines beside the questions of a rule, by its key."""

    vendor: Vendor
    is_withheld: bool = False
    view: MeasuredView | None = None
    practice: tuple[PracticeView, ...] = ()
    proven: tuple[ProvenView, ...] = ()
    hours: HoursView | None = None
    on_record: Mapping[str, list[str]] = field(default_factory=dict)


def section(assessment: Assessment, member: Membership, *, now: datetime | None = None) -> Section | None:
    """The grades of an assessment that is not approved yet against what is measured; None where there is nothing to
    hold against it. Of an approved one the scorecard says it, as it was frozen."""
    if assessment.state not in HELD_IN:
        return None
    if is_withheld(member, assessment.vendor):
        return Section(vendor=assessment.vendor, is_withheld=True)
    return section_in(assessment, member, reads=let_read(assessment, member.user), now=now).now()


def section_in(
    assessment: Assessment, member: Membership, *, reads: bool, now: datetime | None = None
) -> Lookup[Section | None]:
    """The same, to be read with what else a page shows. `reads`: what `let_read` said."""
    if assessment.state not in HELD_IN:
        return Lookup(reads=(), told=lambda: None)
    vendor, closed = assessment.vendor, withheld_in(member)
    shown = _section(assessment, now=now or timezone.now()) if reads else Lookup[None](reads=(), told=lambda: None)

    def told() -> Section | None:
        return Section(vendor=vendor, is_withheld=True) if vendor.pk in closed.told() else shown.told()

    return Lookup(reads=(*closed.reads, *shown.reads), told=told)


def _section(assessment: Assessment, *, now: datetime) -> Lookup[Section]:
    """To whom nothing is closed."""
    measured, practised = measured_rules_in(assessment, now=now), practice_in(assessment, now=now)
    proven, vendor = proven_in(assessment, now=now), assessment.vendor
    hours, on_record = record_of_year_in(vendor, now=now), on_record_in(vendor, now=now)

    def told() -> Section:
        found = measured.told()
        return Section(
            vendor=vendor,
            view=in_words(found, assessment) if found else None,
            practice=practice_in_words(practised.told(), assessment),
            proven=proven.told(),
            hours=hours_of(hours.told()),
            on_record=on_record.told(),
        )

    parts = (measured, practised, proven, hours, on_record)
    return Lookup(reads=tuple(rows for part in parts for rows in part.reads), told=told)


def hours_of(record: Record) -> HoursView | None:
    """In the active language; None where no timeline was filled."""
    if record.is_empty:
        return None
    rules = {rule: lines_of_rule(record, rule) for rule in RULES_OF_THE_HOUR}
    return HoursView(incidents=record.incidents, rules={rule: lines for rule, lines in rules.items() if lines})


def of_vendor(member: Membership, vendor: Vendor) -> Lookup[Panel | None] | None:
    """On the vendor's page: the latest approved ratings against the measures of today. Nothing for a member who still
    rates this vendor: the panel of the measures says so already."""
    if is_withheld(member, vendor):
        return None
    approved = vendor.assessments.approved().select_related("release").order_by("-closed_at", "-pk")
    latest, now = approved[:1], timezone.now()
    proven, held_to = proven_by(vendor, now=now), held_to_in(vendor, timezone.localdate(now))
    ahead = (*record_in(vendor).reads, *held_to.reads)  # which whatever is held against them asks for

    def told() -> Panel | None:
        return next((_panel(assessment, vendor, proven.told(), now) for assessment in latest), None)

    return Lookup(reads=(latest, *proven.reads, *ahead), told=told)


def _panel(assessment: Assessment, vendor: Vendor, proven: tuple[ProvenView, ...], now: datetime) -> Panel:
    assessment.vendor = vendor
    measured, practised = measured_rules_today(assessment, now=now), practice_today(assessment, now=now)
    look_up(measured, practised)
    found = measured.told()
    shown = Section(
        vendor=vendor,
        view=in_words(found, assessment) if found else None,
        practice=practice_in_words(practised.told(), assessment),
        proven=proven,
    )
    return Panel(
        template="assessments/findings/_panel_measured.html",
        head="assessments/findings/_head_contradicted.html",
        anchor="measured",
        label=_("Claim, rating and measure"),
        context={"section": shown, "assessment": assessment, "contradictions": _contradictions(shown)},
    )


def _contradictions(section: Section) -> list[Notice]:
    """What the head of a page says already."""
    notices = section.view.notices if section.view else ()
    return [notice for notice in notices if notice.finding == Finding.CONTRADICTED]


def in_words(found: MeasuredRules, assessment: Assessment) -> MeasuredView:
    """In the active language."""
    policy = policy_of(assessment.release)
    names = Names(
        rules={rule.key: (rule.position, rule.name or rule.key) for rule in edition(assessment.release).rules},
        percent=lambda value: wording.percent(value, policy),
    )
    return view(found, names)


def practice_in_words(found: tuple[PracticeFinding, ...], assessment: Assessment) -> tuple[PracticeView, ...]:
    """In the active language."""
    return practice_words.views(found, practice_words.called_in(edition(assessment.release)))
