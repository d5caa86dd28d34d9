"""What may happen to a commitment next, and to whom it is offered: one as the primary button, the others beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, may
from accounts.models import Membership
from assessments.commitments.transitions import may_change
from assessments.models import Commitment, CommitmentState

NOTHING_MORE: Promise = gettext_lazy("It has ended: nothing more is to be done.")
WHOSE_TURN: Mapping[str, Promise] = {
    CommitmentState.PROPOSED: gettext_lazy("Next: the vendor agrees, or says what it would rather do."),
    CommitmentState.AGREED: gettext_lazy("Next: the vendor does it, and reports how far it is."),
    CommitmentState.REPORTED: gettext_lazy("Next: look at what was reported done, and accept it or return it."),
    CommitmentState.KEPT: gettext_lazy(
        "It was kept. Should its measure fall back within twelve months, it opens again by itself."
    ),
    CommitmentState.WITHDRAWN: NOTHING_MORE,
    CommitmentState.MISSED: gettext_lazy("It was missed. What is still wanted is asked for anew."),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class NextSteps:
    """`sentence` says whose turn it is; `primary` is None where nothing is to be done, or not by this member, or where
    a verdict is asked for: kept and missed then stand side by side, and none of them is proposed."""

    sentence: str
    primary: Step | None = None
    others: tuple[Step, ...] = ()


def next_steps(member: Membership, commitment: Commitment, today: date) -> NextSteps:
    sentence = _sentence(commitment, today)
    if not may_change(member, commitment):
        return NextSteps(sentence=sentence)
    steps = _steps(member, commitment, today)
    if _awaits_verdict(commitment, today):
        return NextSteps(sentence=sentence, others=tuple(steps))
    return NextSteps(sentence=sentence, primary=steps[0] if steps else None, others=tuple(steps[1:]))


def _awaits_verdict(commitment: Commitment, today: date) -> bool:
    """Its day is over, and nobody has reported it done."""
    return commitment.state == CommitmentState.AGREED and commitment.is_overdue(today)


def _sentence(commitment: Commitment, today: date) -> str:
    if _awaits_verdict(commitment, today):
        return _("Its day is over. Next: ask the vendor how far it is, or decide whether it was kept or missed.")
    if commitment.state == CommitmentState.KEPT and not commitment.measure:
        return str(NOTHING_MORE)
    return str(WHOSE_TURN[commitment.state])


def _steps(member: Membership, commitment: Commitment, today: date) -> list[Step]:
    """The first is the one to do next."""

    def step(label: str, route: str) -> Step:
        return Step(label=label, url=reverse(route, args=[commitment.pk]))

    edit = step(_("Edit"), "commitment_edit")
    withdraw = step(_("Withdraw"), "commitment_withdraw")
    keep, miss = step(_("Accept as kept"), "commitment_keep"), step(_("Record as missed"), "commitment_miss")
    progress = step(_("Note progress"), "commitment_progress")
    if commitment.state == CommitmentState.PROPOSED:
        agree = step(_("Record that the vendor agrees"), "commitment_agree")
        return [*_to_show(member, commitment), agree, edit, withdraw]
    if commitment.state == CommitmentState.REPORTED:
        return [keep, step(_("Return it"), "commitment_return"), progress, miss, edit, withdraw]
    report = step(_("Record that it is reported done"), "commitment_report")
    if commitment.is_overdue(today):
        return [keep, miss, report, progress, edit, withdraw]
    if commitment.state == CommitmentState.AGREED:
        return [progress, report, keep, miss, edit, withdraw]
    if commitment.state == CommitmentState.MISSED and may(member, Right.ASSESS):
        return [Step(label=_("Ask for a new commitment"), url=ask_again(commitment))]
    return []


def _to_show(member: Membership, commitment: Commitment) -> list[Step]:
    """Where a contact of the vendor gets the link by which it says so itself."""
    if not may(member, Right.ASSESS):
        return []
    return [Step(label=_("Show it to the vendor"), url=reverse("commitment_links", args=[commitment.vendor_id]))]


def ask_again(commitment: Commitment) -> str:
    """Where the same is asked for anew."""
    about = f"question={commitment.question}" if commitment.question else f"rule={commitment.rule}"
    return f"{reverse('commitment_add', args=[commitment.vendor_id])}?{about}"
