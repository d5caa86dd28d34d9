"""When a service is supported: the hours that count in what is measured of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganisationRows
from vendors.models.vendor import Service


class DecidingHours(models.TextChoices):
    """Which hours decide: both are shown."""

    CLOCK = "clock", _("Every hour, day and night")
    CALENDAR = "calendar", _("The hours of the calendar")


class ServiceCalendarQuerySet(OrganisationRows, models.QuerySet["ServiceCalendar"]):
    of_organisation = "service__vendor__organisation"


class ServiceCalendar(models.Model):
    """The weekly hours of a service. A service without one runs round the clock, and every hour counts.

    `hours`: weekday ("0" is Monday) → [from, to], each "HH:MM", "24:00" the end of the day; a weekday that is
    not there is free. `country` (ISO 3166) and `subdivision` (as the library `holidays` names it): whose public
    holidays are free; empty for none.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="calendar")
    hours = models.JSONField(_("weekly hours"), default=dict)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    subdivision = models.CharField(_("region"), max_length=24, blank=True)
    decides = models.CharField(_("what decides"), max_length=8, choices=DecidingHours, default=DecidingHours.CALENDAR)
    without_waiting = models.BooleanField(_("without the time that the vendor waited for you"), default=True)

    objects = ServiceCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("service hours")
        verbose_name_plural = _("service hours")
        constraints = [
            models.CheckConstraint(
                condition=Q(decides__in=DecidingHours.values), name="service_calendar_decides_known"
            ),
            models.CheckConstraint(
                condition=Q(subdivision="") | ~Q(country=""), name="service_calendar_region_has_a_country"
            ),
        ]

    def __str__(self) -> str:
        return str(self.service)
