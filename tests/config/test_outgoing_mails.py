"""Every mail to somebody who is asked for something: it says until when, and an answer to it reaches whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts.members import invitations
from accounts.models import Membership, Role
from assessments.lifecycle import transitions
from assessments.models import Assessment, Delegation, Digest, ReplyRequest, Response, VendorLink
from assessments.preferences import within_reach
from assessments.questionnaire import delegation
from assessments.questionnaire.delegation_mails import tell_delegate
from assessments.raters import asking
from assessments.raters import mails as rater_mails
from assessments.schedule import digest
from assessments.vendor_commitments import links as commitment_links
from assessments.vendor_commitments import telling
from assessments.vendor_side import links, reply, reply_copy
from groundwork.words import day
from tests.factories import (
    Cast,
    make_assessment,
    make_commitment,
    make_expectations,
    make_incident,
    make_member,
    make_proof,
    make_rehearsal,
    make_vendor,
)
from vendors.desk import links as desk_links
from vendors.desk import telling as desk_mails
from vendors.models import Contact, ProofState, ProofStepKind, Rehearsal
from vendors.proofs.telling import tell_vendor
from vendors.rehearsals import invitations as rehearsal_mails
from vendors.rehearsals.records import day_of
from vendors.voice import pulses

ASKER = "Assessor <assessor@example.org>"
# Members are told of what happens on pages that are theirs: nobody in particular asks.
TOLD_TO_MEMBERS = {
    "assessments/approval/email/decision_approved",
    "assessments/approval/email/decision_asked",
    "assessments/approval/email/decision_called_off",
    "assessments/approval/email/decision_sent_back",
    "assessments/approval/email/nobody_decides",
    "assessments/approval/email/raters_told",
    "accounts/members/email/absent",
    "accounts/single_sign_on/email/emergency",
    "accounts/webhooks/email/switched_off",
    "assessments/schedule/email/commitment_reopened",
    "assessments/schedule/email/digest_person",
    "assessments/schedule/email/notice_announced",
    "assessments/schedule/email/notice_changed",
    "assessments/schedule/email/notice_withdrawn",
    "assessments/schedule/email/proof_handed_in",
    "assessments/vendor_commitments/email/vendor_said",
    "assessments/vendor_side/email/vendor_handed_in",
    "assessments/vendor_side/email/vendor_replied",
    "assessments/vendor_side/email/vendor_replied_decide",
    "assessments/vendor_side/email/vendor_taken_back",
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """An assessment that is due in three weeks, with a contact at the vendor."""

    cast: Cast

    @cached_property
    def due_on(self) -> date:
        return timezone.localdate() + timedelta(days=21)

    @cached_property
    def assessment(self) -> Assessment:
        assessment = make_assessment(self.cast.assessor, grade=3)
        Assessment.objects.update(due_on=self.due_on)
        assessment.refresh_from_db()
        return assessment

    @cached_property
    def contact(self) -> Contact:
        fields = {"name": "Robin Example", "email": "robin@vendor.example", "language": "en"}
        return Contact.objects.create(vendor=self.assessment.vendor, **fields)

    def link(self) -> tuple[VendorLink, str]:
        return links.create(self.cast.assessor, self.assessment, self.contact)

    def request(self) -> tuple[ReplyRequest, VendorLink, str]:
        transitions.hand_in(self.cast.assessor, self.assessment)
        transitions.submit(self.cast.assessor, self.assessment)
        self.assessment.refresh_from_db()
        asked = reply.open_request(self.cast.assessor, self.assessment, contact=self.contact, due_on=self.due_on)
        link, token = links.renew(self.cast.assessor, asked.links.get())
        return asked, link, token


def ask_vendor(scene: Scene) -> date:
    link, token = scene.link()
    links.send(link, token, member=scene.cast.assessor)
    return scene.due_on


def ask_for_reply(scene: Scene) -> date:
    _asked, link, token = scene.request()
    links.send(link, token, member=scene.cast.assessor)
    return scene.due_on


def keep_copy_of_reply(scene: Scene) -> None:
    asked, link, _token = scene.request()
    asked.replies.filter(rule="support").update(stance="contests", text="We answered within the hour.")
    reply_copy.mail_copy(reply.submit_replies(link), link)
    assert "We answered within the hour." in str(mail.outbox[-1].body)


def morning_in(days: int) -> datetime:
    """At nine: before seven no reminder leaves, whenever tests run."""
    return timezone.localtime().replace(hour=9) + timedelta(days=days)


def remind_vendor(scene: Scene) -> date:
    link, token = scene.link()
    links.send(link, token, member=scene.cast.assessor, now=timezone.now() - timedelta(days=30))
    mail.outbox.clear()
    morning = morning_in(21)
    VendorLink.objects.update(expires_at=morning + timedelta(days=9))
    digest.queue(morning)
    digest.send(Digest.objects.get(link=link).pk, now=morning)
    return scene.due_on


def remind_of_commitments(scene: Scene) -> date:
    made = timezone.now() - timedelta(days=30)
    commitment = make_commitment(
        scene.cast.assessor, scene.assessment.vendor, due_on=scene.due_on, agreed=True, now=made
    )
    link, token = commitment_links.create(scene.cast.assessor, scene.contact, now=made)
    telling.send(link, token, asker=scene.cast.assessor.user, now=made)
    mail.outbox.clear()
    morning = morning_in(14)
    digest.queue(morning)
    digest.send(Digest.objects.get(commitment_link=link).pk, now=morning)
    return commitment.due_on


def ask_rater(scene: Scene) -> date:
    rater_mails.ask(scene.cast.assessor, asking.invite(scene.cast.assessor, scene.assessment, [scene.cast.reader]))
    return scene.due_on


def invite_rater(scene: Scene) -> date:
    asked = asking.invite_address(scene.cast.assessor, scene.assessment, "wendy@outside.example", language="en")
    rater_mails.ask(scene.cast.assessor, [asked])
    return scene.due_on


def thank_rater(scene: Scene) -> None:
    wendy = make_member(scene.cast.organisation, "wendy", Role.RATER)
    [asked] = asking.invite(scene.cast.assessor, scene.assessment, [wendy])
    rater_mails.thank(asked.response)


def hand_question_over(scene: Scene) -> date:
    answer = Response.objects.of_customer().get(assessment=scene.assessment).answers.first()
    assert answer is not None
    lent: Delegation = delegation.delegate(scene.cast.assessor, answer, scene.cast.reader)
    tell_delegate(lent)
    return scene.due_on


def show_commitments(scene: Scene) -> date:
    commitment = make_commitment(scene.cast.assessor, scene.assessment.vendor, due_on=scene.due_on)
    link, token = commitment_links.create(scene.cast.assessor, scene.contact, now=timezone.now())
    telling.send(link, token, asker=scene.cast.assessor.user, now=timezone.now())
    return commitment.due_on


def tell_what_waits(scene: Scene) -> date:
    due_on = show_commitments(scene)
    [link] = commitment_links.of_vendor(scene.cast.assessor, scene.assessment.vendor)
    assert telling.tell_contact(link, now=timezone.now())
    return due_on


def ask_for_pulse(scene: Scene) -> date:
    incident = make_incident(make_vendor(scene.cast.organisation))
    receiver = pulses.Receiver(name="Nurse", email="nurse@example.org")
    now = timezone.now()
    [(pulse, token)] = pulses.ask(scene.cast.assessor, incident, [receiver], language="en", now=now)
    pulses.send(scene.cast.assessor, pulse, token, now=now)
    return timezone.localdate(pulse.expires_at)


def give_desk(scene: Scene) -> None:
    make_expectations(scene.cast.assessor)
    link, token = desk_links.create(scene.cast.assessor, scene.contact, now=timezone.now())
    assert desk_mails.send(link, token, asker=scene.cast.assessor.user, now=timezone.now())
    assert "expects of those who support it (edition 1)" in str(mail.outbox[-1].body)


def tell_what_waits_on_the_desk(scene: Scene) -> None:
    give_desk(scene)
    [link] = desk_links.of_vendor(scene.cast.assessor, scene.assessment.vendor)
    assert desk_mails.tell(link, asker=scene.cast.assessor.user, now=timezone.now())


def ask_for_proof(scene: Scene) -> date | None:
    return tell_of_proof(scene, ProofStepKind.ASKED, ProofState.OWED)


def return_proof(scene: Scene) -> date | None:
    return tell_of_proof(scene, ProofStepKind.RETURNED, ProofState.RETURNED)


def accept_proof(scene: Scene) -> None:
    tell_of_proof(scene, ProofStepKind.ACCEPTED, ProofState.ACCEPTED)


def tell_of_proof(scene: Scene, kind: ProofStepKind, state: ProofState) -> date | None:
    """To a contact who has the link to the desk; the day by which it is due, where it is the vendor's turn."""
    incident = make_incident(scene.assessment.vendor)
    proof = make_proof(scene.cast.assessor, incident, state=state, contact=scene.contact, due_on=scene.due_on)
    desk_links.create(scene.cast.assessor, scene.contact, now=timezone.now())
    assert tell_vendor(scene.cast.assessor, proof, kind, now=timezone.now())
    return proof.due_on if proof.is_at_vendor else None


