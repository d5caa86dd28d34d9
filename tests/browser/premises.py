"""The premises that every page is walked through: a thing for every state beside each other, all there at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from io import StringIO
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import Department, Membership, Role, User
from assessments.consensus import attendance
from assessments.consensus import meeting as consensus
from assessments.lifecycle import transitions
from assessments.models import (
    Answer,
    ApprovalLevel,
    Assessment,
    AssessmentState,
    CommitmentLink,
    Delegation,
    Evidence,
    Stance,
    VendorLink,
)
from assessments.questionnaire import delegation
from assessments.raters import asking
from assessments.vendor_commitments import links as commitment_links
from assessments.vendor_side import answers as vendor_answers
from assessments.vendor_side import links, reply
from manifesto import editions
from manifesto.models import Question, Release
from manifesto.yaml_files import shipped_editions
from reports.documents.job import RenderingFailure
from reports.models import Rendering, RenderingState, Scorecard
from tests.config.routes import World
from tests.factories import (
    PASSWORD,
    Cast,
    add_rater,
    make_assessment,
    make_feedback,
    make_incident,
    make_member,
    make_user,
    make_vendor,
)
from tests.reports import cards
from vendors.incidents import changes as incident_changes
from vendors.measures import targets
from vendors.models import Contact, Incident, Sla, Tier, Vendor
from vendors.voice import pulses

ANYBODY = "anybody"
VENDOR = "vendor"  # a contact of the vendor, known by the cookies of links


class Premises(World):
    """The world with the shipped bank and a thing for every state beside each other, all there at once."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast)
        call_command("load_bank", "--edition", shipped_editions()[-1].name, "--publish", stdout=StringIO())
        self.release = Release.objects.get()
        self.new_edition = editions.new_draft_from(self.release, "2099.1", cast.editor)
        self._clients: dict[str, Client] = {}
        cast.reader.department = Department.objects.create(
            organisation=cast.organisation, name="Harbour IT", is_it=True
        )
        cast.reader.save()

    def populate(self) -> None:
        """Make what is otherwise made when a page asks for it: no list is then shorter for whoever comes early."""
        for name in (
            "second_collecting",
            "in_review",
            "approved",
            "cancelled",
            "draft",
            "vendor_link",
            "vendor_import",
        ):
            getattr(self, name)
        for name in ("asked_from_outside", "answered_from_outside", "way_in_from_outside"):
            getattr(self, name)
        for name in ("crowd", "delegation", "borrowed", "meeting", "replied", "many_voices"):
            getattr(self, name)
        for name in ("asked_to_reply", "moved", "feedback_file", "pulse"):
            getattr(self, name)
        for name in ("answered_token", "measured_vendor", "imported_incident"):
            getattr(self, name)
        for name in ("import_to_map", "import_checking", "import_unmatched", "import_checked", "import_done"):
            getattr(self, name)
        for name in ("import_failed", "import_mapping"):
            getattr(self, name)
        for name in ("contract", "contract_file", "paper", "rehearsal", "planned_service", "expectation"):
            getattr(self, name)
        for name in ("invitation", "archived_vendor", "service", "approval_level", "failed_rendering"):
            getattr(self, name)
        for name in ("identity_provider", "mail_domain", "directory_group", "webhook_delivery", "service_account"):
            getattr(self, name)

    def _assessment(self, by: Membership | None = None, *, tier: Tier = Tier.STANDARD, **fields: Any) -> Assessment:
        name = f"Harbour Uninterruptible Infrastructure Services {Assessment.objects.count() + 1}"
        vendor = make_vendor(self.cast.organisation, name, tier=tier, department=self.cast.department)
        return make_assessment(by or self.cast.assessor, vendor=vendor, **fields)

    @cached_property
    def answered_token(self) -> str:
        """Of a pulse that somebody answered."""
        receiver = pulses.Receiver(name="Harbour doctor")
        pulse, token = pulses.ask(self.cast.assessor, self.incident, [receiver], language="en", now=timezone.now())[0]
        said = dict.fromkeys(pulses.QUESTIONS, "partly")
        pulses.answer(pulse, said, name="Harbour doctor", feeling=4, comment="They rang.", now=timezone.now())
        return token

    @cached_property
    def imported_incident(self) -> Incident:
        """From an export, of a problem that came back; somebody has put it right by hand, and said how it felt."""
        incident = self.measured_vendor.incidents.order_by("-opened_at")[0]
        Incident.objects.filter(pk=incident.pk).update(
            source="servicenow", created_in=self.import_done, title="Harbour records stand still, and nobody knows why"
        )
        incident.refresh_from_db()
        seen, incident.handled_by = incident_changes.incident_fingerprint(incident), "Harbour night shift"
        incident_changes.change_incident(
            self.cast.assessor, incident, changed=["handled_by"], seen=seen, now=timezone.now()
        )
        make_feedback(self.measured_vendor, incident=incident, feeling=1, comment="Nobody told us why.")
        return incident

    @cached_property
    def measured_vendor(self) -> Vendor:
        """With a year of incidents, a target and what people say of it."""
        vendor = make_vendor(self.cast.organisation, "Harbour Uninterruptible Measured Services")
        for ago in range(14):
            opened = timezone.now() - timedelta(days=30 * ago, hours=2)
            make_incident(vendor, opened=opened, hours=None if ago == 0 else 20 - ago, problem="Harbour index")
            sla, feeling = (Sla.MET, 1 + ago % 5) if ago % 3 else (Sla.MISSED, 5 - ago % 5)
            make_feedback(vendor, feeling=feeling, sla=sla, said_on=opened.date())
        targets.set_target(self.cast.admin, vendor, "duration_mean", Decimal(8), note="Harbour minutes")
        return vendor

    @cached_property
    def draft(self) -> Assessment:
        return self._assessment(state=AssessmentState.DRAFT)

    @cached_property
    def unopened(self) -> Assessment:
        return self.draft

    @cached_property
    def collecting(self) -> Assessment:
        return self._assessment(grade=3)

    @cached_property
    def second_collecting(self) -> Assessment:
        return self._assessment()

    @cached_property
    def in_review(self) -> Assessment:
        return transitions.submit(self.cast.assessor, self._assessment(grade=2))

    @cached_property
    def handed_in(self) -> Assessment:
        assessment = self._assessment(grade=3)
        transitions.hand_in(self.cast.assessor, assessment)
        return assessment

    @cached_property
    def _linked(self) -> tuple[VendorLink, str]:
        """To a contact who has begun, and is not done."""
        link, token = super()._linked
        Answer.objects.filter(response=link.response_id, question__rule__key="support").update(
            grade=3, vendor_says="We stay."
        )
        return link, token

    # Several raters, and the vendor about itself -------------------------------------------------------------------
    @cached_property
    def _crowded(self) -> tuple[Assessment, VendorLink, str]:
        cast, assessment = self.cast, self._assessment(due_on=timezone.localdate() - timedelta(days=3))
        add_rater(assessment, cast.colleague, grade=2, submitted_at=timezone.now())
        asking.invite(cast.assessor, assessment, [cast.reader, cast.approver], rules=["support", "proof"])
        asked = asking.invite_address(cast.assessor, assessment, "harbour.late@example.org", language="en")
        assessment.responses.filter(pk=asked.response.pk).update(failed_at=timezone.now())
        asking.withdraw(cast.assessor, assessment.responses.get(rater=cast.approver.user))
        return assessment, *self._answered_by_vendor(assessment)

    @property
    def crowd(self) -> Assessment:
        """Its owner still rates, and of the others everybody is somewhere else; the vendor has handed in."""
        return self._crowded[0]

    def _answered_by_vendor(self, assessment: Assessment) -> tuple[VendorLink, str]:
        contact = Contact.objects.create(
            vendor=assessment.vendor, name="Harbour answerer", email="harbour@vendor.example"
        )
        link, token = links.create(self.cast.assessor, assessment, contact)
        answers = Answer.objects.filter(response=link.response_id)
        answers.update(grade=4, vendor_says="We do that, and more.")
        file = Evidence(
            answer=answers[0], name="Harbour manual.txt", content_type="text/plain", size=4, sha256="0" * 64
        )
        file.uploaded_through = link
        file.file.save("manual.txt", ContentFile(b"note"))
        vendor_answers.hand_in(link)
        return link, token

    # Asked from outside ------------------------------------------------------------------------------------------
    @cached_property
    def outsider(self) -> Membership:
        return make_member(self.cast.organisation, "harbour-outsider", Role.RATER)

    @cached_property
    def asked_from_outside(self) -> Assessment:
        """Some of it is answered; the vendor has handed in, and a colleague rates, too."""
        assessment = self._assessment(grade=3, due_on=timezone.localdate() - timedelta(days=3))
        asked = add_rater(assessment, self.outsider, note="You were there that night.", invited_by=self.cast.admin.user)
        asked.answers.filter(question__rule__key="support").update(grade=2, comment="Nobody rang.")
        self._answered_by_vendor(assessment)
        return assessment

    @cached_property
    def answered_from_outside(self) -> Assessment:
        assessment = self._assessment(grade=3)
        add_rater(assessment, self.outsider, grade=2, submitted_at=timezone.now())
        return assessment

    @cached_property
    def way_in_from_outside(self) -> str:
        asked = asking.invite_address(
            self.cast.assessor, self.asked_from_outside, "harbour.outside@example.org", language="en"
        )
        return reverse("invitation_accept", args=[asked.token])

    @cached_property
    def meeting(self) -> Assessment:
        """All have handed in; of what needs talk, one question is agreed on and others are not."""
        return self._talked_over()

    def _talked_over(self, tier: Tier = Tier.STANDARD) -> Assessment:
        cast, assessment = self.cast, self._assessment(tier=tier, grade=3)
        differing = {"support-exit": 0, "guidance-explain": 1}
        add_rater(assessment, cast.colleague, grade=3, grades=differing, submitted_at=timezone.now())
        add_rater(assessment, cast.reader, grade=2, submitted_at=timezone.now())
        transitions.hand_in(cast.assessor, assessment)
        self._answered_by_vendor(assessment)
        there = [cast.assessor.user, cast.colleague.user, cast.reader.user]
        held = attendance.hold(
            cast.assessor,
            assessment,
            held_on=timezone.localdate(),
            attendees=there,
            others="A guest of the harbour",
        )
        question = Question.objects.get(release=self.release, key="guidance-explain")
        why = "It explains well when asked twice."
        consensus.agree(cast.assessor, assessment, question, grade=2, reason=why, meeting=held, version=0)
        return assessment

    @cached_property
    def delegation(self) -> Delegation:
        answer = Answer.objects.filter(response__assessment=self.crowd, response__rater=self.cast.assessor.user)[0]
        helper = make_member(self.cast.organisation, "harbour-helper", Role.READER)
        return delegation.delegate(self.cast.assessor, answer, helper)

    @cached_property
    def borrowed(self) -> Delegation:
        theirs = self._assessment(self.cast.colleague)
        answer = Answer.objects.filter(response__assessment=theirs)[0]
        return delegation.delegate(self.cast.colleague, answer, self.cast.assessor, note="You were there that night.")

    # Two levels of approval, and the right of reply ----------------------------------------------------------------
    @cached_property
    def _levels(self) -> list[ApprovalLevel]:
        """For critical vendors alone, so that one approver decides about all others."""
        return [
            ApprovalLevel.objects.create(
                organisation=self.cast.organisation, tier=Tier.CRITICAL, position=number, name=name, role=role
            )
            for number, (name, role) in enumerate((("Purchasing", Role.APPROVER), ("Board", Role.ADMIN)), start=1)
        ]

    def _replied_to(self) -> tuple[Assessment, VendorLink, str]:
        """Approved by the first level, and contested by the vendor."""
        assert self._levels
        cast, assessment = self.cast, self._talked_over(Tier.CRITICAL)
        transitions.submit(cast.assessor, assessment)
        transitions.approve(cast.approver, assessment)
        contact = assessment.vendor.contacts.get()
        until = timezone.localdate() + timedelta(days=10)
        asked = reply.open_request(cast.assessor, assessment, contact=contact, due_on=until)
        link, token = links.renew(cast.assessor, asked.links.get())
        reply.save_reply(link, "guidance", Stance.CONTESTS, "Our manual has been rewritten since.", 0)
        reply.save_reply(link, "proof", Stance.AGREES, "", 0)
        reply.submit_replies(link)
        assessment.refresh_from_db()
        return assessment, link, token

    @property
    def approved_once(self) -> Assessment:
        return self.replied

    @cached_property
    def _with_reply(self) -> tuple[Assessment, VendorLink, str]:
        return self._replied_to()

    @property
    def replied(self) -> Assessment:
        return self._with_reply[0]

    @cached_property
    def many_voices(self) -> Scorecard:
        """Of the same, once it is approved at last."""
        return Scorecard.objects.get(assessment=transitions.approve(self.cast.admin, self._replied_to()[0]))

    @cached_property
    def compared(self) -> list[Scorecard]:
        return [self.many_voices, self.scorecard]

    @cached_property
    def moved(self) -> Scorecard:
        """The second one of a vendor, which one of its raters sees otherwise and another rates for the first time."""
        first = self._assessment(grade=2)
        cards.approve(self.cast, first)
        again = make_assessment(self.cast.assessor, vendor=first.vendor, grade=3)
        add_rater(again, self.cast.colleague, grade=1, grades={"support-exit": 4}, submitted_at=timezone.now())
        Answer.objects.filter(response__assessment=again).update(comment="Seen by the harbour at night.")
        return cards.approve(self.cast, again)

    @cached_property
    def away_admin(self) -> Membership:
        """Of an organisation without levels of approval."""
        return make_member(self.cast.other_organisation, "away-admin", Role.ADMIN)

    # Links of the vendor -------------------------------------------------------------------------------------------
    @property
    def handed_in_link(self) -> VendorLink:
        return self._crowded[1]

    @property
    def replied_link(self) -> VendorLink:
        return self._with_reply[1]

    @cached_property
    def revoked_token(self) -> str:
        contact = Contact.objects.create(vendor=self.collecting.vendor, name="Harbour leaver")
        link, token = links.create(self.cast.assessor, self.collecting, contact)
        links.revoke(self.cast.assessor, link)
        return token

    @cached_property
    def spare_commitments_link(self) -> CommitmentLink:
        """Of a contact who never comes: it may be made anew while the other is in use."""
        contact = Contact.objects.create(vendor=self.vendor, name="Harbour deputy", email="deputy@vendor.example")
        assert self.commitment
        return commitment_links.create(self.cast.assessor, contact, now=timezone.now())[0]

    @cached_property
    def revoked_commitments_token(self) -> str:
        contact = Contact.objects.create(vendor=self.vendor, name="Harbour former")
        link, token = commitment_links.create(self.cast.assessor, contact, now=timezone.now())
        commitment_links.revoke(self.cast.assessor, link, now=timezone.now())
        return token

    @cached_property
    def _to_be_shown(self) -> Assessment:
        return transitions.submit(self.cast.assessor, self._assessment(grade=2))

    @cached_property
    def approved(self) -> Assessment:
        return transitions.approve(
            self.cast.approver, transitions.submit(self.cast.assessor, self._assessment(grade=3))
        )

    @cached_property
    def cancelled(self) -> Assessment:
        return transitions.cancel(self.cast.assessor, self._assessment(), reason="The contract ended.")

    @cached_property
    def failed_rendering(self) -> Rendering:
        return Rendering.objects.create(
            scorecard=self.scorecard,
            kind="scorecard",
            language="nl",
            state=RenderingState.FAILED,
            failure=RenderingFailure.TOO_SLOW,
            attempts=5,
            requested_at=timezone.now() - timedelta(minutes=5),
            finished_at=timezone.now(),
        )

    @cached_property
    def careful(self) -> User:
        """Has a password and no second factor yet."""
        return make_user_with_password("careful")

    @cached_property
    def secured(self) -> User:
        """Has a password and every second factor there is."""
        user = make_user_with_password("secured")
        Membership.objects.create(user=user, organisation=self.cast.organisation, role="reader")
        return user

    @cached_property
    def forgetful(self) -> User:
        """Has asked for a link to a new password."""
        return make_user_with_password("forgetful")

    @cached_property
    def halfway(self) -> User:
        """Has given the password, and is asked for the second factor."""
        user = make_user_with_password("halfway")
        TOTP.activate(user, generate_totp_secret())
        return user

    @cached_property
    def passkey(self) -> Authenticator:
        self.client("secured")  # signs in while a password is enough
        return WebAuthn.add(self.secured, "Demo key", make_credential()).instance

    def client(self, who: str) -> Client:
        """The test client as this person; signed in once."""
        if who not in self._clients:
            self._clients[who] = self._signed_in(who)
        return self._clients[who]

    def _signed_in(self, who: str) -> Client:
        client = Client()
        if who == ANYBODY:
            return client
        if who == VENDOR:
            for token in (self.vendor_link_token, self.reply_link_token, self._crowded[2], self._with_reply[2]):
                client.post(reverse("vendor_link", args=[token]), {"language": "en"})
            client.post(reverse("vendor_commitments_link", args=[self.commitments_link_token]), {"language": "en"})
            client.post(reverse("desk_link", args=[self.the_desk_link_token]), {"language": "en"})
            return client
        person = getattr(self.cast, who, None) or getattr(self, who)
        user = person.user if isinstance(person, Membership) else person
        if not user.has_usable_password():
            client.force_login(user)
            return client
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        if who == "secured":  # now that it has been proven who it is
            TOTP.activate(user, generate_totp_secret())
            RecoveryCodes.activate(user)
        return client

    def cookies(self, who: str) -> dict[str, str]:
        """By what this person is known: a session, or the cookies of links."""
        jar = self.client(who).cookies
        return {
            name: cookie.value
            for name, cookie in jar.items()
            if name == settings.SESSION_COOKIE_NAME or name.startswith(("vendor_desk_", "vendor_commitments_", "desk_"))
        }


def make_user_with_password(name: str) -> User:
    user = make_user(name)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_credential() -> dict[str, Any]:
    """What a browser sends when a passkey is added."""
    key = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    attested = AttestedCredentialData.create(Aaguid.NONE, b"demo-key", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    proof = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, attested), {})
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"demo", "http://localhost")
    return {
        "id": websafe_encode(b"demo-key"),
        "rawId": websafe_encode(b"demo-key"),
        "type": "public-key",
        "response": {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(proof)},
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
