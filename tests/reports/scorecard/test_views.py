"""The page of a scorecard: what it says, to whom, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Answer
from reports.models import Rendering, Scorecard
from reports.scorecard import snapshots
from tests.factories import Cast, make_assessment, make_incident, make_release, make_vendor
from tests.reports import cards
from tests.reports.renderings import make_ready

SignedIn = Callable[[Any], Client]


def page_of(card: Scorecard) -> str:
    return reverse("scorecard_detail", args=[card.pk])


def test_page_tells_headline_weakest_rule_arithmetic_answers_and_hash(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, grade=3)
    answer = cards.answer_of(assessment, "speed-1")
    Answer.objects.filter(pk=answer.pk).update(grade=1, vendor_says="On call at night", comment="Once in five")
    card = cards.approve(cast, assessment)
    client = signed_in(cast.reader)
    response = client.get(page_of(card))
    rule = client.get(reverse("scorecard_rule", args=[card.pk, "speed"]), headers={"HX-Request": "true"})
    html = " ".join((response.content + rule.content).decode().split())
    for said in (
        "6 of 7 rules met. Some is not enough: 1 rule partly met.",
        "The weakest rule is “Speed (en)”: 50%, partly met.",
        "Σ w·p / Σ w = (1 × 25 + 1 × 75) / (1 + 1) = 100 / 2 = 50%",
        "On call at night",
        "Once in five",
        "speed question 1 level 1 (en)",
        "Approved by Approver on 2\u00a0March 2026",
        card.sha256,
    ):
        assert " ".join(said.split()) in html
    assert response.status_code == 200


def test_one_press_makes_the_pdf_and_leads_to_its_progress_and_then_to_the_file(
    cast: Cast, signed_in: SignedIn
) -> None:
    card, client = cards.approved(cast), signed_in(cast.reader)
    head = head_of(client.get(page_of(card)))
    address = reverse("rendering_request", args=[card.pk])
    assert f'<form class="no-print" method="post" action="{address}">' in head
    assert "Make the PDF</button>" in head
    response = client.post(address, {"language": "en"})
    assert response["Location"] == f"{page_of(card)}#documents"
    head = head_of(client.get(page_of(card)))
    assert '<a class="btn btn-primary no-print" href="#documents">The PDF is being made</a>' in head
    Rendering.objects.all().delete()
    ready = make_ready(card)
    head = head_of(client.get(page_of(card)))
    assert reverse("rendering_download", args=[ready.pk]) in head
    assert "Download the PDF</a>" in head


def head_of(response: Any) -> str:
    """The page down to its verdict, where the buttons of the head stand."""
    page: str = response.content.decode()
    return " ".join(page[: page.index('id="verdict"')].split())


def test_each_chart_has_a_title_a_description_and_the_table_beside_it(cast: Cast, signed_in: SignedIn) -> None:
    html = signed_in(cast.reader).get(page_of(cards.approved(cast))).content.decode()
    for form in ("ring", "radar", "bars"):
        assert f'aria-labelledby="card-{form}-title card-{form}-desc"' in html
    assert html.count('class="verdict verdict-met"') == 7
    assert "style=" not in html


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_page_speaks_the_language_of_its_reader(cast: Cast, signed_in: SignedIn, language: str) -> None:
    card = cards.approved(cast)
    client = signed_in(cast.reader)
    client.cookies["django_language"] = language
    cast.reader.user.language = language
    cast.reader.user.save()
    html = client.get(page_of(card), headers={"accept-language": language}).content.decode()
    assert f"Speed ({language})" in html
    assert f'lang="{language}"' in html


def test_everybody_of_the_organisation_reads_it_and_a_stranger_finds_nothing(cast: Cast, client: Client) -> None:
    card = cards.approved(cast)
    for member in (cast.reader, cast.assessor, cast.approver, cast.admin):
        client.force_login(member.user)
        assert client.get(page_of(card)).status_code == 200
    client.force_login(cast.stranger.user)
    assert client.get(page_of(card)).status_code == 404
    client.force_login(cast.nobody)
    assert client.get(page_of(card)).status_code == 403
    client.logout()
    assert client.get(page_of(card)).status_code == 302


def test_page_costs_the_same_few_queries_whatever_it_holds(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.reader)
    counts = []
    for edition, questions in (("1", 1), ("2", 4)):
        release = make_release(edition, questions_per_rule=questions)
        card = cards.approved(cast, release=release)
        client.get(page_of(card))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(page_of(card))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8  # one asks for the scorecard before


def test_page_shows_the_approved_texts_whatever_changes_later(cast: Cast, signed_in: SignedIn) -> None:
    vendor = make_vendor(cast.organisation, "Named Then")
    card = cards.approved(cast, vendor=vendor)
    vendor.name = "Named Now"
    vendor.save()
    html = signed_in(cast.reader).get(page_of(card)).content.decode()
    assert "<h1><bdi>Named Then</bdi></h1>" in html


def test_what_people_wrote_is_escaped(cast: Cast, signed_in: SignedIn) -> None:
    card = cards.approved(cast, vendor=make_vendor(cast.organisation, '<script>"x"</script>'))
    html = signed_in(cast.reader).get(page_of(card)).content.decode()
    assert "<script>&quot;" not in html
    assert '<script>"x"' not in html
    assert "&lt;script&gt;" in html


def test_a_scorecard_that_does_not_match_its_hash_is_not_shown(
    cast: Cast, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = cards.approved(cast)
    monkeypatch.setattr(snapshots, "hash_of", lambda text: "0" * 64)
    response = signed_in(cast.reader).get(page_of(card))
    assert response.status_code == 500
    assert b"does not match its SHA-256" in response.content
    assert b"rules met" not in response.content


def test_page_only_shows(cast: Cast, signed_in: SignedIn) -> None:
    assert signed_in(cast.reader).post(page_of(cards.approved(cast))).status_code == 405


# What was measured ------------------------------------------------------------------------------------------------
@pytest.fixture
def slower(cast: Cast) -> Scorecard:
    """Rated met in every rule, although each month takes three hours longer."""
    vendor = make_vendor(cast.organisation, "Slower Systems")
    for month in range(14):
        year, index = divmod(2025 * 12 + month, 12)
        opened = datetime(year, index + 1, 3, 8, tzinfo=UTC)
        make_incident(vendor, opened=opened, hours=50 + 3 * month)
    return cards.approved(cast, vendor=vendor)


def test_a_contradiction_stands_below_the_rules_with_its_figures_and_incidents(
    slower: Scorecard, cast: Cast, signed_in: SignedIn
) -> None:
    html = " ".join(signed_in(cast.reader).get(page_of(slower)).content.decode().split())
    said = (
        "is rated met, yet the mean duration of critical incidents rises by 3 hours a month (p &lt; 0.001 after "
        "correction, 12 months). Over these 12 months it went from about 53 hours to about 86 hours, a change by 47% "
        "of its average. It rests on 12 incidents. 3 periods are left out."
    )
    assert html.count(said) == 1, "with its incidents among the facts; below the rules stands what leads there"
    assert '<span class="chip chip-contradicted">Contradicted</span>: <a href="#measured">5. ' in html
    assert html.index(said) < html.index('id="documents"')
    assert "INC-0013, INC-0012" in html
    assert "Only the measures in bold are held against a rule" in html
    assert html.count('class="chip chip-contradicted"') == 3
    assert "Mean hours to resolve, each counted to at most 5 days" in html
    assert 'href="/help/measures/"' in html


def test_each_measure_with_a_trend_is_drawn_with_its_words(slower: Scorecard, cast: Cast, signed_in: SignedIn) -> None:
    client, address = signed_in(cast.reader), reverse("scorecard_trends", args=[slower.pk])
    assert f'hx-get="{address}"' in client.get(page_of(slower)).content.decode()
    for headers in ({}, {"HX-Request": "true"}):
        html = client.get(address, headers=headers).content.decode()
        assert 'aria-labelledby="card-duration_mean-trend-title card-duration_mean-trend-desc"' in html
        assert "rising by 3 hours a month" in html


def test_who_rates_the_vendor_again_is_fetched_no_trend(slower: Scorecard, cast: Cast, signed_in: SignedIn) -> None:
    make_assessment(cast.assessor, vendor=slower.assessment.vendor)
    for headers in ({}, {"HX-Request": "true"}):
        reply = signed_in(cast.assessor).get(reverse("scorecard_trends", args=[slower.pk]), headers=headers)
        assert "You are still rating" in reply.content.decode()
        assert "hours a month" not in reply.content.decode()


def test_a_rule_that_is_not_broken_is_fetched_when_it_is_opened_and_is_a_page_of_its_own(
    cast: Cast, signed_in: SignedIn
) -> None:
    card, client = cards.approved(cast, grade=4), signed_in(cast.reader)
    address = reverse("scorecard_rule", args=[card.pk, "speed"])
    html = client.get(page_of(card)).content.decode()
    assert f'id="rule-speed" data-fetched hx-get="{address}"' in html
    assert f'<a id="question-speed-1" href="{address}#question-speed-1">' in html

    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    whole = client.get(address).content.decode()
    assert part.strip().startswith('<div class="disclosure-body card-body" id="rule-speed">') and "<html" not in part
    assert 'id="question-speed-1"' in part and 'id="question-speed-1"' in whole and "<h1>5. Speed (en)" in whole
    assert client.get(reverse("scorecard_rule", args=[card.pk, "no-rule"])).status_code == 404


def test_a_broken_rule_stands_open_with_all_that_it_holds(cast: Cast, signed_in: SignedIn) -> None:
    html = signed_in(cast.reader).get(page_of(cards.approved(cast, grade=1))).content.decode()
    assert 'id="rule-speed">' in html and "scorecard_rule" not in html
    assert html.count("Σ w·p / Σ w = ") == 7


def test_whoever_rates_the_vendor_again_waits_for_page_and_document(
    slower: Scorecard, cast: Cast, signed_in: SignedIn
) -> None:
    make_assessment(cast.assessor, vendor=slower.assessment.vendor)
    rendering = make_ready(slower)
    download = reverse("rendering_download", args=[rendering.pk])
    client = signed_in(cast.assessor)
    html = client.get(page_of(slower)).content.decode()
    assert "You still rate this vendor." in html
    assert "hours a month" not in html
    assert download not in html
    assert client.get(download)["Location"] == f"{page_of(slower)}#documents"
    other = signed_in(cast.reader)
    assert other.get(download)["Content-Type"] == "application/pdf"


def test_the_document_that_tells_what_moved_waits_for_whoever_still_rates(cast: Cast, signed_in: SignedIn) -> None:
    first = cards.approved(cast, grade=1)
    about = {"vendor": first.assessment.vendor, "release": first.assessment.release}
    second = cards.approved(cast, grade=4, **about)
    make_assessment(cast.colleague, **about)
    downloads = {card: reverse("rendering_download", args=[make_ready(card).pk]) for card in (first, second)}

    rating = signed_in(cast.colleague)
    assert rating.get(downloads[second])["Location"] == f"{page_of(second)}#documents"
    html = rating.get(page_of(second)).content.decode()
    assert downloads[second] not in html
    assert "The document tells what was measured and what moved" in html
    assert rating.get(downloads[first])["Content-Type"] == "application/pdf"  # it tells of nothing but itself
    assert signed_in(cast.reader).get(downloads[second])["Content-Type"] == "application/pdf"


def test_where_nothing_was_measured_one_quiet_line_says_so(cast: Cast, signed_in: SignedIn) -> None:
    html = signed_in(cast.reader).get(page_of(cards.approved(cast))).content.decode()
    assert html.count("Nothing was measured") == 1
    assert "measured-table" not in html


def test_bounds_are_explained_where_they_are_shown_and_nowhere_else(cast: Cast, signed_in: SignedIn) -> None:
    assessment = make_assessment(cast.assessor, release=make_release("long", questions_per_rule=4), grade=3)
    whole = cards.approved(cast)
    Answer.objects.filter(pk=cards.answer_of(assessment, "speed-1").pk).update(grade=None, blank="dont_know")
    client, link = signed_in(cast.reader), reverse("help_topic", args=["words"]) + "#bounds"
    assert link in client.get(page_of(cards.approve(cast, assessment))).content.decode()
    assert link not in client.get(page_of(whole)).content.decode()
    assert 'id="bounds"' in client.get(link).content.decode()
