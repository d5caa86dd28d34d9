"""What a contract's row agrees, for the arithmetic of terms and in words; the term that runs, written back into it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import ngettext

from vendors.contracts import terms
from vendors.contracts.terms import Agreed, Notice, Unit
from vendors.models import Contract, TermDecision, TermUnit

OF_THE_TERM = ("ends_on", "decide_by", "ended_on")  # what `settle` writes
OF_THE_DECISION = ("decision", "decided_on", "decided_by", "decision_reason", "notice_given_on")


def agreed_of(contract: Contract) -> Agreed:
    notice = None
    if contract.notice is not None:
        notice = Notice(length=contract.notice, unit=Unit(contract.notice_unit))
    return Agreed(ends_on=contract.ends_on, notice=notice, renews_months=contract.renews_months)


def settle(contract: Contract, today: date) -> None:
    """Set the end and the day to decide by of the term that runs today. A term that renewed is undecided; a contract
    that came to its end, by itself or as decided, is ended. One that was to go on and has no next term stays as it is:
    its new end is still to be entered. One that has ended begins no other term. Saves nothing."""
    agreed = agreed_of(contract)
    if contract.ends_on is not None and _stands_still(contract, agreed, today):
        contract.decide_by = terms.decide_by(contract.ends_on, agreed.notice)
        if contract.ended_on is None and contract.decision != TermDecision.CONTINUE:
            contract.ended_on = contract.ends_on
        return
    term = terms.term_on(agreed, today)
    if term is not None and term.ends_on != contract.ends_on:
        forget_decision(contract)
    contract.ends_on = term.ends_on if term else None
    contract.decide_by = term.decide_by if term else None


def _stands_still(contract: Contract, agreed: Agreed, today: date) -> bool:
    """No term follows the one that stands there."""
    if contract.ended_on is not None:
        return True
    is_decided = contract.decision == TermDecision.END and agreed.ends_on is not None and agreed.ends_on < today
    return is_decided or terms.is_over(agreed, today)


def forget_decision(contract: Contract) -> None:
    """The term that follows is undecided. Saves nothing."""
    contract.decision, contract.decided_on, contract.decided_by, contract.decision_reason = "", None, None, ""
    contract.notice_given_on = None


def as_it_stands(contract: Contract) -> str:
    """Of which term, and what is decided about it: what somebody has before them who decides."""
    said = (contract.ends_on, contract.decision, contract.decided_on, contract.decided_by_id)
    return " ".join(str(one or "-") for one in said)


def notice_words(contract: Contract) -> str:
    """“3 months”; empty where it is not known."""
    return "" if contract.notice is None else length_words(contract.notice, contract.notice_unit)


def length_words(count: int, unit: str) -> str:
    """“90 days”; `unit`: a TermUnit."""
    if unit == TermUnit.DAYS:
        return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}
