"""What vendor and customer agreed to improve, the steps on the way, and the vendor's way in to it."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ContactLink, MailedLinkQuerySet, Organisation, OrganisationRows
from assessments.models.assessment import Assessment
from assessments.models.consensus import Meeting
from groundwork.public_ids import PublicRow
from vendors.models import CauseProof, Contact, Incident, Rehearsal, Vendor

WATCHED = timedelta(days=365)  # after it was kept: a measure that falls back in this time opens it again


class CommitmentState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("commitment", "Proposed")
    AGREED = "agreed", pgettext_lazy("commitment", "Agreed")
    REPORTED = "reported", pgettext_lazy("commitment", "Reported done")
    KEPT = "kept", pgettext_lazy("commitment", "Kept")
    MISSED = "missed", pgettext_lazy("commitment", "Missed")
    WITHDRAWN = "withdrawn", pgettext_lazy("commitment", "Withdrawn")


COMMITMENT_OPEN = (CommitmentState.PROPOSED, CommitmentState.AGREED, CommitmentState.REPORTED)
COMMITMENT_BINDING = (CommitmentState.AGREED, CommitmentState.REPORTED)  # agreed, and not ended yet
COMMITMENT_DECIDED = (CommitmentState.KEPT, CommitmentState.MISSED)


def overdue_on(today: date) -> Q:
    """Agreed, not ended yet, and its day is over: for counts of these beside others."""
    return Q(state__in=COMMITMENT_BINDING, due_on__lt=today)


class CommitmentSource(models.TextChoices):
    """From what it was made."""

    RULE = "rule", pgettext_lazy("commitment made from", "A rule")
    QUESTION = "question", pgettext_lazy("commitment made from", "A question")
    FINDING = "finding", pgettext_lazy("commitment made from", "A finding")
    MEETING = "meeting", pgettext_lazy("commitment made from", "The meeting")
    INCIDENT = "incident", pgettext_lazy("commitment made from", "An incident")
    REHEARSAL = "rehearsal", pgettext_lazy("commitment made from", "A rehearsal or review")
    PROOF = "proof", pgettext_lazy("commitment made from", "A proof of cause")


class KeptBy(models.TextChoices):
    """What shows that it was kept."""

    MEASURE = "measure", pgettext_lazy("commitment", "The measure moved")
    EVIDENCE = "evidence", pgettext_lazy("commitment", "Evidence that a person accepted")


class CommitmentQuerySet(OrganisationRows, models.QuerySet["Commitment"]):
    def open(self) -> CommitmentQuerySet:
        """Neither kept, missed nor withdrawn."""
        return self.filter(state__in=COMMITMENT_OPEN)

    def binding(self) -> CommitmentQuerySet:
        """Agreed, and not ended yet."""
        return self.filter(state__in=COMMITMENT_BINDING)

    def agreed_ever(self) -> CommitmentQuerySet:
        """What the vendor promised, whatever came of it; neither what was only asked nor what was withdrawn."""
        return self.exclude(state__in=(CommitmentState.PROPOSED, CommitmentState.WITHDRAWN))

    def ended(self) -> CommitmentQuerySet:
        """Kept or missed: of these a share was kept."""
        return self.filter(state__in=COMMITMENT_DECIDED)

    def kept(self) -> CommitmentQuerySet:
        return self.filter(state=CommitmentState.KEPT)

    def overdue(self, today: date) -> CommitmentQuerySet:
        return self.filter(overdue_on(today))

    def watched(self, today: date) -> CommitmentQuerySet:
        """Kept within the last twelve months, with a measure that can fall back."""
        kept = self.filter(state=CommitmentState.KEPT, ended_on__gt=today - WATCHED)
        return kept.exclude(measure="")

    def to_read(self, today: date) -> CommitmentQuerySet:
        """Those whose measure is to be read anew: not read today, or facts have changed since."""
        measured = self.filter(Q(pk__in=self.watched(today)) | Q(state__in=COMMITMENT_BINDING)).exclude(measure="")
        is_old = Q(read_on=None) | Q(read_on__lt=today) | ~Q(read_facts=F("vendor__facts_revision"))
        return measured.filter(is_old, vendor__archived_at=None)


class Commitment(PublicRow):
    """One thing that vendor and customer agreed to improve.

    `measure` is a key of the catalogue of measures, `target` in its unit: what must move, and to what; both empty where
    evidence decides. `ended_on`: the day on which it was kept, missed or withdrawn. `baseline` freezes what the measure
    was when it was agreed, `reading` what it last said (written by `assessments.commitments`, plain data).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="commitments")
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="commitments")
    number = models.CharField(_("number"), max_length=20)  # C-2026-001, counted by year and organisation
    rule = models.SlugField(_("rule"))
    question = models.SlugField(_("question"), blank=True)  # its key
    source = models.CharField(pgettext_lazy("commitment", "made from"), max_length=9, choices=CommitmentSource)
    assessment = models.ForeignKey(
        Assessment, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments"
    )
    meeting = models.ForeignKey(Meeting, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments")
    incident = models.ForeignKey(Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments")
    rehearsal = models.ForeignKey(
        Rehearsal, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments"
    )
    proof = models.ForeignKey(CauseProof, on_delete=models.SET_NULL, null=True, blank=True, related_name="commitments")
    finding = models.CharField(_("finding"), max_length=20, blank=True)  # a code of assessments.findings
    what = models.TextField(_("what will be done"))
    why = models.TextField(_("why"), blank=True)
    contact = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("who answers for it at the vendor"),
        related_name="commitments",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        verbose_name=_("who follows it up here"),
        related_name="+",
    )
    due_on = models.DateField(_("due on"))
    measure = models.CharField(_("measure that must move"), max_length=30, blank=True)
    target = models.DecimalField(_("to what"), max_digits=9, decimal_places=2, null=True, blank=True)
    baseline = models.JSONField(null=True, blank=True, editable=False)
    reading = models.JSONField(null=True, blank=True, editable=False)
    read_on = models.DateField(null=True, blank=True, editable=False)  # when the measure was last asked, ...
    read_facts = models.PositiveBigIntegerField(null=True, blank=True, editable=False)  # ... and of which facts
    state = models.CharField(_("state"), max_length=9, choices=CommitmentState, default=CommitmentState.PROPOSED)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    agreed_by = models.CharField(_("agreed by, at the vendor"), max_length=160, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    kept_by = models.CharField(_("shown by"), max_length=8, choices=KeptBy, blank=True)
    reopened_on = models.DateField(_("reopened on"), null=True, blank=True)  # the last time
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ("due_on", "pk")
        indexes = [
            models.Index(fields=["vendor", "state", "due_on"], name="commitment_vendor_state_due"),
            models.Index(fields=["organisation", "state", "due_on"], name="commitment_org_state_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="commitment_number_once_per_organisation"),
            models.CheckConstraint(condition=Q(state__in=CommitmentState.values), name="commitment_state_known"),
            models.CheckConstraint(condition=Q(source__in=CommitmentSource.values), name="commitment_source_known"),
            models.CheckConstraint(condition=~Q(what="") & ~Q(rule=""), name="commitment_says_what"),
            models.CheckConstraint(condition=Q(target=None) | ~Q(measure=""), name="commitment_target_of_a_measure"),
            models.CheckConstraint(
                condition=Q(state="proposed") | Q(state="withdrawn") | Q(agreed_on__isnull=False, agreed_by__gt=""),
                name="commitment_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=COMMITMENT_OPEN, ended_on=None)
                | (~Q(state__in=COMMITMENT_OPEN) & Q(ended_on__isnull=False)),
                name="commitment_ended_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state="kept", kept_by__in=KeptBy.values) | (~Q(state="kept") & Q(kept_by="")),
                name="commitment_kept_by_something",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("commitment_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in COMMITMENT_OPEN

    @property
    def is_binding(self) -> bool:
        return self.state in COMMITMENT_BINDING

    def is_overdue(self, today: date) -> bool:
        return self.is_binding and self.due_on < today


class CommitmentLinkQuerySet(OrganisationRows, MailedLinkQuerySet["CommitmentLink"]):
    of_organisation = "vendor__organisation"


class CommitmentLink(ContactLink):
    """A link by which one contact reads all commitments of its vendor that it was shown, agrees, reports and attaches.
    The token is kept only as its hash; sending it again makes a new one, and `issue` ends every cookie of the earlier.
    """

    WHO = "link:commitments-"

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="commitment_links")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)  # when its holder was last told what waits for their word

    objects = CommitmentLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to the commitments")
        verbose_name_plural = _("links to the commitments")
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "contact"],
                condition=Q(revoked_at=None, contact__isnull=False),
                name="commitment_link_once_per_contact",
            )
        ]


class StepKind(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("step of a commitment", "Proposed")
    CHANGED = "changed", pgettext_lazy("step of a commitment", "Changed")
    AGREED = "agreed", pgettext_lazy("step of a commitment", "Agreed")
    DECLINED = "declined", pgettext_lazy("step of a commitment", "Not agreed")
    PROGRESS = "progress", pgettext_lazy("step of a commitment", "Progress")
    REPORTED = "reported", pgettext_lazy("step of a commitment", "Reported done")
    RETURNED = "returned", pgettext_lazy("step of a commitment", "Not accepted yet")
    KEPT = "kept", pgettext_lazy("step of a commitment", "Kept")
    MISSED = "missed", pgettext_lazy("step of a commitment", "Missed")
    REOPENED = "reopened", pgettext_lazy("step of a commitment", "Reopened")
    WITHDRAWN = "withdrawn", pgettext_lazy("step of a commitment", "Withdrawn")


class CommitmentStep(models.Model):
    """What happened to a commitment, in order: written once, and kept so by the database. Nobody as `user` and no
    `link`: the product itself, because of a measure; `figures` says what the measure showed then, and of a change what
    was there before (plain data)."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=9, choices=StepKind)
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    link = models.ForeignKey(CommitmentLink, on_delete=models.PROTECT, null=True, blank=True, related_name="steps")
    figures = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("step of a commitment")
        verbose_name_plural = _("steps of a commitment")
        ordering = ("commitment", "at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="commitment_step_kind_known"),
            models.CheckConstraint(condition=Q(user=None) | Q(link=None), name="commitment_step_by_one"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.kind}"

    @property
    def by(self) -> str:
        """Who did it; empty for the product itself."""
        return str(self.user or self.link or "")


class CommitmentFileQuerySet(OrganisationRows, models.QuerySet["CommitmentFile"]):
    of_organisation = "commitment__organisation"


class CommitmentFile(models.Model):
    """Evidence beside a commitment, from either side, kept under a name of our own."""

    commitment = models.ForeignKey(Commitment, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="commitments/", max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_through = models.ForeignKey(
        CommitmentLink, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = CommitmentFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["commitment", "sha256"], name="commitment_file_once"),
            models.CheckConstraint(
                condition=Q(uploaded_by=None) | Q(uploaded_through=None), name="commitment_file_by_one"
            ),
        ]

    def __str__(self) -> str:
        return self.name