def planned(scene: Scene) -> Rehearsal:
    """With one guest, who is invited."""
    row = make_rehearsal(scene.cast.assessor, make_vendor(scene.cast.organisation))
    row.guests.create(name="Robin", email="robin@vendor.example", language="en")
    rehearsal_mails.invite(scene.cast.assessor, row, now=timezone.now())
    return row


def invite_guest(scene: Scene) -> date:
    return day_of(planned(scene))


def tell_guest_it_is_moved(scene: Scene) -> date:
    row = planned(scene)
    rehearsal_mails.tell_moved(scene.cast.assessor, row, now=timezone.now())
    return day_of(row)


def tell_guest_it_is_called_off(scene: Scene) -> date:
    row = planned(scene)
    rehearsal_mails.call_off(scene.cast.assessor, row, now=timezone.now())
    return day_of(row)


SENT: dict[str, Callable[[Scene], date | None]] = {
    "accounts/members/email/invitation": invite_rater,
    "assessments/questionnaire/email/delegation": hand_question_over,
    "assessments/raters/email/rater": ask_rater,
    "assessments/raters/email/rater_thanks": thank_rater,
    "assessments/schedule/email/digest_vendor": remind_vendor,
    "assessments/schedule/email/promised_vendor": remind_of_commitments,
    "assessments/vendor_commitments/email/commitment_link": show_commitments,
    "assessments/vendor_commitments/email/commitments_waiting": tell_what_waits,
    "assessments/vendor_side/email/vendor_link": ask_vendor,
    "assessments/vendor_side/email/vendor_reply": ask_for_reply,
    "assessments/vendor_side/email/vendor_reply_copy": keep_copy_of_reply,
    "vendors/desk/email/desk_link": give_desk,
    "vendors/desk/email/desk_waiting": tell_what_waits_on_the_desk,
    "vendors/proofs/email/proof_accepted": accept_proof,
    "vendors/proofs/email/proof_asked": ask_for_proof,
    "vendors/proofs/email/proof_returned": return_proof,
    "vendors/rehearsals/email/called_off": tell_guest_it_is_called_off,
    "vendors/rehearsals/email/invited": invite_guest,
    "vendors/rehearsals/email/moved": tell_guest_it_is_moved,
    "vendors/voice/email/pulse": ask_for_pulse,
}


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return Scene(cast=cast)


