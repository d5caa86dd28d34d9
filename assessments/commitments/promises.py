"""What a vendor promised, where it is judged: at the rule or the question that it is about, to read and no more.

What, due and state are open to whoever is asked about the vendor, from outside too. Who answers for it, the measure
and what it said are not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.commitments.words import Standing, standing
from assessments.models import Answer, Assessment, Commitment, CommitmentQuerySet, CommitmentState
from groundwork.words import day


@dataclass(frozen=True, kw_only=True)
class Promised:
    """One commitment in a sentence. `url`: its page, empty for whoever may not open it."""

    what: str
    standing: Standing
    when: str
    url: str = ""


def promised_in(assessment: Assessment, rule: str, today: date, *, with_pages: bool) -> Mapping[str, list[Promised]]:
    """Question key → what the vendor promised about it; "" for the rule as a whole. Agreed and open still, or ended
    since the period of this assessment began. One query."""
    found: dict[str, list[Promised]] = {}
    for row in _promised_since(assessment.period_start).filter(vendor=assessment.vendor_id, rule=rule):
        found.setdefault(row.question, []).append(_promised(row, today, with_pages=with_pages))
    return found


def promised_about(answers: Iterable[Answer], today: date, *, with_pages: bool) -> dict[int, list[Promised]]:
    """The same by the keys of these answers, whichever vendors they are about; one query."""
    asked: dict[tuple[int, str], list[Answer]] = {}
    for answer in answers:
        asked.setdefault((answer.response.assessment.vendor_id, answer.question.key), []).append(answer)
    periods = (answer.response.assessment.period_start for those in asked.values() for answer in those)
    vendors, keys = {vendor for vendor, _key in asked}, {key for _vendor, key in asked}
    found: dict[int, list[Promised]] = {}
    for row in _promised_since(min(periods, default=today)).filter(vendor__in=vendors, question__in=keys):
        for answer in asked.get((row.vendor_id, row.question), ()):
            if row.ended_on is None or row.ended_on >= answer.response.assessment.period_start:
                found.setdefault(answer.pk, []).append(_promised(row, today, with_pages=with_pages))
    return found


def _promised_since(since: date) -> CommitmentQuerySet:
    recent = Q(ended_on=None) | Q(ended_on__gte=since)
    return Commitment.objects.filter(recent).agreed_ever().order_by("due_on", "pk")


def _promised(row: Commitment, today: date, *, with_pages: bool) -> Promised:
    url = row.get_absolute_url() if with_pages else ""
    return Promised(what=row.what, standing=standing(row, today), when=_when(row), url=url)


def _when(row: Commitment) -> str:
    """“due on 3 March 2026”, “kept on 1 March 2026, due on 3 March 2026”."""
    values = {"due": day(row.due_on), "ended": day(row.ended_on) if row.ended_on else ""}
    if row.state == CommitmentState.KEPT:
        return _("due on %(due)s, kept on %(ended)s") % values
    if row.state == CommitmentState.MISSED:
        return _("due on %(due)s, missed on %(ended)s") % values
    return _("due on %(due)s") % values
