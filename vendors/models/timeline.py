"""The hour of an incident: what was said and done, as it was said and done."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import OrganisationRows
from vendors.models.incident import Incident


class EntryKind(models.TextChoices):
    CONTACT = "contact", pgettext_lazy("entry of a timeline", "Contact with the vendor")
    CHANGE = "change", pgettext_lazy("entry of a timeline", "Something was tried or changed")
    NOTE = "note", pgettext_lazy("entry of a timeline", "Note")
    RESTORED = "restored", pgettext_lazy("entry of a timeline", "The business runs again")


class TimelineEntryQuerySet(OrganisationRows, models.QuerySet["TimelineEntry"]):
    of_organisation = "incident__organisation"

    def standing(self) -> TimelineEntryQuerySet:
        """Those that no later entry puts right."""
        return self.filter(corrected_by=None)

    def contacts(self) -> TimelineEntryQuerySet:
        return self.filter(kind=EntryKind.CONTACT)


class TimelineEntry(models.Model):
    """One entry, written once: a later one puts it right (`corrects`), and both are kept.

    Of a contact with the vendor: who was spoken to, what they asked for, why, what they do with it, what comes next and
    when. Empty: they did not say.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(_("what happened"), max_length=8, choices=EntryKind, default=EntryKind.CONTACT)
    at = models.DateTimeField(_("when"))
    person = models.CharField(_("who at the vendor"), max_length=120, blank=True)
    asked = models.TextField(_("what they asked of you"), blank=True)
    why = models.TextField(_("why they ask"), blank=True)
    does = models.TextField(_("what they do with it"), blank=True)
    next_step = models.TextField(_("what comes next"), blank=True)
    next_at = models.DateTimeField(_("and when"), null=True, blank=True)
    text = models.TextField(_("in words"), blank=True)
    corrects = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="corrected_by", editable=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = TimelineEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a timeline")
        verbose_name_plural = _("entries of a timeline")
        ordering = ("incident", "at", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="timeline_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="contact") | Q(asked="", why="", does="", next_step="", next_at=None),
                name="timeline_entry_asked_at_a_contact",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.at:%Y-%m-%d %H:%M}"
