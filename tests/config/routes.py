"""Every route of the project, and the standing objects that its address is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.members import invitations
from accounts.models import (
    ApiToken,
    DeliveryState,
    IdentityProvider,
    Invitation,
    MailDomain,
    Membership,
    ProvisionedGroup,
    Role,
    SignInProtocol,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.webhooks import changes as webhooks
from accounts.webhooks.kinds import Kind
from accounts.webhooks.telling import tell
from assessments import preferences
from assessments.commitments import transitions as commitments
from assessments.commitments.evidence import add_files
from assessments.lifecycle import transitions
from assessments.models import (
    Answer,
    ApprovalLevel,
    Assessment,
    AssessmentState,
    Commitment,
    CommitmentFile,
    CommitmentLink,
    Delegation,
    Evidence,
    Response,
    VendorLink,
    WorkbookUpload,
)
from assessments.questionnaire import delegation
from assessments.raters import asking
from assessments.vendor_commitments import links as commitment_links
from assessments.vendor_side import links, reply
from assessments.workbooks import taking
from reports.archives import wishes as archives
from reports.batches.job import Wish, request_batch
from reports.comparison import keeping
from reports.exports import job as exports
from reports.fact_sheets import keeping as sheet_keeping
from reports.fact_sheets import kinds
from reports.letters import matters, ours, own_templates, writing
from reports.models import (
    Batch,
    Binding,
    Document,
    DocumentKind,
    Export,
    ExportFormat,
    ExportScope,
    FactSheet,
    FactSheetKind,
    LetterKind,
    LetterTemplate,
    Rendering,
    RenderingState,
    Scorecard,
)
from tests.factories import (
    Cast,
    add_rater,
    hand_in_proof,
    make_assessment,
    make_commitment,
    make_connected,
    make_contract,
    make_expectations,
    make_feedback,
    make_incident,
    make_member,
    make_notice,
    make_proof,
    make_rehearsal,
    make_token,
    make_vendor,
)
from vendors.care import changes as care
from vendors.desk import links as desk_links
from vendors.emergencies import writing as emergencies
from vendors.expectations import editions
from vendors.incident_import import files, job, saved_mappings, worker
from vendors.incident_import.columns.options import Options
from vendors.incident_import.holding import answers
from vendors.measures import targets
from vendors.models import (
    CauseProof,
    ChangeNotice,
    Contact,
    Contract,
    ContractFile,
    DeskLink,
    EntryKind,
    Expectation,
    ExpectationEdition,
    Feedback,
    FeedbackFile,
    ImportMapping,
    Incident,
    IncidentImport,
    IncidentSource,
    Paper,
    PaperKind,
    ProofFile,
    ProofState,
    Pulse,
    Rehearsal,
    Service,
    Sla,
    SupportPerson,
    TimelineEntry,
    Training,
    Vendor,
    VendorImport,
)
from vendors.proofs import evidence as proof_files
from vendors.timeline import changes as timeline
from vendors.voice import pulses


@dataclass(frozen=True, kw_only=True)
class Route:
    name: str  # with its namespace; empty where the pattern has none
    arguments: tuple[str, ...]
    path: str = ""  # as the URLconf says it


def routes(
    resolver: URLResolver | None = None, namespace: str = "", arguments: tuple[str, ...] = (), path: str = ""
) -> Iterator[Route]:
    for pattern in (resolver or get_resolver()).url_patterns:
        here = (*arguments, *_arguments(pattern))
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, inner, here, path + str(pattern.pattern))
        else:
            name = f"{namespace}{pattern.name}" if pattern.name else ""
            yield Route(name=name, arguments=here, path=path + str(pattern.pattern))


def _arguments(pattern: URLPattern | URLResolver) -> tuple[str, ...]:
    return tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)


# As a tool exports them: two vendors, and a line that cannot be taken.
HARBOUR_INCIDENTS = """Number;Opened;Resolved;Short description;Priority;Assignment group
INC0001;2026-01-13 09:00;2026-01-13 12:30;Harbour gate stands still;1 - Critical;Harbour Systems
INC0002;2026-01-20 16:40;2026-01-19 08:15;Harbour crane without power;1 - Critical;Harbour Systems
INC0003;2026-02-03 07:05;;Harbour printer;4 - Low;Harbour Line
"""


def _finished(**subject: Any) -> Rendering:
    """A document that is ready, of that subject."""
    rendering = Rendering.objects.create(
        kind="scorecard" if "scorecard" in subject else "",
        language="fr",
        state=RenderingState.READY,
        progress=100,
        requested_at=timezone.now(),
        finished_at=timezone.now(),
        size=4,
        sha256="0" * 64,
        **subject,
    )
    Document.objects.create(rendering=rendering, content=b"%PDF")
    return rendering


class World:
    """The things of the cast's organisation, each made when a route asks for it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    @cached_property
    def identity_provider(self) -> IdentityProvider:
        return IdentityProvider.objects.create(
            organisation=self.cast.organisation,
            protocol=SignInProtocol.OIDC,
            name="Harbour login",
            issuer="https://login.harbour.invalid",
            client_id="harbour",
            is_active=True,
        )

    @cached_property
    def mail_domain(self) -> MailDomain:
        return MailDomain.objects.create(
            organisation=self.cast.organisation, domain="harbour.example", added_by=self.cast.admin.user
        )

    @cached_property
    def vendor(self) -> Vendor:
        return make_vendor(self.cast.organisation, "Harbour Systems")

    @cached_property
    def expectations_in_force(self) -> ExpectationEdition:
        return make_expectations(self.cast.assessor)

    @cached_property
    def expectation_draft(self) -> ExpectationEdition:
        """The next edition: one is in force already, for there is one draft at a time."""
        assert not self.expectations_in_force.is_draft
        return editions.start_draft(self.cast.assessor, editions.Source.PROPOSAL)

    @cached_property
    def expectation(self) -> Expectation:
        row: Expectation = self.expectation_draft.expectations.all()[0]
        return row

    @cached_property
    def archived_vendor(self) -> Vendor:
        return make_vendor(self.cast.organisation, "Harbour Archive", archived_at=timezone.now())

    @cached_property
    def service(self) -> Service:
        return Service.objects.create(vendor=self.vendor, name="Harbour records")

    @cached_property
    def webhook(self) -> WebhookEndpoint:
        address = "https://127.0.0.1/harbour"  # which no test asks
        return webhooks.add(self.cast.admin, name="Harbour tickets", address=address, kinds=[]).endpoint

    @cached_property
    def webhook_delivery(self) -> WebhookDelivery:
        """One that was given up."""
        assert self.webhook
        with transaction.atomic():
            about, now = "test:1", timezone.now()
            event = tell(Kind.TEST, self.cast.organisation.pk, about=about, data=lambda: {"harbour": 1}, now=now)
        assert event is not None
        event.deliveries.update(state=DeliveryState.DEAD)
        return event.deliveries.select_related("event", "endpoint").get()

    @cached_property
    def planned_service(self) -> Service:
        """With a page for when it breaks."""
        wanted = emergencies.Wanted(
            at_hand="The Harbour contract number",
            calls=(
                emergencies.Call(contact=self.contact.pk),
                emergencies.Call(name="Harbour duty", phone="+32 2555 0100"),
            ),
            stops=(emergencies.Stop(department=self.cast.department.pk, what_stops="Harbour orders"),),
            owner=self.cast.reader.user_id,
        )
        emergencies.write(self.cast.assessor, self.service, wanted, version=emergencies.NEW, now=timezone.now())
        return self.service

    @cached_property
    def vendor_with_target(self) -> Vendor:
        targets.set_target(self.cast.admin, self.vendor, "duration_mean", Decimal(8))
        return self.vendor

    @cached_property
    def contact(self) -> Contact:
        return Contact.objects.create(vendor=self.vendor, name="Harbour contact")

    @cached_property
    def contract(self) -> Contract:
        contract = make_contract(self.vendor, "Harbour C-1", owner=self.cast.reader.user, note="Harbour terms.")
        contract.services.set([self.service])
        return contract

    @cached_property
    def rehearsal(self) -> Rehearsal:
        """Planned, and led by the reader."""
        return make_rehearsal(
            self.cast.admin,
            self.vendor,
            owner=self.cast.reader.user,
            service=self.service,
            place="Harbour hall",
            scenario="Harbour stands still.",
        )

    @cached_property
    def training(self) -> Training:
        fields = {"vendor": self.vendor, "held_on": timezone.localdate(), "subject": "Harbour keys"}
        return care.keep_training(self.cast.admin, Training(**fields))

    @cached_property
    def support_person(self) -> SupportPerson:
        row = SupportPerson(vendor=self.vendor, name="Harbour engineer")
        return care.keep_person(self.cast.admin, row, services=[self.service])

    @cached_property
    def notice(self) -> ChangeNotice:
        """To come, for the assessor's department."""
        return make_notice(
            self.cast.admin,
            self.vendor,
            title="Harbour update",
            services=[self.service],
            besides=[self.cast.department],
        )

    @cached_property
    def desk_notice(self) -> ChangeNotice:
        """Announced by the link to the vendor's desk."""
        return make_notice(self.the_desk_link, self.vendor, title="Harbour update at night")

    @cached_property
    def past_desk_notice(self) -> ChangeNotice:
        row = make_notice(self.the_desk_link, self.vendor, title="Harbour update of last week")
        ended = timezone.now() - timedelta(days=6)
        ChangeNotice.objects.filter(pk=row.pk).update(starts=ended - timedelta(hours=1), until=ended)
        return row

    @cached_property
    def past_notice(self) -> ChangeNotice:
        week_ago = timezone.now() - timedelta(days=7)
        return make_notice(self.cast.admin, self.vendor, title="Harbour update before", starts=week_ago)

    @cached_property
    def paper(self) -> Paper:
        expires_on = timezone.localdate() + timedelta(days=40)
        return Paper.objects.create(
            vendor=self.vendor, kind=PaperKind.CERTIFICATE, name="Harbour ISO 27001", expires_on=expires_on
        )

    @cached_property
    def contract_file(self) -> ContractFile:
        row = ContractFile(
            vendor=self.vendor,
            contract=self.contract,
            name="Harbour contract.txt",
            content_type="text/plain",
            size=4,
            sha256="0" * 64,
            uploaded_by=self.cast.assessor.user,
        )
        row.file.save("contract.txt", ContentFile(b"term"))
        return row

    @cached_property
    def incident(self) -> Incident:
        return make_incident(self.vendor, "Harbour 1", title="Harbour records stand still")

    @cached_property
    def timeline_entry(self) -> TimelineEntry:
        said = {"kind": EntryKind.CONTACT, "at": self.incident.opened_at, "asked": "Harbour logs"}
        return timeline.add(self.cast.assessor, self.incident, said, now=timezone.now()).entry

    @cached_property
    def vendor_import(self) -> VendorImport:
        return VendorImport.objects.create(
            organisation=self.cast.organisation,
            created_by=self.cast.assessor.user,
            file_name="Harbour vendors.csv",
            content={"header": ["name"], "rows": [{"line": 2, "cells": ["Harbour Line"], "faulty": []}], "sheet": ""},
        )

    @cached_property
    def feedback(self) -> Feedback:
        """Written by the reader."""
        return make_feedback(
            self.vendor,
            feeling=2,
            sla=Sla.MET,
            name="Harbour voice",
            comment="Harbour records were slow all day.",
            cause="A full disk at Harbour.",
            kind="complaint",
            incident=self.incident,
            created_by=self.cast.reader.user,
        )

    @cached_property
    def feedback_file(self) -> FeedbackFile:
        row = FeedbackFile(
            feedback=self.feedback,
            name="Harbour screen.txt",
            content_type="text/plain",
            size=4,
            sha256="0" * 64,
            uploaded_by=self.cast.reader.user,
        )
        row.file.save("screen.txt", ContentFile(b"slow"))
        return row

    @cached_property
    def _pulse(self) -> tuple[Pulse, str]:
        asked = pulses.Receiver(name="Harbour nurse", email="harbour.nurse@example.org")
        return pulses.ask(self.cast.assessor, self.incident, [asked], language="en", now=timezone.now())[0]

    @property
    def pulse(self) -> Pulse:
        return self._pulse[0]

    @property
    def pulse_token(self) -> str:
        return self._pulse[1]

    # Proofs of cause
    @cached_property
    def proof(self) -> CauseProof:
        return make_proof(self.cast.assessor, make_incident(self.vendor, "Harbour 2", title="Harbour stands still"))

    @cached_property
    def proof_to_read(self) -> CauseProof:
        """Handed in by mail, with a file."""
        proof = make_proof(self.cast.assessor, make_incident(self.vendor, "Harbour 3", title="Harbour stands again"))
        upload = SimpleUploadedFile("Harbour analysis.txt", b"the disk was full")
        now = timezone.now()
        proof_files.add_files(self.cast.assessor, proof, [upload], now=now)
        return hand_in_proof(self.cast.assessor, proof, now=now, cause="Harbour disks were full.")

    @cached_property
    def proof_file(self) -> ProofFile:
        return self.proof_to_read.files.get()

    # Imports of incidents, each as far as a page can find it
    def _upload(self, name: str, content: str = "") -> IncidentImport:
        file = ContentFile((content or HARBOUR_INCIDENTS).encode())
        return files.keep(self.cast.assessor, file, f"Harbour {name}.csv", timezone.now())

    def _checking(self, name: str, content: str = "") -> IncidentImport:
        upload = self._upload(name, content)
        vendors = {"Harbour Systems": {"vendor": self.vendor.pk}, "Harbour Line": "new"}
        options = replace(Options.from_data(upload.options), vendors=vendors)
        return job.start_check(self.cast.assessor, upload, options, tell_workers=False)

    def _worked_on(self, upload: IncidentImport) -> IncidentImport:
        worker.work_on(upload.pk)
        return IncidentImport.objects.get(pk=upload.pk)

    @cached_property
    def import_to_map(self) -> IncidentImport:
        return self._upload("incidents")

    @cached_property
    def import_checking(self) -> IncidentImport:
        """Waiting for a worker."""
        return self._checking("incidents, queued")

    @cached_property
    def import_unmatched(self) -> IncidentImport:
        """Checked, and of a name in it nobody has said which vendor it is."""
        content = HARBOUR_INCIDENTS.replace("Harbour Line", "Harbour crane desk")
        return self._worked_on(self._checking("incidents, unmatched", content))

    @cached_property
    def import_checked(self) -> IncidentImport:
        return self._worked_on(self._checking("incidents, checked"))

    @cached_property
    def import_done(self) -> IncidentImport:
        upload = self._worked_on(self._checking("incidents, imported", HARBOUR_INCIDENTS.replace("INC0", "INC9")))
        answers.agree(self.cast.assessor, upload)
        return self._worked_on(job.start_import(self.cast.assessor, upload, tell_workers=False))

    @cached_property
    def import_failed(self) -> IncidentImport:
        """Nothing in it tells the day from the month."""
        content = HARBOUR_INCIDENTS.replace("2026-01-13", "03/01/2026").replace("2026-01-20", "04/01/2026")
        content = content.replace("2026-01-19", "05/01/2026").replace("2026-02-03", "03/02/2026")
        return self._worked_on(self._checking("incidents, failed", content))

    @cached_property
    def import_mapping(self) -> ImportMapping:
        return saved_mappings.save_mapping(self.cast.assessor, "Harbour months", self.import_to_map)

    @cached_property
    def incident_source(self) -> IncidentSource:
        return IncidentSource.objects.create(organisation=self.cast.organisation, key="harbour", name="Harbour desk")

    @cached_property
    def draft(self) -> Assessment:
        return make_assessment(self.cast.assessor, vendor=self.vendor, state=AssessmentState.DRAFT)

    @cached_property
    def unopened(self) -> Assessment:
        """A draft as it is before anybody answers: without responses."""
        self.draft.responses.all().delete()
        return self.draft

    @cached_property
    def collecting(self) -> Assessment:
        return make_assessment(self.cast.assessor, vendor=self.vendor, grade=3)

    @cached_property
    def handed_in(self) -> Assessment:
        transitions.hand_in(self.cast.assessor, self.collecting)
        return self.collecting

    @cached_property
    def in_review(self) -> Assessment:
        return transitions.submit(self.cast.assessor, self.collecting)

    @cached_property
    def approved_once(self) -> Assessment:
        """In review, and approved by the first of two levels."""
        for number in (1, 2):
            level = {"position": number, "name": f"Harbour level {number}", "role": Role.APPROVER}
            ApprovalLevel.objects.create(organisation=self.cast.organisation, **level)
        return transitions.approve(self.cast.approver, self.in_review)

    @cached_property
    def approved(self) -> Assessment:
        return transitions.approve(self.cast.approver, self.in_review)

    @cached_property
    def answer(self) -> Answer:
        return Answer.objects.filter(response__assessment=self.collecting).first()  # type: ignore[return-value]

    @cached_property
    def rater(self) -> Response:
        """Somebody outside the cast, who is asked and has not handed in."""
        newcomer = make_member(self.cast.organisation, "harbour-rater", Role.READER)
        return add_rater(self.collecting, newcomer)

    @cached_property
    def withdrawn_rater(self) -> Response:
        return asking.withdraw(self.cast.assessor, self.rater)

    @cached_property
    def delegation(self) -> Delegation:
        """Of the assessor's question: to a colleague outside the cast."""
        newcomer = make_member(self.cast.organisation, "harbour-helper", Role.READER)
        return delegation.delegate(self.cast.assessor, self.answer, newcomer)

    @cached_property
    def borrowed(self) -> Delegation:
        """A question that the assessor of the cast was handed."""
        answer = self.rater.answers.first()
        Response.objects.filter(assessment=self.collecting, rater=self.cast.assessor.user).delete()
        return Delegation.objects.create(
            answer=answer,
            delegate=self.cast.assessor.user,
            delegated_by=self.rater.rater,
            delegated_at=timezone.now(),
        )

    @cached_property
    def evidence(self) -> Evidence:
        evidence = Evidence(
            answer=self.answer,
            name="Harbour note.txt",
            content_type="text/plain",
            size=4,
            sha256="0" * 64,
            uploaded_by=self.cast.assessor.user,
        )
        evidence.file.save("note.txt", ContentFile(b"note"))
        return evidence

    @cached_property
    def workbook(self) -> WorkbookUpload:
        response = Response.objects.get(assessment=self.collecting, rater=self.cast.assessor.user)
        author = self.cast.assessor.user
        return taking.keep(b"-", "Harbour.xlsx", response=response, author=author, now=timezone.now())

    @cached_property
    def vendors_workbook(self) -> WorkbookUpload:
        link = self.vendor_link
        assert link.response is not None
        return taking.keep(b"-", "Harbour.xlsx", response=link.response, author=link, now=timezone.now())

    @cached_property
    def open_evidence(self) -> Evidence:
        """Of an answer that was handed in, so that every member may read it."""
        assert self.handed_in
        return self.evidence

    @cached_property
    def _asked_to_reply(self) -> tuple[VendorLink, str]:
        assessment = self._to_be_shown
        contact = Contact.objects.create(vendor=assessment.vendor, name="Harbour replier")
        due_on = timezone.localdate() + timedelta(days=10)
        asked = reply.open_request(self.cast.assessor, assessment, contact=contact, due_on=due_on)
        return links.renew(self.cast.assessor, asked.links.get())

    @property
    def _to_be_shown(self) -> Assessment:
        return self.in_review

    @property
    def reply_link(self) -> VendorLink:
        return self._asked_to_reply[0]

    @property
    def reply_link_token(self) -> str:
        return self._asked_to_reply[1]

    @property
    def asked_to_reply(self) -> Assessment:
        """In review, its result shown to the vendor."""
        return self.reply_link.assessment

    @cached_property
    def vendor_answer(self) -> Answer:
        """Of the vendor's own response."""
        return Answer.objects.filter(response=self.vendor_link.response_id).first()  # type: ignore[return-value]

    @cached_property
    def approval_level(self) -> ApprovalLevel:
        return ApprovalLevel.objects.create(
            organisation=self.cast.organisation, position=1, name="Harbour board", role=Role.APPROVER
        )

    @cached_property
    def scorecard(self) -> Scorecard:
        return Scorecard.objects.get(assessment=self.approved)

    @cached_property
    def rendering(self) -> Rendering:
        return _finished(scorecard=self.scorecard)

    @cached_property
    def compared(self) -> list[Scorecard]:
        """Of two vendors."""
        other = make_assessment(self.cast.assessor, vendor=make_vendor(self.cast.organisation, "Harbour Line"), grade=3)
        transitions.approve(self.cast.approver, transitions.submit(self.cast.assessor, other))
        return [self.scorecard, Scorecard.objects.get(assessment=other)]

    @cached_property
    def comparison_rendering(self) -> Rendering:
        return _finished(comparison=keeping.keep(self.cast.reader, self.compared, now=timezone.now()))

    @cached_property
    def board(self) -> FactSheet:
        facts = kinds.kind_of(FactSheetKind.BOARD).facts(self.cast.reader, 0)
        return sheet_keeping.keep(self.cast.organisation, FactSheetKind.BOARD, facts, now=timezone.now())

    @cached_property
    def batch(self) -> Batch:
        wish = Wish(title="Harbour, all", kind=DocumentKind.BRIEF, binding=Binding.ZIP, language="en")
        return request_batch(self.cast.assessor, wish, [self.scorecard])

    @cached_property
    def export(self) -> Export:
        return exports.ask(
            self.cast.assessor, ExportScope.ASSESSMENT, ExportFormat.JSON, about=self.approved.pk, language="en"
        )

    @cached_property
    def organisation_archive(self) -> Export:
        return archives.ask(self.cast.admin, language="en")

    @cached_property
    def fact_sheet_rendering(self) -> Rendering:
        facts = kinds.kind_of(FactSheetKind.INCIDENT).facts(self.cast.reader, self.timeline_entry.incident_id)
        made = sheet_keeping.keep(self.cast.organisation, FactSheetKind.INCIDENT, facts, now=timezone.now())
        return _finished(fact_sheet=made)

    @cached_property
    def letter(self) -> FactSheet:
        """With a text of its own, and with what tells how the vendor does."""
        matter = matters.of_proof(self.proof, today=timezone.localdate())
        wish = writing.Wish(
            kind=LetterKind.PROOF,
            contact=self.contact,
            address="",
            own="Harbour words",
            sender="",
            deadline=self.proof.due_on,
        )
        return writing.make(self.cast.assessor, matter, wish, now=timezone.now())

    @cached_property
    def letter_template(self) -> LetterTemplate:
        file = SimpleUploadedFile("harbour.docx", ours.starter(LetterKind.RESULT, "en"))
        return own_templates.upload(self.cast.admin, LetterKind.RESULT, "en", file, now=timezone.now())

    @cached_property
    def member(self) -> Membership:
        return self.cast.reader

    @cached_property
    def directory_group(self) -> ProvisionedGroup:
        return ProvisionedGroup.objects.create(organisation=self.cast.organisation, name="Procurement")

    @cached_property
    def department(self) -> Any:
        return self.cast.department

    @cached_property
    def token(self) -> ApiToken:
        make_token(self.cast.reader, name="Harbour display")
        return ApiToken.objects.latest("pk")

    @cached_property
    def service_account(self) -> Membership:
        return make_connected(self.cast.admin, name="Harbour tickets")[0]

    @cached_property
    def _invited(self) -> tuple[Invitation, str]:
        return invitations.invite(
            self.cast.admin.user,
            self.cast.organisation,
            email="harbour.newcomer@example.org",
            role="reader",
            department=None,
            language="en",
            now=timezone.now() - timedelta(days=1),
        )

    @property
    def invitation(self) -> Invitation:
        return self._invited[0]

    @property
    def invitation_token(self) -> str:
        return self._invited[1]

    @cached_property
    def _linked(self) -> tuple[VendorLink, str]:
        contact = Contact.objects.create(vendor=self.collecting.vendor, name="Harbour answerer")
        return links.create(self.cast.assessor, self.collecting, contact)

    @property
    def vendor_link(self) -> VendorLink:
        return self._linked[0]

    @property
    def vendor_link_token(self) -> str:
        return self._linked[1]

    # What the vendor promised, followed up by the assessor
    @cached_property
    def commitment(self) -> Commitment:
        """Asked for, and not agreed yet."""
        return make_commitment(self.cast.assessor, self.vendor, what="Harbour shift leaders are told at once.")

    @cached_property
    def agreed_commitment(self) -> Commitment:
        return make_commitment(self.cast.assessor, self.vendor, what="Harbour causes are proven.", agreed=True)

    @cached_property
    def reported_commitment(self) -> Commitment:
        return commitments.report_done(
            self.cast.assessor.user, self.agreed_commitment, text="Harbour says so.", now=timezone.now()
        )

    @cached_property
    def commitment_file(self) -> CommitmentFile:
        row = CommitmentFile(
            commitment=self.agreed_commitment,
            name="Harbour proof.txt",
            content_type="text/plain",
            size=5,
            sha256="0" * 64,
            uploaded_by=self.cast.assessor.user,
        )
        row.file.save("proof.txt", ContentFile(b"proof"))
        return row

    @cached_property
    def _shown(self) -> tuple[CommitmentLink, str]:
        assert self.commitment
        contact = Contact.objects.create(vendor=self.vendor, name="Harbour promiser", email="promiser@example.org")
        return commitment_links.create(self.cast.assessor, contact, now=timezone.now())

    @property
    def commitments_link(self) -> CommitmentLink:
        return self._shown[0]

    @property
    def commitments_link_token(self) -> str:
        return self._shown[1]

    @cached_property
    def vendors_file(self) -> CommitmentFile:
        """Brought by the vendor, by its link."""
        upload = SimpleUploadedFile("Harbour proof.txt", b"proof")
        kept = add_files(self.commitments_link, self.commitment, [upload], now=timezone.now())
        return kept[0]

    @cached_property
    def _desk(self) -> tuple[DeskLink, str]:
        contact = Contact.objects.create(vendor=self.vendor, name="Harbour opener", email="opener@example.org")
        return desk_links.create(self.cast.assessor, contact, now=timezone.now())

    @property
    def the_desk_link(self) -> DeskLink:
        return self._desk[0]

    @property
    def the_desk_link_token(self) -> str:
        return self._desk[1]

    @cached_property
    def desk_proof(self) -> CauseProof:
        """Owed by the vendor whose desk it is."""
        incident = make_incident(self.vendor, "Harbour standstill")
        return make_proof(self.cast.assessor, incident)

    @cached_property
    def desk_proof_file(self) -> ProofFile:
        """Brought by the vendor, by the link to its desk."""
        upload = SimpleUploadedFile("Harbour log.txt", b"log")
        return proof_files.add_files(self.the_desk_link, self.desk_proof, [upload], now=timezone.now())[0]

    @cached_property
    def desk_proof_printed(self) -> CauseProof:
        """Handed in, so that there is something to print."""
        return make_proof(self.cast.assessor, make_incident(self.vendor, "Harbour outage"), state=ProofState.HANDED_IN)

    @cached_property
    def calendar_secret(self) -> str:
        return preferences.renew_calendar(self.cast.reader.user, now=timezone.now())


