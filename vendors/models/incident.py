"""Incidents: what happened, measured. The judgement of it lives elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, OrganisationRows
from groundwork.pagination import InTurn
from groundwork.public_ids import PublicRow
from vendors.models.vendor import Service, Vendor

BY_HAND = "manual"  # the source of incidents that people write down here
# Where an organisation asks by itself how it went:
ASKED_WITHIN = timedelta(days=7)  # of being resolved
LEFT_ALONE = timedelta(days=1)  # since it was last written


class Sla(models.TextChoices):
    """Whether the agreed service level was kept."""

    MET = "met", pgettext_lazy("service level", "Met")
    MISSED = "missed", pgettext_lazy("service level", "Missed")
    UNKNOWN = "unknown", pgettext_lazy("service level", "Unknown")


class IncidentSourceQuerySet(OrganisationRows, models.QuerySet["IncidentSource"]):
    def in_use(self) -> IncidentSourceQuerySet:
        return self.filter(ended_on=None)


class IncidentSource(models.Model):
    """Where incidents come from, as a person named it: a tool, or one of its installations. `key` is what incidents
    carry; it stays when the name changes. `ended_on`: no export comes after it, because the tool is used no more."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="incident_sources")
    key = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    ended_on = models.DateField(_("not used after"), null=True, blank=True)
    pushed_at = models.DateTimeField(null=True, blank=True, editable=False)  # last, by the API; a sign of life is one

    objects = IncidentSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source of incidents")
        verbose_name_plural = _("sources of incidents")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="incident_source_once_per_organisation"),
            models.CheckConstraint(condition=~Q(key=""), name="incident_source_has_a_key"),
        ]

    def __str__(self) -> str:
        return self.name


class Lasted(Func):
    """From opened to resolved, to sort by, in what the database has for it: SQLite indexes only functions of its own.
    None while an incident is open."""

    arg_joiner = " - "
    template = "(%(expressions)s)"
    output_field = models.DurationField()

    def __init__(self) -> None:
        super().__init__("resolved_at", "opened_at")

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        joiner = ") - JULIANDAY("
        template = "ROUND((JULIANDAY(%(expressions)s)) * 86400)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **extra)


class IncidentQuerySet(OrganisationRows, models.QuerySet["Incident"]):
    def mission_critical(self) -> IncidentQuerySet:
        return self.filter(mission_critical=True)

    def open(self) -> IncidentQuerySet:
        """What its source calls closed is not open, even where it does not say when it was resolved."""
        return self.filter(resolved_at=None, is_closed=False)

    def closed_untold(self) -> IncidentQuerySet:
        """Closed, and nobody has told when."""
        return self.filter(resolved_at=None, is_closed=True)

    def resolved(self) -> IncidentQuerySet:
        return self.filter(resolved_at__isnull=False)

    def by_length(self, *, falls: bool) -> InTurn:
        """By how long they took; what is not resolved stands behind, either way round."""
        order = ("opened_at", "pk")
        if falls:
            resolved = self.resolved().order_by(Lasted().desc(), *(f"-{name}" for name in order))
        else:
            resolved = self.resolved().order_by(Lasted().asc(), *order)
        return InTurn(resolved, self.filter(resolved_at=None).order_by("-opened_at", "-pk"))

    def to_be_asked_about(self, now: datetime) -> IncidentQuerySet:
        """Mission-critical and resolved since its organisation asks by itself, and within the last week: of history
        nobody remembers how it felt. Nobody was asked yet; a day is left in which a wrong import can be undone."""
        return self.mission_critical().filter(
            vendor__archived_at=None,
            vendor__organisation__asks_after_incidents_since__lte=F("resolved_at"),
            service__department__isnull=False,
            resolved_at__gt=now - ASKED_WITHIN,
            resolved_at__lte=now,
            updated_at__lte=now - LEFT_ALONE,
            pulses=None,
        )

    def to_be_proven(self, now: datetime) -> IncidentQuerySet:
        """Mission-critical and over since its organisation asks for proofs of cause by itself, where nobody has asked
        for one; a day is left in which a wrong import can be undone."""
        since = F("vendor__organisation__asks_for_proofs_since")
        over = Q(resolved_at__gte=since, resolved_at__lte=now) | Q(restored_at__gte=since, restored_at__lte=now)
        return self.mission_critical().filter(
            over, vendor__archived_at=None, proof=None, updated_at__lte=now - LEFT_ALONE
        )

    def matching(self, words: str) -> IncidentQuerySet:
        """Those with `words` in their reference, title or problem."""
        return self.filter(Q(reference__icontains=words) | Q(title__icontains=words) | Q(problem__icontains=words))

    def of_import(self, upload: int) -> IncidentQuerySet:
        """Those that the import of this row number brought in, or changed last."""
        return self.filter(Q(created_in=upload) | Q(changed_in=upload))

    def opened_between(self, since: datetime, until: datetime) -> IncidentQuerySet:
        """Opened at `since` or later, and before `until`."""
        return self.filter(opened_at__gte=since, opened_at__lt=until)


