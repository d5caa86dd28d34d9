"""What a contract comes to, in sentences: until when it can be decided, and what happens if nobody does."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from groundwork.words import day
from vendors.contracts import terms
from vendors.contracts.agreed import agreed_of
from vendors.models import Contract, TermDecision


def at_stake(contract: Contract, today: date) -> list[str]:
    """What there is to know before it is decided: until when, and what happens by itself. A sentence each."""
    if contract.ends_on is None or contract.decide_by is None:
        return [_("This contract has no end, so nothing has to be decided by any day.")]
    return [_until_when(contract, today), by_itself(contract)]


def _until_when(contract: Contract, today: date) -> str:
    if contract.decide_by is None:
        return ""
    by = {"day": day(contract.decide_by)}
    if contract.decide_by < today:
        return _("The last day for notice was %(day)s: to end it with this term, the vendor has to agree.") % by
    if contract.notice is None:
        return (
            _("Decide by %(day)s, the last day of the term. No notice is entered: if some is agreed, it is sooner.")
            % by
        )
    return _("Notice can be given until %(day)s, that day included.") % by


def by_itself(contract: Contract) -> str:
    """What happens at the end of the term if nobody decides."""
    if contract.ends_on is None:
        return ""
    then = terms.next_end(agreed_of(contract))
    if then is None:
        return _("If nobody decides, it ends on %(day)s.") % {"day": day(contract.ends_on)}
    said = {"end": day(contract.ends_on), "then": day(then)}
    return _("If nobody decides, it renews by itself after %(end)s, until %(then)s.") % said


def outcome(contract: Contract) -> str:
    """What follows from the decision about the term that runs; empty where nothing is decided."""
    if contract.ends_on is None or not contract.decision:
        return ""
    if contract.decision == TermDecision.END:
        return _("It ends on %(day)s.") % {"day": day(contract.ends_on)}
    then = terms.next_end(agreed_of(contract))
    if then is None:
        return _("It goes on, and does not renew by itself: enter its new end once it is agreed.")
    return _("It goes on until %(day)s.") % {"day": day(then)}


def notice_to_give(contract: Contract, today: date) -> str:
    """What is left to do where it was decided that a contract ends which renews by itself; else empty. A decision that
    is written down here tells the vendor nothing."""
    if contract.decision != TermDecision.END or contract.decide_by is None or contract.ended_on is not None:
        return ""
    if terms.next_end(agreed_of(contract)) is None:
        return ""
    if contract.notice_given_on is not None:
        return _("Notice was given on %(day)s.") % {"day": day(contract.notice_given_on)}
    by = {"day": day(contract.decide_by)}
    if contract.decide_by < today:
        return _("The last day for notice was %(day)s: agree with the vendor that it ends.") % by
    return _("Give notice to the vendor by %(day)s: nothing is sent from here.") % by
