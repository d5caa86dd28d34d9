"""The sheet of an incident on paper: in three languages, from its frozen row alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from reports.documents import pdf
from reports.fact_sheets import incident as kind
from reports.fact_sheets import keeping, printing
from reports.models import FactSheet, FactSheetKind
from tests.factories import NOW, Cast, make_assessment, make_incident, make_vendor
from tests.reports import verapdf
from vendors.models import EntryKind, Incident
from vendors.timeline import changes

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr", "nl")


@pytest.fixture
def incident(cast: Cast) -> Incident:
    vendor = make_vendor(cast.organisation)
    incident = make_incident(vendor, "H-2026-001", opened=NOW, hours=None, title="The records stand still")
    at = NOW + timedelta(minutes=5)
    said = {
        "kind": EntryKind.CONTACT,
        "at": at,
        "person": "Ann",
        "asked": "The log",
        "next_at": NOW + timedelta(hours=1),
    }
    changes.add(cast.assessor, incident, said, now=at)
    note = {"kind": EntryKind.NOTE, "at": at, "text": "Between us"}
    changes.add(cast.assessor, incident, note, now=at)
    return Incident.objects.get(pk=incident.pk)


@pytest.fixture
def sheet(cast: Cast, incident: Incident) -> FactSheet:
    facts = kind.KIND.facts(cast.reader, incident.pk)
    return keeping.keep(cast.organisation, FactSheetKind.INCIDENT, facts, now=NOW)


def test_the_paper_says_what_happened_and_no_note(sheet: FactSheet) -> None:
    html = printing.layout(sheet, language="en").html
    for said in ("The records stand still", "The log", "not said", "0 of 1", sheet.sha256):
        assert said in html
    assert "Between us" not in html


def test_the_paper_is_accessible_in_each_language(sheet: FactSheet, tmp_path: Path) -> None:
    paths = {}
    for language in LANGUAGES:
        layout = printing.layout(sheet, language=language)
        paths[language] = tmp_path / f"{language}.pdf"
        paths[language].write_bytes(
            pdf.to_pdf(layout.html, language=language, title=layout.title, created=layout.created)
        )
    found = verapdf.failures(*paths.values())
    assert found == {path: [] for path in paths.values()}


def test_whoever_still_rates_is_led_back_without_a_sheet(
    cast: Cast, incident: Incident, signed_in: Callable[..., Client]
) -> None:
    make_assessment(cast.colleague, vendor=incident.vendor)
    wish = {"kind": "incident", "about": incident.pk, "language": "en"}
    answer = signed_in(cast.colleague).post(reverse("fact_sheet_request"), wish)
    assert answer.url == reverse("incident_hour", args=[incident.pk])
    assert not FactSheet.objects.exists()


def test_another_organisation_gets_no_sheet(cast: Cast, incident: Incident, signed_in: Callable[..., Client]) -> None:
    wish = {"kind": "incident", "about": incident.pk, "language": "en"}
    assert signed_in(cast.stranger).post(reverse("fact_sheet_request"), wish).status_code == 404
