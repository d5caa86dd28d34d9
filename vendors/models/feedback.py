"""The voice of the customer: what people say of a vendor, and short pulses after critical incidents."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import DeliveredLink, Department, MailedLinkQuerySet, OrganisationRows
from groundwork.public_ids import PublicRow
from vendors.models.incident import Incident, Sla
from vendors.models.vendor import Service, Vendor


class Feeling(models.IntegerChoices):
    """The emotional measure, from worst to best."""

    ANGRY = 1, pgettext_lazy("feeling", "Angry")
    UNHAPPY = 2, pgettext_lazy("feeling", "Unhappy")
    NEUTRAL = 3, pgettext_lazy("feeling", "Neutral")
    CONTENT = 4, pgettext_lazy("feeling", "Content")
    DELIGHTED = 5, pgettext_lazy("feeling", "Delighted")


class FeedbackKind(models.TextChoices):
    PRAISE = "praise", _("Praise")
    COMPLAINT = "complaint", _("Complaint")
    FRICTION = "friction", _("Friction")
    ESCALATION = "escalation", _("Escalation")


class PulseChoice(models.TextChoices):
    """The answer to one question of a pulse."""

    YES = "yes", _("Yes")
    PARTLY = "partly", pgettext_lazy("answer", "Partly")
    NO = "no", _("No")
    DONT_KNOW = "dont_know", _("Don’t know")


class FeedbackQuerySet(OrganisationRows, models.QuerySet["Feedback"]):
    of_organisation = "vendor__organisation"

    def said_since(self, day: date) -> FeedbackQuerySet:
        return self.filter(said_on__gte=day)

    def matching(self, words: str) -> FeedbackQuerySet:
        """Those with `words` in their name, comment or cause."""
        return self.filter(Q(name__icontains=words) | Q(comment__icontains=words) | Q(cause__icontains=words))


class Feedback(PublicRow):
    """Name, date, comment, evidence; with the feeling, and whether the service level was met."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, verbose_name=_("vendor"), related_name="feedback")
    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("service"), related_name="feedback"
    )
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("incident"), related_name="feedback"
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="feedback",
    )
    name = models.CharField(_("name"), max_length=120)
    said_on = models.DateField(_("date"))
    comment = models.TextField(_("comment"), blank=True)
    feeling = models.PositiveSmallIntegerField(_("feeling"), choices=Feeling)
    sla = models.CharField(_("service level"), max_length=7, choices=Sla, default=Sla.UNKNOWN)
    kind = models.CharField(_("kind"), max_length=10, choices=FeedbackKind, blank=True)
    cause = models.TextField(_("cause behind the symptom"), blank=True)
    # How one was kept informed, and spoken to; empty: nobody has said.
    told_beforehand = models.CharField(_("told beforehand"), max_length=9, choices=PulseChoice, blank=True)
    workaround = models.CharField(_("a way round was offered"), max_length=9, choices=PulseChoice, blank=True)
    courteous = models.CharField(_("courteous in tone"), max_length=9, choices=PulseChoice, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ("-said_on", "-pk")
        indexes = [models.Index(fields=["vendor", "said_on"], name="feedback_vendor_said")]
        constraints = [
            models.CheckConstraint(condition=Q(feeling__range=(1, 5)), name="feedback_feeling_on_scale"),
            models.CheckConstraint(condition=Q(sla__in=Sla.values), name="feedback_sla_known"),
            models.CheckConstraint(condition=Q(kind__in=["", *FeedbackKind.values]), name="feedback_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="feedback_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.said_on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("feedback_detail", args=[self.pk])

    @property
    def has_marks(self) -> bool:
        """It says whether the service level was met, of which kind it is, or how one was kept informed or spoken to."""
        is_told = self.sla != Sla.UNKNOWN
        return is_told or bool(self.kind or self.told_beforehand or self.workaround or self.courteous)


class FeedbackFileQuerySet(OrganisationRows, models.QuerySet["FeedbackFile"]):
    of_organisation = "feedback__vendor__organisation"


class FeedbackFile(models.Model):
    """Evidence beside a feedback, kept under a name of our own."""

    feedback = models.ForeignKey(Feedback, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="feedback/", max_length=200)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = FeedbackFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["feedback", "sha256"], name="feedback_file_once")]

    def __str__(self) -> str:
        return self.name


class PulseQuerySet(OrganisationRows, MailedLinkQuerySet["Pulse"]):
    of_organisation = "incident__vendor__organisation"

    def answered(self) -> PulseQuerySet:
        return self.exclude(answered_at=None)

    def by_itself(self) -> PulseQuerySet:
        return self.filter(asked_by=None)

    def never_mailed(self) -> PulseQuerySet:
        """Neither taken nor refused by the mail server."""
        return self.filter(sent_at=None, failed_at=None)


class Pulse(DeliveredLink):
    """Four questions after a critical incident, one each for rules 3 to 6, put to one person by a link."""

    USED_AT = "answered_at"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="pulses")
    name = models.CharField(_("name"), max_length=120, blank=True)
    department = models.ForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Nobody: the organisation asks by itself.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # Rules 3 to 6. “fixes_thrown”: yes is bad.
    told_why = models.CharField(max_length=9, choices=PulseChoice, blank=True)
    fixes_thrown = models.CharField(max_length=9, choices=PulseChoice, blank=True)
    was_fast = models.CharField(max_length=9, choices=PulseChoice, blank=True)
    cause_proven = models.CharField(max_length=9, choices=PulseChoice, blank=True)
    # Beside the rules: whether one was told beforehand, offered a way round, and spoken to with courtesy.
    told_beforehand = models.CharField(max_length=9, choices=PulseChoice, blank=True)
    workaround = models.CharField(max_length=9, choices=PulseChoice, blank=True)
    courteous = models.CharField(max_length=9, choices=PulseChoice, blank=True)
    # How it felt, and what they wrote, stand in the log.
    feedback = models.OneToOneField(Feedback, on_delete=models.SET_NULL, null=True, blank=True, related_name="pulse")

    objects = PulseQuerySet.as_manager()

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None)
                | ~(Q(told_why="") & Q(fixes_thrown="") & Q(was_fast="") & Q(cause_proven="")),
                name="pulse_answered_says_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident} {self.receiver}".strip()

    @property
    def receiver(self) -> str:
        return self.name or self.email
