"""A dictionary keyed by a list of ours (roles, statuses, languages) has a row for each member, or says why it has not.

A member that is added later would else be found missing by whoever opens the page that asks for it.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path
from types import ModuleType

import pytest

from accounts.access import RIGHTS as ROLE_RIGHTS
from accounts.models import INSIDE_ROLES, Role
from assessments.approval.panel import DECIDERS
from assessments.findings.words import SUBJECTS
from assessments.score.arithmetic import Blank, RuleStatus
from assessments.score.words import QUESTION_STATES
from reports.charts import marks, trend
from tests.conventions.test_house import ROOT, modules
from vendors.measures.cards import TREND_WORDS
from vendors.measures.cases import ANSWERED, TAKERS
from vendors.measures.catalogue import BY_KEY, DECIDING
from vendors.measures.owed import PROOF_TAKERS
from vendors.measures.said import SAID

# Where fewer rows are meant: what is left out never asks.
PARTIAL: Mapping[str, str] = {
    "accounts.single_sign_on.reasons.FOR_PERSON": "of all else the person can only tell their administrator",
    "assessments.outward.STEPS": "of the other steps no other system is told",
    "reports.api.exports._about": "the other scopes are about no single thing",
    "assessments.schedule.promised.ACTIONS": "it tells of commitments alone",
    "assessments.schedule.owed.ACTIONS": "it tells of proofs of cause alone",
    "assessments.schedule.upcoming.IN_HAND": "what is closed waits for nobody",
    "reports.scorecard.moves.RANKS": "what is not rated is neither better nor worse",
    "accounts.mailed_links.pages.STATUS_OF": "an open link is answered, not refused",
    "vendors.measures.loading.SCORES": "who does not know counts nowhere",
    "vendors.measures.loading.MET": "what is unknown counts nowhere",
    "vendors.measures.catalogue.MOST": "the other units have no end",
    "vendors.voice.quadrant.OF_MISSED": "only what was missed is told apart by what people were told",
    "vendors.incidents.words._text": "all else is said as it is",
    "vendors.incidents.export._cells": "all else is written as it is",
    "vendors.incident_import.writing.TYPES": "all else is text",
    "vendors.incident_import.writing.OF_KIND": "all else is empty",
    "assessments.questionnaire.saving.NOT_COLLECTING": "only the other states refuse",
    "assessments.vendor_side.answers.CLOSED": "only the other states refuse",
    "assessments.vendor_side.reply.OVER": "only the other states refuse",
    "vendors.proofs.drafting.CLOSED": "only the other states refuse",
    "vendors.proofs.desk_matters.STATES": "what is not asked for any more does not lie on the desk",
    "vendors.proofs.telling.TEMPLATES": "of the other steps the vendor is not written to",
    "vendors.timeline.forms.clean": "a contact and the end of it may go without words",
    "assessments.approval.panel.DECIDERS": "an outside rater decides nothing",
    "assessments.commitments.history.SAID_BY_VENDOR": "what a vendor cannot do is said as members do it",
    "assessments.vendor_commitments.shown.BY_CUSTOMER": "only the vendor does not agree",
    "assessments.vendor_commitments.shown.BY_VENDOR": "all else is done by the customer",
    "assessments.vendor_commitments.shown.STATES": "how it ended says its state",
    "assessments.findings.words.FINDINGS": "where nothing is found, nothing is said",
    "assessments.score.agreement.MEANINGS": "without a figure, WITHOUT_FIGURE says why",
    "assessments.score.agreement.WITHOUT_FIGURE": "with a figure, MEANINGS says what it means",
    "assessments.score.words.QUESTION_STATES": "what is graded shows its grade",
    "reports.archives.inside.ABOUT": "a board report is about no row, a letter about one of two kinds",
    "reports.archives.inside._FACTS": "the others hold no keys",
    "assessments.workbooks.cells.value_in": "all else is text",
    "reports.verification.outcomes.SENTENCES": "of what cannot be checked WHY_UNREAD says why",
    "reports.letters.matters.why_not": "a request for a proof is about no assessment",
    "reports.letters.wording.SECTIONS": "the other kinds are called by their own code",
    "reports.scorecard.words.reason": "without a percent, the score says why",
}


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """A dictionary written out with members of one enum as its keys; `where`: module and name."""

    where: str
    missing: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.where} has no row for {', '.join(self.missing)}"


def keyed_in(tree: ast.Module, module: ModuleType) -> Iterator[Keyed]:
    """Every dictionary of the module with members of one enum as keys, wherever it stands; those of one function
    complete each other."""
    missing: dict[tuple[str, type[Enum]], tuple[str, ...]] = {}
    for owner, node in named_dictionaries(tree):
        enums = {
            key.value.id for key in node.keys if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name)
        }
        named = [key.attr for key in node.keys if isinstance(key, ast.Attribute)]
        kind = getattr(module, enums.pop(), None) if len(enums) == 1 else None
        if len(named) == len(node.keys) > 1 and isinstance(kind, type) and issubclass(kind, Enum):
            open_yet = missing.get((owner, kind), tuple(member.name for member in kind))
            missing[owner, kind] = tuple(member for member in open_yet if member not in named)
    for (owner, kind), members in missing.items():
        yield Keyed(where=f"{module.__name__}.{owner}", missing=tuple(f"{kind.__name__}.{name}" for name in members))


def named_dictionaries(node: ast.AST, owner: str = "") -> Iterator[tuple[str, ast.Dict]]:
    """Each dictionary with the nearest function, class or name that it belongs to; one that is asked with a default
    on the spot says itself what becomes of the rest."""
    if isinstance(node, ast.Attribute) and node.attr == "get":
        return
    for child in ast.iter_child_nodes(node):
        name = owner
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            name = child.name
        elif isinstance(child, ast.Assign | ast.AnnAssign) and isinstance(node, ast.Module):
            target = child.targets[0] if isinstance(child, ast.Assign) else child.target
            name = ast.unparse(target)
        if isinstance(child, ast.Dict):
            yield name, child
        yield from named_dictionaries(child, name)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def found() -> list[Keyed]:
    """All of them; a module without a dictionary of that kind is not imported for it."""
    dictionaries = []
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(key, ast.Attribute) for _owner, node in named_dictionaries(tree) for key in node.keys):
            dictionaries += keyed_in(tree, importlib.import_module(name_of(path)))
    return dictionaries


def test_every_member_has_its_row_in_each_dictionary() -> None:
    dictionaries = found()
    assert len(dictionaries) > 20
    assert [str(one) for one in dictionaries if one.missing and one.where not in PARTIAL] == []


def test_no_exception_outlives_its_reason() -> None:
    partial = {one.where for one in found() if one.missing}
    assert [where for where in PARTIAL if where not in partial] == []


def test_a_missing_row_is_caught() -> None:
    class Colour(StrEnum):
        RED = "red"
        GREEN = "green"
        BLUE = "blue"

    module = ModuleType("planted")
    vars(module)["Colour"] = Colour
    code = """
        WORDS = {Colour.RED: "red", Colour.GREEN: "green"}
        WHOLE: dict = {Colour.RED: 1, Colour.GREEN: 2, Colour.BLUE: 3}
        MIXED = {Colour.RED: 1, "green": 2}
        def told(colour):
            first, second = {Colour.RED: 1, Colour.BLUE: 2}, {Colour.GREEN: 3, Colour.BLUE: 4}
        def said(colour):
            return {Colour.RED: "r", Colour.BLUE: "b"}[colour] + {Colour.RED: 1, Colour.BLUE: 2}.get(colour, 3)
    """
    lines = [line.removeprefix(" " * 8) for line in code.splitlines()]
    caught = [str(one) for one in keyed_in(ast.parse("\n".join(lines)), module) if one.missing]
    assert caught == ["planted.WORDS has no row for Colour.BLUE", "planted.said has no row for Colour.GREEN"]


@pytest.mark.parametrize(
    ("rows", "members"),
    [
        pytest.param({*TAKERS, *ANSWERED, *PROOF_TAKERS, *SAID}, BY_KEY, id="how each measure is taken"),
        pytest.param(SUBJECTS, DECIDING.values(), id="each measure that decides a rule, as the subject of a sentence"),
        pytest.param(DECIDERS, INSIDE_ROLES, id="each role that may decide a level of approval"),
        pytest.param(ROLE_RIGHTS, Role, id="the rights of each role"),
        pytest.param({*trend.ARROWS, "too_little"}, TREND_WORDS, id="the arrow of each tendency, but of none"),
        pytest.param(marks.STATUSES, RuleStatus, id="the mark of each status"),
        pytest.param(QUESTION_STATES, [state for state in Blank if state], id="each reason for having no grade"),
    ],
)
def test_each_row_that_is_asked_for_by_its_value_is_there(rows: Iterable[str], members: Iterable[str]) -> None:
    assert set(members) <= set(rows)
