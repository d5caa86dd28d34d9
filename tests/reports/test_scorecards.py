"""What a scorecard says, from the snapshot and a language alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import translation

from assessments.scoring import Policy
from reports import scorecards, snapshots, wording
from tests.reports import cards

LANGUAGES = ("en", "fr", "nl")


def view(content: Mapping[str, Any] | None = None, language: str = "en") -> scorecards.ScorecardView:
    return scorecards.view_of(cards.scorecard(content or cards.snapshot()), language=language)


def graded(grades: Mapping[str, int | None], *, default: int | None = 3) -> cards.Answers:
    """Grades by question key, or by rule; the rest has the default."""

    def answers(question: Mapping[str, Any]) -> Mapping[str, Any]:
        rule = question["key"].split("-")[0]
        return {"grade": grades.get(question["key"], grades.get(rule, default))}

    return answers


def test_the_same_snapshot_and_language_give_the_same_view_without_the_database() -> None:
    assert view() == view()


def test_the_language_of_the_reader_beside_it_does_not_matter() -> None:
    with translation.override("fr"):
        inside = view(language="nl")
        assert translation.get_language() == "fr"
    assert inside == view(language="nl")


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_numbers_and_dates_are_those_of_the_language(language: str) -> None:
    card = view(language=language)
    rules = cards.release()["rules"]
    assert [rule.name for rule in card.rules] == [rule["name"][language] for rule in rules]
    assert card.rules[0].questions[0].text == rules[0]["questions"][0]["text"][language]
    assert card.rules[0].questions[0].level == rules[0]["questions"][0]["levels"][4]["text"][language]
    assert card.average == {"en": "66.7%", "fr": "66,7\u00a0%", "nl": "66,7%"}[language]
    assert (
        card.approved_on == {"en": "3\u00a0March 2026", "fr": "3\u00a0mars 2026", "nl": "3\u00a0maart 2026"}[language]
    )


def test_headline_verdict_and_weakest_rule_stand_in_one_sentence_each() -> None:
    card = view()
    assert card.headline == "4 of 7 rules met"
    assert card.verdict_heading == "Verdict: not met"
    assert card.verdict_sentence == "Some is not enough: 1 rule broken, 1 rule partly met, 1 rule not rated."
    assert card.weakest == "The weakest rule is “Troubleshoot incisively”: 25%, broken."
    assert card.weakest_rule is card.rules[3]
    assert card.confidence_sentence == ("Confidence: low (1 rater from 1 department; 7 of 20 grades with evidence).")


@pytest.mark.parametrize(
    ("evidenced", "said"), [(0, "0 note sur 22 avec"), (1, "1 note sur 22 avec"), (2, "2 notes sur 22 avec")]
)
def test_none_and_one_are_singular_in_french(evidenced: int, said: str) -> None:
    score = snapshots.score_of(cards.snapshot())
    words = wording.Words(language="fr", policy=Policy(), rules={}, questions={})
    with translation.override("fr"):
        assert said in wording.confidence(score, words, raters=1, departments=1, graded=22, evidenced=evidenced)


REASONS: list[tuple[Mapping[str, int | None], int, str, str]] = [
    ({"support": 4}, 0, "met", "Every grade is the highest."),
    ({}, 0, "met", "Reaches 75%. Lowest: “When support for an incident ends”, 3 of 4."),
    ({"support-exit": 1}, 0, "broken", "Knock-out: “When support for an incident ends”, 1 of 4."),
    (
        {"support-rehearsal": 0},
        0,
        "partly",
        "Below the 75% needed. Lowest: “Joint rehearsal of a major incident”, 0 of 4.",
    ),
    ({"guidance": 1}, 2, "broken", "Below 50%. Lowest: “Explaining during an incident”, 1 of 4."),
    (
        {"guidance-explain": None},
        2,
        "not_rated",
        "Too little is known: 50% of the weight is graded, 75% is needed.",
    ),
]


@pytest.mark.parametrize(("grades", "rule", "status", "reason"), REASONS)
def test_each_status_has_its_reason_in_words(
    grades: Mapping[str, int | None], rule: int, status: str, reason: str
) -> None:
    shown = view(cards.snapshot(graded(grades))).rules[rule]
    assert (shown.status, shown.reason.replace("\u00a0", " ")) == (status, reason)


def test_a_rule_that_does_not_apply_says_so() -> None:
    card = view(cards.snapshot(lambda question: {"blank": "not_applicable", "reason": "Not bought"}))
    assert card.rules[0].reason == "None of its questions applies."
    assert (card.rules[0].percent, card.rules[0].bounds, card.rules[0].sum) == ("", "", "")


def test_the_arithmetic_can_be_read_line_by_line() -> None:
    rule = view(cards.snapshot(graded({"support-exit": 2, "support-ownership": 3, "support-rehearsal": 4}))).rules[0]
    lines = [(q.weight, q.grade, q.percent, q.product) for q in rule.questions]
    assert lines == [("2", "2", "50", "100"), ("2", "3", "75", "150"), ("1", "4", "100", "100")]
    assert rule.sum == "(2 × 50 + 2 × 75 + 1 × 100) / (2 + 2 + 1) = 350 / 5 = 70%"
    assert (rule.weight_graded, rule.weighted_sum, rule.percent) == ("5", "350", "70%")


def test_missing_grades_show_as_coverage_and_bounds_never_as_a_score() -> None:
    rule = view(cards.snapshot(graded({"guidance-explain": None}))).rules[2]
    assert (rule.percent, rule.coverage, rule.bounds, rule.is_covered) == ("", "50%", "37.5% to 87.5%", False)
    assert rule.mark.percent is None
    assert rule.result == "75%"


def test_nothing_rated_has_no_average_and_no_weakest_rule() -> None:
    card = view(cards.snapshot(graded({}, default=None)))
    assert (card.average, card.weakest_rule, card.verdict) == ("", None, "undecided")
    assert card.verdict_sentence == "7 rules are not rated, for lack of grades."
    assert card.confidence_sentence == "Confidence: low (nothing is graded)."


def test_all_met_says_so() -> None:
    card = view(cards.snapshot(graded({}, default=4)))
    assert (card.verdict_heading, card.verdict_sentence) == ("Verdict: met", "Every rule is met.")


def test_raters_who_differ_are_named_with_what_each_said() -> None:
    card = view(cards.snapshot(graded({"support-exit": 4}), graded({"support-exit": 1})))
    question = card.rules[0].questions[0]
    assert [q.key for q in card.disagreements] == ["support-exit"]
    assert (question.grade, question.level) == ("2.5", "")
    assert [(a.rater, a.grade) for a in question.answers] == [
        ("Rater 1, Department 1", "4"),
        ("Rater 2, Department 2", "1"),
    ]
    assert card.confidence_sentence.startswith("Confidence: medium (2 raters from 2 departments; ")


def test_one_rater_is_not_repeated_at_every_answer() -> None:
    assert {answer.rater for rule in view().rules for q in rule.questions for answer in q.answers} == {""}


def test_what_the_vendor_filled_in_is_shown_as_its_own_and_never_counted() -> None:
    content = cards.snapshot(graded({}), graded({}, default=0))
    content["responses"][1]["kind"] = "vendor"
    card = view({**content, "score": cards.scoring.as_data(snapshots.recompute(content))})
    assert card.headline == "7 of 7 rules met"
    assert [a.rater for a in card.rules[0].questions[0].answers] == ["", "The vendor itself"]
    assert len(card.raters) == 1


def test_facts_are_told_with_their_unit() -> None:
    facts = {q.key: a.fact for rule in view().rules for q in rule.questions for a in q.answers if a.fact}
    assert facts == {
        "speed-practice": "2.5 times a quarter",
        "speed-review": "2.5 times a quarter",
        "prevention-share": "12.5%",
    }


def test_a_damaged_snapshot_is_never_turned_into_a_document() -> None:
    card = cards.scorecard(cards.snapshot())
    card.sha256 = "0" * 64
    with pytest.raises(snapshots.SnapshotDamaged):
        scorecards.scorecard_html(card, language="en")


def test_the_document_escapes_what_people_wrote() -> None:
    card = cards.scorecard(cards.snapshot(vendor="<b>&x</b>", approver="<i>"))
    html = scorecards.scorecard_html(card, language="en")
    assert "<b>&x</b>" not in html
    assert "&lt;b&gt;&amp;x&lt;/b&gt;" in html
    assert "<i>" not in html
