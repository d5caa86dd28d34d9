"""A commitment in words: where it stands, its measure and target, its rule and question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.vocabulary import Key
from assessments.models import Commitment
from manifesto.naming import numbered, question_names, rule_names
from manifesto.printed import editions
from vendors.measures.catalogue import BY_KEY
from vendors.measures.words import LABELS, figure


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Its state as a chip: `kind` decides the colour, `label` says it."""

    kind: str
    label: str


def standing(commitment: Commitment, today: date) -> Standing:
    if commitment.is_overdue(today):
        return Standing(kind="late", label=_("Overdue"))
    if commitment.is_binding and commitment.reopened_on is not None:
        return Standing(kind="attention", label=_("Reopened"))
    return Standing(kind=commitment.state, label=commitment.get_state_display())


def measure_name(key: str) -> str:
    """Empty for none, and for one that the catalogue no longer has."""
    return str(LABELS[key]) if key in LABELS else ""


def goal(commitment: Commitment) -> str:
    """“Mean time to resolve: at most 8 hours”; empty where evidence decides."""
    return goal_of(commitment.measure, commitment.target)


def goal_of(measure: str, target: Decimal | str | None) -> str:
    """The same of plain data."""
    name = measure_name(measure)
    if not name:
        return ""
    of = BY_KEY[measure]
    values = {"measure": name, "target": "" if target is None else figure(float(target), of.unit)}
    if of.lower_is_better is False:
        return (_("%(measure)s: higher") if target is None else _("%(measure)s: at least %(target)s")) % values
    return (_("%(measure)s: lower") if target is None else _("%(measure)s: at most %(target)s")) % values


@dataclass(frozen=True, kw_only=True)
class Called:
    """What its rule and its question are called; `question` is empty where it is about the whole rule."""

    rule: str
    question: str


def called(commitments: Iterable[Commitment]) -> dict[int, Called]:
    """By the commitments' keys, in the reader's language, as the edition calls them that was asked; two queries
    more where that one is gone."""
    rows = list(commitments)
    known = editions() if rows else {}
    rules: dict[Key, str] = {(of, rule.key): str(rule) for of, one in known.items() for rule in one.rules}
    questions: dict[Key, str] = {
        (of, asked.key): numbered(asked) for of, one in known.items() for asked in one.questions
    }
    rules |= _of_newest(rules, {(_edition(row), row.rule) for row in rows}, rule_names)
    asked = {(_edition(row), row.question) for row in rows if row.question}
    questions |= _of_newest(questions, asked, question_names)
    return {
        row.pk: Called(
            rule=rules.get((_edition(row), row.rule), row.rule),
            question=questions.get((_edition(row), row.question), row.question),
        )
        for row in rows
    }


def _of_newest(
    known: Mapping[Key, str], wanted: Iterable[Key], names: Callable[[Iterable[Key]], dict[Key, str]]
) -> dict[Key, str]:
    """As the newest edition calls those whose own is not known; `names` is asked where no published one has them."""
    newest = {key: name for (_of, key), name in known.items()}
    missing = {pair for pair in wanted if pair not in known}
    elsewhere = {pair for pair in missing if pair[1] not in newest}
    return {pair: newest[pair[1]] for pair in missing - elsewhere} | (names(elsewhere) if elsewhere else {})


def _edition(row: Commitment) -> int | None:
    return row.assessment.release_id if row.assessment else None
