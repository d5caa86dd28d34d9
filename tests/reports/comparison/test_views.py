"""The page that compares vendors, and its documents: what is shown, to whom, and at what cost."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry, Role
from reports.comparison import keeping
from reports.models import Comparison, Document, Rendering, RenderingState, Scorecard
from reports.scorecard import snapshots
from tests.factories import NOW, Cast, make_assessment, make_member, make_release, make_vendor
from tests.reports import cards
from tests.reports.renderings import PDF

SignedIn = Callable[[Any], Client]


def address(*scorecards: Scorecard) -> str:
    return reverse("comparison") + "?" + "&".join(f"vendor={card.assessment.vendor_id}" for card in scorecards)


def page(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


@pytest.fixture
def scorecards(cast: Cast) -> list[Scorecard]:
    named = (("Alder", 4), ("Birch", 2))
    return [cards.approved(cast, grade=grade, vendor=make_vendor(cast.organisation, name)) for name, grade in named]


def test_vendors_stand_side_by_side_with_the_tables_beside_the_figures(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    html = page(signed_in(cast.reader), address(*scorecards[::-1]))

    heads = re.search(r'<table class="table-quiet comparison-table">.*?</thead>', html)
    assert heads
    assert heads.group().index("Birch") < heads.group().index("Alder")
    assert 'aria-labelledby="vendor-1-radar-title vendor-1-radar-desc"' in html
    assert 'aria-labelledby="vendor-2-radar-title vendor-2-radar-desc"' in html
    assert html.count("No difference from Birch and Alder is called clear: the confidence of those") == 1
    assert "Alder against Birch is not clear, for the reasons above." in html
    assert html.count('data-label="Birch"') == 7 + 7 + 14  # facts, rules, questions
    assert "style=" not in html


def test_an_earlier_scorecard_can_be_chosen_and_is_called_so(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    again = cards.approved(cast, grade=0, vendor=scorecards[0].assessment.vendor)
    client = signed_in(cast.reader)
    latest = page(client, address(*scorecards))
    assert again.number in latest
    assert "not the latest" not in latest

    html = page(client, f"{address(*scorecards)}&scorecard={scorecards[0].pk}")
    assert '<span class="tag">not the latest</span>' in html
    assert f'<option value="{scorecards[0].pk}" selected>' in html
    assert f'<option value="{again.pk}"' not in html  # the latest goes unnamed
    assert "not the latest" not in page(client, f"{address(*scorecards)}&scorecard=")


def test_the_form_comes_first_and_compares_without_a_script(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    client = signed_in(cast.reader)
    html = page(client, reverse("comparison"))
    keys = [card.assessment.vendor_id for card in scorecards]
    assert [int(key) for key in re.findall(r'name="vendor" value="(\d+)"', html)] == keys
    assert "Go on with what you compared last" not in html

    client.get(address(*scorecards))

    assert f'href="{address(*scorecards)}"'.replace("&", "&amp;") in page(client, reverse("comparison"))


def test_an_organisation_without_a_scorecard_is_told_where_to_begin(cast: Cast, signed_in: SignedIn) -> None:
    assert "Nothing to compare yet" in page(signed_in(cast.reader), reverse("comparison"))


def test_vendor_list_and_vendor_lead_there(cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]) -> None:
    client, vendor = signed_in(cast.reader), scorecards[0].assessment.vendor
    bare = make_vendor(cast.organisation, "Never assessed")
    listed = page(client, reverse("vendor_list"))
    assert f'name="vendor" value="{vendor.pk}" form="comparison"' in listed
    assert f'value="{bare.pk}" form="comparison"' not in listed
    assert '<form id="comparison"' in listed
    assert f'href="{reverse("comparison")}?vendor={vendor.pk}"' in page(client, vendor.get_absolute_url())
    assert "choose at least one more" in page(client, f"{reverse('comparison')}?vendor={vendor.pk}")


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_page_speaks_the_language_of_its_reader(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard], language: str
) -> None:
    client = signed_in(cast.reader)
    cast.reader.user.language = language
    cast.reader.user.save()
    client.cookies["django_language"] = language
    assert f"Speed ({language})" in page(client, address(*scorecards))


def test_page_costs_the_same_few_queries_for_two_vendors_and_for_five(cast: Cast, signed_in: SignedIn) -> None:
    make_release(questions_per_rule=1)
    five = [cards.approved(cast, grade=number) for number in range(5)]
    client, counts = signed_in(cast.reader), []
    for some in (five[:2], five):
        keeping.keep(cast.reader, some, now=NOW)
        client.get(address(*some))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(*some)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def test_a_scorecard_that_does_not_match_its_hash_is_not_compared(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "hash_of", lambda text: "0" * 64)
    response = signed_in(cast.reader).get(address(*scorecards))
    assert response.status_code == 500
    assert b"does not match its SHA-256" in response.content


def test_names_are_escaped(cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]) -> None:
    odd = cards.approved(cast, vendor=make_vendor(cast.organisation, '<script>"x"</script>'))
    html = page(signed_in(cast.reader), address(odd, scorecards[0]))
    assert '<script>"x"' not in html
    assert "<script>&quot;" not in html


# Secrecy ----------------------------------------------------------------------------------------------------------
def test_a_vendor_whose_figures_wait_is_not_compared_and_the_page_says_so(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    third = cards.approved(cast, grade=0, vendor=make_vendor(cast.organisation, "Cedar"))
    make_assessment(cast.assessor, vendor=scorecards[0].assessment.vendor)
    html = page(signed_in(cast.assessor), address(*scorecards, third))

    assert "You are still rating Alder" in html
    assert scorecards[0].number not in html
    assert 'data-label="Alder"' not in html
    assert 'data-label="Cedar"' in html
    assert "is still" not in page(signed_in(cast.reader), address(*scorecards, third))


def test_with_one_vendor_left_nothing_is_compared(cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]) -> None:
    make_assessment(cast.assessor, vendor=scorecards[0].assessment.vendor)
    html = page(signed_in(cast.assessor), address(*scorecards))
    assert "choose at least one more" in html
    assert "comparison-table" not in html


def test_a_vendor_of_another_organisation_is_not_found(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    assert signed_in(cast.stranger).get(address(*scorecards)).status_code == 404


def test_an_outside_rater_is_refused(cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]) -> None:
    outsider = make_member(cast.organisation, "outsider", Role.RATER)
    assert signed_in(outsider).get(address(*scorecards)).status_code == 403


# Documents --------------------------------------------------------------------------------------------------------
def ask(client: Client, scorecards: Sequence[Scorecard], language: str = "en", **headers: Any) -> Any:
    named = {"scorecard": [card.pk for card in scorecards], "language": language}
    return client.post(reverse("comparison_document_request"), named, headers=headers)


def make_ready(cast: Cast, scorecards: Sequence[Scorecard]) -> Rendering:
    rendering = Rendering.objects.create(
        comparison=keeping.keep(cast.reader, scorecards, now=NOW),
        language="en",
        state=RenderingState.READY,
        progress=100,
        requested_at=NOW,
        finished_at=NOW,
        size=len(PDF),
        sha256="ab" * 32,
    )
    Document.objects.create(rendering=rendering, content=PDF)
    return rendering


def test_looking_makes_no_row_and_asking_for_the_pdf_makes_one(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    client = signed_in(cast.reader)
    client.get(address(*scorecards))
    assert not Comparison.objects.exists()

    response = ask(client, scorecards)

    named = "&".join(f"scorecard={card.pk}" for card in scorecards)
    assert response["Location"] == f"{address(*scorecards)}&{named}#documents"
    rendering = Rendering.objects.get()
    assert rendering.subject == Comparison.objects.get()
    assert AuditEntry.objects.filter(verb="comparison.made", actor=cast.reader.user).count() == 1
    assert "Waiting for its turn." in page(client, address(*scorecards))


def test_the_row_of_a_document_is_replaced_alone(cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]) -> None:
    client = signed_in(cast.reader)
    part = ask(client, scorecards, **{"hx-request": "true"}).content.decode()
    rendering = Rendering.objects.get()
    status = reverse("comparison_document_status", args=[rendering.pk])
    assert part.lstrip().startswith('<li id="document-en"')
    assert f'hx-get="{status}?seen=' in part
    seen = re.search(r"\?seen=([\w-]+)", part)
    assert seen
    assert client.get(f"{status}?seen={seen.group(1)}", headers={"hx-request": "true"}).status_code == 204
    assert "Alder" in client.get(status).content.decode()


def test_the_finished_document_is_an_attachment(cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]) -> None:
    rendering, client = make_ready(cast, scorecards), signed_in(cast.reader)
    download = reverse("comparison_document_download", args=[rendering.pk])
    assert download in page(client, address(*scorecards))
    response = client.get(download)
    assert response.content == PDF
    assert response["Content-Disposition"] == (
        'attachment; filename="comparison-alder-birch-S-2026-001-S-2026-002-en.pdf"'
    )
    assert client.get(download, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_until_it_is_finished_the_download_leads_to_how_far_it_is(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    client = signed_in(cast.reader)
    ask(client, scorecards)
    key = Rendering.objects.get().pk
    response = client.get(reverse("comparison_document_download", args=[key]))
    assert response["Location"] == reverse("comparison_document_status", args=[key])


def test_who_may_not_see_one_of_the_vendors_neither_asks_nor_downloads(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    rendering = make_ready(cast, scorecards)
    make_assessment(cast.assessor, vendor=scorecards[1].assessment.vendor)
    client = signed_in(cast.assessor)
    back = client.get(reverse("comparison_document_download", args=[rendering.pk]))["Location"]
    assert back.startswith(address(*scorecards))
    assert "You are still rating Birch" in page(client, back)
    assert ask(client, scorecards, "fr")["Location"] == back
    assert Rendering.objects.count() == 1


def test_scorecards_of_another_organisation_are_not_found(
    cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]
) -> None:
    rendering, client = make_ready(cast, scorecards), signed_in(cast.stranger)
    assert ask(client, scorecards).status_code == 404
    for route in ("comparison_document_status", "comparison_document_download", "rendering_download"):
        assert client.get(reverse(route, args=[rendering.pk])).status_code == 404
    assert signed_in(cast.reader).get(reverse("rendering_download", args=[rendering.pk])).status_code == 404


def test_an_odd_wish_is_refused_with_a_word(cast: Cast, signed_in: SignedIn, scorecards: list[Scorecard]) -> None:
    client = signed_in(cast.reader)
    assert ask(client, scorecards, "xx").status_code == 400
    response = client.post(
        reverse("comparison_document_request"), {"scorecard": scorecards[0].pk, "language": "en"}, follow=True
    )
    assert "Choose two to five vendors first" in response.content.decode()
    assert not Comparison.objects.exists()