# Whose `pk` stands in a route's address.
OBJECTS: dict[str, str] = {
    "approval_level_edit": "approval_level",
    "approval_level_delete": "approval_level",
    "approval_level_move": "approval_level",
    "member_edit": "member",
    "directory_group": "directory_group",
    "token_revoke": "token",
    "api_access_revoke": "token",
    "connected_token": "service_account",
    "connected_take_over": "service_account",
    "connected_end": "service_account",
    "invitation_revoke": "invitation",
    "invitation_resend": "invitation",
    "webhook_detail": "webhook",
    "webhook_edit": "webhook",
    "webhook_pause": "webhook",
    "webhook_resume": "webhook",
    "webhook_test": "webhook",
    "webhook_secret": "webhook",
    "webhook_delete": "webhook",
    "webhook_again": "webhook",
    "webhook_delivery": "webhook_delivery",
    "webhook_delivery_again": "webhook_delivery",
    "department_edit": "department",
    "department_delete": "department",
    "own_sign_in_way": "member",
    "own_sign_in_domain_remove": "mail_domain",
    "vendor_detail": "vendor",
    "vendor_edit": "vendor",
    "vendor_archive": "vendor",
    "vendor_restore": "archived_vendor",
    "vendor_import_preview": "vendor_import",
    "vendor_import_apply": "vendor_import",
    "vendor_import_errors": "vendor_import",
    "vendor_measures": "vendor",
    "vendor_measure": "vendor",
    "vendor_quadrant": "vendor",
    "target_edit": "vendor",
    "target_delete": "vendor_with_target",
    "service_add": "vendor",
    "service_edit": "service",
    "service_delete": "service",
    "service_hours": "service",
    "emergency_plan": "planned_service",
    "emergency_edit": "planned_service",
    "emergency_check": "planned_service",
    "emergency_calendar": "planned_service",
    "emergency_paper": "planned_service",
    "contact_add": "vendor",
    "contact_edit": "contact",
    "contact_delete": "contact",
    "contact_erase": "contact",
    "contract_add": "vendor",
    "contract_detail": "contract",
    "contract_calendar": "contract",
    "contract_edit": "contract",
    "contract_decide": "contract",
    "contract_end": "contract",
    "contract_delete": "contract",
    "contract_file_download": "contract_file",
    "contract_file_delete": "contract_file",
    "training_add": "vendor",
    "training_edit": "training",
    "training_delete": "training",
    "support_person_add": "vendor",
    "support_person_edit": "support_person",
    "support_person_delete": "support_person",
    "notice_add": "vendor",
    "change_notice": "notice",
    "notice_confirm": "notice",
    "notice_edit": "notice",
    "notice_withdraw": "notice",
    "notice_outcome": "past_notice",
    "desk_notice_edit": "desk_notice",
    "desk_notice_withdraw": "desk_notice",
    "desk_notice_outcome": "past_desk_notice",
    "rehearsal_add": "vendor",
    "rehearsal_note": "vendor",
    "rehearsal_detail": "rehearsal",
    "rehearsal_calendar": "rehearsal",
    "rehearsal_edit": "rehearsal",
    "rehearsal_invite": "rehearsal",
    "rehearsal_hold": "rehearsal",
    "rehearsal_call_off": "rehearsal",
    "paper_add": "vendor",
    "paper_edit": "paper",
    "paper_replace": "paper",
    "paper_delete": "paper",
    "expectation_edition": "expectations_in_force",
    "expectation_edition_send": "expectations_in_force",
    "expectation_note": "vendor",
    "expectation_edition_publish": "expectation_draft",
    "expectation_draft_delete": "expectation_draft",
    "expectation_add": "expectation_draft",
    "expectation_edit": "expectation",
    "expectation_move": "expectation",
    "expectation_remove": "expectation",
    "incident_add": "vendor",
    "incident_detail": "incident",
    "incident_edit": "incident",
    "incident_delete": "incident",
    "incident_hour": "incident",
    "incident_hour_now": "incident",
    "incident_hour_json": "incident",
    "incident_hour_add": "incident",
    "incident_hour_resolved": "incident",
    "timeline_entry_correct": "timeline_entry",
    "proof_ask": "incident",
    "proof_detail": "proof",
    "proof_assign": "proof",
    "proof_calendar": "proof",
    "proof_extend": "proof",
    "proof_hand_in": "proof",
    "proof_waive": "proof",
    "proof_accept": "proof_to_read",
    "proof_return": "proof_to_read",
    "proof_file": "proof_file",
    "feedback_detail": "feedback",
    "feedback_edit": "feedback",
    "feedback_delete": "feedback",
    "feedback_file_download": "feedback_file",
    "feedback_file_delete": "feedback_file",
    "pulse_ask": "incident",
    "pulse_revoke": "pulse",
    "pulse_renew": "pulse",
    "incident_import_mapping": "import_to_map",
    "incident_import_vendors": "import_checked",
    "incident_import_detail": "import_checked",
    "incident_import_state": "import_checking",
    "incident_import_holds": "import_checked",
    "incident_import_apply": "import_checked",
    "incident_import_cancel": "import_checking",
    "incident_import_undo": "import_done",
    "incident_import_errors": "import_checked",
    "import_mapping_add": "import_done",
    "import_mapping_delete": "import_mapping",
    "incident_source_edit": "incident_source",
    "assessment_raters": "collecting",
    "rater_invite": "collecting",
    "rater_join": "collecting",
    "rater_leave": "collecting",
    "rater_edit": "rater",
    "rater_withdraw": "rater",
    "rater_ask_again": "withdrawn_rater",
    "rater_remind": "rater",
    "delegation_add": "answer",
    "delegation_detail": "borrowed",
    "delegation_done": "borrowed",
    "delegation_take_back": "delegation",
    "assessment_detail": "collecting",
    "assessment_edit": "draft",
    "assessment_history": "collecting",
    "assessment_open": "unopened",
    "assessment_cancel": "collecting",
    "assessment_review": "in_review",
    "assessment_hand_in": "collecting",
    "assessment_take_up": "handed_in",
    "assessment_submit": "collecting",
    "assessment_take_back": "in_review",
    "approval_take_back": "approved_once",
    "assessment_consensus": "in_review",
    "consensus_meeting": "in_review",
    "consensus_agree": "in_review",
    "consensus_undo": "in_review",
    "assessment_approve": "in_review",
    "assessment_send_back": "in_review",
    "assessment_score": "collecting",
    "assessment_vendor": "collecting",
    "link_add": "collecting",
    "link_renew": "vendor_link",
    "link_extend": "vendor_link",
    "link_revoke": "vendor_link",
    "desk_links": "vendor",
    "desk_link_add": "vendor",
    "desk_link_renew": "the_desk_link",
    "desk_link_extend": "the_desk_link",
    "desk_link_revoke": "the_desk_link",
    "desk_link_tell": "the_desk_link",
    "vendor_proof": "desk_proof",
    "vendor_proof_save": "desk_proof",
    "vendor_proof_hand_in": "desk_proof",
    "vendor_proof_file_add": "desk_proof",
    "vendor_proof_file": "desk_proof_file",
    "vendor_proof_file_delete": "desk_proof_file",
    "vendor_proof_document": "desk_proof_printed",
    "vendor_proof_download": "desk_proof_printed",
    "commitment_links": "vendor",
    "commitment_link_add": "vendor",
    "commitment_link_renew": "commitments_link",
    "commitment_link_extend": "commitments_link",
    "commitment_link_revoke": "commitments_link",
    "commitment_link_tell": "commitments_link",
    "vendor_commitment": "commitment",
    "vendor_commitment_agree": "commitment",
    "vendor_commitment_decline": "commitment",
    "vendor_commitment_say": "commitment",
    "vendor_commitment_file": "vendors_file",
    "vendor_commitment_file_delete": "vendors_file",
    "vendor_answer_edit": "vendor_answer",
    "vendor_evidence_add": "vendor_answer",
    "vendor_evidence_delete": "evidence",
    "vendor_evidence_download": "evidence",
    "vendor_reply_open": "in_review",
    "vendor_reply_extend": "asked_to_reply",
    "vendor_reply_withdraw": "asked_to_reply",
    "vendor_reopen": "collecting",
    "commitment_add": "vendor",
    "commitment_detail": "agreed_commitment",
    "commitment_calendar": "agreed_commitment",
    "commitment_edit": "commitment",
    "commitment_agree": "commitment",
    "commitment_progress": "agreed_commitment",
    "commitment_report": "agreed_commitment",
    "commitment_return": "reported_commitment",
    "commitment_keep": "reported_commitment",
    "commitment_miss": "agreed_commitment",
    "commitment_withdraw": "commitment",
    "commitment_file_add": "agreed_commitment",
    "commitment_file_download": "commitment_file",
    "commitment_file_delete": "commitment_file",
    "questionnaire": "collecting",
    "workbook": "collecting",
    "workbook_download": "collecting",
    "workbook_upload": "workbook",
    "workbook_discard": "workbook",
    "vendor_workbook_upload": "vendors_workbook",
    "vendor_workbook_discard": "vendors_workbook",
    "answer_edit": "answer",
    "answer_note": "answer",
    "evidence_add": "answer",
    "evidence_delete": "evidence",
    "evidence_download": "open_evidence",
    "vendor_trends": "vendor",
    "scorecard_detail": "scorecard",
    "scorecard_rule": "scorecard",
    "scorecard_trends": "scorecard",
    "scorecard_change": "scorecard",
    "rendering_request": "scorecard",
    "rendering_status": "rendering",
    "rendering_download": "rendering",
    "comparison_document_status": "comparison_rendering",
    "comparison_document_download": "comparison_rendering",
    "board_detail": "board",
    **dict.fromkeys(("export_state", "export_cancel", "export_download"), "export"),
    **dict.fromkeys(("organisation_archive_cancel", "organisation_archive_download"), "organisation_archive"),
    **dict.fromkeys(("batch_detail", "batch_state", "batch_cancel", "batch_download"), "batch"),
    "fact_sheet_status": "fact_sheet_rendering",
    "pack": "in_review",
    "pack_docx": "in_review",
    "pack_blank": "in_review",
    "pack_blank_docx": "in_review",
    "fact_sheet_download": "fact_sheet_rendering",
    "vendor_letters": "vendor",
    "assessment_letter": "collecting",
    "proof_letter": "proof",
    "letter_detail": "letter",
    "letter_docx": "letter",
    "letter_template_file": "letter_template",
    "letter_template_preview": "letter_template",
    "letter_template_use": "letter_template",
}
# Whom the things behind a route of Gate.ASKED or Gate.NAMED name, of the cast; where nothing is said here, its assessor
# alone.
ASKED: dict[str, frozenset[str]] = {
    "token_revoke": frozenset({"reader"}),
    "assessment_approve": frozenset({"approver"}),
    "approval_take_back": frozenset({"approver"}),
    "feedback_edit": frozenset({"reader", "assessor", "admin"}),
    "feedback_delete": frozenset({"reader", "assessor", "admin"}),
    "feedback_file_delete": frozenset({"reader", "assessor", "admin"}),
    "assessment_send_back": frozenset({"approver"}),
    "emergency_check": frozenset({"reader", "assessor", "admin"}),
    **dict.fromkeys(
        ("proof_assign", "proof_extend", "proof_hand_in", "proof_accept", "proof_return", "proof_waive"),
        frozenset({"assessor", "admin"}),
    ),
    **dict.fromkeys(
        ("rehearsal_edit", "rehearsal_invite", "rehearsal_hold", "rehearsal_call_off"),
        frozenset({"reader", "assessor", "admin"}),
    ),
    "vendor_reply_open": frozenset({"assessor", "approver"}),
    "vendor_reply_extend": frozenset({"assessor", "approver"}),
    "vendor_reply_withdraw": frozenset({"assessor", "approver"}),
}
# About a thing of the person's own that nobody in the cast has.
OWN_THINGS = {"mfa_remove_webauthn", "mfa_edit_webauthn"}
# Whose token stands in a route's address.
TOKENS: dict[str, str] = {
    "invitation_accept": "invitation_token",
    "vendor_link": "vendor_link_token",
    "vendor_commitments_link": "commitments_link_token",
    "desk_link": "the_desk_link_token",
    "pulse_answer": "pulse_token",
}
# The other parts of addresses, the same for every object.
PARTS: dict[str, str] = {
    "rule": "support",
    "measure": "duration_mean",
    "question": "support-1",
    "uidb36": "1",
    "key": "set-password",
    "language": "en",
    "topic": "words",
    "group": "vendors",
    "guide": "assessing",  # two of the others name an example by the word that marks what is secret
    "part": "cause",
    "letter": "invitation",
    "source": "vendors",
}