class Incident(PublicRow):
    """One incident, as its source tells it: known by source and `reference` within the organisation, at whatever vendor
    it is now."""

    organisation = models.ForeignKey(  # that of the vendor, so that the database holds what an incident is known by
        Organisation, on_delete=models.CASCADE, related_name="incidents", editable=False, db_index=False
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, verbose_name=_("vendor"), related_name="incidents")
    service = models.ForeignKey(
        Service,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("service"),
        related_name="incidents",
    )
    source = models.CharField(_("source"), max_length=40, default=BY_HAND)
    reference = models.CharField(_("reference"), max_length=80)
    title = models.CharField(_("title"), max_length=300, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    restored_at = models.DateTimeField(_("business restored"), null=True, blank=True)
    first_response_at = models.DateTimeField(_("first response"), null=True, blank=True)
    waited_minutes = models.PositiveIntegerField(  # of working time or not, as the source counts
        _("minutes that the vendor waited for you"), null=True, blank=True
    )
    # What the times rest on, as the source told them.
    is_closed = models.BooleanField(_("closed"), default=False, editable=False)  # said without a moment, or with one
    resolved_is_closing = models.BooleanField(default=False, editable=False)  # the moment of closing stands in
    resolved_to_day = models.BooleanField(default=False, editable=False)  # the day is known, not the hour
    priority = models.CharField(_("priority"), max_length=60, blank=True)
    mission_critical = models.BooleanField(_("mission-critical"), default=False)
    sla = models.CharField(_("service level"), max_length=7, choices=Sla, default=Sla.UNKNOWN)
    reopened = models.PositiveSmallIntegerField(_("times reopened"), null=True, blank=True)
    handovers = models.PositiveSmallIntegerField(_("hand-overs"), null=True, blank=True)
    problem = models.CharField(_("problem or cause"), max_length=200, blank=True)
    root_cause_proven = models.BooleanField(_("root cause proven"), null=True, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)  # as the source calls it
    handled_by = models.CharField(_("handled by"), max_length=120, blank=True)  # a person or a team
    # What of the customer's inventory it hit, as the source calls it: a server, an application, a line.
    configuration_item = models.CharField(_("configuration item"), max_length=160, blank=True)
    # What wrote it: nothing where people did.
    created_in = models.ForeignKey(
        "vendors.IncidentImport", on_delete=models.SET_NULL, null=True, editable=False, related_name="created_incidents"
    )
    changed_in = models.ForeignKey(
        "vendors.IncidentImport", on_delete=models.SET_NULL, null=True, editable=False, related_name="changed_incidents"
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)  # last by hand
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-opened_at", "-pk")
        indexes = [
            models.Index(fields=["vendor", "opened_at"], name="incident_vendor_opened"),
            models.Index(fields=["opened_at"], name="incident_opened"),
            # The list over all vendors, newest first; and what of it is open.
            models.Index(fields=["organisation", "-opened_at", "-id"], name="incident_newest"),
            models.Index(
                fields=["organisation", "-opened_at", "-id"],
                condition=Q(resolved_at=None, is_closed=False),
                name="incident_newest_open",
            ),
            models.Index(  # the longest first, and turned round
                "organisation",
                Lasted(),
                "opened_at",
                "id",
                condition=Q(resolved_at__isnull=False),
                name="incident_by_length",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "source", "reference"], name="incident_once_per_source"),
            models.CheckConstraint(condition=~Q(reference=""), name="incident_has_a_reference"),
            models.CheckConstraint(condition=Q(sla__in=Sla.values), name="incident_sla_known"),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("opened_at")),
                name="incident_resolved_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(restored_at=None) | Q(restored_at__gte=F("opened_at")),
                name="incident_restored_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(first_response_at=None) | Q(first_response_at__gte=F("opened_at")),
                name="incident_answered_after_opened",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Its organisation is its vendor's, whoever forgot to say so."""
        fields = kwargs.get("update_fields")
        if fields is None or "vendor" in fields:
            self.organisation_id = self.vendor.organisation_id
            kwargs["update_fields"] = None if fields is None else {*fields, "organisation"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("incident_detail", args=[self.pk])

    @property
    def duration(self) -> timedelta | None:
        """From opened to resolved; None while it is open."""
        return None if self.resolved_at is None else self.resolved_at - self.opened_at

    @property
    def created_by_hand(self) -> bool:
        return self.source == BY_HAND


class MeasureTargetQuerySet(OrganisationRows, models.QuerySet["MeasureTarget"]):
    of_organisation = "vendor__organisation"


class MeasureTarget(models.Model):
    """What was agreed with the vendor about one measure: `value` in the measure's unit (hours, percent, number)."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="targets")
    measure = models.CharField(_("measure"), max_length=30)  # a key of vendors.metrics
    value = models.DecimalField(_("agreed target"), max_digits=9, decimal_places=2)
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    note = models.CharField(_("where it was agreed"), max_length=200, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    objects = MeasureTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ("vendor", "measure")
        constraints = [
            models.UniqueConstraint(fields=["vendor", "measure"], name="target_once_per_measure"),
            models.CheckConstraint(condition=Q(value__gte=0), name="target_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.value}"
