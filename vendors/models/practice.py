"""What was really done together with a vendor: rehearsals, reviews, trainings; and who looks after the customer."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, OrganisationRows
from vendors.models.vendor import Contact, Service, Vendor


class RehearsalKind(models.TextChoices):
    REHEARSAL = "rehearsal", pgettext_lazy("held with a vendor", "Rehearsal")  # a major incident, practised together
    REVIEW = "review", pgettext_lazy("held with a vendor", "Review")  # of how incidents go, to make it faster


class RehearsalState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("rehearsal", "Planned")
    HELD = "held", pgettext_lazy("rehearsal", "Held")
    CANCELLED = "cancelled", pgettext_lazy("rehearsal", "Called off")


class RehearsalQuerySet(OrganisationRows, models.QuerySet["Rehearsal"]):
    of_organisation = "vendor__organisation"

    def planned(self) -> RehearsalQuerySet:
        return self.filter(state=RehearsalState.PLANNED)

    def held(self) -> RehearsalQuerySet:
        return self.filter(state=RehearsalState.HELD)

    def together(self) -> RehearsalQuerySet:
        """Without those that the vendor held alone, and that evidence shows."""
        return self.filter(evidence="")


class Rehearsal(models.Model):
    """A rehearsal of a major incident, or a review, with the vendor: planned, then held or called off.

    What follows from it are commitments. `evidence`: what shows one that the vendor held without us; empty for one held
    together. `reason`: why it was called off.
    """

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="rehearsals", verbose_name=_("vendor"))
    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=RehearsalKind, default=RehearsalKind.REHEARSAL)
    state = models.CharField(_("state"), max_length=9, choices=RehearsalState, default=RehearsalState.PLANNED)
    planned_at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("how long, in minutes"), default=120)
    place = models.CharField(_("where"), max_length=160, blank=True)
    scenario = models.TextField(_("scenario"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name=_("who leads it here"), related_name="+"
    )
    held_on = models.DateField(_("held on"), null=True, blank=True)
    went_well = models.TextField(_("what went well"), blank=True)
    went_wrong = models.TextField(_("what went wrong"), blank=True)
    evidence = models.TextField(_("what shows it"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = RehearsalQuerySet.as_manager()

    class Meta:
        verbose_name = _("rehearsal")
        verbose_name_plural = _("rehearsals")
        ordering = ("vendor", "-planned_at", "-pk")
        indexes = [models.Index(fields=["vendor", "state", "held_on"], name="rehearsal_vendor_state_held")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RehearsalKind.values), name="rehearsal_kind_known"),
            models.CheckConstraint(condition=Q(state__in=RehearsalState.values), name="rehearsal_state_known"),
            models.CheckConstraint(
                condition=Q(state="held", held_on__isnull=False) | (~Q(state="held") & Q(held_on=None)),
                name="rehearsal_held_has_a_day",
            ),
            models.CheckConstraint(condition=~Q(state="cancelled") | ~Q(reason=""), name="rehearsal_off_has_a_reason"),
            models.CheckConstraint(
                condition=Q(evidence="") | ~Q(state="planned"), name="rehearsal_shown_is_never_planned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor_id} {self.planned_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("rehearsal_detail", args=[self.pk])


class RehearsalGuest(models.Model):
    """Who is asked to a rehearsal: a member, a contact of the vendor, or anybody by name. `came`: nobody has said."""

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="guests")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    invited_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)  # when the mail server last refused it
    came = models.BooleanField(_("was there"), null=True, blank=True)

    class Meta:
        verbose_name = _("guest of a rehearsal")
        verbose_name_plural = _("guests of rehearsals")
        ordering = ("rehearsal", "pk")
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="rehearsal_guest_has_a_name")]

    def __str__(self) -> str:
        return self.name


class ChangeNoticeQuerySet(OrganisationRows, models.QuerySet["ChangeNotice"]):
    of_organisation = "vendor__organisation"

    def to_come(self, today: date) -> ChangeNoticeQuerySet:
        """Neither withdrawn nor over."""
        return self.filter(withdrawn_at=None, until__date__gte=today)


class ChangeNotice(models.Model):
    """A change that the vendor plans: when, what, which risks, and how they are prevented. By its link, or noted by a
    member. `outcome`: how it went, once it is over."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="change_notices")
    services = models.ManyToManyField(Service, blank=True, related_name="change_notices", verbose_name=_("services"))
    title = models.CharField(_("what changes, in a few words"), max_length=160)
    starts = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    what = models.TextField(_("what is changed"), blank=True)
    risks = models.TextField(_("which problems it may bring"), blank=True)
    prevention = models.TextField(_("what is done against them"), blank=True)
    way_back = models.TextField(_("how it is undone"), blank=True)
    outcome = models.TextField(_("how it went"), blank=True)
    announced_at = models.DateTimeField()
    link = models.ForeignKey(
        "vendors.DeskLink", on_delete=models.PROTECT, null=True, blank=True, related_name="change_notices"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ChangeNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of a change")
        verbose_name_plural = _("notices of changes")
        ordering = ("-starts", "-pk")
        indexes = [models.Index(fields=["vendor", "starts"], name="change_notice_vendor_starts")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("starts")), name="change_notice_ends_after_start"),
            models.CheckConstraint(condition=~Q(title=""), name="change_notice_has_a_title"),
            models.CheckConstraint(
                condition=Q(link=None, recorded_by__isnull=False) | Q(link__isnull=False, recorded_by=None),
                name="change_notice_by_link_or_member",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("change_notice", args=[self.pk])


class NoticeReader(models.Model):
    """A department that a change affects, and who of it has confirmed that they read of it."""

    notice = models.ForeignKey(ChangeNotice, on_delete=models.CASCADE, related_name="readers")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("department that was told")
        verbose_name_plural = _("departments that were told")
        ordering = ("notice", "pk")
        constraints = [
            models.UniqueConstraint(fields=["notice", "department"], name="notice_reader_once_per_department"),
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
                name="notice_reader_is_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.department)


class TrainingQuerySet(OrganisationRows, models.QuerySet["Training"]):
    of_organisation = "vendor__organisation"


class Training(models.Model):
    """A training that the vendor gave to the customer's people."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="trainings")
    held_on = models.DateField(_("held on"))
    subject = models.CharField(_("subject"), max_length=200)
    department = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    people = models.PositiveSmallIntegerField(_("number of people"), null=True, blank=True)
    hours = models.DecimalField(_("hours"), max_digits=5, decimal_places=1, null=True, blank=True)
    note = models.TextField(_("what it brought"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ("vendor", "-held_on", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(subject=""), name="training_has_a_subject"),
            models.CheckConstraint(condition=Q(hours=None) | Q(hours__gt=0), name="training_takes_time"),
        ]

    def __str__(self) -> str:
        return self.subject


class SupportPersonQuerySet(OrganisationRows, models.QuerySet["SupportPerson"]):
    of_organisation = "vendor__organisation"

    def on(self, today: date) -> SupportPersonQuerySet:
        """Those who look after the customer on that day."""
        return self.filter(Q(since=None) | Q(since__lte=today), Q(until=None) | Q(until__gte=today))


class SupportPerson(models.Model):
    """Somebody at the vendor whom it named as responsible for supporting this customer, from when until when."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="support_people")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    job = models.CharField(_("what for"), max_length=160, blank=True)
    services = models.ManyToManyField(Service, blank=True, related_name="+", verbose_name=_("services"))
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = SupportPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("named support person")
        verbose_name_plural = _("named support persons")
        ordering = ("vendor", Lower("name"))
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="support_person_has_a_name"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")), name="support_person_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return self.name
