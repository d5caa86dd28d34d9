"""The page “Why did it move?”: which two scorecards, what it says of them, to whom, and at what cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Answer, AssessmentState
from reports.models import Scorecard
from reports.scorecard import snapshots
from tests.factories import Cast, make_assessment, make_release, make_vendor
from tests.reports import cards

SignedIn = Callable[[Any], Client]


def change_of(card: Scorecard, since: Scorecard | int | str | None = None) -> str:
    address = reverse("scorecard_change", args=[card.pk])
    return address if since is None else f"{address}?since={since.pk if isinstance(since, Scorecard) else since}"


def graded_card(cast: Cast, vendor: Any, grade: int, **fields: Any) -> Scorecard:
    """4 on each question, but for those of the rule “speed”."""
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4, state=AssessmentState.COLLECTING, **fields)
    rows = Answer.objects.filter(response__assessment=assessment, question__rule__key="speed")
    rows.update(grade=grade, comment=f"Graded {grade} for reasons")
    return cards.approve(cast, assessment)


def text_of(response: Any) -> str:
    """What stands on the page, without its tags."""
    body = response.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", body[body.index("<main") : body.index("</main>")]).split())


@pytest.fixture
def three(cast: Cast) -> list[Scorecard]:
    vendor = make_vendor(cast.organisation, "Northwind")
    graded_card(cast, make_vendor(cast.organisation, "Another"), 0)
    return [graded_card(cast, vendor, grade) for grade in (1, 3, 4)]


def test_it_tells_each_rule_then_and_now_and_its_sum_in_points_and_exactly(
    three: list[Scorecard], cast: Cast, signed_in: SignedIn
) -> None:
    text = text_of(signed_in(cast.reader).get(change_of(three[1])))
    assert "5. Speed (en) Broken 25% Met 75% +50.00" in text
    assert "5.1 speed question 1 (en)" not in text  # a name is quoted
    row = "5.{0} “speed question {0} (en)” 1 → 3 by Assessor (An answer that moved)"
    for place in (1, 2):
        start = text.index(row.format(place))
        assert "+25.00 +25" in text[start:]
        assert "Graded 1 for reasons" in text[start:]
        assert "Graded 3 for reasons" in text[start:]
    assert "Sum +50.00 +50" in text
    assert text.count("This rule did not move.") == 6


def test_the_one_before_is_then_unless_another_is_chosen_and_time_decides_which_is_now(
    three: list[Scorecard], cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.reader)
    first, second, third = three

    def pair(address: str) -> tuple[Scorecard, Scorecard]:
        context = client.get(address).context
        return context["then"], context["now"]

    assert pair(change_of(third)) == (second, third)
    assert pair(change_of(third, since=first)) == (first, third)
    assert pair(change_of(first, since=third)) == (first, third)
    assert pair(change_of(first)) == (first, second)
    page = client.get(change_of(second, since=third)).content.decode()
    chosen = re.findall(r'<option value="(\d+)"( selected)?>', page)
    assert chosen == [(str(first.pk), ""), (str(third.pk), " selected")]


def test_a_scorecard_of_another_vendor_itself_or_no_scorecard_is_found_nowhere(
    three: list[Scorecard], cast: Cast, signed_in: SignedIn
) -> None:
    client = signed_in(cast.reader)
    of_another = Scorecard.objects.exclude(pk__in=[card.pk for card in three]).get()
    for since in (of_another, three[2], 999_999, "x", "9" * 40, "²"):
        assert client.get(change_of(three[2], since=since)).status_code == 404


def test_the_only_scorecard_of_a_vendor_says_that_nothing_moved_yet(cast: Cast, signed_in: SignedIn) -> None:
    text = text_of(signed_in(cast.reader).get(change_of(cards.approved(cast))))
    assert "This is the only scorecard of this vendor" in text


def test_everybody_of_the_organisation_reads_it_and_a_stranger_finds_nothing(
    three: list[Scorecard], cast: Cast, client: Client
) -> None:
    for member in (cast.reader, cast.assessor, cast.approver, cast.admin):
        client.force_login(member.user)
        assert client.get(change_of(three[2])).status_code == 200
    client.force_login(cast.stranger.user)
    assert client.get(change_of(three[2])).status_code == 404
    assert client.get(change_of(three[2], since=three[0])).status_code == 404
    client.force_login(cast.nobody)
    assert client.get(change_of(three[2])).status_code == 403


def test_whoever_still_rates_the_vendor_sees_neither_figures_nor_words_nor_the_way_here(
    three: list[Scorecard], cast: Cast, signed_in: SignedIn
) -> None:
    make_assessment(cast.assessor, vendor=three[2].assessment.vendor)
    rater, reader = signed_in(cast.assessor), change_of(three[2])
    text = text_of(rater.get(reader))
    assert "You still rate this vendor." in text
    assert not re.search(r"\d\.\d\d|%|Graded", text)
    page = rater.get(reverse("scorecard_detail", args=[three[2].pk])).content.decode()
    assert reader not in page and "card-reasons" not in page
    page = signed_in(cast.reader).get(reverse("scorecard_detail", args=[three[2].pk])).content.decode()
    assert reader in page and "card-reasons" in page


@pytest.mark.parametrize("damaged", [0, 1])
def test_a_damaged_scorecard_is_not_compared_whichever_of_the_two_it_is(
    damaged: int, three: list[Scorecard], cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = snapshots.load

    def load(card: Scorecard) -> dict[str, Any]:
        if card.pk == three[damaged].pk:
            raise snapshots.SnapshotDamaged
        return whole(card)

    monkeypatch.setattr(snapshots, "load", load)
    response = signed_in(cast.reader).get(change_of(three[1]))
    assert response.status_code == 500
    assert three[damaged].number in text_of(response)
    assert "does not match its SHA-256" in text_of(response)
    assert "+50.00" not in text_of(response)


def test_it_costs_the_same_few_queries_whatever_there_is_to_tell(cast: Cast, signed_in: SignedIn) -> None:
    client, counts = signed_in(cast.reader), []
    for edition, questions, times in (("1", 1, 2), ("2", 4, 5)):
        release = make_release(edition, questions_per_rule=questions)
        vendor = make_vendor(cast.organisation, f"Vendor {edition}")
        made = [graded_card(cast, vendor, grade, release=release) for grade in range(times)]
        client.get(change_of(made[-1]))
        with CaptureQueriesContext(connection) as queries:
            client.get(change_of(made[-1]))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_what_people_wrote_is_escaped(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation, "<b>Bold</b>")
    graded_card(cast, vendor, 1)
    assessment = make_assessment(cast.assessor, vendor=vendor, grade=4, state=AssessmentState.COLLECTING)
    Answer.objects.filter(response__assessment=assessment).update(comment='<script>"x"</script>', grade=3)
    html = signed_in(cast.reader).get(change_of(cards.approve(cast, assessment))).content.decode()
    assert '<script>"x"' not in html and "<b>Bold" not in html
    assert "&lt;script&gt;" in html


def test_it_only_shows(three: list[Scorecard], cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.reader).post(change_of(three[1])).status_code == 405


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_it_tells_names_and_figures_in_the_language_of_its_reader(
    language: str, three: list[Scorecard], cast: Cast, signed_in: SignedIn
) -> None:
    cast.reader.user.language = language
    cast.reader.user.save()
    text = text_of(signed_in(cast.reader).get(change_of(three[1]), headers={"accept-language": language}))
    assert f"5. Speed ({language})" in text
    assert "+50,00" in text
