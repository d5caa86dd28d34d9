"""A proof of cause on paper: what it says, in whose words, and who gets it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import hash_token
from accounts.sending.mark import FIELD
from reports import worker
from reports.fact_sheets import keeping
from reports.fact_sheets import proof as paper
from reports.models import FactSheet, FactSheetKind
from tests.factories import (
    NOW,
    Cast,
    add_rater,
    hand_in_proof,
    make_assessment,
    make_incident,
    make_proof,
    make_vendor,
)
from tests.reports import verapdf
from vendors.models import CauseProof, Contact, DeskLink, Incident, ProofState, Service
from vendors.proofs import saving, transitions

pytestmark = pytest.mark.django_db
DUE = timezone.localdate(NOW + timedelta(days=10))


@pytest.fixture
def incident(cast: Cast) -> Incident:
    vendor = make_vendor(cast.organisation, "Harbour Systems")
    service = Service.objects.create(vendor=vendor, name="Patient file", department=cast.department)
    return make_incident(vendor, "INC-1", opened=NOW, hours=4, service=service, title="The patient file stood still")


@pytest.fixture
def desk(incident: Incident) -> DeskLink:
    contact = Contact.objects.create(vendor=incident.vendor, name="Vera Example", email="v@example.com", language="fr")
    return DeskLink.objects.create(
        vendor=incident.vendor,
        contact=contact,
        name=contact.name,
        email=contact.email,
        language="fr",
        token_hash=hash_token("vera"),
        created_at=NOW,
        expires_at=NOW.replace(year=2030),
    )


@pytest.fixture
def handed_in(cast: Cast, incident: Incident, desk: DeskLink) -> CauseProof:
    proof = make_proof(cast.assessor, incident, now=NOW)
    return hand_in_proof(desk, proof, now=NOW + timedelta(days=2), cause="Le disque était plein.")


def sheet_of(cast: Cast, proof: CauseProof) -> FactSheet:
    facts = paper.facts_for(cast.assessor, proof.pk)
    return keeping.keep(cast.organisation, FactSheetKind.PROOF, facts, now=NOW)


def shown(cast: Cast, proof: CauseProof) -> paper.ProofView:
    return paper.view(paper.facts_for(cast.assessor, proof.pk).content, "en")


def plain(text: str) -> str:
    """With spaces of one kind."""
    return text.replace("\xa0", " ")


# What it says ------------------------------------------------------------------------------------------------------
def test_it_says_what_happened_to_whom_and_what_was_proven(cast: Cast, handed_in: CauseProof) -> None:
    view = shown(cast, handed_in)

    assert view.heading == "The patient file stood still"
    assert [(fact.label, fact.text) for fact in view.happened][:3] == [
        ("Reference", "INC-1"),
        ("Service", "Patient file"),
        ("For whom", "Procurement"),
    ]
    assert [said.title for said in (*view.before, *view.after)] == [
        "The cause",
        "How it is known",
        "What that rests on",
        "What keeps it from coming back",
        "Which other systems need the same",
    ]
    assert view.before[0].text == "Le disque était plein."
    assert view.others == (("The network", "It carried other calls at that minute."),)
    assert view.words == "fr"


def test_it_says_whether_it_came_in_time_and_who_handed_it_in(cast: Cast, handed_in: CauseProof) -> None:
    view = shown(cast, handed_in)
    assert plain(view.outcome) == "Not accepted yet: it is being read."
    assert tuple(map(plain, view.course)) == (
        "First handed in on 4 March 2026, in time: it was due on 12 March 2026.",
        "As Vera Example handed it in on 4 March 2026.",
    )


def test_what_came_late_is_called_late(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)
    hand_in_proof(desk, proof, now=NOW + timedelta(days=11))
    assert plain(shown(cast, proof).course[0]) == "First handed in on 13 March 2026, late: it was due on 12 March 2026."


def test_it_says_by_whom_it_was_accepted(cast: Cast, handed_in: CauseProof) -> None:
    transitions.accept(cast.assessor, handed_in, now=NOW + timedelta(days=3))
    view = shown(cast, handed_in)
    assert (view.accepted, plain(view.outcome)) == (True, "Accepted by Assessor on 5 March 2026.")


def test_of_what_was_returned_it_prints_what_was_handed_in_last(
    cast: Cast, handed_in: CauseProof, desk: DeskLink
) -> None:
    later = NOW + timedelta(days=3)
    transitions.return_it(cast.assessor, handed_in, reason="kept to ourselves", due_on=DUE, now=later)
    saving.save_text(desk, handed_in, "cause", "Un brouillon", 0, seen="Le disque était plein.", now=later)

    view = shown(cast, handed_in)
    assert plain(view.outcome) == "Not accepted yet: returned on 5 March 2026, because more is needed."
    assert view.before[0].text == "Le disque était plein."
    assert "kept to ourselves" not in sheet_of(cast, handed_in).content


def test_what_a_member_put_in_names_the_member(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)
    hand_in_proof(cast.assessor, proof, now=NOW)
    assert plain(shown(cast, proof).course[1]) == "As it came in on 2 March 2026; put in by Assessor."


# Who gets it ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [ProofState.OWED, ProofState.WAIVED])
def test_of_what_was_never_handed_in_or_is_not_asked_for_there_is_no_sheet(
    cast: Cast, incident: Incident, state: ProofState
) -> None:
    proof = make_proof(cast.assessor, incident, state=state, now=NOW)
    with pytest.raises(Http404):
        paper.facts_for(cast.assessor, proof.pk)


def test_another_organisation_has_no_sheet_of_it(cast: Cast, handed_in: CauseProof) -> None:
    with pytest.raises(Http404):
        paper.facts_for(cast.stranger, handed_in.pk)


def test_the_sheet_says_whom_it_concerns_so_that_judges_do_not_get_it(cast: Cast, handed_in: CauseProof) -> None:
    assert paper.facts_for(cast.assessor, handed_in.pk).vendor == handed_in.vendor


def test_whoever_still_judges_the_vendor_is_led_back_and_gets_no_sheet(cast: Cast, handed_in: CauseProof) -> None:
    add_rater(make_assessment(cast.assessor, vendor=handed_in.vendor), cast.reader)
    client = Client()
    client.force_login(cast.reader.user)
    wanted = {"kind": "proof", "about": str(handed_in.pk), "language": "en", FIELD: "end"}
    answer = client.post(reverse("fact_sheet_request"), wanted)
    assert answer["Location"] == reverse("proof_detail", args=[handed_in.pk])
    assert not FactSheet.objects.exists()
    assert "Le disque" not in client.get(answer["Location"]).content.decode()


# On paper ------------------------------------------------------------------------------------------------------------
def test_the_same_proof_gives_the_same_row(cast: Cast, handed_in: CauseProof) -> None:
    assert sheet_of(cast, handed_in) == sheet_of(cast, handed_in)
    first = sheet_of(cast, handed_in)
    transitions.accept(cast.assessor, handed_in, now=NOW + timedelta(days=3))
    assert sheet_of(cast, handed_in) != first


def test_it_passes_pdf_ua_1_in_each_language_on_two_pages_at_most(
    cast: Cast, handed_in: CauseProof, tmp_path: Path
) -> None:
    sheet = sheet_of(cast, handed_in)
    paths = {language: tmp_path / f"{language}.pdf" for language in ("en", "fr", "nl")}
    for language, path in paths.items():
        path.write_bytes(worker.produce(sheet, language=language))
        pages = PdfReader(path).pages
        assert len(pages) <= 2
        assert "Le disque était plein." in " ".join(page.extract_text() for page in pages)
    found = verapdf.failures(*paths.values())
    assert {language: found[path] for language, path in paths.items()} == {language: [] for language in paths}
