"""A whole edition of the bank as plain data: read from the database, compared, and stored into a draft."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import translation

from groundwork.languages import DEFAULT, LANGUAGE_CODES
from manifesto.models import Level, Question, Release, Rule, RuleGuide

GRADES = range(5)
MAX_TEXT = 8_000  # characters: far above any real text, far below what a spreadsheet cell holds
Texts = Mapping[str, str]  # language → text; every language is there, "" where nothing is written


class Sheet(StrEnum):
    RELEASE = "release"
    RULES = "rules"
    QUESTIONS = "questions"
    LEVELS = "levels"
    GUIDES = "guides"


PLAIN_FIELDS: dict[Sheet, tuple[str, ...]] = {
    Sheet.RELEASE: ("met_threshold", "broken_threshold", "minimum_coverage", "knockout_below"),
    Sheet.RULES: (),
    Sheet.QUESTIONS: ("rule", "weight", "knockout", "supplementary", "fact", "revision"),
    Sheet.LEVELS: (),
    Sheet.GUIDES: (),
}
TEXT_FIELDS: dict[Sheet, tuple[str, ...]] = {
    Sheet.RELEASE: ("title", "note"),
    Sheet.RULES: ("name", "promise", "guidance"),
    Sheet.QUESTIONS: ("text", "short", "why", "evidence"),
    Sheet.LEVELS: ("text",),
    Sheet.GUIDES: ("good", "asking", "evasions", "proof", "measure", "example"),
}
LIMITS = {"title": 160, "name": 80, "promise": 240, "short": 60}  # characters, else MAX_TEXT


@dataclass(frozen=True, kw_only=True)
class Policy:
    met_threshold: int = 75
    broken_threshold: int = 50
    minimum_coverage: int = 75
    knockout_below: int = 2


@dataclass(frozen=True, kw_only=True)
class QuestionEntry:
    key: str
    weight: Decimal
    knockout: bool
    supplementary: bool = False  # answered and shown, never in a score or the verdict
    fact: str
    revision: int
    text: Texts
    short: Texts
    why: Texts
    evidence: Texts
    levels: tuple[Texts, ...]  # by grade, 0 to 4


@dataclass(frozen=True, kw_only=True)
class GuideEntry:
    """The page beside a rule; each line of a text is a paragraph."""

    good: Texts
    asking: Texts
    evasions: Texts
    proof: Texts
    measure: Texts
    example: Texts

    @property
    def is_blank(self) -> bool:
        return not any(text for name in TEXT_FIELDS[Sheet.GUIDES] for text in getattr(self, name).values())


@dataclass(frozen=True, kw_only=True)
class RuleEntry:
    key: str
    name: Texts
    promise: Texts
    guidance: Texts
    questions: tuple[QuestionEntry, ...]
    guide: GuideEntry | None = None  # None: nothing is said of it, as in every file from before there were any

    @property
    def counting(self) -> tuple[QuestionEntry, ...]:
        """Those that the rule is judged by."""
        return tuple(question for question in self.questions if not question.supplementary)


@dataclass(frozen=True, kw_only=True)
class Bank:
    edition: str
    policy: Policy
    title: Texts
    note: Texts
    rules: tuple[RuleEntry, ...]

    def questions(self) -> Iterator[tuple[RuleEntry, QuestionEntry]]:
        for rule in self.rules:
            for question in rule.questions:
                yield rule, question


def tidy_text(text: str | None) -> str:
    """One kind of line end, no control characters, nothing around it: what every route stores and compares."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in lines if character in "\n\t" or not _is_control(character)).strip()


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") or character in "\ufffe\uffff"


# Reading ---------------------------------------------------------------------------------------------------------
def read(release: Release) -> Bank:
    """The edition as it stands in the database; four queries."""
    rules = release.rules.order_by("position").select_related("guide").prefetch_related("questions__levels")
    return Bank(
        edition=release.edition,
        policy=Policy(**{name: getattr(release, name) for name in PLAIN_FIELDS[Sheet.RELEASE]}),
        title=texts_of(release, "title"),
        note=texts_of(release, "note"),
        rules=tuple(_read_rule(rule) for rule in rules),
    )


