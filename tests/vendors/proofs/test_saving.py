"""Texts of a proof, saved as they are written: nothing is lost where two people write at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import AuditEntry
from groundwork.saved import Closed, Conflict, Invalid, Saved
from tests.factories import NOW, Cast, make_proof
from vendors.models import DeskLink, Incident, ProofState
from vendors.proofs.complete import Considered
from vendors.proofs.saving import considered, save_other_causes, save_text

pytestmark = pytest.mark.django_db
NETWORK = Considered(cause="The network", ruled_out_by="It carried other calls.")
POWER = Considered(cause="The power", ruled_out_by="Both feeds held.")


def test_a_text_is_kept_with_the_version_raised(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)

    saved = save_text(desk, proof, "cause", " The disk was full. ", proof.version, now=NOW)

    assert saved == Saved(version=proof.version + 1, changed=frozenset({"cause"}))
    before = proof.version
    proof.refresh_from_db()
    assert (proof.cause, proof.version) == ("The disk was full.", before + 1)


def test_the_trail_keeps_that_it_was_written_and_not_the_words(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    save_text(desk, make_proof(cast.assessor, incident), "cause", "The disk was full.", 2, now=NOW)
    entry = AuditEntry.objects.get(verb="causeproof.written")
    assert (entry.before, entry.after, entry.actor_label) == ({}, {"written": "cause"}, desk.signature)


def test_of_two_in_one_text_the_second_sees_both(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident)
    save_text(desk, proof, "cause", "Mine", proof.version, now=NOW)

    assert save_text(desk, proof, "cause", "Yours", proof.version, now=NOW) == Conflict(stored="Mine")
    assert save_text(desk, proof, "cause", "Yours", proof.version, seen="", now=NOW) == Conflict(stored="Mine")
    proof.refresh_from_db()
    assert proof.cause == "Mine"


def test_two_in_two_texts_do_not_meet(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident)
    save_text(desk, proof, "cause", "Mine", proof.version, seen="", now=NOW)
    saved = save_text(desk, proof, "reach", "Yours", proof.version, seen="", now=NOW)
    assert saved == Saved(version=proof.version + 2, changed=frozenset({"reach"}))


def test_the_same_text_again_is_no_conflict_with_oneself(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident)
    for _attempt in range(2):
        outcome = save_text(desk, proof, "cause", "The disk was full.", proof.version, now=NOW)
        assert isinstance(outcome, Saved) and outcome.version == proof.version + 1


def test_other_causes_are_kept_in_their_order_without_empty_ones(
    cast: Cast, incident: Incident, desk: DeskLink
) -> None:
    proof = make_proof(cast.assessor, incident)
    saved = save_other_causes(desk, proof, [NETWORK, Considered(cause=" "), POWER], proof.version, now=NOW)
    assert isinstance(saved, Saved)
    assert considered(proof) == (NETWORK, POWER)

    met = save_other_causes(desk, proof, [POWER], proof.version, seen=(), now=NOW)

    assert met == Conflict(stored=(NETWORK, POWER))


def test_nothing_is_taken_once_it_is_handed_in(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident, state=ProofState.HANDED_IN)
    outcome = save_text(desk, proof, "cause", "Something else", proof.version, now=NOW)
    assert outcome == Closed(reason="This proof of cause is handed in: it is to be accepted or returned.")


def test_what_is_too_long_is_said(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident)
    outcome = save_text(desk, proof, "cause", "x" * 20_001, proof.version, now=NOW)
    assert isinstance(outcome, Invalid) and "20000" in outcome.errors["cause"].replace(",", "")
    many = save_other_causes(desk, proof, [NETWORK] * 21, proof.version, now=NOW)
    assert isinstance(many, Invalid)


def test_a_stranger_writes_nothing(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident)
    with pytest.raises(PermissionDenied):
        save_text(cast.stranger, proof, "cause", "x", proof.version, now=NOW)
    with pytest.raises(ValueError, match="state"):
        save_text(cast.assessor, proof, "state", "x", proof.version, now=NOW)
