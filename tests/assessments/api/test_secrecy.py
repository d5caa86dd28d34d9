"""Each rater judges alone by the API too: every operation of assessments is asked, by whoever still judges, from
outside, as a reader, and by a service, which reads for the person who made it. What is read is on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Membership, Role
from assessments.api import routers
from assessments.commitments.evidence import add_files
from assessments.independence import those_who_know
from assessments.lifecycle import transitions
from assessments.lifecycle.periods import Period
from assessments.models import Commitment, CommitmentFile, Reading, Response
from assessments.secrecy import is_kept_apart
from tests.assessments.api.asking import Asker
from tests.assessments.api.test_services import service_of
from tests.assessments.test_secrecy import FACT, MARK, OWN_MARK, PDF, Planted, stands_on
from tests.config.test_access import undone
from tests.factories import Cast, add_rater, make_commitment, make_incident, make_member

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate().isoformat()
REASON = {"reason": "Because."}
STEP = {"text": "How far."}
# What a write sends, so that it comes as far as the person may.
BODIES: dict[str, Any] = {
    "assessment_change": {"due_on": None},
    "assessment_submit": {"without_outstanding": True},
    "assessment_approve": {"fingerprint": "0" * 64, "submitted_at": f"{TODAY}T00:00:00Z", "level": 1},
    "assessment_send_back": REASON,
    "assessment_cancel": REASON,
    "rater_ask": {"email": "nurse@example.org", "speaks_for_none": True},
    "rater_change": {"due_on": None},
    "answer_save": {"grade": 2},
    "consensus_meeting": {"others": "A guest", "without_outstanding": True},
    "consensus_agree": {"held_on": TODAY, "grade": 2, **REASON},
    "commitment_change": {"what": "Else."},
    "commitment_agree": {"agreed_by": "Somebody", "on": TODAY},
    "commitment_keep": STEP,
    **dict.fromkeys(("commitment_progress", "commitment_report", "commitment_return"), STEP),
    **dict.fromkeys(("commitment_miss", "commitment_withdraw"), STEP),
}
ELSEWHERE = {"assessment_add", "commitment_add"}  # they make something new, of which nobody has said anything
# What a rater wrote stands on these, for whoever may read it.
TOLD = {"answer_list", "consensus", "evidence_download"}


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str


def operations() -> Iterator[Operation]:
    """Every one of this app, reads first."""
    found = [
        Operation(operation.operation_id, operation.methods[0], path)
        for router, _tag in routers.ALL
        for path, view in router.path_operations.items()
        for operation in view.operations
    ]
    yield from sorted((one for one in found if one.name not in ELSEWHERE), key=lambda one: one.method != "GET")


class World(Planted):
    """With a commitment of the same vendor, and what addresses of the API are made from."""

    @cached_property
    def commitment(self) -> Commitment:  # type: ignore[override]
        row = make_commitment(self.cast.colleague, self.vendor, agreed=True)
        add_files(self.cast.colleague.user, row, [SimpleUploadedFile("promise.pdf", PDF)], now=timezone.now())
        return row

    @cached_property
    def names(self) -> dict[str, Any]:
        return {
            "assessment": self.collecting.uuid,
            "rater": self.rater.uuid,
            "question": "support-1",
            "commitment": self.commitment.uuid,
            "held_on": TODAY,
        }

    def address(self, operation: Operation) -> str:
        """A KeyError for a part of an address that nothing was planted for: a new operation needs its own."""
        sha256 = self.evidence.sha256
        if operation.name == "commitment_file_download":
            sha256 = CommitmentFile.objects.get(commitment=self.commitment).sha256
        return re.sub(r"\{\w+:", "{", operation.path).format(**self.names, sha256=sha256)


@pytest.fixture
def world(cast: Cast) -> World:
    planted = World(cast)
    planted.write()
    assert planted.own
    assert planted.names
    return planted


def outside(world: World) -> Membership:
    """Somebody from outside who rates here, and has not handed in."""
    member = make_member(world.cast.organisation, "outside", Role.RATER)
    add_rater(world.collecting, member, grade=1)
    return member


def answered(member: Membership, world: World, *, reads_alone: bool = False) -> dict[str, tuple[int, str]]:
    """Operation → status and all that was said; each undone."""
    ask, said = Asker(member), {}
    ask.token  # noqa: B018 - made once, outside of what is undone
    for one in operations():
        if reads_alone and one.method != "GET":
            continue
        with undone():
            response = ask.ask(one.method, world.address(one), BODIES.get(one.name), **{"If-Match": '"0"'})
            said[one.name] = (response.status_code, stands_on(response))
    return said


def leaks(said: dict[str, tuple[int, str]]) -> set[str]:
    return {name for name, (_status, text) in said.items() if any(mark in text for mark in (MARK, FACT, OWN_MARK))}


def who(name: str, world: World) -> Membership:
    made = {
        "outside": lambda: outside(world),
        "service of a rater": lambda: service_of(world.cast.reader),
        "service of an admin": lambda: service_of(world.cast.admin),
    }
    return made[name]() if name in made else getattr(world.cast, name)


JUDGING = ("reader", "outside", "service of a rater")


@pytest.mark.parametrize("name", ["assessor", "outside", "service of an admin"])
def test_nobody_reads_what_is_not_handed_in_nor_what_follows_from_it(name: str, world: World) -> None:
    """No text of it, whatever is asked or written; and with quite other grades, the same answers to the letter."""
    member = who(name, world)
    said = answered(member, world, reads_alone=name != "assessor")  # who may write the most
    assert len(said) > (40 if name == "assessor" else 10)
    assert leaks(said) == set()
    assert not {operation for operation, (status, _text) in said.items() if status in (405, 422, 428, 500)}

    world.rater.answers.update(grade=0, blank="", reason="")
    world.own.answers.update(grade=4)
    again = answered(member, world, reads_alone=True)
    assert again == {operation: said[operation] for operation in again}


@pytest.mark.parametrize("name", JUDGING)
def test_whoever_still_judges_reads_nothing_of_others_although_they_handed_in(name: str, world: World) -> None:
    transitions.hand_in(world.cast.colleague, world.collecting)
    member = who(name, world)
    before = answered(member, world, reads_alone=True)
    assert leaks(before) == set()
    closed = {operation for operation, (_status, text) in before.items() if '"withheld"' in text}
    assert closed == (set() if name == "outside" else {"answer_list", "consensus", "finding_list"})

    world.rater.answers.update(grade=0, blank="", reason="")
    assert answered(member, world, reads_alone=True) == before


def all_in(world: World) -> None:
    for rater in (world.cast.colleague, world.cast.assessor, world.cast.reader):
        transitions.hand_in(rater, world.collecting)


def told_without_a_record(member: Membership, world: World) -> tuple[set[str], set[str]]:
    """Each read with nothing on record yet: those that say what the other rater wrote, and those among them after which
    it is not on record that this person, or whoever made the service, read it."""
    ask, showing, unrecorded = Asker(member), set(), set()
    ask.token  # noqa: B018
    for one in operations():
        with undone():
            Reading.objects.all().delete()
            if one.method == "GET" and MARK in stands_on(ask.ask("GET", world.address(one))):
                showing.add(one.name)
                if member.user.judge.pk not in those_who_know(world.collecting.pk):
                    unrecorded.add(one.name)
    return showing, unrecorded


@pytest.mark.parametrize("name", ["assessor", "service of an admin"])
def test_once_all_are_in_it_is_read_and_each_reading_is_on_record(name: str, world: World) -> None:
    all_in(world)
    assert told_without_a_record(who(name, world), world) == (TOLD, set())


def test_whoever_looks_from_outside_never_reads_another(world: World) -> None:
    member = outside(world)
    all_in(world)
    transitions.hand_in(member, world.collecting)
    assert leaks(answered(member, world)) == set()


def test_what_the_vendor_handed_in_is_read_by_raters_without_its_own_grades(world: World) -> None:
    member = outside(world)
    Response.objects.filter(pk=world.own.pk).update(submitted_at=timezone.now())
    at = f"/assessments/{world.collecting.uuid}/vendor-answers"
    for one in (member, world.cast.reader):
        said = Asker(one).get(at).json()["answers"]
        assert OWN_MARK in said[0]["vendor_says"]
        assert {answer["grade"] for answer in said} == {None}
    transitions.hand_in(member, world.collecting)
    all_in(world)
    assert {answer["grade"] for answer in Asker(member).get(at).json()["answers"]} == {None}
    assert {answer["grade"] for answer in Asker(world.cast.reader).get(at).json()["answers"]} == {2}


def test_what_is_measured_of_a_vendor_waits_for_whoever_judges_it_elsewhere(world: World, cast: Cast) -> None:
    make_incident(world.vendor)
    all_in(world)
    ask = Asker(cast.reader)
    findings = f"/assessments/{world.collecting.uuid}/findings"
    assert ask.get(findings).status_code == 200
    day = timezone.localdate()
    again = transitions.create_assessment(
        cast.assessor, vendor=world.vendor, release=world.collecting.release, period=Period(start=day, end=day)
    )
    transitions.open_assessment(cast.assessor, again)
    add_rater(again, cast.reader)
    assert ask.get(findings).json()["code"] == "withheld"
    assert ask.get(f"/commitments/{world.commitment.uuid}").json()["is_withheld"]


def test_the_walk_notices_an_operation_that_forgets_the_rule(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    transitions.hand_in(world.cast.colleague, world.collecting)
    for place in ("assessments.api.answers", "assessments.score.overview"):
        monkeypatch.setattr(f"{place}.let_read", lambda assessment, user: True)
    monkeypatch.setattr("assessments.score.overview.readable_responses", lambda row, member, **_: row.responses.all())
    assert leaks(answered(world.cast.reader, world, reads_alone=True)) == {"answer_list"}


def test_the_walk_notices_an_operation_that_forgets_the_record(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    all_in(world)
    for place in ("assessments.api.answers", "assessments.score.overview"):
        monkeypatch.setattr(f"{place}.let_read", lambda assessment, user: not is_kept_apart(assessment, user))
    assert told_without_a_record(world.cast.admin, world) == (TOLD, {"answer_list", "evidence_download"})