def is_of_the_desk(route: Route) -> bool:
    """Whatever it is called: what the cookie of a desk opens lies below its address."""
    return route.path.startswith("desk/")


def _link_of(route: Route, world: World) -> VendorLink | CommitmentLink | DeskLink:
    if is_of_the_desk(route):
        return world.the_desk_link
    if route.name.startswith("vendor_commitment"):
        return world.commitments_link
    return world.reply_link if route.name.startswith("vendor_reply") else world.vendor_link


def arguments(route: Route, world: World) -> dict[str, Any]:
    """What the route's address is made from. Raises LookupError for a route that nobody said an object for."""
    values: dict[str, Any] = {}
    for name in route.arguments:
        if name == "pk" and route.name not in OBJECTS and route.name not in OWN_THINGS:
            raise LookupError(f"Say in OBJECTS which object {route.name} is about.")
        if name == "pk":
            values[name] = 1 if route.name in OWN_THINGS else getattr(world, OBJECTS[route.name]).pk
        elif name == "token":
            values[name] = getattr(world, TOKENS[route.name])
        elif name == "secret":
            values[name] = world.calendar_secret
        elif name == "provider":
            values[name] = world.identity_provider.uuid
        elif name == "edition":
            values[name] = world.expectations_in_force.number
        elif name == "link":
            values[name] = _link_of(route, world).pk
        else:
            values[name] = PARTS[name]
    return values
