"""The bank as YAML: a folder with one file a language (as shipped), or the same four documents in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from django.utils.translation import gettext as _

from groundwork.languages import LANGUAGE_CODES
from manifesto.bank import (
    GRADES,
    PLAIN_FIELDS,
    TEXT_FIELDS,
    Bank,
    GuideEntry,
    QuestionEntry,
    RuleEntry,
    Sheet,
    tidy_text,
)
from manifesto.sources import BankError, Fault, Place, SourceLine, assemble

SCHEMA = 1
SHIPPED = Path(__file__).resolve().parent / "bank"
GUIDES = SHIPPED / "guides"
STRUCTURE = "structure"
PARTS = (STRUCTURE, *LANGUAGE_CODES)
MAX_BYTES = 2 * 1024 * 1024
LONGEST_SCALAR = 100_000  # characters; the longest text of a bank has 8,000
MOST_EVENTS, DEEPEST, LONGEST_NUMBER = 20_000, 20, 20  # a bank of 22 questions has 2,500, 8 and 2
PLAIN_QUESTION = tuple(name for name in PLAIN_FIELDS[Sheet.QUESTIONS] if name != "rule")


class LinedMapping(dict):
    """A YAML mapping that knows the line on which each of its keys stands."""

    rows: dict[Any, int]


# In C where it can be: in Python, two megabytes take half a minute.
if TYPE_CHECKING or not yaml.__with_libyaml__:
    from yaml import SafeLoader as _Base
else:
    from yaml import CSafeLoader as _Base


class _Loader(_Base):
    """Safe YAML without silent repeats of a key."""


def _lined(loader: _Loader, node: yaml.MappingNode) -> LinedMapping:
    mapping, rows = LinedMapping(), {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str | int) or key in mapping:
            problem = _("the key “%s” stands there twice, or is no key") % key_node.value
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
        rows[key] = key_node.start_mark.line + 1
    mapping.rows = rows
    return mapping


def _number(loader: _Loader, node: yaml.ScalarNode) -> int | float:
    """Plain digits: YAML has numbers to the base of 60 as well, and a long one of those takes minutes."""
    with suppress(ValueError):
        if len(node.value) <= LONGEST_NUMBER:
            return float(node.value) if "." in node.value else int(node.value)
    raise yaml.MarkedYAMLError(problem=_("this is no number"), problem_mark=node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:map", _lined)
_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)


def _refuse_bombs(text: str) -> None:
    """A YAMLError where the document has more parts than a bank has, or deeper ones, or aliases: a few lines of those
    unfold into gigabytes. Before any of it is built."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Base)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        problem = ""
        if isinstance(event, yaml.AliasEvent):
            problem = _("aliases are not accepted")
        elif depth > DEEPEST:
            problem = _("it is nested too deeply")
        elif isinstance(event, yaml.ScalarEvent) and len(event.value) > LONGEST_SCALAR:
            problem = _("a text is too long")
        elif count > MOST_EVENTS:
            problem = _("it has more parts than a bank")
        if problem:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]  # either is one


# Reading ---------------------------------------------------------------------------------------------------------
def shipped_editions() -> tuple[Path, ...]:
    """The folder of each shipped edition, named after it, the oldest first (2026.2 before 2026.10)."""
    folders = [path for path in SHIPPED.iterdir() if (path / f"{STRUCTURE}.yaml").is_file()]
    return tuple(sorted(folders, key=lambda path: [int(part) for part in path.name.split(".")]))


def read_folder(folder: Path) -> Bank:
    """The bank from structure.yaml, en.yaml, fr.yaml and nl.yaml; BankError with every fault."""
    documents = {}
    for part in PARTS:
        path = folder / f"{part}.yaml"
        if not path.is_file():
            raise BankError([Fault(place=Place(file=path.name), message=_("The file is missing in %s.") % folder)])
        documents[part] = _parse(path.read_bytes(), path.name)
    return assemble(_lines(documents, {part: f"{part}.yaml" for part in PARTS}))


