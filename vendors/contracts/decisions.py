"""What is to be decided or renewed by which day: contracts by their last day for notice, papers by their expiry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from vendors.models import Contract, ContractQuerySet, Paper, PaperQuerySet, Vendor


class DeadlineKind(StrEnum):
    CONTRACT = "contract"
    PAPER = "paper"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A contract to decide by `day`, or a paper that expires then. `owner`: the id of the user who looks after it."""

    kind: DeadlineKind
    is_decided: bool = False  # a contract that is to end: notice is still to be given
    pk: int
    vendor: Vendor
    name: str  # the contract's reference, the paper's name
    kind_of_paper: str  # in words; empty for a contract
    day: date
    owner: int | None

    @property
    def key(self) -> str:
        """Names it among all deadlines, for as long as it exists."""
        return f"{self.kind}-{self.pk}"

    @property
    def words(self) -> str:
        """What is to do, without the day and the vendor."""
        if self.is_decided:
            return _("Give notice of the contract %(name)s to the vendor") % {"name": self.name}
        if self.kind is DeadlineKind.CONTRACT:
            return _("Decide about the contract %(name)s") % {"name": self.name}
        return _("Ask the vendor to renew %(name)s") % {"name": self.name}

    @property
    def url(self) -> str:
        if self.kind is DeadlineKind.CONTRACT:
            return reverse("contract_detail", args=[self.pk])
        return f"{self.vendor.get_absolute_url()}#paper-{self.pk}"


def upcoming(organisation: Organisation, until: date) -> list[Deadline]:
    """What is open and due by then, the first day first: contracts to decide, those that end and wait for a notice,
    papers. What is past its day and still open stands among it. Contracts without a day and papers that do not expire
    are no deadlines. Two queries."""
    return deadlines_of(contracts_until(organisation, until), papers_until(organisation, until))


def contracts_until(organisation: Organisation, until: date) -> ContractQuerySet:
    return (
        Contract.objects.waiting()
        .filter(vendor__organisation=organisation, decide_by__lte=until)
        .select_related("vendor")
    )


def papers_until(organisation: Organisation, until: date) -> PaperQuerySet:
    current = Paper.objects.current()
    return current.filter(vendor__organisation=organisation, expires_on__lte=until).select_related("vendor")


def deadlines_of(contracts: Iterable[Contract], papers: Iterable[Paper]) -> list[Deadline]:
    """The first day first."""
    found = [*map(_of_contract, contracts), *map(_of_paper, papers)]
    return sorted(found, key=lambda one: (one.day, one.vendor.name.casefold(), one.name, one.pk))


def _of_contract(contract: Contract) -> Deadline:
    if contract.decide_by is None:
        raise ValueError(f"{contract} has no day to decide by.")
    return Deadline(
        kind=DeadlineKind.CONTRACT,
        is_decided=contract.decision != "",
        pk=contract.pk,
        vendor=contract.vendor,
        name=contract.reference,
        kind_of_paper="",
        day=contract.decide_by,
        owner=contract.owner_id,
    )


def _of_paper(paper: Paper) -> Deadline:
    if paper.expires_on is None:
        raise ValueError(f"{paper} does not expire.")
    return Deadline(
        kind=DeadlineKind.PAPER,
        pk=paper.pk,
        vendor=paper.vendor,
        name=paper.name,
        kind_of_paper=paper.get_kind_display(),
        day=paper.expires_on,
        owner=paper.owner_id,
    )


def decide_by_of_vendors(member: Membership, vendors: Iterable[Vendor]) -> Mapping[int, date]:
    """By the vendors' keys: the first day by which one of their contracts must be decided; one query. A day that passed
    stays until the term renews or ends."""
    rows = Contract.objects.for_member(member).to_decide().filter(vendor__in=list(vendors)).order_by()
    return dict(rows.values_list("vendor").annotate(first=Min("decide_by")))
