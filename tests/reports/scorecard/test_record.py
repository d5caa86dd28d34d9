"""The full record: everything that the snapshot holds, each thing once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from groundwork.words import number
from reports.models import DocumentKind
from reports.scorecard import record, view
from reports.scorecard.record import RecordedQuestion, RecordView
from reports.scorecard.shapes import ScorecardView
from tests.reports import cards, earlier_versions


def card_of(content: Mapping[str, Any], language: str = "en") -> ScorecardView:
    return view.view_of(cards.scorecard(cards.computed(content)), language=language)


def recorded(content: Mapping[str, Any], language: str = "en") -> RecordView:
    with translation.override(language):
        return record.of(card_of(content, language))


def questions(made: RecordView) -> dict[str, RecordedQuestion]:
    return {one.question.key: one for rule in made.rules for one in rule.questions}


def answered(**by_key: Any) -> cards.Answers:
    """What is said of one question; all others have a grade alone."""

    def answers(question: Mapping[str, Any]) -> Mapping[str, Any]:
        return by_key.get(question["key"].replace("-", "_"), {"grade": 3})

    return answers


# Everything, once ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_every_answer_of_the_snapshot_is_in_the_record_and_each_text_once(language: str) -> None:
    content = cards.full()
    found = questions(recorded(content, language))
    for response in content["responses"]:
        for answer in response["answers"]:
            one = found[answer["question"]]
            texts = [saying.text for saying in one.sayings]
            assert len(texts) == len(set(texts))
            for name in ("vendor_says", "comment", "reason"):
                assert not answer[name] or answer[name] in texts
            if answer["grade"] is not None:
                assert str(answer["grade"]) in (one.vendor if response["kind"] == "vendor" else one.voices)


def test_grades_stand_in_one_line_by_department_with_what_they_come_to() -> None:
    one = questions(recorded(cards.full()))["support-exit"]
    assert (one.voices, one.result, one.vendor) == (
        "Department 1 4 · Department 2 1 · Department 3 3", "2 of 4, agreed", "vendor 4",
    )  # fmt: skip


def test_whom_a_rater_handed_a_question_to_is_named() -> None:
    content = cards.snapshot(answered(), answered(support_exit={"grade": 2, "by": "Bo Delegate"}))
    one = questions(recorded(content))["support-exit"]
    assert (one.voices, one.result) == ("Department 1 3 · Department 2 (answered by Bo Delegate) 2", "2.5 of 4")


def test_a_consensus_has_its_reason_and_its_day() -> None:
    saying = questions(recorded(cards.full()))["support-exit"].sayings[0]
    assert saying.label == "Agreed on 1\u00a0March 2026"
    assert saying.text.startswith("Two of five incidents")


def test_one_rater_alone_is_not_named_at_every_grade() -> None:
    one = questions(recorded(cards.snapshot()))["support-exit"]
    assert (one.voices, one.result, one.vendor) == ("", "4 of 4", "")
    assert [saying.label for saying in one.sayings] == ["The vendor answers", "Our comment"]


def test_two_of_one_department_are_told_apart_by_their_names() -> None:
    content = cards.snapshot(answered(), answered())
    content["responses"][1]["department"] = "Department 1"
    one = questions(recorded(content))["support-exit"]
    assert one.voices == "Rater 1, Department 1 3 · Rater 2, Department 1 3"


def test_who_had_read_others_answers_is_told_at_the_grade() -> None:
    content = cards.snapshot(answered(), answered())
    content["responses"][1]["independent"] = False
    assert "Rater 2, Department 2 (not independent) 3" in questions(recorded(content))["support-exit"].voices


def test_what_the_vendor_says_stands_once_however_many_noted_it() -> None:
    said = {"grade": 3, "vendor_says": "We stay."}
    content = cards.snapshot(answered(support_exit=said), answered(support_exit=said), answered(support_exit=said))
    content["responses"][2] |= {"kind": "vendor", "name": "Nils Northwind", "department": None}
    content["notes"] = {"support-exit": {"text": "We stay.", "by": "Ada Example", "at": "2026-02-01T09:00:00Z"}}
    sayings = questions(recorded(content))["support-exit"].sayings
    assert [saying.text for saying in sayings] == ["We stay."]
    assert sayings[0].label == "The vendor answers (noted by Department 1, Department 2, Ada Example)"


def test_a_note_that_says_something_else_stands_by_itself() -> None:
    content = cards.snapshot(answered(), answered(support_exit={"grade": 3, "vendor_says": "We stay."}))
    content["responses"][1] |= {"kind": "vendor", "name": "Nils Northwind", "department": None}
    content["notes"] = {"support-exit": {"text": "They stay.", "by": "Ada Example", "at": "2026-02-01T09:00:00Z"}}
    sayings = questions(recorded(content))["support-exit"].sayings
    assert [(saying.label, saying.text) for saying in sayings] == [
        ("The vendor answers", "We stay."),
        ("Noted before the vendor answered (Ada Example, 1\u00a0February 2026)", "They stay."),
    ]


def test_who_noted_all_that_the_vendor_says_is_told_once() -> None:
    content = cards.snapshot(answered())
    note = {"text": "They stay.", "by": "Ada Example", "at": "2026-02-01T09:00:00Z"}
    content["notes"] = dict.fromkeys(("support-exit", "support-ownership", "support-rehearsal"), note)
    made = recorded(content)
    assert made.noted == "What the vendor says was noted by Ada Example on 1\u00a0February 2026."
    assert [one.label for one in questions(made)["support-exit"].sayings] == ["What the vendor says, as we noted it"]
    content["notes"]["support-exit"] = note | {"by": "Eve Example"}
    made = recorded(content)
    assert made.noted == ""
    assert "Eve Example" in questions(made)["support-exit"].sayings[0].label


def test_a_fact_stands_once_with_all_who_recorded_it() -> None:
    labels = [
        (saying.label, saying.text)
        for one in questions(recorded(cards.full())).values()
        for saying in one.sayings
        if saying.label.startswith("Recorded")
    ]
    assert ("Recorded by Department 1, the vendor", "12.5%") in labels


# The evidence ----------------------------------------------------------------------------------------------------
def test_each_file_of_evidence_has_one_entry_with_whom_and_where() -> None:
    content = cards.snapshot()
    other = {"name": "note.txt", "sha256": "cd" * 32, "size": 2_000}
    content["responses"][0]["answers"][0]["evidence"].append(other)
    made = recorded(content)
    assert [entry.number for entry in made.files] == ["E1", "E2"]
    first, second = made.files
    assert (first.file.name, first.file.sha256, first.file.size) == ("incident-2026-014.pdf", cards.SHA, "123\u00a0kB")
    assert first.shown == (("Rater 1, Department 1", "1.1, 2.1, 3.1, 4.1, 5.1, 6.1, 7.1"),)
    assert second.shown == (("Rater 1, Department 1", "1.1"),)
    shown = questions(made)
    assert (shown["support-exit"].evidence, shown["support-ownership"].evidence) == ("E1, E2", "")


def test_every_file_of_the_snapshot_is_in_the_register_and_at_its_question() -> None:
    content = cards.full()
    made = recorded(content)
    entries = {(entry.file.name, entry.file.sha256): entry.number for entry in made.files}
    stored = [
        (answer["question"], file["name"], file["sha256"])
        for response in content["responses"]
        for answer in response["answers"]
        for file in answer["evidence"]
    ]
    assert {(name, sha) for _key, name, sha in stored} == set(entries)
    assert all(entries[name, sha] in questions(made)[key].evidence.split(", ") for key, name, sha in stored)


# The arithmetic --------------------------------------------------------------------------------------------------
GRADES = st.lists(st.one_of(st.none(), st.integers(min_value=0, max_value=4)), min_size=22, max_size=22)


@settings(max_examples=20)
@given(GRADES, GRADES)
def test_the_sums_are_those_of_the_score_with_two_decimals(one: list[int | None], other: list[int | None]) -> None:
    keys = [question["key"] for rule in cards.release()["rules"] for question in rule["questions"]]
    raters = [dict(zip(keys, grades, strict=True)) for grades in (one, other)]
    content = cards.snapshot(*(lambda question, of=of: {"grade": of[question["key"]]} for of in raters))
    card = card_of(content)
    with translation.override("en"):
        sums = record.of(card).sums
    for made, score in zip(sums, card.score.rules, strict=True):
        graded = [question for question in score.questions if question.grade is not None]
        product = sum((question.weight * question.grade * 25 for question in graded), Fraction(0))
        assert made.product == number(product, "en", fixed=True)
        assert made.weight == number(sum((question.weight for question in graded), Fraction(0)), "en", fixed=True)
        assert all(line.weight[-3] == "." and (not line.product or line.product[-3] == ".") for line in made.lines)
        if score.percent is not None:
            assert product / sum(question.weight for question in graded) == score.percent


def test_a_question_without_a_grade_has_a_weight_and_no_figures() -> None:
    line = next(line for line in recorded(cards.snapshot()).sums[6].lines if line.question.state)
    assert (line.grade, line.percent, line.product) == ("", "", "")
    assert line.weight


# The contents ----------------------------------------------------------------------------------------------------
def anchors(content: Mapping[str, Any]) -> list[str]:
    return [section.anchor for section in recorded(content).sections]


def test_what_there_is_nothing_to_say_of_is_no_section() -> None:
    usual = cards.snapshot()
    assert anchors(usual) == ["people", "release", "arithmetic", "answers", "facts", "register"]
    measured = cards.with_measures(cards.full(), cards.cases(repeating=-0.4))
    assert anchors(measured) == [
        "people", "arithmetic", "answers", "facts", "findings", "expected", "asked", "moved", "register", "release",
    ]  # fmt: skip


def test_who_was_asked_stands_further_back_where_it_would_not_fit_below_the_contents() -> None:
    content = cards.full()
    content["outstanding"] = [{"name": f"Late {n}", "department": "Finance"} for n in range(12)]
    assert anchors(content)[-2:] == ["people", "release"]


def test_only_a_question_longer_than_a_page_is_divided() -> None:
    content = cards.snapshot(answered(support_exit={"grade": 3, "comment": "x" * 10_000}))
    found = questions(recorded(content))
    assert [key for key, one in found.items() if one.is_long] == ["support-exit"]
    lines = cards.snapshot(answered(support_exit={"grade": 3, "comment": "x\n" * 60}))
    assert questions(recorded(lines))["support-exit"].is_long


@pytest.mark.parametrize("schema", range(1, 10))
def test_a_snapshot_of_each_earlier_schema_has_a_record(schema: int) -> None:
    card = earlier_versions.of_schema(schema)
    html = view.layout(card, language="nl", kind=DocumentKind.RECORD).html
    assert card.sha256 in html
    assert html.count('data-target="#rule-') == 7