def _read_rule(rule: Rule) -> RuleEntry:
    questions = sorted(rule.questions.all(), key=lambda question: (question.position, question.pk))
    return RuleEntry(
        key=rule.key,
        questions=tuple(read_question(question) for question in questions),
        guide=read_guide(rule),
        **{name: texts_of(rule, name) for name in TEXT_FIELDS[Sheet.RULES]},
    )


def read_guide(rule: Rule) -> GuideEntry | None:
    """The page beside the rule (joined or fetched); None where nothing is written."""
    row = getattr(rule, "guide", None)
    if row is None:
        return None
    guide = GuideEntry(**{name: texts_of(row, name) for name in TEXT_FIELDS[Sheet.GUIDES]})
    return None if guide.is_blank else guide


def read_question(question: Question) -> QuestionEntry:
    """One question with its levels (prefetched or fetched)."""
    levels = {level.grade: texts_of(level, "text") for level in question.levels.all()}
    return QuestionEntry(
        key=question.key,
        weight=Decimal(question.weight).quantize(Decimal("0.01")),
        knockout=question.knockout,
        supplementary=question.supplementary,
        fact=question.fact,
        revision=question.revision,
        levels=tuple(levels.get(grade, no_texts()) for grade in GRADES),
        **{name: texts_of(question, name) for name in TEXT_FIELDS[Sheet.QUESTIONS]},
    )


def texts_of(row: Release | Rule | Question | Level | RuleGuide, name: str) -> Texts:
    return {language: tidy_text(getattr(row, f"{name}_{language}")) for language in LANGUAGE_CODES}


def no_texts() -> Texts:
    return dict.fromkeys(LANGUAGE_CODES, "")


# Comparing -------------------------------------------------------------------------------------------------------
class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    field: str  # "weight", "text"
    language: str  # "" for what has no language
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class BankChange:
    """What became of one line of the bank: the release, a rule, a question or a level ("speed-help/3")."""

    sheet: Sheet
    key: str
    kind: ChangeKind
    fields: tuple[FieldChange, ...] = ()
    moved: bool = False  # also where it changed as well


Lines = dict[tuple[Sheet, str], dict[tuple[str, str], Any]]


def bank_lines(bank: Bank) -> Lines:
    """The bank laid out flat: (sheet, key) → (field, language) → value; the order is that of the bank."""
    plain = {(name, ""): getattr(bank.policy, name) for name in PLAIN_FIELDS[Sheet.RELEASE]}
    flat: Lines = {(Sheet.RELEASE, "release"): {**plain, **_flat_texts(bank, Sheet.RELEASE)}}
    for rule in bank.rules:
        flat[Sheet.RULES, rule.key] = _flat_texts(rule, Sheet.RULES)
    for rule, question in bank.questions():
        flat[Sheet.QUESTIONS, question.key] = {("rule", ""): rule.key, **question_fields(question)}
    for _rule, question in bank.questions():
        for grade, text in enumerate(question.levels):
            flat[Sheet.LEVELS, f"{question.key}/{grade}"] = {("text", lang): said for lang, said in text.items()}
    for rule in bank.rules:
        if rule.guide:
            flat[Sheet.GUIDES, rule.key] = guide_fields(rule.guide)
    return flat


def question_fields(question: QuestionEntry) -> dict[tuple[str, str], Any]:
    plain = {(name, ""): getattr(question, name) for name in PLAIN_FIELDS[Sheet.QUESTIONS] if name != "rule"}
    return {**plain, **_flat_texts(question, Sheet.QUESTIONS)}


def guide_fields(guide: GuideEntry) -> dict[tuple[str, str], Any]:
    return _flat_texts(guide, Sheet.GUIDES)


