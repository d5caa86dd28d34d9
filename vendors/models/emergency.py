"""What one needs in the hour in which a mission-critical service stands still."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, OrganisationRows
from vendors.models.vendor import Contact, Service


class EmergencyPlanQuerySet(OrganisationRows, models.QuerySet["EmergencyPlan"]):
    of_organisation = "service__vendor__organisation"

    def in_use(self) -> EmergencyPlanQuerySet:
        return self.filter(service__vendor__archived_at=None)

    def checked_before(self, day: date) -> EmergencyPlanQuerySet:
        """Gone through for the last time before that day, or never."""
        return self.filter(Q(checked_on=None) | Q(checked_on__lt=day))


class EmergencyPlan(models.Model):
    """The page of one service for when it breaks: what starts by itself, what to have at hand, when senior engineers
    come in. Whom to call, and who stands still, are rows of their own.

    `expectations`: keys of at most three expectations of the organisation, which are printed in the wording in force.
    `checked_on` and `checked_by` repeat the last check.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="emergency_plan")
    starts_by_itself = models.TextField(_("what starts by itself"), blank=True)
    at_hand = models.TextField(_("what to have at hand when you call"), blank=True)
    senior_engineers = models.TextField(_("when senior engineers come in"), blank=True)
    expectations = models.JSONField(_("what you expect, in three lines"), default=list, blank=True)
    checked_on = models.DateField(_("last checked on"), null=True, blank=True)
    checked_by = models.CharField(_("checked by"), max_length=160, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("who keeps it true"),
        related_name="+",
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField()

    objects = EmergencyPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan for when it breaks")
        verbose_name_plural = _("plans for when it breaks")
        ordering = ("service",)

    def __str__(self) -> str:
        return str(self.service)

    def get_absolute_url(self) -> str:
        return reverse("emergency_plan", args=[self.service_id])


class EmergencyCall(models.Model):
    """One whom to call, in the order of `position`: a contact of the vendor, or anybody by name and number."""

    plan = models.ForeignKey(EmergencyPlan, on_delete=models.CASCADE, related_name="calls")
    position = models.PositiveSmallIntegerField(_("order"))
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("contact"), related_name="+"
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    job = models.CharField(_("function"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    when = models.CharField(_("when to call"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("person to call")
        verbose_name_plural = _("persons to call")
        ordering = ("plan", "position", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(contact__isnull=False) | ~Q(name=""), name="emergency_call_is_somebody")
        ]

    def __str__(self) -> str:
        return self.who

    @property
    def who(self) -> str:
        return self.contact.name if self.contact else self.name

    @property
    def number(self) -> str:
        """To dial; empty where nobody has noted one. The plan's own stands before the contact's."""
        return self.phone or (self.contact.phone if self.contact else "")


class AffectedDepartment(models.Model):
    """A department that stands still when the service does, and who tells it."""

    plan = models.ForeignKey(EmergencyPlan, on_delete=models.CASCADE, related_name="affected")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+", verbose_name=_("department"))
    what_stops = models.CharField(_("what stands still there"), max_length=200, blank=True)
    told_by = models.CharField(_("who tells them"), max_length=120, blank=True)
    phone = models.CharField(_("whom they reach there, telephone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("department that stands still")
        verbose_name_plural = _("departments that stand still")
        ordering = ("plan", "pk")
        constraints = [models.UniqueConstraint(fields=["plan", "department"], name="affected_department_once_per_plan")]

    def __str__(self) -> str:
        return str(self.department)


class PlanCheck(models.Model):
    """That somebody went through a plan and called the numbers: written once."""

    plan = models.ForeignKey(EmergencyPlan, on_delete=models.CASCADE, related_name="checks")
    on = models.DateField(_("on"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("what you found"), max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("check of a plan")
        verbose_name_plural = _("checks of plans")
        ordering = ("plan", "-at", "-pk")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.on:%Y-%m-%d}"
