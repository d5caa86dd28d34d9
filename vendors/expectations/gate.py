"""What keeps a draft from being published: where it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from groundwork.languages import LANGUAGE_CODES
from groundwork.words import joined, language_within, quoted
from manifesto.models import RULE_KEYS
from vendors.measures.cards import rule_names
from vendors.models import Expectation, ExpectationEdition


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`url`: the page where it is put right; empty where that is the page itself."""

    words: str
    url: str


def faults_of(edition: ExpectationEdition) -> list[Fault]:
    """Everything that is missing, in the order of the rules; empty where it can be published. Three queries."""
    rows = list(edition.expectations.order_by("position", "pk"))
    names = rule_names()
    return [
        fault
        for number, rule in enumerate(RULE_KEYS, start=1)
        for fault in _of_rule(edition, rows, rule, number, names)
    ]


def _of_rule(
    edition: ExpectationEdition, rows: list[Expectation], rule: str, number: int, names: dict[str, str]
) -> Iterator[Fault]:
    own = [row for row in rows if row.rule == rule]
    if not own:
        said = {"number": number, "rule": names.get(rule, "")}
        add = f"{reverse('expectation_add', args=[edition.pk])}?rule={rule}"
        yield Fault(words=_("Rule %(number)s, %(rule)s: say at least one thing that you expect.") % said, url=add)
    for row in own:
        if missing := [language_within(one) for one in LANGUAGE_CODES if not getattr(row, f"text_{one}").strip()]:
            said_of = {"text": quoted(row.text), "languages": joined(missing)}
            yield Fault(
                words=_("Not said in %(languages)s yet: %(text)s") % said_of,
                url=reverse("expectation_edit", args=[row.pk]),
            )