def read_lines(content: bytes, name: str) -> list[SourceLine]:
    """The lines of one combined file; BankError when it is not YAML of this shape."""
    document = _parse(content, name)
    if missing := [part for part in PARTS if part not in document]:
        fault = _("These parts are expected at the top: %s.") % ", ".join(missing)
        raise BankError([Fault(place=Place(file=name), message=fault)])
    return _lines(document, dict.fromkeys(PARTS, name), in_one_file=True)


def _parse(content: bytes, name: str) -> LinedMapping:
    if len(content) > MAX_BYTES:
        raise BankError([Fault(place=Place(file=name), message=_("The file is too large."))])
    try:
        text = content.decode("utf-8-sig")
        _refuse_bombs(text)
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except UnicodeDecodeError:
        raise BankError([Fault(place=Place(file=name), message=_("The file is not written in UTF-8."))]) from None
    except yaml.MarkedYAMLError as error:
        row = error.problem_mark.line + 1 if error.problem_mark else None
        message = _("This is not YAML as expected: %s.") % (error.problem or error.context)
        raise BankError([Fault(place=Place(file=name, row=row), message=message)]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        message = _("This is not YAML as expected: %s.") % str(error).splitlines()[0]
        raise BankError([Fault(place=Place(file=name), message=message)]) from None
    if not isinstance(document, LinedMapping):
        raise BankError([Fault(place=Place(file=name), message=_("A mapping of keys to values is expected."))])
    return document


class _Walk:
    """One document on its way to lines: gives parts of it, and notes what is unknown, missing or of another kind."""

    def __init__(self, file: str, root: str, faults: list[Fault]) -> None:
        self.file, self.root, self.faults = file, root, faults

    def place(self, path: str, row: int | None) -> Place:
        return Place(file=self.file, row=row, path=".".join(filter(None, (self.root, path))))

    def fault(self, path: str, row: int | None, message: str) -> None:
        self.faults.append(Fault(place=self.place(path, row), message=message))

    def mapping(self, parent: Mapping, key: Any, path: str) -> LinedMapping:
        """`parent[key]` as a mapping; an empty one where there is none, with the fault noted."""
        value = parent.get(key)
        if isinstance(value, LinedMapping):
            return value
        row = getattr(parent, "rows", {}).get(key)
        missing = key not in parent
        self.fault(path, row, _("This part is missing.") if missing else _("A mapping of keys to values is expected."))
        return _empty()

    def sequence(self, parent: Mapping, key: Any, path: str) -> list:
        value = parent.get(key)
        if isinstance(value, list) and all(isinstance(item, LinedMapping) for item in value):
            return value
        self.fault(path, getattr(parent, "rows", {}).get(key), _("A list of mappings is expected."))
        return []

    def refuse_unknown(self, mapping: LinedMapping, names: tuple[Any, ...], path: str) -> None:
        for key in mapping:
            if key not in names:
                self.fault(f"{path}.{key}".lstrip("."), mapping.rows.get(key), _("Nothing is known by this name."))


def _empty() -> LinedMapping:
    mapping = LinedMapping()
    mapping.rows = {}
    return mapping


def _lines(documents: Mapping[str, Any], files: dict[str, str], *, in_one_file: bool = False) -> list[SourceLine]:
    faults: list[Fault] = []
    walks = {part: _Walk(files[part], part if in_one_file else "", faults) for part in PARTS}
    lines = _structure_lines(_part(documents, STRUCTURE, walks[STRUCTURE]), walks[STRUCTURE])
    by_place: dict[tuple[Sheet, str], SourceLine] = {}
    for line in lines:
        if (line.sheet, line.key) in by_place and line.sheet is not Sheet.LEVELS:
            faults.append(Fault(place=line.place, message=_("“%s” stands there twice.") % line.key, sheet=line.sheet))
        by_place[line.sheet, line.key] = line
    for language in LANGUAGE_CODES:
        walk = walks[language]
        for sheet, key, mapping, path in _texts(_part(documents, language, walk), language, by_place, walk):
            said = SourceLine(sheet=sheet, key=key, place=walk.place(path, None), values={"rule": key})
            line = by_place.setdefault((sheet, key), said)  # the structure names all but guides
            _add_texts(line, mapping, language, path, walk)
    if faults:
        raise BankError(faults)
    return list(by_place.values())


def _part(documents: Mapping[str, Any], part: str, walk: _Walk) -> LinedMapping:
    document = documents[part]
    if isinstance(document, LinedMapping):
        return document
    walk.fault("", None, _("A mapping of keys to values is expected."))
    return _empty()


def _structure_lines(document: LinedMapping, walk: _Walk) -> list[SourceLine]:
    """The lines without their texts: the release, its rules, their questions, and five levels for each."""
    walk.refuse_unknown(document, ("schema", "edition", "policy", "rules"), "")
    if document.get("schema") != SCHEMA:
        walk.fault("schema", document.rows.get("schema"), _("Schema %s is expected.") % SCHEMA)
    policy = walk.mapping(document, "policy", "policy")
    walk.refuse_unknown(policy, PLAIN_FIELDS[Sheet.RELEASE], "policy")
    places = {name: walk.place(f"policy.{name}", policy.rows.get(name)) for name in PLAIN_FIELDS[Sheet.RELEASE]}
    places["edition"] = walk.place("edition", document.rows.get("edition"))
    lines = [
        SourceLine(
            sheet=Sheet.RELEASE,
            key="release",
            place=places["edition"],
            values={"edition": document.get("edition"), **policy},
            places=places,
        )
    ]
    for number, rule in enumerate(walk.sequence(document, "rules", "rules")):
        lines += _rule_lines(rule, f"rules[{number}]", walk)
    return lines


def _rule_lines(rule: LinedMapping, path: str, walk: _Walk) -> Iterator[SourceLine]:
    walk.refuse_unknown(rule, ("key", "questions"), path)
    key = str(rule.get("key"))
    place = walk.place(f"{path}.key", rule.rows.get("key"))
    yield SourceLine(sheet=Sheet.RULES, key=key, place=place, values={"key": key}, places={"key": place})
    for number, question in enumerate(walk.sequence(rule, "questions", f"{path}.questions")):
        yield from _question_lines(question, key, f"{path}.questions[{number}]", walk)


def _question_lines(question: LinedMapping, rule: str, path: str, walk: _Walk) -> Iterator[SourceLine]:
    walk.refuse_unknown(question, ("key", *PLAIN_QUESTION), path)
    key = str(question.get("key"))
    places = {name: walk.place(f"{path}.{name}", question.rows.get(name)) for name in ("key", *PLAIN_QUESTION)}
    values = {**question, "rule": rule}
    yield SourceLine(sheet=Sheet.QUESTIONS, key=key, place=places["key"], values=values, places=places)
    for grade in GRADES:
        where = {"question": key, "grade": grade}
        yield SourceLine(sheet=Sheet.LEVELS, key=f"{key}/{grade}", place=places["key"], values=where)


def _texts(
    document: LinedMapping, language: str, known: dict[tuple[Sheet, str], SourceLine], walk: _Walk
) -> Iterator[tuple[Sheet, str, LinedMapping, str]]:
    """Each mapping of texts in a language's document, with the line of the bank that it belongs to."""
    walk.refuse_unknown(document, ("language", "release", "rules"), "")
    if document.get("language") != language:
        walk.fault("language", document.rows.get("language"), _("The language “%s” is expected.") % language)
    yield Sheet.RELEASE, "release", walk.mapping(document, "release", "release"), "release"
    for key, rule in _known_entries(walk.mapping(document, "rules", "rules"), Sheet.RULES, known, "rules", walk):
        path = f"rules.{key}"
        yield Sheet.RULES, key, rule, path
        if "guide" in rule:
            yield Sheet.GUIDES, key, walk.mapping(rule, "guide", f"{path}.guide"), f"{path}.guide"
        if "questions" not in rule:
            continue  # a rule may still be without questions; publishing asks for them
        questions, path = walk.mapping(rule, "questions", f"{path}.questions"), f"{path}.questions"
        for name, question in _known_entries(questions, Sheet.QUESTIONS, known, path, walk):
            yield Sheet.QUESTIONS, name, question, f"{path}.{name}"
            levels = walk.mapping(question, "levels", f"{path}.{name}.levels")
            walk.refuse_unknown(levels, tuple(GRADES), f"{path}.{name}.levels")
            for grade in GRADES:
                said = _empty()
                said["text"] = levels.get(grade)
                said.rows["text"] = levels.rows.get(grade, 0)
                yield Sheet.LEVELS, f"{name}/{grade}", said, f"{path}.{name}.levels.{grade}"


def _known_entries(
    mapping: LinedMapping, sheet: Sheet, known: dict[tuple[Sheet, str], SourceLine], path: str, walk: _Walk
) -> Iterator[tuple[str, LinedMapping]]:
    for key in mapping:
        if (sheet, str(key)) not in known:
            walk.fault(f"{path}.{key}", mapping.rows.get(key), _("This key is not in the structure."))
            continue
        yield str(key), walk.mapping(mapping, key, f"{path}.{key}")


def _add_texts(line: SourceLine, mapping: LinedMapping, language: str, path: str, walk: _Walk) -> None:
    names = TEXT_FIELDS[line.sheet]
    nested = {Sheet.RULES: ("questions", "guide"), Sheet.QUESTIONS: ("levels",)}.get(line.sheet, ())
    walk.refuse_unknown(mapping, (*names, *nested), path)
    for name in names:
        where = path if line.sheet is Sheet.LEVELS else f"{path}.{name}"
        line.values[f"{name}_{language}"] = mapping.get(name)
        line.places[f"{name}_{language}"] = walk.place(where, mapping.rows.get(name) or None)


def read_guides(folder: Path) -> dict[str, GuideEntry]:
    """The guides from en.yaml, fr.yaml and nl.yaml of a folder, a mapping a rule: {support: {good: …}}, all whole."""
    said = {language: _parse((folder / f"{language}.yaml").read_bytes(), language) for language in LANGUAGE_CODES}
    return {
        key: GuideEntry(
            **{
                name: {language: tidy_text(said[language][key][name]) for language in LANGUAGE_CODES}
                for name in TEXT_FIELDS[Sheet.GUIDES]
            }
        )
        for key in said[LANGUAGE_CODES[0]]
    }


# Writing ---------------------------------------------------------------------------------------------------------
def write(bank: Bank) -> bytes:
    """The bank as one combined YAML file: `structure`, then one part a language."""
    documents = {
        STRUCTURE: {
            "schema": SCHEMA,
            "edition": bank.edition,
            "policy": {name: getattr(bank.policy, name) for name in PLAIN_FIELDS[Sheet.RELEASE]},
            "rules": [
                {"key": rule.key, "questions": [_plain_question(question) for question in rule.questions]}
                for rule in bank.rules
            ],
        },
        **{language: _language(bank, language) for language in LANGUAGE_CODES},
    }
    return yaml.safe_dump(documents, allow_unicode=True, sort_keys=False, width=100).encode()


def _plain_question(question: QuestionEntry) -> dict[str, Any]:
    plain = {name: getattr(question, name) for name in PLAIN_QUESTION}
    return {"key": question.key, **plain, "weight": str(question.weight), "fact": str(question.fact)}


def _language(bank: Bank, language: str) -> dict[str, Any]:
    return {
        "language": language,
        "release": _said(bank, Sheet.RELEASE, language),
        "rules": {rule.key: _said_rule(rule, language) for rule in bank.rules},
    }


def _said_rule(rule: RuleEntry, language: str) -> dict[str, Any]:
    questions = {
        question.key: {
            **_said(question, Sheet.QUESTIONS, language),
            "levels": {grade: tidy_text(said[language]) for grade, said in enumerate(question.levels)},
        }
        for question in rule.questions
    }
    guide = {"guide": _said(rule.guide, Sheet.GUIDES, language)} if rule.guide else {}
    return {**_said(rule, Sheet.RULES, language), **guide, "questions": questions}


def _said(entry: Any, sheet: Sheet, language: str) -> dict[str, str]:
    return {name: getattr(entry, name)[language] for name in TEXT_FIELDS[sheet]}
