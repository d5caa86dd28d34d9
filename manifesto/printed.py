"""Published editions as every page of answers needs them: read once by each process, since they never change
(`manifesto.refusals`). Whoever is handed these rows only reads them: they are everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property, lru_cache

from groundwork.asking_once import once
from manifesto.models import Question, Release, ReleaseQuerySet, ReleaseState, Rule


@dataclass(frozen=True, kw_only=True)
class Edition:
    """`questions`: in the order of the bank, those that count and those that are asked beside; each with its rule and
    its levels, which cost no query."""

    rules: tuple[Rule, ...]
    questions: tuple[Question, ...]

    @cached_property
    def counting(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if not question.supplementary)

    @cached_property
    def supplementary(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.supplementary)

    @cached_property
    def weights(self) -> tuple[tuple[Question, str, Fraction], ...]:
        """Those that count, each with the key of its rule and its weight."""
        return tuple((question, question.rule.key, question.exact_weight) for question in self.counting)

    @cached_property
    def by_id(self) -> dict[int, Question]:
        return {question.pk: question for question in self.questions}


def edition(release: Release) -> Edition:
    """At most three queries: none for a published edition that this process has read before. A draft is read anew each
    time."""
    return _read(release.pk) if release.published_at is None else _published(release.pk, release.published_at)


@lru_cache(maxsize=16)
def _published(release: int, _at: datetime) -> Edition:
    return _read(release)


def _read(release: int) -> Edition:
    rules = tuple(Rule.objects.filter(release=release).order_by("position"))
    by_id = {rule.pk: rule for rule in rules}
    rows = Question.objects.filter(release=release).prefetch_related("levels").order_by("rule__position", "position")
    questions = tuple(rows)
    for question in questions:
        question.rule = by_id[question.rule_id]
    return Edition(rules=rules, questions=questions)


def releases() -> ReleaseQuerySet:
    """All that were ever published, in no order; asked once a page, which may read it ahead."""
    return once("published releases", lambda: Release.objects.exclude(published_at=None).order_by())


def editions() -> dict[int, Edition]:
    """By their releases’ keys, the oldest first."""
    in_order = sorted(releases(), key=lambda one: (one.published_at is not None and one.published_at, one.pk))
    return {release.pk: edition(release) for release in in_order}


def current_rules() -> tuple[Rule, ...]:
    """Those of the newest published release, as `Release.objects.current` has it; none without one."""
    published = [one for one in releases() if one.state == ReleaseState.PUBLISHED]
    newest = max(published, key=lambda one: (one.published_at is not None and one.published_at, one.pk), default=None)
    return edition(newest).rules if newest else ()


forget = _published.cache_clear  # of the tests, which take published editions back
