"""Whatever is filled in comes back as it was filled; what nobody touched changes nothing; two workbooks meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from assessments.models import Answer, Response
from assessments.workbooks import taking
from assessments.workbooks.book import Field
from assessments.workbooks.plan import CellState, Fate, Plan, plan_of
from assessments.workbooks.reading import filled_in
from assessments.workbooks.taking import Decision
from assessments.workbooks.writing import xlsx_of
from manifesto.models import FactKind, Question, ReleaseState
from tests.assessments.workbooks.filling import Cells, fresh_book, in_this_process, opened, places, typed
from tests.factories import Cast, make_assessment, make_release

SOME = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # to make an example smaller takes minutes
)
# Any sign that XML can hold, and those that make formulas or turn the line around; an apostrophe has a test of its own.
SIGNS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="'\ufffe\uffff") | st.sampled_from("\n\t")
TEXTS = st.text(SIGNS, max_size=30) | st.sampled_from(
    [
        "=1+1",
        "+32 2 555",
        "-x",
        "@SUM(A1)",
        "- one\n- two",
        "שלום\nعربي",
        "_x0041_",
        "a\r\nb",
        "0012",
        "1/2",
        "\u202eabc",
    ]
)
CHOICES: Mapping[str, tuple[int | None, str]] = {
    "": (None, ""),
    "0": (0, ""),
    "1.0": (1, ""),
    "2 – somehow": (2, ""),
    "Dependable": (3, ""),
    "4": (4, ""),
    "don't know": (None, "dont_know"),
    "not applicable": (None, "not_applicable"),
}


@dataclass(frozen=True)
class Filling:
    choice: str
    reason: str
    comment: str
    fact: str


@st.composite
def fillings(draw: Any) -> Filling:
    choice = draw(st.sampled_from(list(CHOICES)))
    reason = draw(TEXTS.filter(lambda text: text.strip())) if choice == "not applicable" else ""
    fact = draw(st.sampled_from(["", "0", "12.5", "12,5", "95 %", "100"]))
    return Filling(choice=choice, reason=reason, comment=draw(TEXTS), fact=fact)


@pytest.fixture
def response(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Response:
    """Four questions, the first of which asks for a share."""
    in_this_process(monkeypatch)
    release = make_release(questions_per_rule=1, state=ReleaseState.DRAFT)
    Question.objects.filter(key="support-1").update(fact=FactKind.PERCENTAGE)
    assessment = make_assessment(cast.assessor, release=release)
    Answer.objects.filter(question__rule__position__gt=4).delete()
    return Response.objects.get(assessment=assessment)


def cells_of(fillings: Mapping[str, Filling]) -> Cells:
    cells: dict[tuple[str, Field], Any] = {}
    for key, one in fillings.items():
        cells |= {(key, Field.CHOICE): one.choice, (key, Field.REASON): one.reason, (key, Field.COMMENT): one.comment}
        if key == "support-1":
            cells[key, Field.FACT] = one.fact
    return cells


def said(text: str) -> str:
    """As the site would keep it from its own form."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def look_at(content: bytes, response: Response) -> Plan:
    book = fresh_book(response)
    return plan_of(filled_in(content, book), book)


def take_all(content: bytes, response: Response) -> Plan:
    plan = look_at(content, response)
    author, now = response.rater, timezone.now()
    assert author is not None
    upload = taking.keep(content, "x.xlsx", response=response, author=author, now=now)
    decisions = {one.answer.pk: Decision(takes=True, version=one.answer.version) for one in plan.takeable}
    taking.take(upload, plan, decisions, author=author, now=now)
    return plan


