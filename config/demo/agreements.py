"""What is agreed with the vendors of the demo data: contracts, papers, and what was promised, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Membership, User
from assessments.commitments import transitions
from assessments.commitments.measured import baseline_of, judgement_of
from assessments.models import Assessment, Commitment, CommitmentLink, CommitmentSource, KeptBy
from assessments.vendor_commitments import links
from vendors.contracts import changes
from vendors.measures.movement import Outcome
from vendors.models import Contract, Paper, TermDecision, Vendor

KEEPS = {Outcome.MOVED, Outcome.REACHED}


@dataclass(frozen=True, kw_only=True)
class DemoAgreements:
    """`contracts` and `papers` of one organisation in demo.yaml: their days are counted from `today`."""

    author: Membership
    people: dict[str, User]
    vendors: dict[str, Vendor]
    today: date

    def add_contract(self, data: dict[str, Any]) -> None:
        plain = {name: data[name] for name in ("reference", "notice", "notice_unit", "renews_months") if name in data}
        contract = Contract(
            vendor=self.vendors[data["vendor"]],
            starts_on=self._day(data, "starts_in"),
            ends_on=self._day(data, "ends_in"),
            owner=self.people.get(data.get("owner", "")),
            note=data.get("note", ""),
            **plain,
        )
        services = contract.vendor.services.filter(mission_critical=True)
        changes.add_contract(self.author, contract, today=self.today, services=services)
        if told := data.get("decided"):
            day = self.today - timedelta(days=told["days_ago"])
            decision = TermDecision(told["decision"])
            changes.decide(self.author, contract, decision=decision, reason=told["reason"], today=day)

    def add_paper(self, data: dict[str, Any]) -> None:
        paper = Paper(
            vendor=self.vendors[data["vendor"]],
            kind=data["kind"],
            name=data["name"],
            issued_on=self._day(data, "issued_in"),
            expires_on=self._day(data, "expires_in"),
            owner=self.people.get(data.get("owner", "")),
        )
        changes.add_paper(self.author, paper)

    def _day(self, data: dict[str, Any], name: str) -> date | None:
        return self.today + timedelta(days=data[name]) if name in data else None


@dataclass(kw_only=True)
class DemoCommitment:
    """One entry of `commitments`: `steps` gives each of its steps with its day, to be done in the order of all days."""

    author: Membership
    vendor: Vendor
    data: dict[str, Any]
    today: date
    row: Commitment | None = None

    def steps(self) -> Iterator[tuple[date, dict[str, Any]]]:
        for step in self.data["steps"]:
            yield self.today - timedelta(days=step["days_ago"]), step

    def take(self, step: dict[str, Any], day: date) -> None:
        if step["does"] == "propose":
            self._propose()
            return
        if self.row is None:
            raise ValueError(f"The first step of a commitment proposes it: {self.data['what']}")
        self.row = getattr(self, f"_{step['does']}")(self.row, step, day)

    def _propose(self) -> None:
        latest = Assessment.objects.filter(vendor=self.vendor, scorecard__isnull=False).order_by("-period_end").first()
        target = self.data.get("target")
        self.row = transitions.propose(
            self.author,
            Commitment(
                vendor=self.vendor,
                rule=self.data["rule"],
                question=self.data["question"],
                source=CommitmentSource.QUESTION,
                assessment=latest,
                what=self.data["what"],
                why=self.data["why"],
                contact=self.vendor.contacts.first(),
                owner=self.author.user,
                due_on=self.today + timedelta(days=self.data["due_in"]),
                measure=self.data.get("measure", ""),
                target=None if target is None else Decimal(target),
            ),
            now=timezone.now(),
        )

    def _agree(self, row: Commitment, step: dict[str, Any], day: date) -> Commitment:
        baseline = baseline_of(self.vendor, row.measure, on=day) if row.measure else None
        by = str(row.contact)
        return transitions.agree(self.author.user, row, agreed_by=by, on=day, now=timezone.now(), baseline=baseline)

    def _progress(self, row: Commitment, step: dict[str, Any], day: date) -> Commitment:
        return transitions.note_progress(self._who(step), row, text=step["text"], now=timezone.now())

    def _report(self, row: Commitment, step: dict[str, Any], day: date) -> Commitment:
        return transitions.report_done(self._who(step), row, text=step["text"], now=timezone.now())

    def _keep(self, row: Commitment, step: dict[str, Any], day: date) -> Commitment:
        """By its measure where that shows it on that day: which day of the month it is decides what is known then."""
        judged = judgement_of(row, day) if row.measure else None
        is_shown = judged is not None and judged.outcome in KEEPS
        return transitions.keep(
            self.author,
            row,
            kept_by=KeptBy.MEASURE if is_shown else KeptBy.EVIDENCE,
            text=step["text"],
            on=day,
            now=timezone.now(),
            figures=judged.figures if judged else None,
        )

    def _miss(self, row: Commitment, step: dict[str, Any], day: date) -> Commitment:
        return transitions.miss(self.author, row, text=step["text"], on=day, now=timezone.now())

    def _withdraw(self, row: Commitment, step: dict[str, Any], day: date) -> Commitment:
        return transitions.withdraw(self.author, row, text=step["text"], on=day, now=timezone.now())

    def _who(self, step: dict[str, Any]) -> User | CommitmentLink:
        return self._link() if step.get("by_vendor") else self.author.user

    def _link(self) -> CommitmentLink:
        """Of the vendor's contact, made when it first speaks."""
        contact, now = self.vendor.contacts.get(), timezone.now()
        there = CommitmentLink.objects.filter(vendor=self.vendor, contact=contact).first()
        if there is not None:
            return there
        link, _token = links.create(self.author, contact, now=now)
        CommitmentLink.objects.filter(pk=link.pk).update(sent_at=now)
        links.note_opened(link, now=now)
        return link
