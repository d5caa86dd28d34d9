"""From the lines of a file (YAML or workbook) to a bank: every fault is found at once, and says where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.validators import slug_re
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.languages import LANGUAGE_CODES
from groundwork.words import labelled, quoted
from manifesto.bank import (
    GRADES,
    LIMITS,
    MAX_TEXT,
    PLAIN_FIELDS,
    TEXT_FIELDS,
    Bank,
    GuideEntry,
    Policy,
    QuestionEntry,
    RuleEntry,
    Sheet,
    Texts,
    tidy_text,
)
from manifesto.models import RULE_KEYS, FactKind

MAX_KEY, MAX_EDITION, MAX_WEIGHT, MAX_REVISION = 60, 20, Decimal("9999.99"), 9999
KNOCKS_NOTHING_OUT = gettext_lazy("A supplementary question knocks nothing out: choose one of the two.")
# As an export writes it, as a spreadsheet shows a tick, and as somebody types it who works in French or Dutch.
YES = ("yes", "oui", "ja", "true", "vrai", "waar", "1", "x")
NO = ("no", "non", "nee", "false", "faux", "onwaar", "0", "")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands in a file: a workbook's sheet and row, or a YAML file, its line and the path in it."""

    file: str
    row: int | None = None
    path: str = ""

    def __str__(self) -> str:
        row = _("line %(number)s") % {"number": self.row} if self.row else ""
        return ", ".join(filter(None, (self.file, row, self.path)))


@dataclass(frozen=True, kw_only=True)
class Fault:
    place: Place
    message: str | Promise
    sheet: Sheet | None = None
    key: str = ""

    def __str__(self) -> str:
        return labelled(self.place, self.message)


class BankError(Exception):
    """The file cannot be taken; `faults` says where and why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(kw_only=True)
class SourceLine:
    """One line of the bank as it stands in a file: values not yet checked, and where each of them stands."""

    sheet: Sheet
    key: str
    place: Place
    values: dict[str, Any]
    places: dict[str, Place] = field(default_factory=dict)


class _Checker:
    """Reads values out of source lines and collects what is wrong with them."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, line: SourceLine, name: str, message: str) -> None:
        place = line.places.get(name) or Place(file=line.place.file, row=line.place.row, path=name or line.place.path)
        self.faults.append(Fault(place=place, message=message, sheet=line.sheet, key=line.key))

    def texts(self, line: SourceLine, name: str) -> Texts:
        return {language: self._text(line, f"{name}_{language}", name) for language in LANGUAGE_CODES}

    def _text(self, line: SourceLine, column: str, name: str) -> str:
        value = line.values.get(column)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.fault(line, column, _("A text is expected here: put it in quotes."))
            return ""
        text, limit = tidy_text(value), LIMITS.get(name, MAX_TEXT)
        if len(text) > limit:
            said = {"length": len(text), "limit": limit}
            self.fault(line, column, _("Characters in the text: %(length)s; at most %(limit)s fit.") % said)
        return text

    def key(self, line: SourceLine, name: str, limit: int = MAX_KEY) -> str:
        value = line.values.get(name)
        text = tidy_text(value) if isinstance(value, str) else ""
        if not text or not slug_re.match(text) or len(text) > limit:
            self.fault(line, name, _("A key is expected: letters, digits, hyphens, at most %s of them.") % limit)
        return text

    def integer(self, line: SourceLine, name: str, low: int, high: int, default: int) -> int:
        value = line.values.get(name, default)
        number = _integer(value)
        if number is None or not low <= number <= high:
            said = {"low": low, "high": high}
            self.fault(line, name, _("A whole number from %(low)s to %(high)s is expected.") % said)
            return default
        return number

    def weight(self, line: SourceLine) -> Decimal:
        try:
            weight = Decimal(str(line.values.get("weight", "1")).strip().replace(",", "."))
            rounded = weight.quantize(Decimal("0.01"))
        except InvalidOperation:
            weight = rounded = Decimal(0)
        if isinstance(line.values.get("weight"), bool) or weight != rounded or not 0 < rounded <= MAX_WEIGHT:
            self.fault(line, "weight", _("A weight above 0 with at most two decimals is expected."))
            return Decimal(1)
        return rounded

    def flag(self, line: SourceLine, name: str) -> bool:
        value = line.values.get(name, False)
        word = "" if value is None else str(value).strip().lower()
        if word not in YES + NO:
            said = {"yes": "yes", "no": "no", "others": "oui, non, ja, nee, true, false, 1, 0"}
            message = _("Write %(yes)s or %(no)s, as an export does; also understood: %(others)s.") % said
            self.fault(line, name, message)
        return word in YES

    def fact(self, line: SourceLine) -> str:
        value = line.values.get("fact") or FactKind.NONE.value
        if value not in FactKind.values:
            self.fault(line, "fact", _("One of these is expected: %s.") % ", ".join(FactKind.values))
        return str(value)


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return int(number) if number.is_finite() and abs(number) < 10**9 and number == int(number) else None


def assemble(source: Iterable[SourceLine]) -> Bank:
    """The bank that the lines make; BankError with every fault in them."""
    bank, faults = inspect(source)
    if faults:
        raise BankError(faults)
    return bank