@SOME
@given(filled=st.lists(fillings(), min_size=4, max_size=4))
def test_what_was_filled_is_what_the_answers_then_hold(response: Response, filled: list[Filling]) -> None:
    """Whatever stood there before: each example begins where the last one ended."""
    keys = [one.question.key for one in fresh_book(response).asked]
    wanted = dict(zip(keys, filled, strict=True))

    plan = take_all(typed(xlsx_of(fresh_book(response)), cells_of(wanted)), response)

    assert plan.refused == []
    assert plan.conflicts == []
    assert plan.notes == ()
    for answer in Answer.objects.filter(response=response).select_related("question"):
        one = wanted[answer.question.key]
        assert (answer.grade, answer.blank) == CHOICES[one.choice]
        assert (answer.comment, answer.reason) == (said(one.comment), said(one.reason))
        if answer.question.key == "support-1":
            number = one.fact.replace(",", ".").rstrip(" %")
            assert ("" if answer.fact_value is None else float(answer.fact_value)) == (float(number) if number else "")


@SOME
@example(filled=[(Filling("", "", "_x0000_ and _x005F_", ""), "\x0b\ufffe"), *[(Filling("", "", "", ""), "")] * 3])
@given(filled=st.lists(st.tuples(fillings(), st.text(max_size=20)), min_size=4, max_size=4))
def test_a_workbook_that_nobody_touched_changes_nothing(response: Response, filled: list[tuple[Filling, str]]) -> None:
    """Whatever is stored, also what no cell can hold: it stays as it is on the site."""
    for answer, (one, odd) in zip(Answer.objects.filter(response=response).order_by("pk"), filled, strict=True):
        grade, blank = CHOICES[one.choice]
        comment = (one.comment + odd).replace("\x00", "")
        reason = one.reason or ("x" if blank == "not_applicable" else "")
        Answer.objects.filter(pk=answer.pk).update(grade=grade, blank=blank, comment=comment, reason=reason)
    before = list(Answer.objects.order_by("pk").values())

    content = xlsx_of(fresh_book(response))
    for again in (content, typed(content, {})):
        plan = take_all(again, response)
        assert plan.shown == []
        assert plan.notes == ()

    assert list(Answer.objects.order_by("pk").values()) == before


@SOME
@given(
    first=st.dictionaries(st.sampled_from(["support-1", "guidance-1"]), TEXTS.filter(str.strip), max_size=2),
    second=st.dictionaries(
        st.tuples(st.sampled_from(["support-1", "guidance-1"]), st.sampled_from([Field.COMMENT, Field.CHOICE])),
        st.sampled_from(["2", "3"]),
        max_size=4,
    ),
)
def test_of_two_workbooks_the_second_conflicts_in_the_cells_that_the_first_changed(
    response: Response, first: dict[str, str], second: dict[tuple[str, Field], str]
) -> None:
    Answer.objects.filter(response=response).update(comment="before", grade=None)
    untouched = xlsx_of(fresh_book(response))
    take_all(typed(untouched, {(key, Field.COMMENT): text for key, text in first.items()}), response)

    plan = look_at(typed(untouched, second), response)

    found = {
        (one.asked.question.key, cell.label, cell.state is CellState.CONFLICT)
        for one in plan.questions
        for cell in one.cells
    }
    labels = {Field.COMMENT: "Comment", Field.CHOICE: "Your grade"}
    moved = {key for key, text in first.items() if said(text) != "before"}
    assert found == {
        (key, labels[field], field is Field.COMMENT and key in moved)
        for (key, field), text in second.items()
        if not (field is Field.COMMENT and said(first.get(key, "before")) == text)
    }
    for one in plan.questions:
        states = {cell.state for cell in one.cells}
        assert (one.fate is Fate.CONFLICT) is (CellState.CONFLICT in states)


def test_a_line_that_would_be_a_formula_is_neutralised_and_comes_back(response: Response) -> None:
    Answer.objects.filter(response=response).update(comment="=HYPERLINK(1)\n- and\n@more")

    content = xlsx_of(fresh_book(response))

    cell = places(opened(content))["support-1", Field.COMMENT]
    assert (cell.value, cell.data_type) == ("'=HYPERLINK(1)\n'- and\n'@more", "s")
    take_all(typed(content, {("support-1", Field.COMMENT): "'=HYPERLINK(1)\n'- and\nmore"}), response)
    assert Answer.objects.get(response=response, question__key="support-1").comment == "=HYPERLINK(1)\n- and\nmore"
