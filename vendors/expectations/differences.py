"""What an edition changes of the one before: what is new, what is gone, and what says something else now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from groundwork.languages import LANGUAGES
from manifesto.models import RULE_KEYS
from vendors.expectations.sheet import told_by
from vendors.measures.cards import rule_names
from vendors.models import Expectation, ExpectationEdition


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


KINDS: Mapping[Kind, Promise] = {
    Kind.ADDED: pgettext_lazy("expectation against the edition before", "new"),
    Kind.REMOVED: pgettext_lazy("expectation against the edition before", "no longer expected"),
    Kind.CHANGED: pgettext_lazy("expectation against the edition before", "changed"),
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing about it that was otherwise; either side may be empty."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One expectation that is not as it was. `text`: as it stands now, or stood last."""

    kind: Kind
    rule: str
    text: str
    changes: tuple[Change, ...] = ()

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])


def edition_before(edition: ExpectationEdition) -> ExpectationEdition | None:
    """The newest that was published before this one."""
    own = ExpectationEdition.objects.filter(organisation=edition.organisation_id, number__lt=edition.number)
    return own.published().order_by("-number").first()


def differences(before: Iterable[Expectation], after: Iterable[Expectation]) -> list[Difference]:
    """In the order of the rules; what only moved within its rule is none. One query where something went to another
    rule."""
    old, new = {row.key: row for row in before}, {row.key: row for row in after}
    found = [*_of_new(old, new.values()), *_of_old(old.values(), new)]
    return sorted(found, key=lambda one: RULE_KEYS.index(one.rule))


def _of_new(old: Mapping[str, Expectation], rows: Iterable[Expectation]) -> Iterator[Difference]:
    for row in rows:
        if row.key not in old:
            yield Difference(kind=Kind.ADDED, rule=row.rule, text=row.text)
        elif changes := tuple(_changes(old[row.key], row)):
            yield Difference(kind=Kind.CHANGED, rule=row.rule, text=row.text, changes=changes)


def _of_old(rows: Iterable[Expectation], new: Mapping[str, Expectation]) -> Iterator[Difference]:
    for row in rows:
        if row.key not in new:
            yield Difference(kind=Kind.REMOVED, rule=row.rule, text=row.text)


def _changes(old: Expectation, new: Expectation) -> Iterator[Change]:
    for code, language in LANGUAGES.items():
        before, after = getattr(old, f"text_{code}"), getattr(new, f"text_{code}")
        if before != after:
            yield Change(name=str(language.name), before=before, after=after)
    if (old.measure, old.target) != (new.measure, new.target):
        yield Change(name=_("What tells"), before=told_by(old), after=told_by(new))
    if old.rule != new.rule:
        names = rule_names()
        yield Change(name=_("Rule"), before=names.get(old.rule, old.rule), after=names.get(new.rule, new.rule))
