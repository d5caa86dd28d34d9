"""The vendor's page of a proof behind its link: with JavaScript and without, from the first word to the last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.sending.mark import FIELD
from reports.models import Document, Rendering, RenderingState
from tests.factories import Cast, hand_in_proof, make_incident, make_proof
from vendors.desk.guard import DESK
from vendors.models import CauseProof, DeskLink, EntryKind, Incident, ProofState, Service, TimelineEntry
from vendors.proofs import evidence, transitions
from vendors.proofs.parts import parts_of

pytestmark = pytest.mark.django_db
SECRET = "kept to ourselves"
WHOLE = {
    "cause-text": "The disk was full.",
    "how_known-text": "The monitor says so.",
    "assumptions-text": "None.",
    "prevention-text": "It rings at 80 %.",
    "reach-text": "None: we looked at all four.",
}


@pytest.fixture
def proof(cast: Cast, incident: Incident) -> CauseProof:
    return make_proof(cast.assessor, incident)


@pytest.fixture
def vendor_client(desk: DeskLink) -> Client:
    client = Client()
    client.cookies[DESK.name_of(desk.pk)] = DESK.value_of(desk)
    return client


def page_of(client: Client, desk: DeskLink, proof: CauseProof) -> str:
    response = client.get(reverse("vendor_proof", args=[desk.pk, proof.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def post(client: Client, desk: DeskLink, proof: CauseProof, then: str = "stay", **texts: Any) -> Any:
    """The whole page, as a browser without JavaScript sends it."""
    proof.refresh_from_db()
    parts = parts_of(proof, list(proof.other_causes.all()))
    sent = {f"{part.key}-{name}": text for part in parts for name, text in part.texts.items()}
    versions = {f"{part.key}-version": part.seen for part in parts}
    return client.post(
        reverse("vendor_proof", args=[desk.pk, proof.pk]), {**sent, **versions, "then": then, FIELD: "end", **texts}
    )


# Reading -----------------------------------------------------------------------------------------------------------
def test_it_shows_what_happened_and_nothing_that_the_customer_keeps(
    cast: Cast, vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    incident = proof.incident
    incident.title, incident.service = "No orders", Service.objects.create(vendor=incident.vendor, name="Orders")
    incident.problem, incident.handled_by = f"{SECRET} problem", f"{SECRET} hand"
    incident.save()
    told = {"incident": incident, "user": cast.assessor.user, "at": incident.opened_at, "created_at": timezone.now()}
    TimelineEntry.objects.create(**told, kind=EntryKind.NOTE, text=f"{SECRET} note")
    TimelineEntry.objects.create(**told, kind=EntryKind.CONTACT, person="Vera", asked="For the log")

    page = page_of(vendor_client, desk, proof)
    for said in ("INC-1", "No orders", "Orders", "For the log", "Vera"):
        assert said in page
    assert SECRET not in page
    assert "Assessor" not in page.partition("Questions, or something to put right?")[0]


def test_what_is_missing_is_listed_with_the_way_to_it(vendor_client: Client, desk: DeskLink, proof: CauseProof) -> None:
    page = page_of(vendor_client, desk, proof)
    assert '<a href="#cause-text">Say what the cause was.</a>' in page
    assert 'id="cause-text"' in page
    assert 'href="#other_causes"' in page and 'id="other_causes"' in page


def test_the_example_speaks_the_readers_language(vendor_client: Client, desk: DeskLink, proof: CauseProof) -> None:
    for language, word in (("en", "log server"), ("fr", "serveur de journaux"), ("nl", "logserver")):
        vendor_client.cookies["django_language"] = language
        assert word in page_of(vendor_client, desk, proof)


def test_the_page_takes_the_same_few_queries_however_much_there_is(
    cast: Cast, vendor_client: Client, desk: DeskLink, proof: CauseProof, django_assert_num_queries: Any
) -> None:
    DeskLink.objects.update(seen_at=timezone.now())
    url = reverse("vendor_proof", args=[desk.pk, proof.pk])
    with django_assert_num_queries(6) as few:
        vendor_client.get(url)
    for number in range(5):
        proof.other_causes.create(position=number + 2, cause="The line")
        evidence.add_files(desk, proof, [upload(f"{number}.txt", f"log {number}")], now=timezone.now())
    with django_assert_num_queries(len(few)):
        vendor_client.get(url)


# Writing without JavaScript ------------------------------------------------------------------------------------------
def test_without_javascript_the_page_is_saved_and_handed_in(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    row = proof.other_causes.get()
    other = {f"other-{row.pk}-cause": "The line", f"other-{row.pk}-ruled_out_by": "It carried calls."}
    saved = post(vendor_client, desk, proof, "hand_in", **WHOLE, **other)
    assert saved["Location"] == reverse("vendor_proof_hand_in", args=[desk.pk, proof.pk])

    asked = vendor_client.get(saved["Location"]).content.decode()
    assert "The disk was full." in asked and "It carried calls." in asked
    proof.refresh_from_db()
    vendor_client.post(saved["Location"], {"version": str(proof.version), FIELD: "end"})
    proof.refresh_from_db()
    assert (proof.state, proof.handed_in_by) == (ProofState.HANDED_IN, desk.signature)


def test_a_row_is_added_without_javascript_and_what_was_typed_stays(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    answer = post(vendor_client, desk, proof, "another", **{"cause-text": "The disk"})
    row = proof.other_causes.order_by("-pk").first()
    assert row is not None
    assert answer["Location"].endswith(f"#other-{row.pk}")
    assert f'id="other-{row.pk}-cause"' in page_of(vendor_client, desk, proof)
    proof.refresh_from_db()
    assert (proof.other_causes.count(), proof.cause) == (2, "The disk")


def test_of_two_without_javascript_the_second_decides_with_both_texts(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    stale = {"cause-version": parts_of(proof, [])[0].seen}
    post(vendor_client, desk, proof, **{"cause-text": "The disk"})
    second = post(vendor_client, desk, proof, **stale, **{"cause-text": "The line", "reach-text": "None"})

    page = second.content.decode()
    assert second.status_code == 409
    assert "The disk" in page and "The line" in page and "Keep mine" in page
    proof.refresh_from_db()
    assert (proof.cause, proof.reach) == ("The disk", "None")  # all else of the page is saved
    seen_now = parts_of(proof, [])[0].seen
    post(vendor_client, desk, proof, **stale, **{"cause-text": "The line", "keep": f"cause:{seen_now}"})
    proof.refresh_from_db()
    assert proof.cause == "The line"


def test_taking_theirs_leaves_what_is_stored(vendor_client: Client, desk: DeskLink, proof: CauseProof) -> None:
    post(vendor_client, desk, proof, **{"cause-text": "The disk"})
    answer = post(vendor_client, desk, proof, **{"cause-version": "", "cause-text": "The line", "take": "cause"})
    assert answer.status_code == 302
    proof.refresh_from_db()
    assert proof.cause == "The disk"


def test_the_words_of_a_row_that_is_gone_are_given_back(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    gone = {"other-999999-version": "x", "other-999999-cause": "A thought of mine"}
    answer = post(vendor_client, desk, proof, **gone)
    assert answer.status_code == 422
    assert "A thought of mine" in answer.content.decode()


def test_nothing_is_handed_in_while_something_is_missing(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    url = reverse("vendor_proof_hand_in", args=[desk.pk, proof.pk])
    page = vendor_client.get(url).content.decode()
    assert "Say what the cause was." in page and 'type="submit" class="btn btn-primary"' not in page
    vendor_client.post(url, {"version": str(proof.version), FIELD: "end"})
    proof.refresh_from_db()
    assert proof.state == ProofState.OWED


def test_what_changed_since_it_was_read_is_not_handed_in(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    row = proof.other_causes.get()
    post(vendor_client, desk, proof, **WHOLE, **{f"other-{row.pk}-cause": "A", f"other-{row.pk}-ruled_out_by": "B"})
    proof.refresh_from_db()
    read = proof.version
    post(vendor_client, desk, proof, **{"cause-text": "Changed by a colleague"})
    vendor_client.post(reverse("vendor_proof_hand_in", args=[desk.pk, proof.pk]), {"version": str(read), FIELD: "end"})
    proof.refresh_from_db()
    assert proof.state == ProofState.OWED


# Saved by itself -----------------------------------------------------------------------------------------------------
def save(client: Client, desk: DeskLink, proof: CauseProof, part: str, **texts: str) -> Any:
    sent = {f"{part}-{name}": text for name, text in texts.items()}
    url = reverse("vendor_proof_save", args=[desk.pk, proof.pk, part])
    return client.post(url, {**sent, FIELD: "end"}, headers={"accept": "application/json"})


def test_a_part_saves_itself_and_says_what_comes_next(vendor_client: Client, desk: DeskLink, proof: CauseProof) -> None:
    first = parts_of(proof, [])[0]
    saved = save(vendor_client, desk, proof, "cause", version=first.seen, text="The disk").json()
    assert saved["state"] == "saved" and saved["message"].startswith("Saved")
    again = save(vendor_client, desk, proof, "cause", version=saved["version"], text="The disk was full.")
    assert again.json()["state"] == "saved"
    proof.refresh_from_db()
    assert proof.cause == "The disk was full."


def test_a_conflict_brings_both_texts_and_what_to_keep_it_by(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    first = parts_of(proof, [])[0]
    save(vendor_client, desk, proof, "cause", version=first.seen, text="The disk")
    refused = save(vendor_client, desk, proof, "cause", version=first.seen, text="<b>The line</b>")
    data = refused.json()
    assert (refused.status_code, data["state"], data["stored"]["text"]) == (409, "conflict", "The disk")
    assert "&lt;b&gt;The line" in data["html"] and "The disk" in data["html"]
    kept = save(vendor_client, desk, proof, "cause", version=data["stored"]["version"], text="The line")
    assert kept.json()["state"] == "saved"


def test_a_row_that_is_gone_says_so(vendor_client: Client, desk: DeskLink, proof: CauseProof) -> None:
    answer = save(vendor_client, desk, proof, "other-999999", version="", cause="A")
    assert (answer.status_code, answer.json()["state"]) == (423, "closed")
    assert "copy what you typed" in answer.json()["message"]


# Files ---------------------------------------------------------------------------------------------------------------
def upload(name: str = "monitor.txt", content: str = "100 % at 07:38") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


def test_files_come_with_the_page_and_go_by_a_button_of_it(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    post(vendor_client, desk, proof, **{"files-evidence": upload()})
    file = proof.files.get()
    assert (file.name, file.uploaded_through) == ("monitor.txt", desk)
    got = vendor_client.get(reverse("vendor_proof_file", args=[desk.pk, file.pk]))
    assert b"".join(got.streaming_content) == b"100 % at 07:38"  # type: ignore[attr-defined]
    assert "attachment" in got["Content-Disposition"]

    post(vendor_client, desk, proof, **{"delete_evidence": str(file.pk)})
    assert not proof.files.exists()


def test_a_file_that_is_not_what_its_name_says_is_refused(
    vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    answer = post(vendor_client, desk, proof, **{"files-evidence": upload("a.pdf", "no PDF"), "cause-text": "The disk"})
    assert answer.status_code == 422
    assert "does not contain what its name says" in answer.content.decode()
    proof.refresh_from_db()
    assert (proof.files.count(), proof.cause) == (0, "The disk")


def test_a_file_that_is_chosen_saves_itself(vendor_client: Client, desk: DeskLink, proof: CauseProof) -> None:
    url, json = reverse("vendor_proof_file_add", args=[desk.pk, proof.pk]), {"accept": "application/json"}
    kept = vendor_client.post(url, {"files-evidence": upload(), FIELD: "end"}, headers=json)
    assert "monitor.txt" in kept.json()["html"] and "Delete for good" in kept.json()["html"]
    wrong = vendor_client.post(url, {"files-evidence": upload("a.exe"), FIELD: "end"}, headers=json)
    assert (wrong.status_code, "is of a kind that is not kept" in wrong.json()["html"]) == (422, True)
    gone = reverse("vendor_proof_file_delete", args=[desk.pk, proof.files.get().pk])
    assert "monitor.txt" not in vendor_client.post(gone, {FIELD: "end"}, headers=json).json()["html"]


# What comes of it ----------------------------------------------------------------------------------------------------
def test_what_is_returned_shows_the_reason_above_and_is_written_again(
    cast: Cast, vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    hand_in_proof(desk, proof, now=timezone.now())
    due = timezone.localdate() + timedelta(days=5)
    transitions.return_it(cast.assessor, proof, reason="How do you know?", due_on=due, now=timezone.now())

    page = page_of(vendor_client, desk, proof)
    assert "Why it was returned" in page and "How do you know?" in page
    assert post(vendor_client, desk, proof, **{"how_known-text": "We filled it again."}).status_code == 302
    proof.refresh_from_db()
    assert proof.how_known == "We filled it again."


@pytest.mark.parametrize("state", [ProofState.HANDED_IN, ProofState.ACCEPTED, ProofState.WAIVED])
def test_when_it_is_not_the_vendors_turn_it_is_read_and_not_written(
    cast: Cast, vendor_client: Client, desk: DeskLink, state: ProofState
) -> None:
    proof = make_proof(cast.assessor, make_incident(desk.vendor), state=state)
    page = page_of(vendor_client, desk, proof)
    assert "<textarea" not in page
    assert "It was a drill." not in page  # why it is not asked for any more is the customer's own affair
    before = CauseProof.objects.values().get(pk=proof.pk)
    if state == ProofState.WAIVED:
        document = reverse("vendor_proof_document", args=[desk.pk, proof.pk])
        assert vendor_client.get(document).status_code == 404
    refused = post(vendor_client, desk, proof, **{"cause-text": "Something else"})
    assert refused.status_code == 423
    assert "Something else" in refused.content.decode()  # to be copied
    assert CauseProof.objects.values().get(pk=proof.pk) == before


def test_the_document_of_what_was_handed_in_is_the_vendors_too(
    cast: Cast, vendor_client: Client, desk: DeskLink, proof: CauseProof
) -> None:
    url = reverse("vendor_proof_document", args=[desk.pk, proof.pk])
    assert vendor_client.get(url).status_code == 404  # nothing was handed in yet
    hand_in_proof(desk, proof, now=timezone.now())
    assert url in page_of(vendor_client, desk, proof)
    assert "Make the PDF" in vendor_client.get(url).content.decode()
    assert vendor_client.post(url, {FIELD: "end"})["Location"] == url
    assert "Look again" in vendor_client.get(url).content.decode()
    assert vendor_client.get(f"{url}en.pdf")["Location"] == url  # still being made

    wish = Rendering.objects.get()
    done = {"state": RenderingState.READY, "progress": 100, "size": 4, "sha256": "0" * 64}
    Rendering.objects.update(**done, finished_at=timezone.now())
    Document.objects.create(rendering=wish, content=b"%PDF")
    got = vendor_client.get(f"{url}en.pdf")
    assert got.content == b"%PDF"
    assert "proof-of-cause-p-" in got["Content-Disposition"]
    assert vendor_client.get(f"{url}xx.pdf").status_code == 404


# On the desk ---------------------------------------------------------------------------------------------------------
def test_the_desk_lists_what_is_owed_the_late_first_and_what_is_done_below(
    cast: Cast, vendor_client: Client, desk: DeskLink
) -> None:
    today = timezone.localdate()
    for reference, due in (("INC-SOON", today + timedelta(days=3)), ("INC-LATE", today - timedelta(days=3))):
        make_proof(cast.assessor, make_incident(desk.vendor, reference), due_on=due)
    make_proof(cast.assessor, make_incident(desk.vendor, "INC-DONE"), state=ProofState.ACCEPTED)
    make_proof(cast.assessor, make_incident(desk.vendor, "INC-WAIVED"), state=ProofState.WAIVED)

    page = vendor_client.get(reverse("desk_home", args=[desk.pk])).content.decode()
    places = [page.index(reference) for reference in ("INC-LATE", "INC-SOON", "INC-DONE")]
    assert places == sorted(places)
    assert "INC-WAIVED" not in page
