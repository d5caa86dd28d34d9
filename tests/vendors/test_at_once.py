"""Two people take the same step in the same moment: one of them takes it, and the other is told why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from groundwork.refusals import Refusal
from tests.concurrency import at_once, shared_database
from tests.factories import (
    NOW,
    Cast,
    hand_in_proof,
    make_cast,
    make_expectations,
    make_incident,
    make_notice,
    make_proof,
    make_rehearsal,
    make_vendor,
)
from vendors.desk import links
from vendors.emergencies import writing
from vendors.expectations import acknowledging, editions
from vendors.models import Contact, DeskLink, EntryKind, ProofState, Service, Vendor
from vendors.notices import changes as notices
from vendors.proofs import transitions
from vendors.rehearsals import changes as rehearsals
from vendors.timeline import changes as timeline

pytestmark = pytest.mark.django_db(transaction=True)
Step = Callable[[], object]
Steps = tuple[Step, Step]


def _link(cast: Cast, vendor: Vendor) -> DeskLink:
    contact = Contact.objects.create(vendor=vendor, name="Kim", email="kim@vendor.example")
    return links.create(cast.assessor, contact, now=timezone.now())[0]


def drafted(cast: Cast, vendor: Vendor) -> Steps:
    return (
        lambda: editions.start_draft(cast.assessor, editions.Source.PROPOSAL),
        lambda: editions.start_draft(cast.admin, editions.Source.PROPOSAL),
    )


def published(cast: Cast, vendor: Vendor) -> Steps:
    draft, today = editions.start_draft(cast.assessor, editions.Source.PROPOSAL), timezone.localdate()
    said = editions.Publication(in_force_from=today, note="First", read=draft.version)
    return (
        lambda: editions.publish(cast.assessor, draft, said, today=today),
        lambda: editions.publish(cast.admin, draft, said, today=today),
    )


def published_while_it_changes(cast: Cast, vendor: Vendor) -> Steps:
    draft, today = editions.start_draft(cast.assessor, editions.Source.PROPOSAL), timezone.localdate()
    said = editions.Publication(in_force_from=today, note="First", read=draft.version)
    row = draft.expectations.all()[0]
    return (
        lambda: editions.publish(cast.assessor, draft, said, today=today),
        lambda: editions.remove(cast.admin, row),
    )


def acknowledged(cast: Cast, vendor: Vendor) -> Steps:
    edition, link = make_expectations(cast.assessor), _link(cast, vendor)

    def step() -> object:
        return acknowledging.acknowledge(link, edition, accept_rest=True, now=timezone.now())

    return (step, step)


def handed_in(cast: Cast, vendor: Vendor) -> Steps:
    proof, link = make_proof(cast.assessor, make_incident(vendor)), _link(cast, vendor)
    hand_in_proof(link, proof, now=timezone.now())
    proof = transitions.return_it(
        cast.assessor, proof, reason="How so?", due_on=timezone.localdate() + timedelta(days=5), now=timezone.now()
    )
    return (
        lambda: transitions.hand_in(link, proof, version=proof.version, now=timezone.now()),
        lambda: transitions.hand_in(cast.assessor, proof, version=proof.version, now=timezone.now()),
    )


def accepted_and_returned(cast: Cast, vendor: Vendor) -> Steps:
    proof = make_proof(cast.assessor, make_incident(vendor), state=ProofState.HANDED_IN)
    due_on, now = timezone.localdate() + timedelta(days=5), timezone.now()
    return (
        lambda: transitions.accept(cast.assessor, proof, now=now),
        lambda: transitions.return_it(cast.admin, proof, reason="How so?", due_on=due_on, now=now),
    )


def asked_for(cast: Cast, vendor: Vendor) -> Steps:
    incident, due_on = make_incident(vendor), timezone.localdate()

    def step() -> object:
        about: dict[str, Any] = {"contact": None, "owner": None, "days": 0, "due_on": due_on}
        return transitions.ask(cast.assessor, incident, now=timezone.now(), **about)

    return (step, step)


def held_and_called_off(cast: Cast, vendor: Vendor) -> Steps:
    row = make_rehearsal(cast.assessor, vendor)
    told = rehearsals.Told(held_on=timezone.localdate(), went_well="All of it.")
    return (
        lambda: rehearsals.hold(cast.assessor, row, told, version=row.version),
        lambda: rehearsals.call_off(cast.admin, row, reason="Ill.", version=row.version),
    )


def corrected(cast: Cast, vendor: Vendor) -> Steps:
    incident = make_incident(vendor)
    said = {"kind": EntryKind.NOTE, "at": incident.opened_at, "text": "Wrong."}
    entry = timeline.add(cast.assessor, incident, said, now=NOW).entry

    def step() -> object:
        return timeline.add(cast.admin, incident, {**said, "text": "Right."}, corrects=entry, now=timezone.now())

    return (step, step)


def written(cast: Cast, vendor: Vendor) -> Steps:
    service = Service.objects.create(vendor=vendor, name="Records")
    first, second = writing.Wanted(at_hand="The number"), writing.Wanted(at_hand="The screen")
    return (
        lambda: writing.write(cast.assessor, service, first, version=writing.NEW, now=NOW),
        lambda: writing.write(cast.admin, service, second, version=writing.NEW, now=NOW),
    )


def changed_and_withdrawn(cast: Cast, vendor: Vendor) -> Steps:
    row = make_notice(cast.assessor, vendor)
    wanted = {name: getattr(row, name) for name in notices.FIELDS} | {"title": "Another version"}
    return (
        lambda: notices.change(cast.assessor, row, wanted, services=(), version=row.version, now=timezone.now()),
        lambda: notices.withdraw(cast.admin, row, version=row.version, now=timezone.now()),
    )


def linked(cast: Cast, vendor: Vendor) -> Steps:
    contact = Contact.objects.create(vendor=vendor, name="Kim", email="kim@vendor.example")
    return (
        lambda: links.create(cast.assessor, contact, now=NOW),
        lambda: links.create(cast.admin, contact, now=NOW),
    )


@pytest.mark.parametrize(
    "scene",
    [
        drafted,
        published,
        published_while_it_changes,
        acknowledged,
        asked_for,
        handed_in,
        accepted_and_returned,
        held_and_called_off,
        corrected,
        written,
        changed_and_withdrawn,
        linked,
    ],
)
def test_of_two_at_once_one_is_done_and_the_other_says_why_not(
    tmp_path: Path, scene: Callable[[Cast, Vendor], Steps]
) -> None:
    cast = make_cast()
    steps = scene(cast, make_vendor(cast.organisation))
    with shared_database(tmp_path):
        outcomes = at_once(*[lambda step=step: _told(step) for step in steps])
    assert sorted(outcome == "" for outcome in outcomes) == [False, True]


def _told(step: Step) -> str:
    """Why it was not taken, in words; empty: it was."""
    try:
        step()
    except Refusal as why:
        return str(why)
    return ""
