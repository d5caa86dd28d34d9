"""A proof of cause in words: where it stands, whose turn it is, what became of its cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groundwork.words import day, named, number
from vendors.models import CauseProof, ProofState
from vendors.proofs.returning import Fate, Outcome

NAMED = 5  # incidents in which a cause came back that one sentence names


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Its state as a chip: `kind` decides the colour, `label` says it."""

    kind: str
    label: str


WHOSE_TURN: Mapping[str, Promise] = {
    ProofState.OWED: gettext_lazy("Next: the vendor hands it in."),
    ProofState.HANDED_IN: gettext_lazy("Next: read it, and accept it or return it."),
    ProofState.RETURNED: gettext_lazy("Next: the vendor mends it, and hands it in again."),
    ProofState.ACCEPTED: gettext_lazy("It is accepted: the cause is proven."),
    ProofState.WAIVED: gettext_lazy("It is not asked for any more."),
}


KINDS: Mapping[str, str] = {  # the colour of each, by the name of its chip
    ProofState.OWED: "owed",
    ProofState.HANDED_IN: "attention",
    ProofState.RETURNED: "sent_back",
    ProofState.ACCEPTED: "accepted",
    ProofState.WAIVED: "cancelled",
}


def standing(proof: CauseProof, today: date, outcome: Outcome | None = None) -> Standing:
    if outcome is not None and outcome.fate == Fate.CAME_BACK:
        return Standing(kind="contradicted", label=_("Accepted, and it came back"))
    if outcome is not None and outcome.fate == Fate.STAYED_AWAY:
        return Standing(kind="better_than_rated", label=_("Accepted, and it has not come back"))
    if proof.is_late(today):
        return Standing(kind="late", label=_("Late"))
    if proof.state == ProofState.HANDED_IN:
        return Standing(kind=KINDS[proof.state], label=_("To read"))
    return Standing(kind=KINDS[proof.state], label=proof.get_state_display())


def outcome_words(outcome: Outcome | None) -> str:
    """A sentence; empty for what is not accepted."""
    if outcome is None:
        return ""
    if outcome.fate == Fate.CAME_BACK:
        return _came_back(outcome)
    if outcome.fate == Fate.STAYED_AWAY:
        return _("Accepted, and it has not come back in 12 months.")
    if outcome.fate == Fate.UNNAMED:
        return _(
            "Whether it comes back cannot be seen: the incident names no problem or cause. Write it down there, in the "
            "words that the next one would have."
        )
    return _("It has not come back so far. After %(day)s, should it stay away, that is said here.") % {
        "day": day(outcome.settled)
    }


def _came_back(outcome: Outcome) -> str:
    count = len(outcome.incidents)
    said = ngettext(
        "Accepted, and it came back: the same problem led to %(count)s incident since (%(incidents)s).",
        "Accepted, and it came back: the same problem led to %(count)s incidents since (%(incidents)s).",
        count,
    )
    references = [one.reference for one in outcome.incidents[:NAMED]]
    return said % {"count": number(count), "incidents": named(references, count - len(references))}


def in_time_words(proof: CauseProof) -> str:
    """“in time, on 12 March 2026”, “late, on 14 March 2026; it was due on 12 March 2026”; empty before that."""
    if proof.first_handed_in_at is None or proof.first_due_on is None:
        return ""
    days = {"day": day(proof.first_handed_in_at), "due": day(proof.first_due_on)}
    if proof.came_in_time:
        return _("in time, on %(day)s; it was due on %(due)s") % days
    return _("late, on %(day)s; it was due on %(due)s") % days