def inspect(source: Iterable[SourceLine]) -> tuple[Bank, tuple[Fault, ...]]:
    """The bank as far as the lines make one, and every fault in them; with faults it must not be stored."""
    check = _Checker()
    found = _by_sheet(source, check)
    release = _release_line(found[Sheet.RELEASE], check)
    rules = _rule_lines(found[Sheet.RULES], check)
    levels = _levels(found[Sheet.LEVELS], {line.key for line in found[Sheet.QUESTIONS]}, check)
    questions: dict[str, list[QuestionEntry]] = {key: [] for key in rules}
    for line in found[Sheet.QUESTIONS]:
        home = line.values.get("rule")
        if home not in questions:
            check.fault(line, "rule", _no_such_rule(home))
            continue
        questions[str(home)].append(_question(line, levels.get(line.key, {}), check))
    guides = _guides(found[Sheet.GUIDES], rules, check)
    entries = tuple(_rule(line, tuple(questions[key]), guides.get(key), check) for key, line in rules.items())
    return _bank(release, entries, check), tuple(check.faults)


def _by_sheet(source: Iterable[SourceLine], check: _Checker) -> dict[Sheet, list[SourceLine]]:
    lines: dict[Sheet, list[SourceLine]] = {sheet: [] for sheet in Sheet}
    seen = set()
    for line in source:
        if (line.sheet, line.key) in seen:
            check.fault(line, "key", _("“%s” stands there twice.") % line.key)
            continue
        seen.add((line.sheet, line.key))
        lines[line.sheet].append(line)
    return lines


def _release_line(found: list[SourceLine], check: _Checker) -> SourceLine:
    if len(found) == 1:
        return found[0]
    missing = SourceLine(sheet=Sheet.RELEASE, key="release", place=Place(file="Edition"), values={})
    check.fault(missing, "", _("One line about the edition is expected."))
    return missing


def _rule_lines(found: list[SourceLine], check: _Checker) -> dict[str, SourceLine]:
    rules = {line.key: line for line in found}
    for line in found:
        if line.key not in RULE_KEYS:
            check.fault(line, "key", _no_such_rule(line.key))
    if missing := [key for key in RULE_KEYS if key not in rules]:
        place = Place(file=found[0].place.file if found else Sheet.RULES.value)
        message = _("All seven rules are expected; missing: %s.") % ", ".join(missing)
        check.faults.append(Fault(place=place, message=message, sheet=Sheet.RULES))
    return rules


def _no_such_rule(key: Any) -> str:
    """What stands there, and the keys that there are."""
    said = {"key": quoted(str(key or "")), "keys": ", ".join(RULE_KEYS)}
    return _("No rule has the key %(key)s: write one of %(keys)s.") % said


def _levels(found: list[SourceLine], questions: set[str], check: _Checker) -> dict[str, dict[int, Texts]]:
    levels: dict[str, dict[int, Texts]] = {}
    for line in found:
        question, grade = line.values.get("question"), _integer(line.values.get("grade"))
        if question not in questions:
            check.fault(line, "question", _("No question has this key: %s.") % question)
        elif grade is None or grade not in GRADES:
            check.fault(line, "grade", _("A grade from 0 to 4 is expected."))
        else:
            levels.setdefault(str(question), {})[grade] = check.texts(line, "text")
    return levels


def _question(line: SourceLine, levels: dict[int, Texts], check: _Checker) -> QuestionEntry:
    for grade in GRADES:
        if grade not in levels:
            check.fault(line, "levels", _("Level %s is missing: every question has the levels 0 to 4.") % grade)
    knockout, supplementary = check.flag(line, "knockout"), check.flag(line, "supplementary")
    if knockout and supplementary:
        check.fault(line, "supplementary", str(KNOCKS_NOTHING_OUT))
    return QuestionEntry(
        key=check.key(line, "key"),
        weight=check.weight(line),
        knockout=knockout,
        supplementary=supplementary,
        fact=check.fact(line),
        revision=check.integer(line, "revision", 1, MAX_REVISION, default=1),
        levels=tuple(levels.get(grade, {}) for grade in GRADES),
        **{name: check.texts(line, name) for name in TEXT_FIELDS[Sheet.QUESTIONS]},
    )


def _guides(found: list[SourceLine], rules: Collection[str], check: _Checker) -> dict[str, GuideEntry]:
    guides = {}
    for line in found:
        if line.key not in rules:
            check.fault(line, "rule", _no_such_rule(line.key))
            continue
        guide = GuideEntry(**{name: check.texts(line, name) for name in TEXT_FIELDS[Sheet.GUIDES]})
        if not guide.is_blank:
            guides[line.key] = guide
    return guides


def _rule(
    line: SourceLine, questions: tuple[QuestionEntry, ...], guide: GuideEntry | None, check: _Checker
) -> RuleEntry:
    texts = {name: check.texts(line, name) for name in TEXT_FIELDS[Sheet.RULES]}
    return RuleEntry(key=line.key, questions=questions, guide=guide, **texts)


def _bank(line: SourceLine, rules: tuple[RuleEntry, ...], check: _Checker) -> Bank:
    edition = tidy_text(str(line.values.get("edition") or ""))
    if not edition or len(edition) > MAX_EDITION:
        check.fault(line, "edition", _("The name of the edition is expected, at most %s characters.") % MAX_EDITION)
    default = Policy()
    highest = {name: 4 if name == "knockout_below" else 100 for name in PLAIN_FIELDS[Sheet.RELEASE]}
    numbers = {name: check.integer(line, name, 0, high, getattr(default, name)) for name, high in highest.items()}
    if numbers["broken_threshold"] >= numbers["met_threshold"]:
        check.fault(line, "broken_threshold", _("“Broken below” must be lower than “met from”."))
    texts = {name: check.texts(line, name) for name in TEXT_FIELDS[Sheet.RELEASE]}
    return Bank(edition=edition, policy=Policy(**numbers), rules=rules, **texts)
