"""The seven rules of scorecards as their rows store them, to be compared without reading a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from assessments.score.arithmetic import Policy
from assessments.score.reading import policy_of
from groundwork.asking_once import once
from groundwork.together import Lookup, attach
from manifesto.models import Question, Release
from manifesto.printed import edition
from reports.models import Scorecard, ScorecardRule
from reports.scorecard.moves import RuleResult
from vendors.models import Vendor

SHOWN = 12  # three years of quarters
Asked = Mapping[tuple[int, str], Hashable]  # by release and rule


def policies_of(cards: Iterable[Scorecard]) -> dict[int, Policy]:
    """The thresholds that these scorecards rest on, by release; one query, none where their releases are loaded."""
    assessments = [card.assessment for card in cards]
    prefetch_related_objects(assessments, "release")
    return policies_in(one.release for one in assessments)


def policies_in(releases: Iterable[Release]) -> dict[int, Policy]:
    return {release.pk: policy_of(release) for release in set(releases)}


def newest_of(vendor: Vendor) -> list[Scorecard]:
    """The newest of a vendor first, as many as its page shows; one query."""
    return newest_in(vendor).now()


def newest_in(vendor: Vendor) -> Lookup[list[Scorecard]]:
    """The same, to be read with what else a page shows, once."""
    return once(("newest scorecards", vendor.pk), lambda: _newest(vendor))


def _newest(vendor: Vendor) -> Lookup[list[Scorecard]]:
    cards = Scorecard.objects.filter(assessment__vendor=vendor)
    rows = cards.without_snapshot().newest_first().prefetch_related(None)[:SHOWN]
    newest = cards.order_by("-approved_at", "-pk").values("pk")[:SHOWN]
    rules = ScorecardRule.objects.filter(scorecard__in=newest).order_by()

    def told() -> list[Scorecard]:
        in_order = sorted(rules, key=lambda rule: rule.position)
        attach(rows, "rules", ((rule.scorecard_id, rule) for rule in in_order))
        return sorted(rows, key=lambda card: (card.approved_at, card.pk), reverse=True)

    return Lookup(reads=(rows, rules), told=told)


def asked_of(releases: Iterable[Release]) -> Asked:
    """What each rule of these editions asks, and by which thresholds it is judged."""
    editions = set(releases)
    return asked_in(
        (
            (release.pk, rule, question.key, question.revision, question.weight, question.knockout)
            for release in editions
            for question, rule, _weight in edition(release).weights
        ),
        policies_in(editions),
    )


def rows_asked(releases: Any) -> QuerySet[Question, Any]:
    """What `asked_in` is made of. `releases`: their keys, or a query for them."""
    rows = Question.objects.filter(release__in=releases).counting().order_by()
    return rows.values_list("release", "rule__key", "key", "revision", "weight", "knockout")


def asked_in(rows: Iterable[tuple[Any, ...]], policies: Mapping[int, Policy]) -> Asked:
    questions: dict[tuple[int, str], set[Hashable]] = defaultdict(set)
    for release, rule, *asked in rows:
        questions[release, rule].add(tuple(asked))
    return {place: (policies[place[0]], frozenset(asked)) for place, asked in questions.items()}


def results_of(card: Scorecard, asked: Asked) -> list[RuleResult]:
    """By status alone: what moved within it is said by the scorecard itself."""
    release = card.assessment.release_id
    return [
        RuleResult(
            key=rule.key,
            position=rule.position,
            status=rule.status,
            percent=None,
            asked=asked.get((release, rule.key)),
        )
        for rule in card.rules.all()
    ]
