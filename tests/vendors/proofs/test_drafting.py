"""What a vendor writes into its proof, part by part: one person never meets themselves, two always meet each other."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from groundwork.saved import Closed, Conflict, Invalid, Saved
from tests.factories import NOW, Cast, hand_in_proof, make_proof, make_vendor
from tests.vendors.proofs.conftest import make_desk_link
from vendors.models import CauseProof, Contact, DeskLink, Incident, OtherCause
from vendors.proofs import saving, transitions
from vendors.proofs.drafting import part_of, save_part
from vendors.proofs.parts import Part, parts_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(cast: Cast, incident: Incident) -> CauseProof:
    return make_proof(cast.assessor, incident, now=NOW)


@pytest.fixture
def row(proof: CauseProof) -> OtherCause:
    """The one that is laid out when a proof is asked for."""
    return proof.other_causes.get()


def write(desk: DeskLink, proof: CauseProof, key: str, *, seen: str, **texts: str) -> object:
    return save_part(desk, proof, key, texts, seen=seen, now=NOW)


def seen(proof: CauseProof, key: str) -> str:
    return part_of(CauseProof.objects.get(pk=proof.pk), key).seen


def test_one_person_writes_in_two_places_of_one_page(proof: CauseProof, desk: DeskLink, row: OtherCause) -> None:
    pages = {key: seen(proof, key) for key in ("cause", "reach", f"other-{row.pk}")}
    assert isinstance(write(desk, proof, "cause", seen=pages["cause"], text="The disk was full."), Saved)
    assert isinstance(write(desk, proof, "reach", seen=pages["reach"], text="None."), Saved)
    other = write(desk, proof, f"other-{row.pk}", seen=pages[f"other-{row.pk}"], cause="The line", ruled_out_by="Held.")
    assert isinstance(other, Saved)

    proof.refresh_from_db()
    assert (proof.cause, proof.reach) == ("The disk was full.", "None.")
    row.refresh_from_db()
    assert (row.cause, row.ruled_out_by) == ("The line", "Held.")


@pytest.mark.parametrize("is_row", [False, True])
def test_two_who_write_in_the_same_place_see_both_texts(
    proof: CauseProof, desk: DeskLink, row: OtherCause, *, is_row: bool
) -> None:
    key, field = (f"other-{row.pk}", "cause") if is_row else ("cause", "text")
    page = seen(proof, key)
    write(desk, proof, key, seen=page, **{field: "Mine"})

    refused = write(desk, proof, key, seen=page, **{field: "Yours"})
    assert isinstance(refused, Conflict)
    stored: Part = refused.stored
    assert stored.texts[field] == "Mine"
    assert isinstance(
        write(desk, proof, key, seen=stored.seen, **{field: "Both"}), Saved
    )  # having seen it: “keep mine”
    assert part_of(CauseProof.objects.get(pk=proof.pk), key).texts[field] == "Both"


def test_whoever_writes_in_the_very_moment_between_reading_and_saving_is_not_overwritten(
    proof: CauseProof, desk: DeskLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_text, page = saving.save_text, seen(proof, "cause")

    def after_another(*given: object, **named: object) -> object:
        save_text(desk, proof, "cause", "Mine", proof.version, now=NOW)
        return save_text(*given, **named)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(saving, "save_text", after_another)
    assert isinstance(write(desk, proof, "cause", seen=page, text="Yours"), Conflict)
    proof.refresh_from_db()
    assert proof.cause == "Mine"


def test_a_retry_whose_first_attempt_arrived_is_no_conflict(proof: CauseProof, desk: DeskLink) -> None:
    page = seen(proof, "cause")
    for _attempt in range(2):
        assert isinstance(write(desk, proof, "cause", seen=page, text="The disk was full."), Saved)


def test_two_who_add_a_row_have_each_their_own(proof: CauseProof, desk: DeskLink) -> None:
    first, second = (saving.add_other_cause(desk, proof) for _one in range(2))
    write(desk, proof, f"other-{first.pk}", seen=seen(proof, f"other-{first.pk}"), cause="The line")
    write(desk, proof, f"other-{second.pk}", seen=seen(proof, f"other-{second.pk}"), cause="The power")
    assert [one.cause for one in saving.considered(proof)] == ["The line", "The power"]


def test_there_is_an_end_to_rows(proof: CauseProof, desk: DeskLink) -> None:
    for _row in range(saving.MOST_OTHERS - 1):
        saving.add_other_cause(desk, proof)
    with pytest.raises(transitions.NotPossible, match="at most 20 other causes"):
        saving.add_other_cause(desk, proof)


def test_rows_that_stay_empty_are_not_handed_in(proof: CauseProof, desk: DeskLink) -> None:
    handed_in = hand_in_proof(desk, proof, now=NOW)
    saving_rows = handed_in.steps.get(kind="handed_in").content["other_causes"]  # type: ignore[index]
    assert [one["cause"] for one in saving_rows] == ["The network"]


def test_what_is_too_long_is_not_saved(proof: CauseProof, desk: DeskLink) -> None:
    outcome = write(desk, proof, "cause", seen=seen(proof, "cause"), text="a" * 20_001)
    assert isinstance(outcome, Invalid)
    assert "20000" in outcome.errors["text"].replace(",", "")


def test_once_handed_in_it_is_closed_and_says_why(cast: Cast, proof: CauseProof, desk: DeskLink) -> None:
    hand_in_proof(desk, proof, now=NOW)
    outcome = write(desk, proof, "cause", seen=seen(proof, "cause"), text="Later")
    assert outcome == Closed(
        reason="This proof is handed in: your customer reads it. It can be changed again if it is returned."
    )


def test_the_link_of_another_vendor_writes_nothing(cast: Cast, proof: CauseProof) -> None:
    vendor = make_vendor(cast.organisation, "Windmill")
    theirs = make_desk_link(vendor, Contact.objects.create(vendor=vendor, name="Robin", email="robin@example.com"))
    with pytest.raises(PermissionDenied):
        write(theirs, proof, "cause", seen=seen(proof, "cause"), text="Mine")


@pytest.mark.parametrize("key", ["state", "other-", "other-x", "other-99999999999999999999", "version"])
def test_a_part_that_a_proof_does_not_have_is_not_written(proof: CauseProof, desk: DeskLink, key: str) -> None:
    with pytest.raises(OtherCause.DoesNotExist):
        write(desk, proof, key, seen="", text="Mine")


def test_the_parts_stand_in_the_order_of_the_page(proof: CauseProof, row: OtherCause) -> None:
    assert [part.key for part in parts_of(proof, [row])] == [
        "cause",
        "how_known",
        "assumptions",
        f"other-{row.pk}",
        "why_no_other",
        "prevention",
        "reach",
    ]
