"""The share kept: of the commitments that ended, kept or missed, in all and by the quarter in which they ended;
and what a vendor's page shows of them.

What was withdrawn, and what its measure opened again, has not ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractQuarter, ExtractYear
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Right, may
from accounts.models import Membership
from assessments.commitments.rows import CommitmentRow, complete, rows_of
from assessments.models import (
    COMMITMENT_BINDING,
    COMMITMENT_DECIDED,
    COMMITMENT_OPEN,
    Commitment,
    CommitmentQuerySet,
    CommitmentState,
)
from groundwork.together import Lookup
from groundwork.words import number
from vendors.models import Vendor
from vendors.panels import Panel

SHOWN = 5  # the next that are due: the list has them all
KEPT = Count("pk", filter=Q(state=CommitmentState.KEPT))


@dataclass(frozen=True, kw_only=True)
class Share:
    """Of `ended` commitments, `kept` were kept and the others missed."""

    kept: int = 0
    ended: int = 0

    @property
    def missed(self) -> int:
        return self.ended - self.kept

    @property
    def part(self) -> Fraction | None:
        """None where none has ended: silence is neither a promise kept nor one broken."""
        return Fraction(self.kept, self.ended) if self.ended else None

    @property
    def words(self) -> str:
        """“kept 7 of 9 that ended”."""
        if not self.ended:
            return _("none has ended yet")
        said = ngettext("kept %(kept)s of %(ended)s that ended", "kept %(kept)s of %(ended)s that ended", self.ended)
        return said % {"kept": number(self.kept), "ended": number(self.ended)}


@dataclass(frozen=True, kw_only=True)
class QuarterShare:
    year: int
    quarter: int  # 1 to 4
    share: Share

    @property
    def label(self) -> str:
        return _("Quarter %(quarter)s of %(year)s") % {"quarter": self.quarter, "year": self.year}


@dataclass(frozen=True, kw_only=True)
class KeptOverTime:
    """`quarters`: those in which something ended, the newest first."""

    total: Share
    quarters: tuple[QuarterShare, ...]


def kept_over_time(rows: CommitmentQuerySet) -> KeptOverTime:
    """Of these commitments; one query."""
    dated = rows.ended().order_by().annotate(year=ExtractYear("ended_on"), quarter=ExtractQuarter("ended_on"))
    counted = dated.values("year", "quarter").annotate(ended=Count("pk"), kept=KEPT)
    quarters = [
        QuarterShare(year=row["year"], quarter=row["quarter"], share=Share(kept=row["kept"], ended=row["ended"]))
        for row in counted.order_by("-year", "-quarter")
    ]
    return KeptOverTime(total=added(one.share for one in quarters), quarters=tuple(quarters))


def added(shares: Iterable[Share]) -> Share:
    shares = list(shares)
    return Share(kept=sum(one.kept for one in shares), ended=sum(one.ended for one in shares))


def shares_of(member: Membership, vendors: Iterable[int]) -> dict[int, Share]:
    """By the vendors' keys, those alone of which something ended; one query, however many they are."""
    rows = Commitment.objects.for_member(member).filter(vendor__in=list(vendors)).ended().order_by()
    counted = rows.values("vendor").annotate(ended=Count("pk"), kept=KEPT)
    return {row["vendor"]: Share(kept=row["kept"], ended=row["ended"]) for row in counted}


# On the vendor’s page ------------------------------------------------------------------------------------------------
def of_vendor(member: Membership, vendor: Vendor) -> Lookup[Panel]:
    """Two queries beside what it looks up, however many commitments there are."""
    today = timezone.localdate()
    ours = Commitment.objects.for_member(member).filter(vendor=vendor)
    binding = Q(state__in=COMMITMENT_BINDING, due_on__lt=today)
    counted: QuerySet[Any, Any] = (
        ours.order_by()
        .values("vendor")
        .annotate(
            open=Count("pk", filter=Q(state__in=COMMITMENT_OPEN)),
            overdue=Count("pk", filter=binding),
            ended=Count("pk", filter=Q(state__in=COMMITMENT_DECIDED)),
            kept=Count("pk", filter=Q(state=CommitmentState.KEPT)),
        )
    )
    waiting = complete(ours.open().order_by("due_on", "pk"))[:SHOWN]
    counts = ("open", "overdue", "ended", "kept")

    def told() -> Panel:
        next_ones = sorted(waiting, key=lambda one: (one.due_on, one.pk))
        found = {name: sum(row[name] for row in counted) for name in counts}
        return _panel(member, vendor, rows_of(next_ones, today), found)

    return Lookup(reads=(counted, waiting), told=told)


def _panel(member: Membership, vendor: Vendor, rows: Sequence[CommitmentRow], counts: Mapping[str, int]) -> Panel:
    log = f"{reverse('commitment_list')}?vendor={vendor.pk}"
    context = {
        "vendor": vendor,
        "rows": rows,
        "open": counts["open"],
        "overdue": counts["overdue"],
        "share": Share(kept=counts["kept"], ended=counts["ended"]),
        "log": log,
        "may_ask": may(member, Right.ASSESS) and vendor.archived_at is None,
    }
    return Panel(
        template="assessments/commitments/_panel_commitments.html",
        anchor="commitments",
        label=_("Commitments"),
        context=context,
    )
