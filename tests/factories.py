"""The standing cast and small builders: the same few people and things in every test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Department, Membership, Organisation, Role, User
from accounts.operations import Scope
from accounts.tokens import connected, making
from assessments.commitments import transitions as commitments
from assessments.lifecycle.transitions import asks_supplementary
from assessments.models import Answer, Assessment, AssessmentState, Commitment, CommitmentSource, Response
from manifesto.models import RULE_KEYS, Question, Release, ReleaseState, Rule
from manifesto.printed import edition
from vendors.contracts.agreed import settle
from vendors.expectations import editions
from vendors.models import (
    CauseProof,
    ChangeNotice,
    Contract,
    DeskLink,
    ExpectationEdition,
    Feedback,
    ImportState,
    Incident,
    IncidentImport,
    IncidentSource,
    ProofState,
    Rehearsal,
    Selection,
    Sla,
    Vendor,
)
from vendors.notices import changes as notices
from vendors.proofs import saving
from vendors.proofs import transitions as proofs
from vendors.proofs.complete import Considered
from vendors.rehearsals import changes as rehearsals

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "a long demo password"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who appears in tests: four members of one organisation, a stranger of another, a bank editor, a nobody."""

    organisation: Organisation
    department: Department
    assessor: Membership
    colleague: Membership  # a second assessor of the same organisation
    approver: Membership
    reader: Membership
    admin: Membership
    other_organisation: Organisation
    stranger: Membership  # an assessor elsewhere
    editor: User  # staff: edits the bank, member of nothing
    nobody: User  # signed in, member of nothing


def make_user(name: str, **fields: Any) -> User:
    user = _user(name, **fields)
    user.save()
    return user


def _user(name: str, **fields: Any) -> User:
    user = User(email=f"{name}@example.org", name=name.title(), **fields)
    user.set_unusable_password()  # hashing costs more than most tests; those that sign in set one
    return user


def make_member(organisation: Organisation, name: str, role: Role, **fields: Any) -> Membership:
    return Membership.objects.create(organisation=organisation, user=make_user(name), role=role, **fields)


def make_token(member: Membership, *scopes: Scope, name: str = "Ticket tool") -> str:
    """A token of this member for the API, with all scopes unless some are named: what is sent after “Bearer”."""
    by = member.user.judge  # of a service, whoever made it
    made = making.make(member, name=name, scopes=scopes or tuple(Scope), by=by, now=timezone.now())
    return made.secret


def make_connected(admin: Membership, *scopes: Scope, name: str = "ITSM") -> tuple[Membership, str]:
    """A service that this administrator made, with all scopes of a reader unless some are named, and its token."""
    wanted = scopes or [one for one in Scope if one.endswith(":read")]
    made = connected.add(admin, name=name, scopes=wanted, valid=making.VALID, now=timezone.now())
    return made.token.member, made.secret


def make_cast() -> Cast:
    """In few queries: most tests begin with it."""
    home = Organisation.objects.create(name="Harbour Hospital", slug="harbour")
    away = Organisation.objects.create(name="Meadow Bank", slug="meadow")
    department = Department.objects.create(organisation=home, name="Procurement")
    editor, nobody = _user("editor", is_staff=True, is_superuser=True), _user("nobody")
    members = [
        Membership(organisation=home, user=_user("assessor"), role=Role.ASSESSOR, department=department),
        Membership(organisation=home, user=_user("colleague"), role=Role.ASSESSOR),
        Membership(organisation=home, user=_user("approver"), role=Role.APPROVER),
        Membership(organisation=home, user=_user("reader"), role=Role.READER),
        Membership(organisation=home, user=_user("admin"), role=Role.ADMIN),
        Membership(organisation=away, user=_user("stranger"), role=Role.ASSESSOR),
    ]
    User.objects.bulk_create([*(member.user for member in members), editor, nobody])
    assessor, colleague, approver, reader, admin, stranger = Membership.objects.bulk_create(members)
    return Cast(
        organisation=home,
        department=department,
        assessor=assessor,
        colleague=colleague,
        approver=approver,
        reader=reader,
        admin=admin,
        other_organisation=away,
        stranger=stranger,
        editor=editor,
        nobody=nobody,
    )


def make_release(
    edition: str = "1",
    *,
    questions_per_rule: int = 2,
    supplementary: int = 0,
    state: ReleaseState = ReleaseState.PUBLISHED,
    **fields: Any,
) -> Release:
    """A complete edition: seven rules, each with `questions_per_rule` questions of weight 1, and behind them so many
    `supplementary` ones, all texts there."""
    release = Release.objects.create(edition=edition, **_texts("title", "note", said=f"Edition {edition}"), **fields)
    rules = Rule.objects.bulk_create(  # in one go each: most tests need an edition, and few care how it comes about
        Rule(release=release, key=key, position=position, **_texts("name", "promise", "guidance", said=key.title()))
        for position, key in enumerate(RULE_KEYS, start=1)
    )
    Question.objects.bulk_create(
        _question(rule, number, supplementary=number > questions_per_rule)
        for rule in rules
        for number in range(1, questions_per_rule + supplementary + 1)
    )
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, [release.pk])
    if state != ReleaseState.DRAFT:
        release.state = state
        release.published_at = NOW
        release.save()
    return release


