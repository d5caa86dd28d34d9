"""Brief and scorecard on paper: exactly one page and four, whatever there is to say, and each says what it is for."""

from __future__ import annotations

import pytest

from tests.reports import cards, earlier_versions, hard, papers

LANGUAGES = ("en", "fr", "nl")


@pytest.fixture(scope="module")
def measured() -> list[str]:
    """The pages of a scorecard about which everything is said, in English."""
    content = cards.with_measures(cards.full(), cards.cases(repeating=-0.4), targets={"duration_mean": 8})
    return papers.printed(content)


# Pages counted ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_brief_is_one_page_and_the_scorecard_four_in_the_hardest_case(language: str) -> None:
    brief, scorecard = (papers.pages(papers.hardest(kind, language)) for kind in papers.KINDS)
    assert (len(brief), len(scorecard)) == (1, 4)
    for page in (brief[0], scorecard[0]):
        assert hard.APPROVER.split("-")[0] in page
        assert "S-2025-004" in page
    assert "7. " not in scorecard[1], "no rule hangs over from the page of rules"


@pytest.mark.parametrize("schema", range(1, 10))
def test_a_scorecard_of_any_earlier_version_has_four_pages(schema: int) -> None:
    """Each version in one language; what is written differs little by language, and the hardest case has all three."""
    language = LANGUAGES[schema % 3]
    card = earlier_versions.of_schema(schema)
    assert len(papers.pages(papers.worker.produce(card, kind="scorecard", language=language))) == 4


def test_texts_of_thousands_of_words_stay_in_their_lines() -> None:
    words = "Donaudampfschifffahrtsgesellschaftskapitän 🚀 שלום עולם 漢字 " * 60
    content = cards.full(vendor="W" * 200, organisation="ארגון לדוגמה " * 9, approver="x" * 150)
    content["replies"] = [
        {**content["replies"][1], "rule": rule["key"], "text": words} for rule in cards.release()["rules"]
    ]
    content["commitments"] = [cards.commitment(n, words, rule="speed", owner="y" * 150) for n in range(1, 30)]
    content["heard"] = [{"name": f"{n} {words}", "why": "affected", "heard": False} for n in range(20)]
    content["outstanding"] = [{"name": words, "department": words}] * 20
    assert len(papers.printed(cards.computed(content))) == 4


def test_where_nothing_was_measured_the_page_of_facts_tells_what_would_tell() -> None:
    pages = papers.printed(cards.snapshot())
    assert len(pages) == 4
    words = " ".join(pages[1].split())
    assert "What would tell, once it is recorded" in words
    assert "Mean time to resolve" in words


# Page one ---------------------------------------------------------------------------------------------------------
def test_page_one_briefs_an_executive_alone(measured: list[str]) -> None:
    for said in (
        "None of the seven rules met; troubleshooting is the gap.",
        "Medium confidence",
        "Not heard: Finance",
        "IT: heard",
        "The vendor: answered; replied to the result",
        "Approved by: Eve Example and Cees Fictief",
        "Claim: contradicted. The vendor claims that rule 5, “Be fast”, is met",
        "Better than rated. Rule 6",
        "Since S-2025-004",
        "Of 3 September 2025; rules met then: 0 of 7. No rule changed its status.",
        "2 commitments are open, 1 of them overdue.",
        "5 Resolve critical incidents within eight hours. Nils Northwind 31 January 2026 Overdue",
        "Eve Example (Procurement lead), 3 March 2026; Cees Fictief (IT director), 3 March 2026.",
    ):
        assert said in measured[0]


def test_no_p_value_stands_on_page_one(measured: list[str]) -> None:
    assert "p < " not in measured[0]
    assert "p = " not in measured[0]


def test_the_pages_behind_it_tell_facts_failures_and_basis(measured: list[str]) -> None:
    facts, unmet, basis = measured[1:]
    assert "Mean time to resolve: getting worse, +3 hours a month" in facts
    for said in (
        "The rules that are not met",
        "We expect: Find out what is wrong before you change",
        "1 file as evidence: incident-2026-014.pdf",
        "The vendor replies: The vendor contests this: The records of February are missing here.",
        "We ask: Resolve critical incidents within eight hours, Nils Northwind, 31 January 2026, overdue",
    ):
        assert said in unmet
    for said in (
        "Finance depends on a service of this vendor 0 not heard",
        "Did not hand in",
        "Late Example",
        "Signature",
    ):
        assert said in basis
    assert cards.scorecard(cards.full()).number in basis


def test_an_approver_who_also_rated_is_said_to_have() -> None:
    (page,) = papers.printed(cards.snapshot(approver="Rater 1"), kind="brief")
    assert "Approved by: Rater 1 (also rated)" in page
    assert "Rater 1 also rated." in page


def test_nothing_rated_is_printed_without_any_score() -> None:
    page, facts, *_rest = papers.printed(cards.snapshot(lambda question: {"blank": "dont_know"}))
    assert "None of the seven rules could be rated." in page
    assert "Verdict: undecided" in page
    assert "Average" not in page
    assert "Nothing was measured" in facts


def test_rules_that_are_met_take_a_line_each_and_a_claim_not_made_no_dot() -> None:
    page, _facts, unmet, _basis = papers.printed(cards.snapshot(lambda question: {"grade": 4}))
    assert "All seven rules met." in page
    assert "the vendor’s" not in page, "no claim was made"
    assert "The rules that are not met" not in unmet
    assert unmet.count("100.0") == 7
