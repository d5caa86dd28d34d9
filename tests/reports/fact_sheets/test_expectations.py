"""What is expected, on one page: what it says, who gets it, and that it is one page in each language."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from manifesto.models import RULE_KEYS
from reports import worker
from reports.fact_sheets import expectations as paper
from reports.fact_sheets import keeping
from reports.models import FactSheet, FactSheetKind, Rendering
from tests.assessments.vendor_commitments.scene import body_of, with_cookies
from tests.factories import NOW, Cast, make_expectations, make_release, make_vendor
from tests.reports import verapdf
from vendors.desk import links
from vendors.desk.guard import DESK
from vendors.expectations import editions
from vendors.models import Contact, DeskLink, ExpectationEdition

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(cast: Cast) -> ExpectationEdition:
    make_release()
    return make_expectations(cast.assessor)


def sheet_of(cast: Cast, edition: ExpectationEdition) -> FactSheet:
    facts = paper.facts_for(cast.reader, edition.pk)
    return keeping.keep(cast.organisation, FactSheetKind.EXPECTATIONS, facts, now=NOW)


def test_it_says_rule_by_rule_what_is_expected_and_what_tells(cast: Cast, edition: ExpectationEdition) -> None:
    content = paper.facts_for(cast.reader, edition.pk).content
    with translation.override("fr"):
        view = paper.view(content, "fr")
    assert [rule.number for rule in view.rules] == [1, 2, 3, 4, 5, 6, 7]
    rows = edition.expectations.order_by("position", "pk")
    texts = [[row.text_fr for row in rows if row.rule == key] for key in RULE_KEYS]
    assert [[line.text for line in rule.lines] for rule in view.rules] == texts
    assert all(rule.name for rule in view.rules)
    measured = {row.text_fr for row in rows if row.measure}
    assert {line.text for rule in view.rules for line in rule.lines if line.told_by} == measured


def test_a_draft_and_what_another_organisation_expects_are_on_no_paper(cast: Cast, edition: ExpectationEdition) -> None:
    draft = editions.start_draft(cast.assessor, editions.Source.EDITION)
    for member, wanted in ((cast.assessor, draft), (cast.stranger, edition)):
        with pytest.raises(Http404):
            paper.facts_for(member, wanted.pk)


def test_the_same_edition_is_the_same_row_and_concerns_no_one_vendor(cast: Cast, edition: ExpectationEdition) -> None:
    assert sheet_of(cast, edition) == sheet_of(cast, edition)
    assert sheet_of(cast, edition).vendor is None


def test_much_text_is_set_closer(cast: Cast, edition: ExpectationEdition) -> None:
    facts = paper.facts_for(cast.reader, edition.pk).content
    [first, *_rest] = facts["rules"]
    short = {**facts, "rules": [first]}
    long = {**facts, "rules": [{**first, "expectations": first["expectations"] * 20}]}
    assert [paper.view(one, "en").density for one in (short, long)] == ["", "crowded"]


def test_the_proposal_is_one_page_and_passes_pdf_ua_1_in_each_language(
    cast: Cast, edition: ExpectationEdition, tmp_path: Path
) -> None:
    sheet = sheet_of(cast, edition)
    paths = {language: tmp_path / f"{language}.pdf" for language in ("en", "fr", "nl")}
    for language, path in paths.items():
        path.write_bytes(worker.produce(sheet, language=language))
        assert len(PdfReader(path).pages) == 1, language
    found = verapdf.failures(*paths.values())
    assert {language: found[path] for language, path in paths.items()} == {language: [] for language in paths}


# By the vendor's link ------------------------------------------------------------------------------------------------
@pytest.fixture
def link(cast: Cast, edition: ExpectationEdition) -> DeskLink:
    contact = Contact.objects.create(vendor=make_vendor(cast.organisation, "Lighthouse"), name="Kim")
    return links.create(cast.assessor, contact, now=timezone.now())[0]


def test_the_vendor_gets_the_same_document_by_its_link(cast: Cast, link: DeskLink, edition: ExpectationEdition) -> None:
    client = with_cookies({DESK.name_of(link.pk): DESK.value_of(link), "django_language": "en"})
    here = reverse("desk_expectations_document", args=[link.pk, edition.number])
    assert here in body_of(client.get(reverse("desk_expectations", args=[link.pk, edition.number])))
    assert client.post(here)["Location"] == here
    rendering = Rendering.objects.get()
    assert rendering.fact_sheet == sheet_of(cast, edition)
    download = reverse("desk_expectations_download", args=[link.pk, edition.number, "en"])
    assert client.get(download)["Location"] == here  # not made yet
    assert client.get(reverse("desk_expectations_document", args=[link.pk, 9])).status_code == 404


def test_a_member_asks_for_it_on_the_page_of_the_edition(cast: Cast, edition: ExpectationEdition) -> None:
    client = Client()
    client.force_login(cast.reader.user)
    assert "Make the PDF" in body_of(client.get(edition.get_absolute_url()))
    client.post(reverse("fact_sheet_request"), {"kind": "expectations", "about": edition.pk, "language": "nl"})
    assert Rendering.objects.get().language == "nl"
