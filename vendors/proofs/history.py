"""What happened to a proof of cause, step by step, in sentences: the newest first, with what a hand-in changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.words import joined, labelled
from vendors.models import PROOF_SAVED, CauseProof, ProofStep, ProofStepKind
from vendors.proofs.complete import Considered
from vendors.proofs.reading import LABELS, HandedIn, content_of

SAID: Mapping[str, Promise] = {
    ProofStepKind.ASKED: gettext_lazy("%(who)s asked for it."),
    ProofStepKind.EXTENDED: gettext_lazy("%(who)s gave more time."),
    ProofStepKind.HANDED_IN: gettext_lazy("%(who)s recorded what the vendor handed in."),
    ProofStepKind.RETURNED: gettext_lazy("%(who)s returned it."),
    ProofStepKind.ACCEPTED: gettext_lazy("%(who)s accepted it."),
    ProofStepKind.WAIVED: gettext_lazy("%(who)s does not ask for it any more."),
}
HANDED_IN_BY_VENDOR: Promise = gettext_lazy("%(who)s handed it in for the vendor.")
ASKED_BY_ITSELF: Promise = gettext_lazy("It was asked for by itself, after the incident.")


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a text said before and after; empty where it said nothing."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    at: datetime
    sentence: str
    text: str
    step: ProofStep
    given: HandedIn | None = None  # of a hand-in
    changes: tuple[Change, ...] = ()  # of a hand-in that was not the first


def history(proof: CauseProof) -> list[HistoryLine]:
    """One query."""
    lines: list[HistoryLine] = []
    before: HandedIn | None = None
    for step in proof.steps.select_related("user", "link").order_by("at", "pk"):
        given = content_of(step) if step.content else None
        changes = tuple(changes_between(before, given)) if before and given else ()
        lines.append(
            HistoryLine(at=step.at, sentence=_sentence(step), text=step.text, step=step, given=given, changes=changes)
        )
        before = given or before
    return lines[::-1]


def changes_between(before: HandedIn, after: HandedIn) -> Iterator[Change]:
    """What one hand-in says otherwise than the one before it."""
    for name in PROOF_SAVED:
        yield from _change(LABELS[name], before.texts.get(name, ""), after.texts.get(name, ""))
    yield from _change(_("Other causes"), _others(before.others), _others(after.others))
    yield from _change(_("Files"), _names(before.files), _names(after.files))


def _change(label: str | Promise, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(label=label, before=before, after=after)


def _others(others: Iterable[Considered]) -> str:
    return "\n".join(labelled(one.cause, one.ruled_out_by) for one in others)


def _names(files: Mapping[int, Any]) -> str:
    return joined(sorted(files.values())) if files else ""


def _sentence(step: ProofStep) -> str:
    if not step.by:
        return str(ASKED_BY_ITSELF)
    said = HANDED_IN_BY_VENDOR if step.link and step.kind == ProofStepKind.HANDED_IN else SAID[step.kind]
    return str(said) % {"who": step.by}
