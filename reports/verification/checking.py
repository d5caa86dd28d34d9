"""One file held against what this installation has: its bytes, what it carries, the seal, and the arithmetic.

A text from a file is computed with only once its hash is one of ours: a number that somebody made up may take for ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from accounts.models import Membership
from groundwork.canonical import hash_of
from reports.documents.job import Subject
from reports.models import Rendering, Scorecard
from reports.scorecard import sealing, snapshots
from reports.verification import telling
from reports.verification.outcomes import HEADLINES, SENTENCES, WHY_UNREAD, Outcome
from reports.verification.reading import LARGEST, Carried, UnreadableError, attachments_of
from reports.verification.shelf import Shelf
from reports.verification.telling import Fact, RuleLine

LONGEST_TEXT = 10_000_000  # bytes of what is read as a snapshot


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at, in words, and whether it holds."""

    said: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is found of one file, in the active language. `rules`: what the file or the record says beside what its
    answers compute to; empty where there is nothing to compute, and where it `is_kept_back` from who asks."""

    outcome: Outcome
    headline: str
    sentence: str
    facts: Sequence[Fact] = ()
    checks: Sequence[Check] = ()
    rules: Sequence[RuleLine] = ()
    is_kept_back: bool = False

    @property
    def summary(self) -> str:
        """“6 of 7 rules agree.”; empty where there is nothing to compare."""
        return telling.summary(self.rules) if self.rules else ""

    @property
    def holds(self) -> bool:
        return self.outcome is Outcome.GENUINE


@dataclass(kw_only=True)
class _Look:
    """What was found out so far of one file."""

    rendering: Rendering | None
    subject: Subject | None = None
    checks: list[Check] = field(default_factory=list)
    rules: list[RuleLine] = field(default_factory=list)

    def note(self, said: str, *, holds: bool) -> None:
        self.checks.append(Check(said=said, holds=holds))


def check_file(file: IO[bytes], member: Membership | None) -> Report:
    """As `check`; of a file that is too large only as much is read as tells that."""
    return check(file.read(LARGEST + 1), member)


def is_known(file: IO[bytes]) -> bool:
    """For whoever is no member: whether these very bytes were made here. Nothing in the file is read for them."""
    content = file.read(LARGEST + 1)
    return len(content) <= LARGEST and Shelf(member=None).rendering_of(content) is not None


def check(content: bytes, member: Membership | None) -> Report:
    """`member`: who asks, and hears of their organisation’s documents; None: whoever runs the installation."""
    shelf = Shelf(member=member)
    try:
        carried = attachments_of(content)
    except UnreadableError as refused:
        return _report(Outcome.UNREAD, str(WHY_UNREAD[refused.why]))
    look = _Look(rendering=shelf.rendering_of(content))
    texts = [text for one in carried if (text := _text_of(one)) is not None]
    look.subject = _subject_among(texts, shelf) or (look.rendering.subject if look.rendering else None)
    if look.subject is None:
        return _of_unknown(texts, shelf)
    return _of_known(look, texts, shelf)


def _subject_among(texts: Sequence[str], shelf: Shelf) -> Subject | None:
    return next((found for text in texts if (found := shelf.subject_of(hash_of(text)))), None)


def _text_of(one: Carried) -> str | None:
    if len(one.content) > LONGEST_TEXT or not one.name.endswith(".json"):
        return None
    try:
        return one.content.decode("utf-8")
    except UnicodeDecodeError:
        return None


# What is ours ------------------------------------------------------------------------------------------------------
def _of_known(look: _Look, texts: Sequence[str], shelf: Shelf) -> Report:
    subject = look.subject
    if subject is None:
        raise ValueError("Nothing was found.")
    look.note(telling.bytes_are_ours(is_so=look.rendering is not None), holds=look.rendering is not None)
    if texts:
        look.note(telling.content_is_ours(), holds=True)
    kept_back = isinstance(subject, Scorecard) and shelf.keeps_back(subject)
    if isinstance(subject, Scorecard):
        _look_at_scorecard(look, subject, kept_back=kept_back)
    record_holds = all(check.holds for check in look.checks[1:])
    outcome = Outcome.GENUINE if look.rendering else Outcome.FILE_CHANGED
    outcome = outcome if record_holds else Outcome.DAMAGED
    return _report(
        outcome,
        str(SENTENCES[outcome]),
        facts=telling.facts(subject, look.rendering),
        checks=look.checks,
        rules=look.rules,
        is_kept_back=kept_back,
    )


def _look_at_scorecard(look: _Look, card: Scorecard, *, kept_back: bool) -> None:
    sealed = sealing.holds(card)
    look.note(telling.seal(holds=sealed), holds=sealed)
    try:
        content = snapshots.load(card)
    except snapshots.SnapshotDamaged:
        look.note(telling.snapshot_damaged(), holds=False)
        return
    if not kept_back:
        stated, computed = snapshots.score_of(content), snapshots.recompute(content)
        look.rules.extend(telling.rule_lines(content, stated, computed))
        look.note(telling.computes(stated, computed, content), holds=stated == computed)


# What is not -------------------------------------------------------------------------------------------------------
def _of_unknown(texts: Sequence[str], shelf: Shelf) -> Report:
    for text in texts:
        claimed = _object_in(text)
        card = _named_by(claimed, shelf) if claimed else None
        if claimed is not None and card is not None:
            return _of_changed(claimed, card, shelf)
    return _report(Outcome.UNKNOWN, str(SENTENCES[Outcome.UNKNOWN]))


def _of_changed(claimed: Mapping[str, Any], card: Scorecard, shelf: Shelf) -> Report:
    checks = [
        Check(said=telling.bytes_are_ours(is_so=False), holds=False),
        Check(said=telling.content_differs(), holds=False),
    ]
    rules: list[RuleLine] = []
    kept_back = shelf.keeps_back(card)
    try:
        content = snapshots.load(card)
    except snapshots.SnapshotDamaged:
        checks.append(Check(said=telling.snapshot_damaged(), holds=False))
    else:
        if not kept_back:
            checks.append(Check(said=telling.parts_that_differ(claimed, json.loads(card.snapshot)), holds=False))
            rules = telling.claimed_lines(claimed, content, snapshots.recompute(content))
    return _report(
        Outcome.CONTENT_CHANGED,
        str(SENTENCES[Outcome.CONTENT_CHANGED]),
        facts=telling.facts(card, None),
        checks=checks,
        rules=rules,
        is_kept_back=kept_back,
    )


def _object_in(text: str) -> Mapping[str, Any] | None:
    """None also for one that holds halves of a sign: no snapshot does, and neither a page nor a table can."""
    try:
        content = json.loads(text)
        if "\\u" in text:
            json.dumps(content, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _named_by(claimed: Mapping[str, Any], shelf: Shelf) -> Scorecard | None:
    """The scorecard whose number the text says, of the organisation that it says where several have that number."""
    number = claimed.get("number")
    if not isinstance(number, str) or not number.isprintable() or len(number) > telling.LONGEST_NUMBER:
        return None
    cards = list(shelf.scorecards().filter(number=number).select_related("organisation").order_by("pk")[:50])
    named = telling.text_at(claimed, "organisation", "name")
    return next((card for card in cards if card.organisation.name == named), cards[0] if len(cards) == 1 else None)


def _report(outcome: Outcome, sentence: str, **told: Any) -> Report:
    return Report(outcome=outcome, headline=str(HEADLINES[outcome]), sentence=sentence, **told)
