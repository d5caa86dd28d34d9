"""What an export is about: its assessments and vendors, and how much of each its reader may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict

from accounts.models import Membership
from assessments.models import Answer, Assessment, AssessmentQuerySet, Commitment, CommitmentQuerySet
from assessments.secrecy import kept_apart
from reports.exports.shapes import Shown
from reports.models import ExportScope
from reports.portfolio import filters, rows
from vendors.models import Contract, ContractQuerySet, Vendor, VendorQuerySet
from vendors.withheld import withheld

SCOPES = (ExportScope.ASSESSMENT, ExportScope.VENDOR, ExportScope.PORTFOLIO, ExportScope.EVERYTHING)


@dataclass(frozen=True, kw_only=True)
class Secrecy:
    """What waits for this member's own answers: vendors that they still judge, assessments that they are kept apart
    in. Keys of rows."""

    vendors: frozenset[int]
    assessments: frozenset[int]

    def of(self, vendor: int, assessment: int) -> Shown:
        is_closed = vendor in self.vendors or assessment in self.assessments
        return Shown.OWN if is_closed else Shown.ALL


def secrecy_of(member: Membership) -> Secrecy:
    """Two queries."""
    apart = kept_apart(member.user).for_member(member)
    return Secrecy(
        vendors=frozenset(withheld(member)), assessments=frozenset(apart.order_by().values_list("pk", flat=True))
    )


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The rows of one scope, of the member's organisation alone."""

    vendors: VendorQuerySet
    assessments: AssessmentQuerySet
    commitments: CommitmentQuerySet
    contracts: ContractQuerySet

    def answers(self) -> int:
        """How many rows of answers there are; one query."""
        return Answer.objects.filter(response__assessment__in=self.assessments.values("pk")).count()


def chosen(member: Membership, scope: str, *, about: int, query: str, today: date) -> Chosen:
    """`about`: the key of the assessment or vendor; `query`: of the portfolio's page, which narrows it. Another
    organisation's rows are not found: nothing is in it then."""
    vendors = Vendor.objects.for_member(member)
    assessments = Assessment.objects.for_member(member)
    commitments = Commitment.objects.for_member(member)
    if scope == ExportScope.ASSESSMENT:
        assessments = assessments.filter(pk=about)
        vendors = vendors.filter(pk__in=assessments.values("vendor"))
        commitments = commitments.filter(assessment__in=assessments.values("pk"))
        return Chosen(
            vendors=vendors, assessments=assessments, commitments=commitments, contracts=Contract.objects.none()
        )
    if scope == ExportScope.VENDOR:
        vendors = vendors.filter(pk=about)
    elif scope == ExportScope.PORTFOLIO:
        vendors = vendors.filter(pk__in=_portfolio(member, query, today).order_by().values("pk"))
    elif scope != ExportScope.EVERYTHING:
        raise ValueError(f"{scope} is no scope of these exports.")
    keys = vendors.order_by().values("pk")
    return Chosen(
        vendors=vendors,
        assessments=assessments.filter(vendor__in=keys),
        commitments=commitments.filter(vendor__in=keys),
        contracts=Contract.objects.for_member(member).filter(vendor__in=keys),
    )


def _portfolio(member: Membership, query: str, today: date) -> VendorQuerySet:
    """What the page of the portfolio shows for these words; one query for what can be chosen there."""
    form = filters.PortfolioFilter(QueryDict(query), offered=filters.offered_to(member), today=today)
    return rows.chosen(member, form.choice, today)


def narrowed(query: Mapping[str, str]) -> str:
    """Of an address of the portfolio what narrows it, in one order."""
    kept = QueryDict(mutable=True)
    for name in filters.NAMES:
        if query.get(name):
            kept[name] = query[name]
    return kept.urlencode()


def closed_since(secrecy: Secrecy, vendors: Collection[int], assessments: Iterable[int]) -> bool:
    """Whether something that a file tells of these waits for its reader's own answers by now."""
    return bool(secrecy.vendors.intersection(vendors) or secrecy.assessments.intersection(assessments))
