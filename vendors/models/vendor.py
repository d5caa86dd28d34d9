"""Facts about who is assessed: vendors, the mission-critical services they support, their contacts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Organisation, OrganisationRows
from groundwork.public_ids import PublicRow


class Tier(models.TextChoices):
    CRITICAL = "critical", _("Critical")
    IMPORTANT = "important", _("Important")
    STANDARD = "standard", _("Standard")


class VendorQuerySet(OrganisationRows, models.QuerySet["Vendor"]):
    def active(self) -> VendorQuerySet:
        return self.filter(archived_at=None)

    def archived(self) -> VendorQuerySet:
        return self.exclude(archived_at=None)

    def matching(self, words: str) -> VendorQuerySet:
        """Those with `words` in their name, reference or the name of a service."""
        in_service = Service.objects.filter(vendor=OuterRef("pk"), name__icontains=words)
        return self.filter(Q(name__icontains=words) | Q(reference__icontains=words) | Exists(in_service))


class Vendor(PublicRow):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="vendors")
    name = models.CharField(_("name"), max_length=200)
    reference = models.CharField(_("your reference"), max_length=40, blank=True)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier, default=Tier.STANDARD)
    website = models.URLField(_("website"), blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    # How long it would take to be served by somebody else: how much we depend on it.
    months_to_replace = models.PositiveSmallIntegerField(_("months to replace"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("department that orders"),
        related_name="vendors",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    # The import of incidents that made it, to be taken back with it.
    created_in = models.ForeignKey(
        "vendors.IncidentImport", on_delete=models.SET_NULL, null=True, editable=False, related_name="created_vendors"
    )
    # Raised with every change of its incidents, feedback or targets: what was computed from them is kept by it.
    facts_revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VendorQuerySet.as_manager()

    class Meta:
        verbose_name = _("vendor")
        verbose_name_plural = _("vendors")
        ordering = (Lower("name"),)
        constraints = [
            models.UniqueConstraint("organisation", Lower("name"), name="vendor_name_once_per_organisation"),
            models.UniqueConstraint(
                fields=["organisation", "reference"],
                condition=~Q(reference=""),
                name="vendor_reference_once_per_organisation",
            ),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="vendor_tier_known"),
            models.CheckConstraint(condition=~Q(name=""), name="vendor_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("vendor_detail", args=[self.pk])


class ServiceQuerySet(OrganisationRows, models.QuerySet["Service"]):
    of_organisation = "vendor__organisation"


class Service(PublicRow):
    """A system that the vendor supports."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(_("name"), max_length=160)
    mission_critical = models.BooleanField(_("mission-critical"), default=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("department that depends on it"),
        related_name="services",
    )
    description = models.TextField(_("what stops when it stops"), blank=True)
    created_in = models.ForeignKey(  # as that of a vendor
        "vendors.IncidentImport", on_delete=models.SET_NULL, null=True, editable=False, related_name="created_services"
    )

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = (Lower("name"),)
        constraints = [models.UniqueConstraint("vendor", Lower("name"), name="service_name_once_per_vendor")]

    def __str__(self) -> str:
        return self.name


class ContactQuerySet(OrganisationRows, models.QuerySet["Contact"]):
    of_organisation = "vendor__organisation"


class Contact(PublicRow):
    """A person at the vendor."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120)
    job = models.CharField(_("function"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = (Lower("name"),)

    def __str__(self) -> str:
        return self.name
