"""What binds vendor and customer, no more than decisions need: contracts, and papers that expire."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import OrganisationRows
from groundwork.public_ids import PublicRow
from vendors.models.vendor import Service, Vendor


class TermUnit(models.TextChoices):
    DAYS = "days", _("days")
    MONTHS = "months", _("months")


class TermDecision(models.TextChoices):
    """What was decided about the term that runs."""

    CONTINUE = "continue", pgettext_lazy("contract", "Goes on")
    END = "end", pgettext_lazy("contract", "Ends")


class ContractQuerySet(OrganisationRows, models.QuerySet["Contract"]):
    of_organisation = "vendor__organisation"

    def running(self) -> ContractQuerySet:
        """Neither ended nor archived with its vendor."""
        return self.filter(ended_on=None, vendor__archived_at=None)

    def to_decide(self) -> ContractQuerySet:
        """Running, with a day by which it must be decided, and nothing decided about this term yet."""
        return self.running().filter(decide_by__isnull=False, decision="")

    def waiting(self) -> ContractQuerySet:
        """To decide or to give notice of, in one condition that an index serves."""
        to_give = Q(decision=TermDecision.END, notice_given_on=None, renews_months__isnull=False)
        return self.running().filter(Q(decision="") | to_give, decide_by__isnull=False)

    def to_give_notice(self) -> ContractQuerySet:
        """Decided to end, and it would renew by itself: nobody has given notice to the vendor yet."""
        waiting = self.running().filter(decide_by__isnull=False, decision=TermDecision.END, notice_given_on=None)
        return waiting.exclude(renews_months=None)


class Contract(PublicRow):
    """A contract with a vendor. `decide_by` is the last day on which notice can be given for the term that runs: it is
    kept, so that lists sort by it, and moved on by itself when a term renews. A contract without an end has none."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="contracts")
    reference = models.CharField(_("reference"), max_length=80)
    starts_on = models.DateField(_("start"), null=True, blank=True)
    ends_on = models.DateField(_("end"), null=True, blank=True)  # of the term that runs
    notice = models.PositiveSmallIntegerField(_("notice"), null=True, blank=True)  # in notice_unit; none: not known
    notice_unit = models.CharField(_("notice in"), max_length=6, choices=TermUnit, default=TermUnit.MONTHS)
    renews_months = models.PositiveSmallIntegerField(_("renews by itself for"), null=True, blank=True)  # none: it ends
    decide_by = models.DateField(_("decide by"), null=True, blank=True, editable=False)
    decision = models.CharField(_("decision"), max_length=8, choices=TermDecision, blank=True)  # about this term
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision_reason = models.TextField(_("reason"), blank=True)
    # Of one that is to end and would renew by itself: until then whoever looks after it is reminded to give it.
    notice_given_on = models.DateField(_("notice given on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("who looks after it"),
        related_name="+",
    )
    services = models.ManyToManyField(Service, blank=True, related_name="contracts", verbose_name=_("services"))
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ("vendor", F("decide_by").asc(nulls_last=True), "reference")
        indexes = [models.Index(fields=["vendor", "decide_by"], name="contract_vendor_decide_by")]
        constraints = [
            models.UniqueConstraint(fields=["vendor", "reference"], name="contract_reference_once_per_vendor"),
            models.CheckConstraint(condition=~Q(reference=""), name="contract_has_a_reference"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contract_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(notice_unit__in=TermUnit.values), name="contract_notice_unit_known"),
            models.CheckConstraint(
                condition=Q(renews_months=None) | Q(renews_months__gt=0), name="contract_renews_for_some_time"
            ),
            models.CheckConstraint(
                condition=Q(decision="") | Q(decision__in=TermDecision.values), name="contract_decision_known"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("contract_detail", args=[self.pk])


class PaperKind(models.TextChoices):
    CERTIFICATE = "certificate", _("Certificate")
    INSURANCE = "insurance", _("Insurance")
    POLICY = "policy", pgettext_lazy("paper of a vendor", "Policy")
    REPORT = "report", _("Audit report")
    OTHER = "other", pgettext_lazy("paper of a vendor", "Other")


class PaperQuerySet(OrganisationRows, models.QuerySet["Paper"]):
    of_organisation = "vendor__organisation"

    def current(self) -> PaperQuerySet:
        """Not followed by a newer one, of a vendor that is not archived."""
        return self.filter(replaced_by=None, vendor__archived_at=None)


class Paper(PublicRow):
    """A paper of the vendor that expires: a certificate, an insurance, a policy."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(_("kind"), max_length=11, choices=PaperKind)
    name = models.CharField(_("name"), max_length=160)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("who looks after it"),
        related_name="+",
    )
    note = models.TextField(_("note"), blank=True)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="replaces"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ("vendor", F("expires_on").asc(nulls_last=True), "name")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PaperKind.values), name="paper_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="paper_has_a_name"),
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(expires_on=None) | Q(expires_on__gte=F("issued_on")),
                name="paper_expires_after_issue",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContractFileQuerySet(OrganisationRows, models.QuerySet["ContractFile"]):
    of_organisation = "vendor__organisation"


class ContractFile(models.Model):
    """A file beside a contract or a paper, kept under a name of our own."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="+")
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, null=True, blank=True, related_name="files")
    file = models.FileField(upload_to="contracts/", max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = ContractFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(contract__isnull=False, paper=None) | Q(contract=None, paper__isnull=False),
                name="contract_file_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.name
