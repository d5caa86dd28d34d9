"""What the customer keeps of incidents, proofs, rehearsals and plans waits for whoever still judges the vendor: on no
page, and in no document, stands a word of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import ROUTES, right_for
from accounts.models import Membership
from tests.config.routes import OBJECTS, World, arguments, routes
from tests.factories import Cast, add_rater, hand_in_proof, make_incident, make_notice, make_proof, make_rehearsal
from vendors.emergencies import writing as emergencies
from vendors.models import CauseProof, ChangeNotice, EntryKind, Rehearsal, Service, TimelineEntry
from vendors.proofs import evidence, transitions
from vendors.timeline import changes as timeline

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
MARK = "Q7X"  # in whatever tells of the vendor
# Of the things that an address can name, those that tell of it, and what they belong to.
ABOUT = {
    "vendor", "service", "planned_service", "contact", "incident", "timeline_entry", "rehearsal", "proof",
    "proof_to_read", "proof_file", "notice", "past_notice", "collecting", "expectations_in_force", "the_desk_link",
    "fact_sheet_rendering",
}  # fmt: skip
# Where it stands for whoever does not judge; less than this, and nothing would be looked for.
TOLD = {
    "audit_list", "emergency_plan", "emergency_edit", "incident_hour", "incident_hour_json", "timeline_entry_correct",
    "proof_detail", "proof_file", "rehearsal_detail", "rehearsal_hold", "notice_list", "change_notice", "notice_edit",
    "notice_outcome", "vendor_detail", "work",
}  # fmt: skip


class Marked(World):
    """Each thing that tells of the vendor with the mark in its words."""

    @cached_property
    def planned_service(self) -> Service:
        wanted = emergencies.Wanted(
            starts_by_itself=f"An alarm {MARK}",
            at_hand=f"The number {MARK}",
            senior_engineers=f"At once {MARK}",
            calls=(emergencies.Call(name="Harbour duty", phone="+32 2 555 0100"),),
        )
        now = timezone.now()
        emergencies.write(self.cast.assessor, self.service, wanted, version=emergencies.NEW, now=now)
        emergencies.check(self.cast.assessor, self.service, note=f"Nobody answered {MARK}", now=now)
        return self.service

    @cached_property
    def timeline_entry(self) -> TimelineEntry:
        said = {"kind": EntryKind.CONTACT, "at": self.incident.opened_at, "asked": f"Logs {MARK}", "person": MARK}
        return timeline.add(self.cast.assessor, self.incident, said, now=timezone.now()).entry

    @cached_property
    def rehearsal(self) -> Rehearsal:
        told = {"went_wrong": f"A wrong number {MARK}", "scenario": f"Fire {MARK}", "evidence": f"Report {MARK}"}
        return make_rehearsal(self.cast.assessor, self.vendor, held_on=timezone.localdate(), **told)

    @cached_property
    def proof_to_read(self) -> CauseProof:
        now, by = timezone.now(), self.cast.assessor
        proof = make_proof(by, make_incident(self.vendor, "Harbour 3"))
        evidence.add_files(by, proof, [SimpleUploadedFile(f"{MARK}.txt", b"the disk was full")], now=now)
        return hand_in_proof(by, proof, now=now, cause=f"The disk was full {MARK}.")

    @cached_property
    def proof(self) -> CauseProof:
        now, by = timezone.now(), self.cast.assessor
        proof = hand_in_proof(by, make_proof(by, make_incident(self.vendor, "Harbour 2")), now=now)
        return transitions.return_it(by, proof, reason=f"How so? {MARK}", due_on=timezone.localdate(now), now=now)

    @cached_property
    def notice(self) -> ChangeNotice:
        told = {"title": f"Update {MARK}", "besides": [self.cast.department]}
        return make_notice(self.cast.colleague, self.vendor, **told)

    @cached_property
    def past_notice(self) -> ChangeNotice:
        row = make_notice(self.cast.colleague, self.vendor, starts=timezone.now() - timedelta(days=7))
        ChangeNotice.objects.filter(pk=row.pk).update(outcome=f"Undone {MARK}")
        return row

    def plant(self) -> None:
        assert self.expectations_in_force
        assert self.planned_service
        assert self.timeline_entry
        assert self.rehearsal
        assert self.proof_to_read
        assert self.proof
        assert self.notice
        assert self.past_notice

    def pages(self) -> Iterator[tuple[str, str]]:
        for route in routes():
            is_elsewhere = "pk" in route.arguments and OBJECTS.get(route.name) not in ABOUT
            if is_elsewhere or right_for(ROUTES.get(route.name)) is None:
                continue
            yield route.name, reverse(route.name, kwargs=arguments(route, self))


def telling(client: Client, world: Marked) -> set[str]:
    """The pages on which something of it stands."""
    return {name for name, url in world.pages() if MARK in stands_on(client.get(url))}


def stands_on(response: Any) -> str:
    """What a person gets, without the tokens, which may hold any mark by chance."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace") + response.headers.get("Content-Disposition", "")
    return re.sub(r'((csrfmiddlewaretoken|form_end)" value=|x-csrftoken": )"[^"]+"', "", text)


def test_whoever_still_judges_a_vendor_reads_nothing_of_what_is_kept_of_it(cast: Cast, signed_in: SignIn) -> None:
    world = Marked(cast)
    world.plant()
    cast.admin.department = cast.department  # which the announced change affects
    cast.admin.save()
    client = signed_in(cast.admin)
    assert telling(client, world) >= TOLD
    add_rater(world.collecting, cast.admin)
    assert telling(client, world) == set()
