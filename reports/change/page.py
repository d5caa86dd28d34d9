"""What the page says of two scorecards: each rule with its sum, and under each part what was said then and now.

Made from two snapshots and the active language alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import ResponseKind
from assessments.score import words as of_score
from assessments.score.arithmetic import Policy, RuleScore
from assessments.score.difference import Part, PartKind, RuleDifference
from assessments.score.words import STATUSES
from groundwork.words import joined
from reports.change.thresholds import changed_thresholds, new_knockouts
from reports.reasons import telling
from reports.reasons.compared import AskedOnce, Compared, Stored, answer_in
from reports.reasons.inputs import Snapshot
from reports.reasons.telling import Reason
from reports.scorecard import people, snapshots
from reports.scorecard.shapes import AgreedView, AnswerView, NoteView
from reports.scorecard.words import Words

KINDS: Mapping[PartKind, Promise] = {
    PartKind.ANSWER: gettext_lazy("An answer that moved"),
    PartKind.CONSENSUS: gettext_lazy("What was agreed"),
    PartKind.HEARD: gettext_lazy("Who was heard"),
    PartKind.COUNTED: gettext_lazy("Which questions count"),
    PartKind.WEIGHTS: gettext_lazy("Weights"),
    PartKind.REVISED: gettext_lazy("Another question, not comparable"),
}


@dataclass(frozen=True, kw_only=True)
class SaidOnce:
    """What was said of a question in one of the two. `text`: its wording, where that changed; `note`: what was noted of
    what the vendor said; `vendor`: what it answered itself."""

    text: str = ""
    agreed: AgreedView | None = None
    answers: tuple[AnswerView, ...] = ()
    note: NoteView | None = None
    vendor: AnswerView | None = None

    @property
    def has_words(self) -> bool:
        """More than grades."""
        said = (*self.answers, *([self.vendor] if self.vendor else []))
        return bool(self.text or self.agreed or self.note) or any(answer.has_words for answer in said)


@dataclass(frozen=True, kw_only=True)
class SaidOf:
    """One question of a part, named where the part has several: the words of then and now."""

    question: str
    then: SaidOnce
    now: SaidOnce

    @property
    def sides(self) -> tuple[tuple[str, SaidOnce], ...]:
        return ((_("Then"), self.then), (_("Now"), self.now))


@dataclass(frozen=True, kw_only=True)
class PartRow:
    reason: Reason
    kind: str
    said: tuple[SaidOf, ...]

    @property
    def is_still(self) -> bool:
        """It changed, and moved nothing: a rater who came and grades as the others did."""
        return self.reason.part.points == 0

    @property
    def has_words(self) -> bool:
        return any(one.then.has_words or one.now.has_words for one in self.said)


@dataclass(frozen=True, kw_only=True)
class RuleOnce:
    """A rule in one of the two. `percent` is empty where it is not rated; `why`: which threshold gave the status."""

    status: str
    label: str
    percent: str
    why: str


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """`points` and `exact` are empty where there is no difference, and `note` says why; `judged`: that thresholds alone
    make another status. `then` or `now` is None where that scorecard does not have the rule."""

    key: str
    number: int
    name: str
    then: RuleOnce | None
    now: RuleOnce | None
    points: str
    exact: str
    note: str
    judged: str
    parts: tuple[PartRow, ...]

    @property
    def moving(self) -> tuple[PartRow, ...]:
        return tuple(part for part in self.parts if not part.is_still)

    @property
    def unmoving(self) -> tuple[PartRow, ...]:
        """They fold into one line: what moved something is what a reader looks for."""
        return tuple(part for part in self.parts if part.is_still)

    @property
    def is_still(self) -> bool:
        """Nothing to tell but that nothing moved."""
        return not (self.parts or self.note or self.judged)


@dataclass(frozen=True, kw_only=True)
class ChangePage:
    rules: tuple[RuleRow, ...]
    thresholds: tuple[str, ...]  # “Met from: 75% → 80%”
    is_as_printed: bool  # False: an earlier arithmetic made one of the two, and its figures differ from these


def page_of(then: Snapshot, now: Snapshot, *, language: str) -> ChangePage:
    """`then`: an earlier scorecard of the same vendor. `language` must be the active one."""
    compared = Compared(then=then, now=now)
    builder = _Builder(compared, language)
    return ChangePage(
        rules=tuple(builder.rule(found) for found in compared.differences),
        thresholds=changed_thresholds(*(_policy(one) for one in (then, now)), language=language),
        is_as_printed=all(_stored(one) == _computed(one) for one in (then, now)),
    )


def _policy(snapshot: Snapshot) -> Policy:
    return snapshots.policy_of(snapshot["release"]["policy"])


def _stored(snapshot: Snapshot) -> list[tuple[object, ...]]:
    return [(rule.rule, rule.status, rule.percent) for rule in snapshots.score_of(snapshot).rules]


def _computed(snapshot: Snapshot) -> list[tuple[object, ...]]:
    return [(rule.rule, rule.status, rule.percent) for rule in snapshots.recompute(snapshot).rules]


def words_of(snapshot: Snapshot, language: str) -> Words:
    rules = snapshot["release"]["rules"]
    return Words(
        language=language,
        policy=_policy(snapshot),
        rules={rule["key"]: rule["name"][language] for rule in rules},
        questions={question["key"]: question["short"][language] for rule in rules for question in rule["questions"]},
        time_zone=snapshot["time_zone"],
    )


class _Builder:
    """Reads two snapshots in one language, which must be active."""

    def __init__(self, compared: Compared, language: str) -> None:
        self.compared = compared
        self.language = language
        self.words_then, self.words_now = (words_of(one, language) for one in (compared.then, compared.now))

    # A rule --------------------------------------------------------------------------------------------------------
    def rule(self, found: RuleDifference) -> RuleRow:
        stored = self.compared.rules[found.rule]
        return RuleRow(
            key=found.rule,
            number=stored["position"],
            name=stored["name"][self.language],
            then=self._rule_once(found.then, self.words_then),
            now=self._rule_once(found.now, self.words_now),
            points="" if found.points is None else telling.signed(found.points, self.language),
            exact="" if found.points is None else telling.exactly(found.points),
            note=self._note(found),
            judged=self._judged(found),
            parts=tuple(self._part(one) for one in telling.reasons(self.compared, found, language=self.language)),
        )

    def _rule_once(self, scored: RuleScore | None, words: Words) -> RuleOnce | None:
        if scored is None:
            return None
        return RuleOnce(
            status=scored.status.value,
            label=str(STATUSES[scored.status]),
            percent=words.percent(scored.percent) if scored.is_rated and scored.percent is not None else "",
            why=of_score.why(scored, words.policy, self.language),
        )

    def _note(self, found: RuleDifference) -> str:
        """Why there is no difference in points; empty where there is one."""
        if found.then is None:
            return _("This rule is new: the earlier scorecard does not have it.")
        if found.now is None:
            return _("The later scorecard does not have this rule any more.")
        if found.points is not None:
            return ""
        if not found.then.is_rated and not found.now.is_rated:
            return _("It was not rated then and is not rated now, so that there is no difference in points.")
        if not found.then.is_rated:
            return _("It was not rated then, so that there is no difference in points.")
        return _("It is not rated now, so that there is no difference in points.")

    def _judged(self, found: RuleDifference) -> str:
        if not found.is_judged_otherwise or found.status_as_then is None:
            return ""
        policies = (self.words_then.policy, self.words_now.policy)
        changes = [
            *changed_thresholds(*policies, language=self.language),
            *new_knockouts(found, {key: one.number for key, one in self.compared.questions_now.items()}),
        ]
        said = _("%(changes)s. As it was judged then, it would now be: %(status)s.")
        status = str(STATUSES[found.status_as_then]).lower()
        return said % {"changes": joined(changes, self.language), "status": status}

    # A part --------------------------------------------------------------------------------------------------------
    def _part(self, reason: Reason) -> PartRow:
        part = reason.part
        told = () if part.kind == PartKind.WEIGHTS else part.questions
        return PartRow(
            reason=reason,
            kind=str(KINDS[part.kind]),
            said=tuple(self._said(part, key, names=len(told) > 1) for key in told),
        )

    def _said(self, part: Part, key: str, *, names: bool) -> SaidOf:
        asked = self.compared.question(key)
        return SaidOf(
            question=f"{asked.number} {asked.stored['short'][self.language]}" if names else "",
            then=self._once(part, self.compared.questions_then.get(key), self.compared.then, self.words_then),
            now=self._once(part, self.compared.questions_now.get(key), self.compared.now, self.words_now),
        )

    def _once(self, part: Part, asked: AskedOnce | None, snapshot: Snapshot, words: Words) -> SaidOnce:
        """Of a rater’s part that rater alone and what the vendor said; else whoever answered, and what was agreed."""
        if asked is None:
            return SaidOnce()
        key = asked.asked.key
        answers = tuple(
            _answer(response, answer, words)
            for response in self._responses(part, snapshot)
            if (answer := answer_in(response, key)) is not None
        )
        if part.kind == PartKind.HEARD:
            return SaidOnce(answers=answers)
        vendor, agreed = self._vendor(key, snapshot, words), snapshot["consensus"].get(key)
        return SaidOnce(
            text=asked.stored["text"][self.language] if part.kind == PartKind.REVISED else "",
            agreed=None if part.rater else people.agreed_view(agreed, snapshot["meetings"], words),
            answers=answers,
            note=people.note_view(snapshot["notes"].get(key), vendor, words),
            vendor=vendor,
        )

    def _responses(self, part: Part, snapshot: Snapshot) -> list[Stored]:
        is_then = snapshot is self.compared.then
        if not part.rater:
            return self.compared.raters_then if is_then else self.compared.raters_now
        voice = self.compared.voices[part.rater]
        response = voice.then if is_then else voice.now
        return [] if response is None else [response]

    def _vendor(self, key: str, snapshot: Snapshot, words: Words) -> AnswerView | None:
        """What the vendor answered itself; None where it was not asked or said nothing."""
        of_vendor = (one for one in snapshot["responses"] if one["kind"] == ResponseKind.VENDOR)
        told = ((response, answer_in(response, key)) for response in of_vendor)
        views = (_answer(response, answer, words) for response, answer in told if answer is not None)
        return next((view for view in views if view.has_words), None)


def _answer(response: Stored, answer: Stored, words: Words) -> AnswerView:
    who = ", ".join(part for part in (response["name"], response["department"]) if part)
    return AnswerView(
        rater=who,
        by=answer.get("by") or "",
        grade="" if answer["grade"] is None else str(answer["grade"]),
        level="",
        **people.answer_view(answer, words),
    )