def _flat_texts(entry: Bank | RuleEntry | QuestionEntry | GuideEntry, sheet: Sheet) -> dict[tuple[str, str], Any]:
    return {(name, lang): said for name in TEXT_FIELDS[sheet] for lang, said in getattr(entry, name).items()}


def compare(old: Bank | None, new: Bank) -> tuple[BankChange, ...]:
    """Every line of both editions and what became of it, unchanged ones too; in the order of `new`, removed last. A
    guide of which `new` says nothing is not removed: storing leaves it as it is."""
    before, after = bank_lines(old) if old else {}, bank_lines(new)
    moved = _moved(old, new) if old else set()
    changes = [_change(place, before.get(place), fields, is_moved=place in moved) for place, fields in after.items()]
    gone = [_removal(place, fields) for place, fields in before.items() if _goes(place, after)]
    return (*changes, *gone)


def _goes(place: tuple[Sheet, str], after: Lines) -> bool:
    return place not in after and place[0] is not Sheet.GUIDES


def _removal(place: tuple[Sheet, str], old: dict) -> BankChange:
    fields = tuple(
        FieldChange(field=field, language=language, before=value, after=None)
        for (field, language), value in old.items()
    )
    return BankChange(sheet=place[0], key=place[1], kind=ChangeKind.REMOVED, fields=fields)


def _change(place: tuple[Sheet, str], old: dict | None, new: dict, *, is_moved: bool) -> BankChange:
    sheet, key = place
    fields = tuple(
        FieldChange(field=field, language=language, before=(old or {}).get((field, language)), after=value)
        for (field, language), value in new.items()
        if old is None or old.get((field, language)) != value
    )
    if old is None:
        return BankChange(sheet=sheet, key=key, kind=ChangeKind.ADDED, fields=fields)
    kind = ChangeKind.CHANGED if fields else ChangeKind.UNCHANGED
    if is_moved and all(change.field == "rule" for change in fields):
        kind = ChangeKind.MOVED
    return BankChange(sheet=sheet, key=key, kind=kind, fields=fields, moved=is_moved)


def _moved(old: Bank, new: Bank) -> set[tuple[Sheet, str]]:
    """The lines that stand elsewhere among those that stayed; what was merely pushed along does not count."""
    homes = {question.key: rule.key for rule, question in old.questions()}
    moved = {
        (Sheet.QUESTIONS, question.key)
        for rule, question in new.questions()
        if homes.get(question.key, rule.key) != rule.key
    }
    moved |= {(Sheet.RULES, key) for key in _reordered([rule.key for rule in old.rules], [r.key for r in new.rules])}
    before = {rule.key: [question.key for question in rule.questions] for rule in old.rules}
    for rule in new.rules:
        now = [question.key for question in rule.questions]
        moved |= {(Sheet.QUESTIONS, key) for key in _reordered(before.get(rule.key, []), now)}
    return moved


def _reordered(was: list[str], now: list[str]) -> set[str]:
    common_before, common_now = [key for key in was if key in now], [key for key in now if key in was]
    matcher = SequenceMatcher(None, common_before, common_now, autojunk=False)
    blocks = [block for block in matcher.get_opcodes() if block[0] != "equal"]
    return {key for block in blocks for key in common_now[block[3] : block[4]]}


# Storing ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def store(bank: Bank, release: Release) -> None:
    """Make the draft equal to `bank` (but for its edition): by key, touching only the rows that differ."""
    with translation.override(DEFAULT):  # modeltranslation keeps the bare column in the active language
        policy = {name: getattr(bank.policy, name) for name in PLAIN_FIELDS[Sheet.RELEASE]}
        _save_if_different(release, {**policy, **_columns(bank, Sheet.RELEASE)})
        existing = {question.key: question for question in release.questions.prefetch_related("levels")}
        wanted = {question.key for _rule, question in bank.questions()}
        release.questions.filter(key__in=existing.keys() - wanted).delete()
        rules = _store_rules(bank, release)
        store_guides({rule.key: rule.guide for rule in bank.rules if rule.guide}, release, rules)
        for rule in bank.rules:
            for position, entry in enumerate(rule.questions, start=1):
                _store_question(entry, rules[rule.key], position, existing.get(entry.key))
        release.rules.exclude(key__in=rules).delete()


