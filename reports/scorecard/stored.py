"""The seven rules of scorecards as their rows store them, to be compared without reading a snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

from assessments.score.arithmetic import Policy
from assessments.score.reading import policy_of
from manifesto.models import Question, Release
from reports.models import Scorecard
from reports.scorecard.moves import RuleResult

Asked = Mapping[tuple[int, str], Hashable]  # by release and rule


def policies_of(cards: Iterable[Scorecard]) -> dict[int, Policy]:
    """The thresholds that these scorecards rest on, by release; one query."""
    releases = Release.objects.in_bulk({card.assessment.release_id for card in cards})
    return {pk: policy_of(release) for pk, release in releases.items()}


def asked_of(policies: Mapping[int, Policy]) -> Asked:
    """What each rule of these editions asks, and by which thresholds it is judged; one query."""
    questions: dict[tuple[int, str], set[Hashable]] = defaultdict(set)
    rows = Question.objects.filter(release__in=policies).counting().order_by()
    for release, rule, *asked in rows.values_list("release", "rule__key", "key", "revision", "weight", "knockout"):
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
