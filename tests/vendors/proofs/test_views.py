"""Pages of proofs of cause: what a member sees, and what may be done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from assessments.models import Assessment, Commitment
from tests.factories import (
    TEXTS_OF_A_PROOF,
    Cast,
    hand_in_proof,
    make_assessment,
    make_incident,
    make_proof,
    make_release,
    make_vendor,
)
from vendors.models import CauseProof, DeskLink, EntryKind, Incident, ProofState, TimelineEntry, Vendor
from vendors.proofs import evidence, saving
from vendors.proofs import transitions as proofs

pytestmark = pytest.mark.django_db
LIST = "/proofs/"


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def text_of(client: Client, url: str) -> str:
    """What the page says, on one line."""
    response = client.get(url)
    assert response.status_code == 200, url
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def post(member: Membership, route: str, proof: CauseProof, **sent: Any) -> Any:
    proof.refresh_from_db()
    sent.setdefault("version", proof.version)
    return client_of(member).post(reverse(route, args=[proof.pk]), sent)


def judging(cast: Cast, vendor: Vendor) -> Assessment:
    """The colleague still has to answer."""
    return make_assessment(cast.colleague, vendor=vendor)


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


# Asking -----------------------------------------------------------------------------------------------------------
def test_a_proof_is_asked_for_on_the_page_of_the_incident(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    client = client_of(cast.assessor)
    assert "Nobody has asked the vendor for it yet." in text_of(client, incident.get_absolute_url())
    page = client.get(reverse("proof_ask", args=[incident.pk]))
    assert page.context["form"].initial["contact"] == desk.contact_id
    assert "10 working days: your expectations do not say another number" in page.content.decode().replace("\xa0", " ")

    sent = {"due_on": in_days(14), "contact": desk.contact_id, "owner": cast.reader.user_id}
    response = client.post(reverse("proof_ask", args=[incident.pk]), sent)

    proof = CauseProof.objects.get()
    assert response.headers["Location"] == proof.get_absolute_url()
    assert (proof.days, proof.owner, proof.contact) == (10, cast.reader.user, desk.contact)
    assert "Owed" in text_of(client, incident.get_absolute_url())


def test_an_incident_after_which_none_can_be_asked_for_says_why(cast: Cast, vendor: Vendor) -> None:
    running = make_incident(vendor, hours=None)
    client = client_of(cast.assessor)
    assert "once the business runs again" in text_of(client, running.get_absolute_url())
    response = client.post(reverse("proof_ask", args=[running.pk]), {"due_on": in_days(9)}, follow=True)
    assert "once the business runs again" in response.content.decode()
    assert not CauseProof.objects.exists()


# Reading ----------------------------------------------------------------------------------------------------------
def test_the_page_shows_what_was_handed_in_beside_what_was_recorded(
    cast: Cast, incident: Incident, desk: DeskLink
) -> None:
    now = timezone.now()
    TimelineEntry.objects.create(
        incident=incident,
        kind=EntryKind.NOTE,
        at=now,
        text="They asked for logs.",
        user=cast.reader.user,
        created_at=now,
    )
    proof = hand_in_proof(desk, make_proof(cast.assessor, incident), now=now)
    text = text_of(client_of(cast.reader), proof.get_absolute_url())

    for words in (*TEXTS_OF_A_PROOF.values(), "It carried other calls at that minute.", "They asked for logs."):
        assert words in text
    assert "To read" in text and "in time, on" in text
    assert "Accept it" not in text  # a reader does not decide
    assert "Accept it" in text_of(client_of(cast.assessor), proof.get_absolute_url())


def test_what_is_owed_has_a_way_to_ask_the_vendor_again(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident)
    again = reverse("desk_links", args=[incident.vendor_id])
    assert again in client_of(cast.assessor).get(proof.get_absolute_url()).content.decode()
    hand_in_proof(cast.assessor, proof, now=timezone.now())
    assert again not in client_of(cast.assessor).get(proof.get_absolute_url()).content.decode()


def test_what_is_not_handed_in_is_read_by_nobody(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident)
    saving.save_text(desk, proof, "cause", "A draft of the cause.", proof.version, now=timezone.now())
    client = client_of(cast.assessor)
    for url in (proof.get_absolute_url(), LIST, reverse("proof_hand_in", args=[proof.pk])):
        assert "A draft" not in text_of(client, url)
    assert "has begun to write it by its link" in text_of(client, reverse("proof_hand_in", args=[proof.pk]))


def test_whoever_still_judges_the_vendor_reads_that_it_opens_afterwards(
    cast: Cast, vendor: Vendor, incident: Incident
) -> None:
    proof = make_proof(cast.assessor, incident, state=ProofState.HANDED_IN)
    judging(cast, vendor)
    client = client_of(cast.colleague)

    for url in (proof.get_absolute_url(), LIST, incident.get_absolute_url(), vendor.get_absolute_url()):
        text = text_of(client, url)
        assert proof.number not in text
        assert TEXTS_OF_A_PROOF["cause"] not in text
    assert "You are still rating Harbour Systems" in text_of(client, proof.get_absolute_url())
    assert "open once you have handed in your answers" in text_of(client, LIST)
    assert "They open once you have handed in" in text_of(client, vendor.get_absolute_url())
    assert client.get(reverse("proof_accept", args=[proof.pk])).status_code == 403
    asking = reverse("proof_ask", args=[incident.pk])
    assert "You are still rating Harbour Systems" in text_of(client, asking)  # not even whether it is asked for
    assert "You are still rating Harbour Systems" in client.post(asking).content.decode()


def test_the_list_shows_what_is_open_and_what_is_asked_for(cast: Cast, vendor: Vendor) -> None:
    made = {
        state: make_proof(cast.assessor, make_incident(vendor, f"INC-{state}"), state=state) for state in ProofState
    }
    late = make_proof(cast.assessor, make_incident(vendor, "INC-late"))
    CauseProof.objects.filter(pk=late.pk).update(due_on=in_days(-3))
    client = client_of(cast.reader)

    def listed(query: str) -> set[str]:
        text = text_of(client, LIST + query)
        return {name for name in [*ProofState, "late"] if f"INC-{name}" in text}

    assert listed("") == {"owed", "handed_in", "returned", "late"}
    assert listed("?state=late") == {"late"}
    assert listed("?state=handed_in") == {"handed_in"}
    assert listed("?state=all") == {*map(str, made), "late"}
    assert listed("?mine=on") == set()
    other = make_vendor(cast.organisation, "Other")
    assert listed(f"?vendor={other.pk}") == set()


@pytest.mark.parametrize("count", [1, 4])
def test_the_number_of_queries_does_not_grow_with_the_proofs(
    cast: Cast, vendor: Vendor, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_proof(cast.assessor, make_incident(vendor, f"A{number}", problem="Disk"), state=ProofState.ACCEPTED)
        make_proof(cast.assessor, make_incident(vendor, f"B{number}", problem="Disk"))
    client = client_of(cast.reader)
    client.get(LIST)
    with django_assert_num_queries(8):
        assert client.get(f"{LIST}?state=all").status_code == 200


# Deciding ---------------------------------------------------------------------------------------------------------
def test_it_is_returned_with_a_reason_and_accepted_after_it_was_mended(
    cast: Cast, incident: Incident, desk: DeskLink
) -> None:
    proof = hand_in_proof(desk, make_proof(cast.assessor, incident), now=timezone.now())
    refused = post(cast.assessor, "proof_return", proof, due_on=in_days(7), reason="")
    assert "Say what is missing" in refused.content.decode()
    post(cast.assessor, "proof_return", proof, due_on=in_days(7), reason="Which log says so?")
    client = client_of(cast.assessor)
    assert "Which log says so?" in text_of(client, proof.get_absolute_url())

    saving.save_text(
        desk, proof, "how_known", "The log of 08:12 says so.", 0, seen=TEXTS_OF_A_PROOF["how_known"], now=timezone.now()
    )
    proofs.hand_in(desk, proof, now=timezone.now())
    text = text_of(client, proof.get_absolute_url())
    assert "What changed since it was handed in before" in text
    post(cast.assessor, "proof_accept", proof, reason="Well shown.", names_problem="on")

    proof.refresh_from_db()
    incident.refresh_from_db()
    assert (proof.state, incident.root_cause_proven, incident.problem) == (
        "accepted",
        True,
        "The disk of the journal was full.",
    )
    assert "Well shown." in text_of(client, proof.get_absolute_url())


def test_a_member_gives_more_time_names_others_and_waives(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident)
    assert post(cast.admin, "proof_extend", proof, due_on=in_days(30), reason="A holiday.").status_code == 302
    assert post(cast.admin, "proof_assign", proof, owner=cast.reader.user_id).status_code == 302
    assert post(cast.reader, "proof_waive", proof, reason="It was a drill.").status_code == 302
    proof.refresh_from_db()
    assert (proof.state, proof.owner, proof.due_on.isoformat()) == ("waived", cast.reader.user, in_days(30))


def test_what_was_changed_meanwhile_is_read_again_first(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident, state=ProofState.HANDED_IN)
    response = post(cast.assessor, "proof_accept", proof, version=proof.version - 1)
    assert "Somebody changed this proof of cause" in response.content.decode()
    assert post(cast.assessor, "proof_accept", proof, version=proof.version).status_code == 302


def test_a_page_that_is_no_longer_open_says_why(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident, state=ProofState.ACCEPTED)
    response = client_of(cast.assessor).get(reverse("proof_return", args=[proof.pk]), follow=True)
    assert "This proof of cause is accepted" in response.content.decode()


# What came by mail ------------------------------------------------------------------------------------------------
def test_a_member_hands_in_a_file_that_came_by_mail(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident)
    file = SimpleUploadedFile("analysis.txt", b"the disk was full")
    refused = post(cast.assessor, "proof_hand_in", proof, received_on=in_days(0), evidence=file)
    assert "Say what the cause was." in refused.content.decode()
    assert not proof.files.exists()  # whole or not at all

    again = SimpleUploadedFile("analysis.txt", b"the disk was full")
    sent = {"received_on": in_days(0), "evidence": again, "cause": "The disk was full."}
    assert post(cast.assessor, "proof_hand_in", proof, **sent).status_code == 302

    kept = proof.files.get()
    client = client_of(cast.reader)
    assert "analysis.txt" in text_of(client, proof.get_absolute_url())
    assert b"".join(client.get(reverse("proof_file", args=[kept.pk]))) == b"the disk was full"  # type: ignore[arg-type]


def test_what_was_typed_is_handed_in_with_other_causes(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident)
    sent = {
        **TEXTS_OF_A_PROOF,
        "received_on": in_days(0),
        "other_1": "The network",
        "ruled_out_1": "It carried other calls.",
    }
    assert post(cast.assessor, "proof_hand_in", proof, **sent).status_code == 302
    assert [row.cause for row in proof.other_causes.all()] == ["The network"]


def test_a_file_that_was_not_handed_in_is_not_there(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident)
    [file] = evidence.add_files(desk, proof, [SimpleUploadedFile("a.txt", b"x y")], now=timezone.now())
    assert client_of(cast.assessor).get(reverse("proof_file", args=[file.pk])).status_code == 404


def test_what_prevents_it_is_asked_for_as_a_commitment(cast: Cast, incident: Incident) -> None:
    make_release()
    proof = make_proof(cast.assessor, incident, state=ProofState.ACCEPTED)
    client = client_of(cast.assessor)
    ask = f"{reverse('commitment_add', args=[incident.vendor_id])}?proof={proof.pk}"
    assert ask in client.get(proof.get_absolute_url()).content.decode()

    initial = client.get(ask).context["form"].initial

    assert (initial["rule"], initial["what"]) == ("proof", TEXTS_OF_A_PROOF["prevention"])
    sent = {**{name: value or "" for name, value in initial.items()}, "due_on": in_days(30)}
    client.post(ask, sent)
    made = Commitment.objects.get()
    assert (made.source, made.proof) == ("proof", proof)
    assert proof.number in text_of(client, made.get_absolute_url())


def test_other_people_are_no_writing_of_the_vendor(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident)
    post(cast.assessor, "proof_assign", proof, owner=cast.reader.user_id)
    page = text_of(client_of(cast.assessor), reverse("proof_hand_in", args=[proof.pk]))
    assert "has begun to write it" not in page