def _store_rules(bank: Bank, release: Release) -> dict[str, Rule]:
    rules = {rule.key: rule for rule in release.rules.all()}
    for position, entry in enumerate(bank.rules, start=1):
        rule = rules.setdefault(entry.key, Rule(release=release, key=entry.key))
        _save_if_different(rule, {"position": position, **_columns(entry, Sheet.RULES)})
    return {entry.key: rules[entry.key] for entry in bank.rules}


def store_guides(said: Mapping[str, GuideEntry], release: Release, rules: Mapping[str, Rule]) -> None:
    """Those that are said, by the key of the rule; one query beside what differs."""
    if not said:
        return
    existing = {row.rule_id: row for row in RuleGuide.objects.filter(rule__release=release)}
    new = []
    for key, entry in said.items():
        columns = _columns(entry, Sheet.GUIDES)
        row = existing.get(rules[key].pk)
        if row:
            _save_if_different(row, columns)
        else:
            new.append(RuleGuide(rule=rules[key], **columns))
    RuleGuide.objects.bulk_create(new)


def _store_question(entry: QuestionEntry, rule: Rule, position: int, question: Question | None) -> None:
    question = question or Question(release_id=rule.release_id, key=entry.key)
    plain = {name: getattr(entry, name) for name in PLAIN_FIELDS[Sheet.QUESTIONS] if name != "rule"}
    place = {"position": position, "rule_id": rule.pk}
    _save_if_different(question, {**place, **plain, **_columns(entry, Sheet.QUESTIONS)})
    levels = {level.grade: level for level in question.levels.all()}
    new = []
    for grade, said in enumerate(entry.levels):
        columns = {f"text_{language}": text for language, text in said.items()}
        if grade in levels:
            _save_if_different(levels[grade], columns)
        else:
            new.append(Level(question=question, grade=grade, **columns))
    Level.objects.bulk_create(new)


def _columns(entry: Any, sheet: Sheet) -> dict[str, str]:
    return {
        f"{name}_{language}": text for name in TEXT_FIELDS[sheet] for language, text in getattr(entry, name).items()
    }


def _save_if_different(row: Any, values: Mapping[str, Any]) -> None:
    different = row.pk is None or any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    if different:
        row.save()


# As plain values (a signed form field, the audit trail) ------------------------------------------------------------
def to_plain(bank: Bank) -> dict[str, Any]:
    """The bank as JSON values."""
    plain = asdict(bank)
    for rule in plain["rules"]:
        if not rule["guide"]:  # nor one that has no guides
            del rule["guide"]
        for question in rule["questions"]:
            question["weight"] = str(question["weight"])
            if not question["supplementary"]:  # an edition that has none keeps the fingerprint that it always had
                del question["supplementary"]
    return plain


def from_plain(plain: dict[str, Any]) -> Bank:
    """The bank that `to_plain` laid out."""
    rules = tuple(
        RuleEntry(
            **{
                **rule,
                "guide": GuideEntry(**rule["guide"]) if rule.get("guide") else None,
                "questions": tuple(
                    QuestionEntry(
                        **{**question, "weight": Decimal(question["weight"]), "levels": tuple(question["levels"])}
                    )
                    for question in rule["questions"]
                ),
            }
        )
        for rule in plain["rules"]
    )
    return Bank(**{**plain, "policy": Policy(**plain["policy"]), "rules": rules})


def plain_changes(changes: Iterable[BankChange]) -> tuple[dict[str, Any], dict[str, Any]]:
    """All that differs as before and after ("questions/speed-help.text_fr"), for the audit trail."""
    before, after = {}, {}
    for change in changes:
        for field in change.fields:
            name = f"{change.sheet}/{change.key}.{'_'.join(filter(None, (field.field, field.language)))}"
            before[name], after[name] = field.before, field.after
    return before, after
