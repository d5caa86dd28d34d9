"""What the measure of a commitment says: whether it moved to what was agreed, whether it fell back since it was kept.

What it said is plain data (`Judgement.figures`, kept as `Commitment.baseline` and `reading` and in steps); the words
are made of that when they are shown, in the language of whoever reads them (`measured_words`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from accounts.models import Membership
from assessments.commitments import measured_words
from assessments.models import Commitment, CommitmentState
from vendors.measures import movement
from vendors.measures.catalogue import BY_KEY
from vendors.measures.loading import MONTHS, measures_of
from vendors.measures.metrics import Measures
from vendors.measures.movement import Movement, Outcome, Period, Promise, Side, Standing, Watch, Why
from vendors.measures.plain_data import FINE_DIGITS, digits
from vendors.models import Vendor
from vendors.withheld import is_withheld

Figures = dict[str, Any]
NOT_READ = "not_read"  # beside the reasons of `Why`: nothing was kept yet


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """`figures`: all of it as plain data. `standing` of a commitment that was kept, else None; `fall_back_is_gone`: it
    was opened again, and by the facts of today the measure did not fall back then."""

    outcome: Outcome
    why: str
    figures: Figures
    standing: Standing | None = None
    fall_back_is_gone: bool = False

    @property
    def shows_kept(self) -> bool:
        """Whether it may be kept by its measure: it moved, or what was agreed holds."""
        return self.outcome in (Outcome.MOVED, Outcome.REACHED)

    @property
    def known_until(self) -> date | None:
        said = self.figures.get("known_until")
        return date.fromisoformat(said) if said else None

    @property
    def label(self) -> str:
        """“moved”, “did not move”, “cannot tell yet”."""
        return measured_words.label(self.outcome, self.standing)

    @property
    def words(self) -> str:
        """“Moved from 18.4 to 9.1 hours; agreed: at most 12 hours.”"""
        return measured_words.sentences(self.figures)


# Doors ------------------------------------------------------------------------------------------------------------
def judgement_of(commitment: Commitment, today: date) -> Judgement | None:
    """What its measure says by the facts of now; None without a measure. One query where the measures are kept."""
    if commitment.measure not in BY_KEY:
        return None
    return judgement_from(figures_of(commitment, today))


def judgement_for(member: Membership, commitment: Commitment, today: date) -> Judgement | None:
    """The same for a member; None, too, for whoever still judges the vendor: they see no figure of it before."""
    if not commitment.measure or is_withheld(member, commitment.vendor):
        return None
    return judgement_of(commitment, today)


def judgements_of(commitments: Iterable[Commitment], today: date) -> dict[int, Judgement]:
    """By key, what each measure said when it was last read, which is daily and after each change of facts; those
    without a measure are not in it. No query."""
    return {row.pk: _kept(row, today) for row in commitments if row.measure}


def baseline_of(vendor: Vendor, measure: str, *, on: date | None = None) -> Figures | None:
    """Where the measure stood in the year before a day (today), as plain data; None where nothing tells, and for an
    unknown measure. One query where the measures are kept."""
    if measure not in BY_KEY:
        return None
    today = timezone.localdate()
    on = on or today
    measures = _measures(vendor, since=on, today=today)
    first = on - movement.BASELINE
    periods = [one for one in movement.periods_of(measures.of(measure)) if first <= one.start and one.end < on]
    found = movement.side(periods)
    if found is None:
        return None
    return {**_common(measure, measures, today), "before": _side(found)}


def judgement_from(figures: Mapping[str, Any]) -> Judgement:
    """Read back what `figures` says: of a reading, or of a step."""
    standing = figures.get("standing")
    return Judgement(
        outcome=Outcome(figures["outcome"]),
        why=figures["why"],
        figures=dict(figures),
        standing=Standing(standing) if standing else None,
        fall_back_is_gone=bool(figures.get("fall_back_is_gone")),
    )


def _kept(row: Commitment, today: date) -> Judgement:
    if row.reading:
        return judgement_from(row.reading)
    why = Why.NOT_DUE if today <= row.due_on else NOT_READ
    said = {"measure": row.measure, "outcome": Outcome.CANNOT_TELL, "why": why, "target": _target_said(row)}
    return Judgement(outcome=Outcome.CANNOT_TELL, why=why, figures={**said, "due_on": row.due_on.isoformat()})


# Reading anew -----------------------------------------------------------------------------------------------------
def figures_of(commitment: Commitment, today: date) -> Figures:
    """By the facts of now, as plain data. Its measure is known."""
    asked_from = commitment.agreed_on or today
    measures = _measures(commitment.vendor, since=asked_from, today=today)
    known_until = _known_until(measures)
    periods = movement.periods_of(measures.of(commitment.measure))
    promise = _promise(commitment, today)
    found = movement.movement(periods, promise, known_until=known_until, today=today)
    said = {
        **_common(commitment.measure, measures, today),
        "agreed_on": commitment.agreed_on.isoformat() if commitment.agreed_on else None,
        "due_on": promise.due_on.isoformat(),
        "target": _target_said(commitment),
        **_movement(found),
    }
    if commitment.state == CommitmentState.KEPT and commitment.ended_on:
        return said | _watch(movement.watch(periods, promise, kept_on=commitment.ended_on), commitment.ended_on)
    fell_back = (commitment.reading or {}).get("fell_back")
    if commitment.reopened_on and fell_back:
        said |= {
            "fell_back": fell_back,
            "fall_back_is_gone": _is_gone(fell_back, commitment, periods),
            "reopened_on": commitment.reopened_on.isoformat(),
        }
    return said


def _is_gone(fell_back: Mapping[str, Any], commitment: Commitment, periods: Iterable[Period]) -> bool:
    """Whether the same days, by the facts of now, show no fall back: an import was taken back, say."""
    until, kept_on = date.fromisoformat(fell_back["since"]["until"]), date.fromisoformat(fell_back["kept_on"])
    promise = _promised(commitment, commitment.agreed_on or kept_on, commitment.due_on)
    then = movement.watch([one for one in periods if one.end <= until], promise, kept_on=kept_on)
    return then.standing != Standing.FELL_BACK


def _promise(commitment: Commitment, today: date) -> Promise:
    """One that was opened again is due since that day: what was good before is not what is asked for now."""
    due_on = max(commitment.due_on, commitment.reopened_on or commitment.due_on)
    return _promised(commitment, commitment.agreed_on or today, due_on)


def _promised(commitment: Commitment, agreed_on: date, due_on: date) -> Promise:
    return Promise(
        agreed_on=agreed_on,
        due_on=due_on,
        lower_is_better=BY_KEY[commitment.measure].lower_is_better is not False,
        target=None if commitment.target is None else float(commitment.target),
    )


def _measures(vendor: Vendor, *, since: date, today: date) -> Measures:
    """With a year before `since`: as many months as pages show, where that is enough, so that both share what is
    kept."""
    first = since - movement.BASELINE
    months = max(MONTHS, (today.year - first.year) * 12 + today.month - first.month + 1)
    return measures_of(vendor, now=_moment(today), until=today, months=months)


def _moment(today: date) -> datetime:
    """Now; of another day its end."""
    if today == timezone.localdate():
        return timezone.now()
    return datetime.combine(today + timedelta(days=1), time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))


def _known_until(measures: Measures) -> date:
    if measures.basis is None:
        return measures.until
    return min(measures.until, timezone.localdate(measures.basis.known_until))


# Plain data -------------------------------------------------------------------------------------------------------
def _common(measure: str, measures: Measures, today: date) -> Figures:
    basis = measures.basis
    return {
        "measure": measure,
        "unit": BY_KEY[measure].unit.value,
        "lower_is_better": BY_KEY[measure].lower_is_better is not False,
        "step": measures.step.value,
        "known_until": _known_until(measures).isoformat(),
        "horizon_hours": basis.horizon.total_seconds() // 3600 if basis else None,
        "read_on": today.isoformat(),
    }


def _movement(found: Movement) -> Figures:
    return {
        "outcome": found.outcome.value,
        "why": found.why.value,
        "before": _side(found.before),
        "after": _side(found.after),
        "p": digits(found.p, FINE_DIGITS),
    }


def _watch(found: Watch, kept_on: date) -> Figures:
    return {
        "standing": found.standing.value,
        "kept_on": kept_on.isoformat(),
        "kept": _side(found.kept),
        "since": _side(found.since),
        "missed": found.missed,
        "p_since": digits(found.p, FINE_DIGITS),
    }


def _side(found: Side | None) -> Figures | None:
    if found is None:
        return None
    return {
        "value": digits(found.value),
        "periods": found.periods,
        "incidents": found.incidents,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
    }


def _target_said(commitment: Commitment) -> str | None:
    return None if commitment.target is None else str(commitment.target)