def test_each_template_of_a_mail_has_its_row_here() -> None:
    templates = Path(settings.BASE_DIR) / "templates"
    found = {str(path.relative_to(templates).with_suffix("")) for path in templates.glob("*/*/email/[!_]*.txt")}
    assert found == TOLD_TO_MEMBERS | SENT.keys()


@pytest.mark.parametrize("template", sorted(SENT))
def test_an_answer_reaches_whoever_asks_and_the_day_is_named(scene: Scene, template: str) -> None:
    due_on = SENT[template](scene)

    sent = mail.outbox[-1]
    assert isinstance(sent, EmailMultiAlternatives)
    assert sent.reply_to == [ASKER]
    for body in (str(sent.body), str(sent.alternatives[0].content)):
        assert due_on is None or day(due_on) in body
        assert "Assessor" in body


@pytest.mark.parametrize("template", ["vendor_side/email/vendor_link", "raters/email/rater"])
def test_how_much_is_asked_stands_in_it(scene: Scene, template: str) -> None:
    SENT[f"assessments/{template}"](scene)
    assert "14 questions, about 30 minutes" in str(mail.outbox[-1].body)


def test_the_address_of_whoever_has_left_stands_in_no_mail(scene: Scene) -> None:
    link, token = links.create(scene.cast.colleague, scene.assessment, scene.contact)
    links.send(link, token)
    Membership.objects.filter(pk=scene.cast.colleague.pk).update(is_active=False)
    assert within_reach(scene.assessment, scene.cast.colleague.user) == scene.cast.assessor.user

    Membership.objects.filter(pk=scene.cast.assessor.pk).update(is_active=False)
    assert within_reach(scene.assessment, scene.cast.colleague.user) is None


def test_without_anybody_who_asks_no_address_is_named(scene: Scene) -> None:
    incident = make_incident(make_vendor(scene.cast.organisation))
    now = timezone.now()
    receiver = pulses.Receiver(name="Nurse", email="nurse@example.org")
    [(pulse, token)] = pulses.ask(scene.cast.assessor, incident, [receiver], language="en", now=now)
    pulses.send(None, pulse, token, now=now)
    assert mail.outbox[-1].reply_to == []


def test_a_name_with_a_line_break_makes_no_second_header(scene: Scene) -> None:
    scene.cast.assessor.user.name = "Zoë\nBcc: all@example.org"
    invitation, token = invitations.invite(
        scene.cast.assessor.user,
        scene.cast.organisation,
        email="new@example.org",
        role=Role.READER,
        department=None,
        language="en",
        now=timezone.now(),
    )
    invitations.send(invitation, token, asker=scene.cast.assessor.user)
    sent = mail.outbox[-1]
    assert sent.recipients() == ["new@example.org"]
    assert sent.message()["Bcc"] is None
