"""Proofs of cause as the measures need them: which came in time, and after how long. Plain Python, dates passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

PROOF_HORIZON = 30  # working days for which each proof of cause is followed
Taken = tuple[float | None, Iterable[int]]  # a value, and the incidents that it rests on


@dataclass(frozen=True, kw_only=True)
class ProofOwed:
    """The proof of the cause of one incident. `due`: its day when it was first handed in, else by now; `handed_in`:
    the day of its first hand-in, None: not yet; `took`: the working days to it from when it was asked for; `followed`:
    the last of the PROOF_HORIZON working days after it was asked for."""

    case: int
    due: date
    followed: date
    handed_in: date | None = None
    took: int = 0


@dataclass(frozen=True, kw_only=True)
class ProofFacts:
    """What is known of a proof by a day. `in_time`: None while its day is not over, also of one that is handed in: else
    only those that come early would count at first. `days`: at most PROOF_HORIZON; None while it is followed."""

    case: int
    in_time: bool | None
    days: int | None


def proof_facts(owed: ProofOwed, known: date) -> ProofFacts:
    """As it was known at the end of the day before `known`: the same follow-up for all, whatever came early."""
    came = owed.handed_in if owed.handed_in is not None and owed.handed_in < known else None
    in_time = None if owed.due >= known else came is not None and came <= owed.due
    days = None if owed.followed >= known else min(owed.took, PROOF_HORIZON) if came is not None else PROOF_HORIZON
    return ProofFacts(case=owed.case, in_time=in_time, days=days)


def _proof_in_time(proofs: Sequence[ProofFacts]) -> Taken:
    known = [proof for proof in proofs if proof.in_time is not None]
    share = 100 * sum(bool(proof.in_time) for proof in known) / len(known) if known else None
    return share, [proof.case for proof in known]


def _proof_days(proofs: Sequence[ProofFacts]) -> Taken:
    known = [(proof.case, proof.days) for proof in proofs if proof.days is not None]
    return (sum(days for _case, days in known) / len(known) if known else None), [case for case, _days in known]


PROOF_TAKERS: Mapping[str, Callable[[Sequence[ProofFacts]], Taken]] = {
    "proof_in_time": _proof_in_time,
    "proof_days": _proof_days,
}
