"""All contracts and papers of an organisation in one list, by the day on which something is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership, User
from vendors.contracts.decisions import DeadlineKind
from vendors.contracts.forms import DecisionFilter
from vendors.contracts.offers import Offer, offers_for
from vendors.models import Contract, ContractQuerySet, Paper, PaperQuerySet, Vendor

BY_DAY = "day"
SORTS: tuple[tuple[str, str | Promise], ...] = (
    ("day", pgettext_lazy("day", "By")),
    ("whose", _("Vendor")),
    ("called", _("Contract or paper")),
)


@dataclass(frozen=True, kw_only=True)
class ListedItem:
    """A contract or a paper, as the list shows it; one of the two is None."""

    contract: Contract | None
    paper: Paper | None
    today: date
    offer: Offer | None = None

    @property
    def vendor(self) -> Vendor:
        return self._it.vendor

    @property
    def owner(self) -> User | None:
        return self._it.owner

    @property
    def _it(self) -> Any:
        return self.contract or self.paper

    @property
    def day(self) -> date | None:
        if self.contract is not None:
            return self.contract.decide_by
        return self.paper.expires_on if self.paper else None

    @property
    def is_past(self) -> bool:
        """Its day went by and it is still open."""
        if self.day is None or self.day >= self.today:
            return False
        if self.contract is not None:
            return not self.contract.decision and self.contract.ended_on is None
        return self.paper is not None and self.paper.replaced_by_id is None


def chosen_sort(asked: str) -> str:
    """A column, or its turn (“-day”); the day where it is neither."""
    return asked if asked.removeprefix("-") in dict(SORTS) else BY_DAY


def listed(member: Membership, chosen: DecisionFilter, sort: str) -> QuerySet[Any, Any]:
    """What is asked for, as rows of `thing` (a DeadlineKind) and `pk`; what has no day stands last, either way."""
    contracts, papers = _contracts(member, chosen), _papers(member, chosen)
    rows = _either(
        chosen,
        _as_rows(contracts, DeadlineKind.CONTRACT, day="decide_by", called="reference"),
        _as_rows(papers, DeadlineKind.PAPER, day="expires_on", called="name"),
    )
    column = F(sort.removeprefix("-"))
    last = sort.removeprefix("-") == BY_DAY or None  # nothing else is ever missing, and an index gives its order
    first = column.desc(nulls_last=last) if sort.startswith("-") else column.asc(nulls_last=last)
    return rows.order_by(first, "whose", "called", "thing", "pk")


def counted(member: Membership, chosen: DecisionFilter) -> QuerySet[Any, Any]:
    """The same rows, without what they are sorted by."""
    contracts, papers = _contracts(member, chosen).order_by(), _papers(member, chosen).order_by()
    return _either(chosen, contracts.values("pk"), papers.values("pk"))


def _either(chosen: DecisionFilter, contracts: QuerySet[Any, Any], papers: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    match chosen.asked("kind"):
        case DeadlineKind.CONTRACT:
            return contracts
        case DeadlineKind.PAPER:
            return papers
    return contracts.union(papers, all=True)


def _as_rows(rows: QuerySet[Any], kind: DeadlineKind, *, day: str, called: str) -> QuerySet[Any, Any]:
    thing = Value(kind.value, output_field=CharField())
    return rows.order_by().values("pk", thing=thing, day=F(day), whose=Lower("vendor__name"), called=Lower(called))


def _contracts(member: Membership, chosen: DecisionFilter) -> ContractQuerySet:
    rows = _asked(Contract.objects.for_member(member), member, chosen)
    state = chosen.asked("state")
    if state == DecisionFilter.ALL:
        return rows
    if state == DecisionFilter.DECIDED:
        return rows.running().exclude(decision="")
    return rows.waiting()


def _papers(member: Membership, chosen: DecisionFilter) -> PaperQuerySet:
    """About a paper nothing is decided: it is open until a newer one stands in its place."""
    rows = _asked(Paper.objects.for_member(member), member, chosen)
    state = chosen.asked("state")
    if state == DecisionFilter.ALL:
        return rows
    return rows.none() if state == DecisionFilter.DECIDED else rows.current().filter(expires_on__isnull=False)


def _asked(rows: Any, member: Membership, chosen: DecisionFilter) -> Any:
    if vendor := chosen.asked("vendor"):
        rows = rows.filter(vendor=vendor)
    return rows.filter(owner=member.user_id) if chosen.asked("owner") else rows


def items(member: Membership, page: Iterable[Mapping[str, Any]], *, today: date) -> Sequence[ListedItem]:
    """The rows of a page with what they show; its queries do not grow with them."""
    named = [(row["thing"], row["pk"]) for row in page]
    contracts = Contract.objects.select_related("vendor", "owner", "decided_by").in_bulk(
        [pk for kind, pk in named if kind == DeadlineKind.CONTRACT]
    )
    papers = Paper.objects.select_related("vendor", "owner").in_bulk(
        [pk for kind, pk in named if kind == DeadlineKind.PAPER]
    )
    offers = offers_for(member, today, vendors={contract.vendor_id for contract in contracts.values()})
    offered = {offer.contract.pk: offer for offer in offers.values()}
    found = []
    for kind, pk in named:
        if kind == DeadlineKind.CONTRACT and pk in contracts:
            found.append(ListedItem(contract=contracts[pk], paper=None, today=today, offer=offered.get(pk)))
        elif pk in papers:
            found.append(ListedItem(contract=None, paper=papers[pk], today=today))
    return found
