"""What a vendor promised, where it is judged: at the rule or the question that it is about, to read and no more.

What, due and state are open to whoever is asked about the vendor, from outside too. Who answers for it, the measure
and what it said are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.commitments.words import Standing, standing
from assessments.models import Assessment, Commitment, CommitmentState
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
    recent = Q(ended_on=None) | Q(ended_on__gte=assessment.period_start)
    rows = Commitment.objects.filter(recent, vendor=assessment.vendor_id, rule=rule).agreed_ever()
    found: dict[str, list[Promised]] = {}
    for row in rows.order_by("due_on", "pk"):
        one = Promised(
            what=row.what,
            standing=standing(row, today),
            when=_when(row),
            url=row.get_absolute_url() if with_pages else "",
        )
        found.setdefault(row.question, []).append(one)
    return found


def _when(row: Commitment) -> str:
    """“due on 3 March 2026”, “kept on 1 March 2026, due on 3 March 2026”."""
    values = {"due": day(row.due_on), "ended": day(row.ended_on) if row.ended_on else ""}
    if row.state == CommitmentState.KEPT:
        return _("due on %(due)s, kept on %(ended)s") % values
    if row.state == CommitmentState.MISSED:
        return _("due on %(due)s, missed on %(ended)s") % values
    return _("due on %(due)s") % values