# The database writes them itself, in one statement: to send each of seventy rows cost as much as a test.
LEVELS = """
INSERT INTO manifesto_level (question_id, grade, text, text_en, text_fr, text_nl)
SELECT question.id, grade, said || '(en)', said || '(en)', said || '(fr)', said || '(nl)' FROM (
    SELECT question.id, grade, rule.key || ' question ' || question.position || ' level ' || grade || ' ' AS said
    FROM manifesto_question AS question
    JOIN manifesto_rule AS rule ON rule.id = question.rule_id
    CROSS JOIN (SELECT 0 AS grade UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) AS grades
    WHERE question.release_id = %s
) AS question
"""


def _question(rule: Rule, number: int, *, supplementary: bool = False) -> Question:
    key = f"{rule.key}-{number}"
    question = Question(release=rule.release, rule=rule, key=key, position=number, supplementary=supplementary)
    said = f"{rule.key} question {number}"
    for field, text in _texts("text", "short", "why", "evidence", said=said).items():
        setattr(question, field, text)
    return question


def _texts(*names: str, said: str) -> dict[str, str]:
    return {f"{name}_{language}": f"{said} ({language})" for name in names for language in ("en", "fr", "nl")}


def make_vendor(organisation: Organisation, name: str = "Example Systems", **fields: Any) -> Vendor:
    return Vendor.objects.create(organisation=organisation, name=name, **fields)


def make_assessment(
    member: Membership,
    *,
    release: Release | None = None,
    vendor: Vendor | None = None,
    state: AssessmentState = AssessmentState.COLLECTING,
    grade: int | None = None,
    **fields: Any,
) -> Assessment:
    """An assessment with one response of `member` and an answer row a question, each with `grade` where given."""
    release = release or Release.objects.current() or make_release()
    number = Assessment.objects.filter(organisation=member.organisation).count() + 1
    assessment = Assessment.objects.create(
        organisation=member.organisation,
        vendor=vendor or make_vendor(member.organisation, f"Example Systems {number}"),
        release=release,
        reference=f"A-2026-{number:03}",
        period_start=date(2026, 1, 1),
        period_end=date(2026, 3, 31),
        owner=member.user,
        state=state,
        **{"asks_supplementary": asks_supplementary(member.organisation, release), **fields},
    )
    add_rater(assessment, member, grade=grade)
    edition(release)  # as in a process that has shown the edition before
    return assessment


def add_rater(
    assessment: Assessment,
    member: Membership,
    *,
    grade: int | None = None,
    grades: Mapping[str, int] | None = None,
    **fields: Any,
) -> Response:
    """A questionnaire of `member`, each answer with `grade`, or by question key with that of `grades`, where given."""
    fields = {"department": member.department, **fields}
    response = Response.objects.create(assessment=assessment, rater=member.user, **fields)
    Answer.objects.bulk_create(
        Answer(response=response, question=question, grade=(grades or {}).get(question.key, grade))
        for question in assessment.release.questions.all()
    )
    return response


def make_incident(
    vendor: Vendor, reference: str = "", *, opened: datetime = NOW, hours: float | None = 4, **fields: Any
) -> Incident:
    """A mission-critical incident, resolved `hours` after it was opened; None: still open."""
    resolved = None if hours is None else opened + timedelta(hours=hours)
    reference = reference or f"INC-{Incident.objects.filter(organisation=vendor.organisation_id).count() + 1:04}"
    fields = {"mission_critical": True, "opened_at": opened, "resolved_at": resolved, **fields}
    return Incident.objects.create(vendor=vendor, reference=reference, **fields)


def make_contract(vendor: Vendor, reference: str = "C-1", *, today: date | None = None, **fields: Any) -> Contract:
    """Ends in 200 days, with 3 months’ notice, and renews by a year; as it stands on `today`."""
    today = today or timezone.localdate()
    fields = {"ends_on": today + timedelta(days=200), "notice": 3, "renews_months": 12, **fields}
    contract = Contract(vendor=vendor, reference=reference, **fields)
    settle(contract, today)
    contract.save()
    return contract


def make_expectations(member: Membership, *, since: date | None = None, note: str = "As agreed.") -> ExpectationEdition:
    """The shipped proposal, or the newest edition again, published and in force since that day, else today."""
    since = since or timezone.localdate()
    draft = editions.start_draft(member, editions.Source.EDITION)
    said = editions.Publication(in_force_from=since, note=note, read=draft.version)
    return editions.publish(member, draft, said, today=since)


def make_file(
    member: Membership,
    since: date | None = None,
    to: date | None = None,
    *,
    holds: Selection | str = Selection.OPENED,
    known_until: datetime | None = None,
    source: str = "tool",
    ended_on: date | None = None,
    **fields: Any,
) -> IncidentImport:
    """A file of `source` that is imported, of which somebody said what it holds: by opening, from `since` to `to`, and
    exported at `known_until` (when that day was over). Without days nobody said anything."""
    if to is not None and known_until is None:
        known_until = datetime.combine(to + timedelta(days=1), time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))
    IncidentSource.objects.update_or_create(
        organisation=member.organisation, key=source, defaults={"name": source.title(), "ended_on": ended_on}
    )
    said = {"selection": holds if to else "", "holds_from": since, "holds_to": to, "known_until": known_until}
    fields = {"file_name": "export.csv", "state": ImportState.DONE, **said, **fields}
    return IncidentImport.objects.create(
        organisation=member.organisation, created_by=member.user, source=source, **fields
    )


