"""Proof of cause: the analysis that a vendor owes after a critical incident, and what the customer says to it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, OrganisationRows
from vendors.models.desk_link import DeskLink
from vendors.models.incident import Incident
from vendors.models.vendor import Contact, Vendor


class ProofState(models.TextChoices):
    OWED = "owed", pgettext_lazy("proof of cause", "Owed")
    HANDED_IN = "handed_in", pgettext_lazy("proof of cause", "Handed in")
    RETURNED = "returned", pgettext_lazy("proof of cause", "Returned")
    ACCEPTED = "accepted", pgettext_lazy("proof of cause", "Accepted")
    WAIVED = "waived", pgettext_lazy("proof of cause", "Not asked for any more")


PROOF_AT_VENDOR = (ProofState.OWED, ProofState.RETURNED)  # it is the vendor's turn
PROOF_OPEN = (*PROOF_AT_VENDOR, ProofState.HANDED_IN)
# What a proof says, beside the other causes: the fields that are saved as they are written.
PROOF_TEXTS = ("cause", "how_known", "assumptions", "prevention", "reach")
PROOF_SAVED = (*PROOF_TEXTS, "why_no_other")


class CauseProofQuerySet(OrganisationRows, models.QuerySet["CauseProof"]):
    def open(self) -> CauseProofQuerySet:
        return self.filter(state__in=PROOF_OPEN)

    def at_vendor(self) -> CauseProofQuerySet:
        return self.filter(state__in=PROOF_AT_VENDOR)

    def handed_in(self) -> CauseProofQuerySet:
        """It is the customer's turn: to accept or to return."""
        return self.filter(state=ProofState.HANDED_IN)

    def late(self, today: date) -> CauseProofQuerySet:
        return self.at_vendor().filter(due_on__lt=today)

    def accepted(self) -> CauseProofQuerySet:
        return self.filter(state=ProofState.ACCEPTED)


class CauseProof(models.Model):
    """The proof of the cause of one incident.

    `days`: the working days that the expectations gave when it was asked for. `due_on`: the day by which it is the
    vendor's turn to hand it in, also anew once it was returned. Whether it came in time is decided by its first time:
    `first_handed_in_at`, against `first_due_on`, what was due then; `handed_in_at` is the last time. That an accepted
    cause came back is not kept: it is found among the incidents (`vendors.proofs.returning`).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="cause_proofs")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="cause_proofs")
    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="proof")
    number = models.CharField(_("number"), max_length=20)  # P-2026-001, counted by year and organisation
    state = models.CharField(_("state"), max_length=9, choices=ProofState, default=ProofState.OWED)
    contact = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("who owes it at the vendor"),
        related_name="+",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("who follows it up here"),
        related_name="+",
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    days = models.PositiveSmallIntegerField(_("working days"))
    due_on = models.DateField(_("due on"))
    cause = models.TextField(_("the cause"), blank=True)
    how_known = models.TextField(_("how you know that this is it"), blank=True)
    assumptions = models.TextField(_("what that rests on: your assumptions"), blank=True)
    prevention = models.TextField(_("what keeps it from coming back"), blank=True)
    reach = models.TextField(_("which other systems need the same"), blank=True)
    why_no_other = models.TextField(_("why you considered no other cause"), blank=True)
    version = models.PositiveIntegerField(default=1)
    first_handed_in_at = models.DateTimeField(null=True, blank=True)
    first_due_on = models.DateField(null=True, blank=True)
    handed_in_at = models.DateTimeField(null=True, blank=True)
    handed_in_by = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)  # accepted, returned or waived, the last time
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)  # why it was returned or waived

    objects = CauseProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of cause")
        verbose_name_plural = _("proofs of cause")
        ordering = ("due_on", "pk")
        indexes = [
            models.Index(fields=["vendor", "state", "due_on"], name="proof_vendor_state_due"),
            models.Index(fields=["organisation", "state", "due_on"], name="proof_org_state_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="proof_number_once_per_organisation"),
            models.CheckConstraint(condition=Q(state__in=ProofState.values), name="proof_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["handed_in", "accepted"])
                | Q(first_handed_in_at__isnull=False, first_due_on__isnull=False),
                name="proof_handed_in_has_a_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "waived"]) | ~Q(reason=""), name="proof_refused_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("proof_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in PROOF_OPEN

    @property
    def is_at_vendor(self) -> bool:
        return self.state in PROOF_AT_VENDOR

    def is_late(self, today: date) -> bool:
        return self.is_at_vendor and self.due_on < today

    @property
    def came_in_time(self) -> bool | None:
        """Whether it was first handed in by its day; None: it was not handed in yet."""
        if self.first_handed_in_at is None or self.first_due_on is None:
            return None
        return timezone.localdate(self.first_handed_in_at) <= self.first_due_on


class OtherCause(models.Model):
    """Another cause that was considered, and the fact that ruled it out."""

    proof = models.ForeignKey(CauseProof, on_delete=models.CASCADE, related_name="other_causes")
    position = models.PositiveSmallIntegerField()
    cause = models.TextField(_("another cause that you considered"), blank=True)
    ruled_out_by = models.TextField(_("the fact that ruled it out"), blank=True)

    class Meta:
        verbose_name = _("other cause")
        verbose_name_plural = _("other causes")
        ordering = ("proof", "position", "pk")

    def __str__(self) -> str:
        return self.cause


class ProofStepKind(models.TextChoices):
    ASKED = "asked", pgettext_lazy("step of a proof of cause", "Asked for")
    EXTENDED = "extended", pgettext_lazy("step of a proof of cause", "Given more time")
    HANDED_IN = "handed_in", pgettext_lazy("step of a proof of cause", "Handed in")
    RETURNED = "returned", pgettext_lazy("step of a proof of cause", "Returned")
    ACCEPTED = "accepted", pgettext_lazy("step of a proof of cause", "Accepted")
    WAIVED = "waived", pgettext_lazy("step of a proof of cause", "Not asked for any more")


class ProofStep(models.Model):
    """What happened to a proof, in order: written once, and kept so by the database. `content` freezes what was handed
    in (plain data: the texts, the other causes, the files)."""

    proof = models.ForeignKey(CauseProof, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=9, choices=ProofStepKind)
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(DeskLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    content = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("step of a proof of cause")
        verbose_name_plural = _("steps of a proof of cause")
        ordering = ("proof", "at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ProofStepKind.values), name="proof_step_kind_known"),
            models.CheckConstraint(condition=Q(user=None) | Q(link=None), name="proof_step_by_one"),
        ]

    def __str__(self) -> str:
        return f"{self.proof_id} {self.kind}"

    @property
    def by(self) -> str:
        """Who did it; empty for the product itself."""
        return str(self.user or self.link or "")


class ProofFileQuerySet(OrganisationRows, models.QuerySet["ProofFile"]):
    of_organisation = "proof__organisation"


class ProofFile(models.Model):
    """Evidence beside a proof, kept under a name of our own."""

    proof = models.ForeignKey(CauseProof, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="proofs/", max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_through = models.ForeignKey(DeskLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = ProofFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["proof", "sha256"], name="proof_file_once"),
            models.CheckConstraint(
                condition=Q(uploaded_by__isnull=False, uploaded_through=None)
                | Q(uploaded_by=None, uploaded_through__isnull=False),
                name="proof_file_by_one",
            ),
        ]

    def __str__(self) -> str:
        return self.name
