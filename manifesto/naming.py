"""What the audit trail calls questions and rules, by their keys, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.vocabulary import Key, Naming
from groundwork.languages import LANGUAGE_CODES, active_language
from manifesto.bank import GRADES, Bank, Sheet
from manifesto.models import Question, ReleaseState, Rule


def question_names(keys: Iterable[Key]) -> dict[Key, str]:
    """“1.2 Speed of help”, as the edition calls it that was asked; as the newest does, where that one is gone."""
    keys = list(keys)
    rows = Question.objects.filter(key__in={key for _release, key in keys}).select_related("rule")
    return _named(keys, {(row.release_id, row.key): numbered(row) for row in rows.order_by("release_id")})


def question_choices(organisation_id: int) -> list[tuple[str, str]]:
    """Every question that was ever published, in the order of the newest edition that has it."""
    rows = Question.objects.exclude(release__state=ReleaseState.DRAFT).select_related("rule").order_by("release_id")
    newest = {row.key: row for row in rows}
    ordered = sorted(newest.values(), key=lambda row: (row.rule.position, row.position, row.key))
    return [(row.key, numbered(row)) for row in ordered]


def questions_found(organisation_id: int, text: str) -> QuerySet[Any, Any]:
    """The keys of those whose label or text has `text` in it, in whichever language."""
    columns = (f"{field}_{language}__icontains" for field in ("short", "text") for language in LANGUAGE_CODES)
    said = reduce(or_, (Q(**{column: text}) for column in columns))
    return Question.objects.filter(said).order_by().values("key")


def rule_names(keys: Iterable[Key]) -> dict[Key, str]:
    keys = list(keys)
    rows = Rule.objects.filter(key__in={key for _release, key in keys}).order_by("release_id")
    return _named(keys, {(row.release_id, row.key): str(row) for row in rows})


def rules_found(organisation_id: int, text: str) -> QuerySet[Any, Any]:
    said = reduce(or_, (Q(**{f"name_{language}__icontains": text}) for language in LANGUAGE_CODES))
    return Rule.objects.filter(said).order_by().values("key")


def numbered(question: Question) -> str:
    """“3.1 Speed of help”."""
    return f"{question.rule.position}.{question.position} {question}"


def names_in(*banks: Bank) -> dict[tuple[Sheet, str], str]:
    """“Question 3.1 Speed of help” for every line of these banks; a later one names what an earlier one has, too."""
    return {place: name for bank in banks for place, name in _names_in(bank)}


def _names_in(bank: Bank) -> Iterator[tuple[tuple[Sheet, str], str]]:
    language = active_language()
    yield (Sheet.RELEASE, "release"), _("The edition")
    for number, rule in enumerate(bank.rules, start=1):
        rule_called = f"{number} {rule.name[language] or rule.key}"
        yield (Sheet.RULES, rule.key), _("Rule %s") % rule_called
        yield (Sheet.GUIDES, rule.key), _("Page of rule %s") % rule_called
        for place, question in enumerate(rule.questions, start=1):
            called = f"{number}.{place} {question.short[language] or question.key}"
            yield (Sheet.QUESTIONS, question.key), _("Question %s") % called
            for grade in GRADES:
                said = {"question": called, "grade": grade}
                yield (Sheet.LEVELS, f"{question.key}/{grade}"), _("Question %(question)s, level %(grade)s") % said


def _named(keys: Iterable[Key], names: Mapping[Key, str]) -> dict[Key, str]:
    newest = {key: name for (_release, key), name in names.items()}
    found = {pair: names.get(pair) or newest.get(pair[1], "") for pair in keys}
    return {pair: name for pair, name in found.items() if name}


QUESTIONS = Naming(names=question_names, choices=question_choices, found=questions_found)
RULES = Naming(names=rule_names, found=rules_found)
