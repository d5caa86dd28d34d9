"""Claims of practice held against what was held, in words, in the active language: for pages and for snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from assessments.findings.practice import By, Counted, PracticeFinding
from assessments.score.words import fact_words
from groundwork.words import day, number
from manifesto.printed import Edition
from vendors.rehearsals.practice import Held, Practice

LABELS: Mapping[tuple[By, Practice], Promise] = {
    (By.VENDOR, Practice.LESS): pgettext_lazy("finding about rehearsals", "Less often than claimed"),
    (By.VENDOR, Practice.MORE): pgettext_lazy("finding about rehearsals", "More often than claimed"),
    (By.VENDOR, Practice.KEPT): pgettext_lazy("finding about rehearsals", "As often as claimed"),
    (By.BOTH, Practice.LESS): pgettext_lazy("finding about rehearsals", "Less often than claimed"),
    (By.BOTH, Practice.MORE): pgettext_lazy("finding about rehearsals", "More often than claimed"),
    (By.BOTH, Practice.KEPT): pgettext_lazy("finding about rehearsals", "As often as claimed"),
    (By.US, Practice.LESS): pgettext_lazy("finding about rehearsals", "Less often than we noted"),
    (By.US, Practice.MORE): pgettext_lazy("finding about rehearsals", "More often than we noted"),
    (By.US, Practice.KEPT): pgettext_lazy("finding about rehearsals", "As often as we noted"),
}
CANNOT_TELL = pgettext_lazy("finding about rehearsals", "Cannot tell yet")
# As findings look elsewhere.
CHIPS: Mapping[Practice, str] = {
    Practice.LESS: "not_borne_out",
    Practice.MORE: "better_than_rated",
    Practice.KEPT: "borne_out",
    Practice.IN_GRACE: "no_finding",
    Practice.TOO_EARLY: "too_little_data",
}


@dataclass(frozen=True, kw_only=True)
class PracticeView:
    """One claim and what was held. `number` is that of the question, “5.2”; `chip`: how its label looks."""

    rule: str
    question: str
    by: str
    number: str
    name: str
    label: str
    chip: str
    text: str
    is_speaking: bool


@dataclass(frozen=True, kw_only=True)
class Called:
    """What the questions are called: key → number and short name."""

    questions: Mapping[str, tuple[str, str]]


def called_in(bank: Edition) -> Called:
    """As an edition calls them, in the active language."""
    rows = bank.questions
    return Called(questions={row.key: (f"{row.rule.position}.{row.position}", row.short) for row in rows})


def views(found: Iterable[PracticeFinding], called: Called) -> tuple[PracticeView, ...]:
    """What speaks first."""
    shown = [_view(one, called) for one in found if one.question in called.questions]
    return tuple(sorted(shown, key=lambda one: not one.is_speaking))


def _view(one: PracticeFinding, called: Called) -> PracticeView:
    position, name = called.questions[one.question]
    outcome = one.held.outcome
    return PracticeView(
        rule=one.rule,
        question=one.question,
        by=one.by.value,
        number=position,
        name=name,
        label=str(LABELS.get((one.by, outcome), CANNOT_TELL)),
        chip=CHIPS[outcome],
        text=_sentence(one, position),
        is_speaking=one.is_speaking,
    )


# The sentence -----------------------------------------------------------------------------------------------------
def _sentence(one: PracticeFinding, position: str) -> str:
    said = {"claim": _claim(one, position), "last": _last(one), "count": _count(one.held)}
    told = {
        Practice.LESS: _("%(claim)s, yet %(last)s: %(count)s."),
        Practice.MORE: _("%(claim)s, and it is more: %(last)s, %(count)s."),
        Practice.KEPT: _("%(claim)s, and so it is: %(last)s, %(count)s."),
        Practice.IN_GRACE: _("%(claim)s; %(last)s, %(count)s. Half an interval late is not held against anybody."),
        Practice.TOO_EARLY: _("%(claim)s; %(last)s, %(count)s. The record does not reach back far enough to tell."),
    }
    since = _("All of them are on record since %(day)s.") % {"day": day(one.held.since)}
    return f"{told[one.held.outcome] % said} {since}"


def _claim(one: PracticeFinding, position: str) -> str:
    often = fact_words(one.held.claimed.times, one.held.claimed.unit)
    said = {"number": position, "often": often, "grade": one.grade or ""}
    if one.grade is not None and one.by is By.VENDOR:
        return _("%(number)s: the vendor grades itself %(grade)s of 4, which says at least %(often)s") % said
    if one.grade is not None:
        return _("%(number)s: we grade %(grade)s of 4, which says at least %(often)s") % said
    if one.by is By.BOTH:
        return _("%(number)s: the vendor says, and we noted, %(often)s") % said
    if one.by is By.VENDOR:
        return _("%(number)s: the vendor says %(often)s") % said
    return _("%(number)s: we noted %(often)s") % said


def _last(one: PracticeFinding) -> str:
    """Of what the vendor does without us, we know what it shows us."""
    months = one.held.months_since_last
    if months is None:
        none = {
            Counted.TOGETHER: _("no rehearsal with us is on record"),
            Counted.REHEARSALS: _("no rehearsal with us, or shown to us, is on record"),
            Counted.REVIEWS: _("no review with us, or shown to us, is on record"),
        }
        return none[one.counted]
    last = {
        Counted.TOGETHER: _("the last rehearsal with us was %(ago)s"),
        Counted.REHEARSALS: _("the last rehearsal with us, or shown to us, was %(ago)s"),
        Counted.REVIEWS: _("the last review with us, or shown to us, was %(ago)s"),
    }
    return last[one.counted] % {"ago": _ago(months)}


def _ago(months: int) -> str:
    if not months:
        return _("less than a month ago")
    return ngettext("%(count)s month ago", "%(count)s months ago", months) % {"count": number(months)}


def _count(held: Held) -> str:
    if not held.in_last_year:
        return _("none in the last twelve months")
    said = ngettext("%(count)s in the last twelve months", "%(count)s in the last twelve months", held.in_last_year)
    return said % {"count": number(held.in_last_year)}
