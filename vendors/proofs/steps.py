"""What may happen to a proof of cause next, and to whom it is offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import Right, may
from accounts.models import Membership
from vendors.models import CauseProof, ProofState
from vendors.proofs.transitions import may_decide
from vendors.proofs.words import WHOSE_TURN


@dataclass(frozen=True, kw_only=True)
class Step:
    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class NextSteps:
    """`sentence` says whose turn it is. Accepting and returning stand side by side: none of them is proposed."""

    sentence: str
    steps: tuple[Step, ...] = ()


ASSIGN = (_("Other people"), "proof_assign")
WAIVE = (_("Do not ask for it any more"), "proof_waive")
AT_VENDOR = ((_("Record what came by mail"), "proof_hand_in"), (_("Give more time"), "proof_extend"), ASSIGN, WAIVE)
OFFERED: Mapping[str, tuple[tuple[str | Promise, str], ...]] = {
    ProofState.OWED: AT_VENDOR,
    ProofState.RETURNED: AT_VENDOR,
    ProofState.ACCEPTED: (),
    ProofState.WAIVED: (),
    ProofState.HANDED_IN: ((_("Accept it"), "proof_accept"), (_("Return it"), "proof_return"), ASSIGN, WAIVE),
}


def next_steps(member: Membership, proof: CauseProof) -> NextSteps:
    sentence = str(WHOSE_TURN[proof.state])
    if not may_decide(member, proof):
        return NextSteps(sentence=sentence)
    offered = OFFERED.get(proof.state, ())
    steps = [Step(label=str(label), url=reverse(route, args=[proof.pk])) for label, route in offered]
    if proof.state in (ProofState.OWED, ProofState.RETURNED) and may(member, Right.EDIT_VENDORS):
        steps.insert(0, Step(label=str(_("Ask the vendor again")), url=reverse("desk_links", args=[proof.vendor_id])))
    return NextSteps(sentence=sentence, steps=tuple(steps))
