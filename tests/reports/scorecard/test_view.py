"""What a scorecard says, from the snapshot and a language alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import translation

from assessments.score.arithmetic import Policy
from reports.scorecard import people, snapshots
from reports.scorecard import view as scorecards
from reports.scorecard import words as wording
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
    assert card.heard == "1 rater from 1 department."
    assert card.confidence_sentence == "Confidence: low (grades with evidence: 7 of 20)."


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
    ({"support": 1}, 0, "broken", "Below 50%. Knock-out: “When support for an incident ends”, 1 of 4."),
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
    assert card.heard == "2 raters from 2 departments."
    assert card.confidence_sentence == "Confidence: medium (grades with evidence: 0 of 44)."


def test_one_rater_is_not_repeated_at_every_answer() -> None:
    assert {answer.rater for rule in view().rules for q in rule.questions for answer in q.answers} == {""}


def test_what_the_vendor_filled_in_is_shown_apart_and_never_counted() -> None:
    content = cards.snapshot(graded({}), graded({}, default=0))
    content["responses"][1] |= {"kind": "vendor", "name": "Nils Northwind"}
    card = view(cards.computed(content))
    question = card.rules[0].questions[0]
    assert card.headline == "7 of 7 rules met"
    assert [answer.rater for answer in question.answers] == [""]
    assert question.vendor is not None
    assert (question.vendor.grade, question.vendor.rater) == ("0", "Nils Northwind, Department 2")
    assert (len(card.raters), card.heard) == (1, "1 rater from 1 department.")
    assert card.vendor_answered is not None


def full(language: str = "en") -> scorecards.ScorecardView:
    return view(cards.full(), language)


def test_who_was_heard_and_who_was_not_stands_in_one_line() -> None:
    card = full()
    assert card.heard == "3 raters from 3 departments; not heard: Finance."
    assert [(one.name, one.at) for one in card.outstanding] == [("Late Example", "")]
    assert [(one.name, one.why, one.heard) for one in card.departments] == [
        ("Department 1", "orders from this vendor", True),
        ("Finance", "depends on a service of this vendor", False),
        ("Department 3", "runs the IT", True),
    ]


def test_agreement_is_told_with_its_figure_and_what_it_means() -> None:
    assert full().agreement.startswith("Fair agreement (alpha 0.71). ")
    assert view().agreement == ""  # one rater judged alone
    same = {"alpha": None, "level": "none", "why": "no_variation", "raters": 2, "questions": 22}
    assert view({**cards.full(), "agreement": same}).agreement.startswith("All gave the same grade")


def test_weak_agreement_sends_nobody_to_talk_once_what_was_contested_is_settled() -> None:
    weak = {"alpha": "0.300000", "level": "weak", "why": "", "raters": 3, "questions": 22}
    stored = {**cards.full(), "agreement": weak}
    contested = list(stored["score"]["disagreements"])
    assert contested
    settled = {
        "grade": 2, "not_applicable": False, "reason": "We read the records.", "held_on": "2026-03-01"
    }  # fmt: skip
    agreed = {**stored, "consensus": dict.fromkeys(contested, settled)}

    assert view({**stored, "consensus": {}}).agreement.endswith("talk about it before anybody relies on the result.")
    said = people.agreement(weak, people.agreed_on(agreed, contested))
    assert said.replace("\xa0", " ").endswith(f"Contested on {len(contested)} questions, settled on 1 March 2026.")


def test_agreement_below_a_level_is_never_rounded_up_to_it() -> None:
    stored = {"alpha": "0.799600", "level": "tentative", "why": "", "raters": 3, "questions": 22}
    assert "(alpha 0.7996)" in view({**cards.full(), "agreement": stored}).agreement


def test_the_gap_is_told_beside_the_rule_and_drawn_as_the_vendors_outline() -> None:
    rule = full().rules[3]
    assert (rule.percent, rule.vendor_percent, rule.gap) == ("50%", "100%", "higher by 50\u00a0percentage points")
    said = "The vendor says 100% of itself, we say 50%: a gap of 50\u00a0percentage points. It never counts."
    assert rule.gap_words == said
    assert rule.mark.vendor_percent == 100
    assert view().has_gap is False
    assert view().rules[3].mark.vendor_percent is None


@pytest.mark.parametrize(
    ("difference", "said", "signed"),
    [
        ("1/1", "higher by 1\u00a0percentage point", "+1"),
        ("-1/2", "lower by 0.5\u00a0percentage points", "\N{MINUS SIGN}0.5"),
        ("0", "as we do", "±0"),
        (None, "", ""),
    ],
)
def test_each_gap_has_its_words(difference: str | None, said: str, signed: str) -> None:
    stored = {"rule": "support", "vendor": "50", "customer": "50", "difference": difference}
    words = wording.Words(language="en", policy=Policy(), rules={}, questions={})
    assert people.gap(stored, words) == said
    assert people.gap_signed(stored, words) == signed


def test_a_consensus_shows_its_grade_its_reason_and_its_day_and_the_record_once_who_was_there() -> None:
    question = full().rules[0].questions[0]
    assert (question.grade, len(question.answers), question.disagreement) == ("2", 3, True)
    assert question.agreed is not None
    assert (question.agreed.held_on, question.agreed.present, question.agreed.of_one) == (
        "1\u00a0March 2026",
        "",
        False,
    )
    assert [(one.held_on, one.present, one.settled) for one in full().meetings] == [
        ("1\u00a0March 2026", "Ada Example, Rater 2, Guest Example", "1 question agreed")
    ]
    assert full().rules[0].questions[1].agreed is None


def test_who_answered_in_a_raters_place_is_named() -> None:
    answers = [answer for q in full().rules[5].questions for answer in q.answers if answer.by]
    assert {(answer.rater, answer.by) for answer in answers} <= {("Rater 3, Department 3", "Bo Delegate")}


def test_a_reply_stands_beside_its_rule_and_changes_no_score() -> None:
    card = full()
    agreed, contested = card.rules[0].reply, card.rules[3].reply
    assert agreed is not None and contested is not None
    assert (agreed.stance_label, agreed.note, agreed.by) == ("The vendor agrees", "", "Nils Northwind")
    assert (contested.stance, contested.note) == ("contests", "It was shown an earlier result.")
    assert [rule.number for rule in card.contested] == [4]
    assert card.reply_note == ""
    silent = view(cards.computed({**cards.full(), "replies": []}))
    assert silent.headline == card.headline


def test_a_vendor_that_stayed_silent_is_said_to_have_been_asked() -> None:
    asked = {"asked_at": "2026-03-01T12:00:00Z", "due_on": "2026-03-11", "submitted_at": None}
    card = view({**cards.full(), "reply": asked, "replies": []})
    assert card.reply_note == "The vendor was shown this result and did not reply; it had until 11\u00a0March 2026."


def test_each_decision_names_its_level_and_says_where_it_was_overtaken() -> None:
    decisions = [(one.decision, one.level, bool(one.note)) for one in full().approvals]
    assert decisions == [
        ("Approved", "Procurement lead", True),
        ("Sent back", "IT director", False),
        ("Approved", "Procurement lead", False),
        ("Approved", "IT director", False),
    ]
    assert [one.level for one in view().approvals] == [""]


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
