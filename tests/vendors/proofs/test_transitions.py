"""The states of a proof of cause: who may, from which state, with what in the trail and in the steps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from tests.factories import NOW, TEXTS_OF_A_PROOF, Cast, hand_in_proof, make_incident, make_proof, make_vendor
from tests.vendors.proofs.conftest import make_desk_link
from vendors.incidents import changes as incident_changes
from vendors.models import CauseProof, Contact, DeskLink, Incident, ProofState, ProofStep, Vendor
from vendors.proofs import transitions as proofs
from vendors.proofs.transitions import NotPossible

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)
LATER = NOW + timedelta(days=3)
REVISION = "facts_revision"


def steps(proof: CauseProof) -> list[str]:
    return list(proof.steps.values_list("kind", flat=True))


def revision(proof: CauseProof) -> int:
    return Vendor.objects.values_list(REVISION, flat=True).get(pk=proof.vendor_id)


# Asking -----------------------------------------------------------------------------------------------------------
def test_a_proof_is_asked_for_with_a_number_of_its_year(cast: Cast, vendor: Vendor, incident: Incident) -> None:
    first = make_proof(cast.assessor, incident, now=NOW)
    second = make_proof(cast.admin, make_incident(vendor), now=NOW)

    assert (first.number, second.number) == ("P-2026-001", "P-2026-002")
    assert (first.state, first.due_on, first.asked_by, first.vendor) == (
        "owed",
        date(2026, 3, 12),
        cast.assessor.user,
        vendor,
    )
    assert steps(first) == ["asked"]
    entry = AuditEntry.objects.get(verb="causeproof.asked", object_id=first.pk)
    assert (entry.object_label, entry.vendor_ref, entry.actor) == ("P-2026-001", vendor.pk, cast.assessor.user)
    assert entry.after["due_on"] == "2026-03-12"


@pytest.mark.parametrize(
    ("fields", "hours", "why"),
    [
        ({"mission_critical": False}, 4, "mark this one so first"),
        ({}, None, "once the business runs again"),
    ],
)
def test_it_is_asked_for_after_what_was_critical_and_is_over(
    cast: Cast, vendor: Vendor, fields: dict[str, Any], hours: float | None, why: str
) -> None:
    with pytest.raises(NotPossible, match=why):
        make_proof(cast.assessor, make_incident(vendor, hours=hours, **fields))
    restored = make_incident(vendor, hours=None, restored_at=NOW)
    assert make_proof(cast.assessor, restored).state == "owed"


def test_an_archived_vendor_is_asked_for_nothing(cast: Cast, incident: Incident) -> None:
    Vendor.objects.update(archived_at=NOW)
    with pytest.raises(NotPossible, match="archived"):
        make_proof(cast.assessor, incident)


def test_whoever_only_reads_and_a_stranger_ask_for_nothing(cast: Cast, incident: Incident) -> None:
    for member in (cast.reader, cast.approver, cast.stranger):
        with pytest.raises(PermissionDenied):
            make_proof(member, incident)
    away = Contact.objects.create(vendor=make_vendor(cast.organisation, "Other"), name="Other Contact")
    with pytest.raises(PermissionDenied):
        make_proof(cast.assessor, incident, contact=away)


def test_one_incident_has_one_proof_which_is_owed_again_after_it_was_waived(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)
    with pytest.raises(NotPossible, match="asked for already"):
        make_proof(cast.colleague, incident, now=NOW)
    proofs.waive(cast.assessor, proof, reason="It was a drill.", now=NOW)

    again = make_proof(cast.colleague, incident, now=LATER)

    assert (again.pk, again.number, again.state, again.reason) == (proof.pk, "P-2026-001", "owed", "")
    assert steps(again) == ["asked", "waived", "asked"]


def test_the_organisation_itself_can_ask(incident: Incident) -> None:
    proof = proofs.ask(None, incident, contact=None, owner=None, days=10, due_on=TODAY, now=NOW)
    assert (proof.asked_by, proof.steps.get().by) == (None, "")
    assert AuditEntry.objects.get(verb="causeproof.asked").actor_label == "system"


# Handing in -------------------------------------------------------------------------------------------------------
def test_the_vendor_hands_it_in_by_its_link_and_the_content_is_frozen(
    cast: Cast, incident: Incident, desk: DeskLink
) -> None:
    proof, before = make_proof(cast.assessor, incident, now=NOW), Vendor.objects.get().facts_revision
    handed = hand_in_proof(desk, proof, now=LATER)

    assert (handed.state, handed.first_handed_in_at, handed.handed_in_at) == ("handed_in", LATER, LATER)
    assert (handed.handed_in_by, handed.came_in_time) == ("Vera Example <vera@example.com>", True)
    assert revision(handed) > before
    step = handed.steps.get(kind="handed_in")
    assert (step.link, step.user, step.by) == (desk, None, "Vera Example")
    assert step.content == {
        "texts": TEXTS_OF_A_PROOF | {"why_no_other": ""},
        "other_causes": [{"cause": "The network", "ruled_out_by": "It carried other calls at that minute."}],
        "files": [],
    }
    assert AuditEntry.objects.get(verb="causeproof.handed_in").actor_label == "Vera Example <vera@example.com>"


def test_what_is_missing_is_said_and_nothing_is_handed_in(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident)
    with pytest.raises(NotPossible, match=r"Say what the cause was\. Say how you know"):
        proofs.hand_in(desk, proof, now=LATER)
    proof.refresh_from_db()
    assert (proof.state, steps(proof)) == ("owed", ["asked"])


def test_a_link_of_another_vendor_hands_nothing_in(cast: Cast, incident: Incident) -> None:
    other = make_vendor(cast.organisation, "Other Systems")
    link = make_desk_link(other, Contact.objects.create(vendor=other, name="Other Contact"))
    with pytest.raises(PermissionDenied):
        proofs.hand_in(link, make_proof(cast.assessor, incident), now=LATER)


@pytest.mark.parametrize(("day", "in_time"), [(date(2026, 3, 12), True), (date(2026, 3, 13), False)])
def test_of_what_came_by_mail_the_day_on_which_it_came_decides(
    cast: Cast, incident: Incident, day: date, in_time: bool
) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)
    CauseProof.objects.update(**TEXTS_OF_A_PROOF, why_no_other="The log names it.")

    handed = proofs.hand_in(cast.assessor, proof, received_on=day, now=NOW + timedelta(days=20))

    assert (handed.came_in_time, handed.handed_in_by) == (in_time, "Assessor")


@pytest.mark.parametrize(("day", "why"), [(date(2026, 3, 6), "not to come"), (date(2026, 3, 1), "not before the one")])
def test_it_came_on_no_day_to_come_and_on_none_before_it_was_asked_for(
    cast: Cast, incident: Incident, day: date, why: str
) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)
    CauseProof.objects.update(**TEXTS_OF_A_PROOF, why_no_other="The log names it.")
    with pytest.raises(NotPossible, match=why):
        proofs.hand_in(cast.assessor, proof, received_on=day, now=LATER)


def test_whether_it_came_in_time_is_decided_by_its_first_time(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = hand_in_proof(desk, make_proof(cast.assessor, incident, now=NOW), now=LATER)
    again = proofs.return_it(cast.assessor, proof, reason="How do you know?", due_on=date(2026, 3, 20), now=LATER)
    assert (again.state, again.reason, again.due_on) == ("returned", "How do you know?", date(2026, 3, 20))

    late = proofs.hand_in(desk, again, now=NOW + timedelta(days=60))

    assert (late.first_due_on, late.came_in_time, late.first_handed_in_at) == (date(2026, 3, 12), True, LATER)
    assert late.handed_in_at == NOW + timedelta(days=60)
    assert steps(late) == ["asked", "handed_in", "returned", "handed_in"]


# Deciding ---------------------------------------------------------------------------------------------------------
def test_an_accepted_proof_makes_the_cause_proven_and_names_the_problem_where_nothing_stood(
    cast: Cast, vendor: Vendor
) -> None:
    nameless, named = make_incident(vendor, problem=""), make_incident(vendor, problem="Disk full")
    for incident in (nameless, named):
        proof = make_proof(cast.assessor, incident, state=ProofState.HANDED_IN)
        accepted = proofs.accept(cast.assessor, proof, names_problem=True, now=LATER)
        assert (accepted.state, accepted.decided_by, accepted.decided_at) == ("accepted", cast.assessor.user, LATER)
        incident.refresh_from_db()

    assert (nameless.root_cause_proven, nameless.problem) == (True, "The disk of the journal was full.")
    assert (named.root_cause_proven, named.problem) == (True, "Disk full")
    entry = AuditEntry.objects.get(verb="incident.changed", object_id=nameless.pk)
    assert entry.after == {"problem": "The disk of the journal was full.", "root_cause_proven": True}


def test_the_problem_stays_empty_where_nobody_takes_the_cause_over(cast: Cast, vendor: Vendor) -> None:
    incident = make_incident(vendor, problem="")
    make_proof(cast.assessor, incident, state=ProofState.ACCEPTED)
    incident.refresh_from_db()
    assert (incident.root_cause_proven, incident.problem) == (True, "")


def test_whoever_follows_it_up_decides_too_and_another_reader_does_not(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident, owner=cast.reader.user, state=ProofState.HANDED_IN)
    with pytest.raises(PermissionDenied):
        proofs.accept(cast.approver, proof, now=LATER)
    with pytest.raises(PermissionDenied):
        proofs.accept(cast.stranger, proof, now=LATER)
    assert proofs.accept(cast.reader, proof, now=LATER).state == "accepted"


def test_more_time_is_given_to_a_later_day_with_a_reason(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)
    with pytest.raises(NotPossible, match="Say why"):
        proofs.extend(cast.assessor, proof, due_on=date(2026, 3, 30), reason=" ", now=NOW)
    with pytest.raises(NotPossible, match="after the one"):
        proofs.extend(cast.assessor, proof, due_on=proof.due_on, reason="A holiday.", now=NOW)

    longer = proofs.extend(cast.assessor, proof, due_on=date(2026, 3, 30), reason="A holiday.", now=NOW)

    assert (longer.due_on, longer.steps.get(kind="extended").text) == (date(2026, 3, 30), "A holiday.")


def test_a_day_that_is_over_is_no_day_by_which_it_is_due_again(cast: Cast, incident: Incident) -> None:
    proof = make_proof(cast.assessor, incident, state=ProofState.HANDED_IN, now=NOW)
    with pytest.raises(NotPossible, match="not over"):
        proofs.return_it(cast.assessor, proof, reason="Why?", due_on=TODAY, now=LATER)
    with pytest.raises(NotPossible, match="what is missing"):
        proofs.return_it(cast.assessor, proof, reason="", due_on=date(2026, 4, 1), now=LATER)


def test_other_people_are_named_without_a_step(cast: Cast, incident: Incident, desk: DeskLink) -> None:
    proof = make_proof(cast.assessor, incident, now=NOW)
    changed = proofs.assign(
        cast.assessor, proof, contact=desk.contact, owner=cast.reader.user, version=proof.version, now=NOW
    )
    assert (changed.contact, changed.owner, steps(changed)) == (desk.contact, cast.reader.user, ["asked"])


# What each state allows -------------------------------------------------------------------------------------------
ALLOWED = {
    "extend": {"owed", "returned"},
    "return_it": {"handed_in"},
    "accept": {"handed_in"},
    "waive": {"owed", "returned", "handed_in"},
    "hand_in": {"owed", "returned"},
}


def attempt(name: str, cast: Cast, proof: CauseProof, version: int | None = None) -> CauseProof:
    fields: dict[str, Any] = {"now": NOW, "version": version}
    if name in ("extend", "return_it", "waive"):
        fields["reason"] = "So."
    if name in ("extend", "return_it"):
        fields["due_on"] = date(2026, 6, 1)
    if name == "hand_in":
        CauseProof.objects.filter(pk=proof.pk).update(**TEXTS_OF_A_PROOF, why_no_other="The log names it.")
    done: CauseProof = getattr(proofs, name)(cast.assessor, proof, **fields)
    return done


@pytest.mark.parametrize("name", ALLOWED)
def test_each_change_begins_in_its_states_only(cast: Cast, vendor: Vendor, name: str) -> None:
    possible = set()
    for state in ProofState:
        proof = make_proof(cast.assessor, make_incident(vendor), state=state, now=NOW)
        try:
            attempt(name, cast, proof)
        except NotPossible as refused:
            assert str(refused) == str(proofs.NOT_NOW[state])
        else:
            possible.add(str(state))
    assert possible == ALLOWED[name]


@pytest.mark.parametrize("name", ALLOWED)
def test_what_somebody_changed_meanwhile_is_read_again_first(cast: Cast, incident: Incident, name: str) -> None:
    state = ProofState.HANDED_IN if "handed_in" in ALLOWED[name] else ProofState.OWED
    proof = make_proof(cast.assessor, incident, state=state, now=NOW)
    with pytest.raises(NotPossible, match="read it again"):
        attempt(name, cast, proof, version=proof.version - 1)
    assert attempt(name, cast, proof, version=proof.version).state != ""


# What the database holds ------------------------------------------------------------------------------------------
def test_the_database_refuses_a_step_that_changes(cast: Cast, incident: Incident) -> None:
    make_proof(cast.assessor, incident)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ProofStep.objects.update(text="nothing")


def test_an_incident_with_a_proof_is_not_deleted(cast: Cast, incident: Incident) -> None:
    make_proof(cast.assessor, incident)
    with pytest.raises(incident_changes.ProofAsked, match="it stays"):
        incident_changes.delete_incident(cast.assessor, incident)


def test_a_moment_without_a_day_is_no_hand_in(cast: Cast, incident: Incident) -> None:
    make_proof(cast.assessor, incident)
    moment: datetime = NOW
    with pytest.raises(IntegrityError, match="proof_handed_in_has_a_moment"), transaction.atomic():
        CauseProof.objects.update(state="handed_in", first_handed_in_at=moment)