def make_rehearsal(member: Membership, vendor: Vendor, *, held_on: date | None = None, **fields: Any) -> Rehearsal:
    """Planned for in ten days and led by `member`; `held_on`: held that day, and written down then."""
    now = fields.pop("now", None) or timezone.now()
    told = {name: fields.pop(name) for name in ("went_well", "went_wrong", "evidence") if name in fields}
    wanted = {"planned_at": now + timedelta(days=10), "owner": member.user, **fields}
    row = Rehearsal(vendor=vendor, **wanted)
    if held_on is None:
        return rehearsals.plan(member, row, asked=(), now=now)
    return rehearsals.note_held(member, row, rehearsals.Told(held_on=held_on, **told), now=now)


def make_notice(by: Membership | DeskLink, vendor: Vendor, **fields: Any) -> ChangeNotice:
    """For in ten days, two hours long, saying everything; `services`: none, for all of the vendor's."""
    now = fields.pop("now", None) or timezone.now()
    services, besides = fields.pop("services", ()), fields.pop("besides", ())
    announced_at = fields.pop("announced_at", None)
    starts = fields.get("starts") or now + timedelta(days=10)
    wanted = {
        "title": "New version of the records",
        "starts": starts,
        "until": starts + timedelta(hours=2),
        "what": "The records are read-only meanwhile.",
        "risks": "Labels may print twice.",
        "prevention": "Tried for a week on the test system.",
        "way_back": "The old version is back within half an hour.",
    }
    row = ChangeNotice(vendor=vendor, **(wanted | fields))
    return notices.announce(by, row, services=services, besides=besides, announced_at=announced_at, now=now)


def make_feedback(vendor: Vendor, *, feeling: int = 3, sla: Sla = Sla.UNKNOWN, **fields: Any) -> Feedback:
    fields = {"name": "Example Person", "said_on": NOW.date(), **fields}
    return Feedback.objects.create(vendor=vendor, feeling=feeling, sla=sla, **fields)


def make_commitment(member: Membership, vendor: Vendor, *, agreed: bool = False, **fields: Any) -> Commitment:
    """Proposed by `member`, who also follows it up; due in sixty days. `agreed`: by the vendor, the same day."""
    now = fields.pop("now", None) or timezone.now()
    wanted = {
        "rule": "support",
        "source": CommitmentSource.RULE,
        "what": "Restore the records within eight hours.",
        "why": "Three outages lasted a day.",
        "owner": member.user,
        "due_on": timezone.localdate(now) + timedelta(days=60),
    }
    made = commitments.propose(member, Commitment(vendor=vendor, **(wanted | fields)), now=now)
    if not agreed:
        return made
    return commitments.agree(member.user, made, agreed_by="Example Contact", on=timezone.localdate(now), now=now)


TEXTS_OF_A_PROOF = {
    "cause": "The disk of the journal was full.",
    "how_known": "The journal stops at 08:12, and the disk reports no room from then on.",
    "assumptions": "That the clocks of both machines agree.",
    "prevention": "The journal is moved once a day, and somebody is called at 80 percent.",
    "reach": "The archive has the same journal: changed as well.",
}


def make_proof(
    member: Membership, incident: Incident, *, state: ProofState = ProofState.OWED, **fields: Any
) -> CauseProof:
    """Asked for by `member`, who also follows it up; due in ten days. In another state it went the way there."""
    now = fields.pop("now", None) or timezone.now()
    wanted = {"contact": None, "owner": member.user, "days": 10, "due_on": timezone.localdate(now) + timedelta(days=10)}
    proof = proofs.ask(member, incident, **(wanted | fields), now=now)
    if state == ProofState.OWED:
        return proof
    if state == ProofState.WAIVED:
        return proofs.waive(member, proof, reason="It was a drill.", now=now)
    proof = hand_in_proof(member, proof, now=now)
    if state == ProofState.RETURNED:
        again = timezone.localdate(now) + timedelta(days=5)
        return proofs.return_it(member, proof, reason="How do you know?", due_on=again, now=now)
    return proofs.accept(member, proof, now=now) if state == ProofState.ACCEPTED else proof


def hand_in_proof(by: Membership | DeskLink, proof: CauseProof, *, now: datetime, **texts: str) -> CauseProof:
    """With all that a proof needs."""
    for field, text in (TEXTS_OF_A_PROOF | texts).items():
        saving.save_text(by, proof, field, text, 0, seen="", now=now)
    other = Considered(cause="The network", ruled_out_by="It carried other calls at that minute.")
    saving.save_other_causes(by, proof, [other], 0, seen=(), now=now)
    return proofs.hand_in(by, proof, now=now)
