"""The vendor's way in to what concerns it beside questionnaires and commitments: one link a contact."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ContactLink, MailedLinkQuerySet, OrganisationRows
from vendors.models.vendor import Contact, Vendor


class DeskLinkQuerySet(OrganisationRows, MailedLinkQuerySet["DeskLink"]):
    of_organisation = "vendor__organisation"


class DeskLink(ContactLink):
    """A link by which one contact of a vendor reads what its customer expects and answers to it, hands in proofs of
    cause and announces changes. The token is kept only as its hash; sending it again makes a new one, and `issue` ends
    every cookie of the earlier."""

    WHO = "link:desk-"

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="desk_links")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    told_at = models.DateTimeField(null=True, blank=True)  # when its holder was last told what waits for their word

    objects = DeskLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link of the vendor")
        verbose_name_plural = _("links of the vendor")
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "contact"],
                condition=Q(revoked_at=None, contact__isnull=False),
                name="desk_link_once_per_contact",
            )
        ]
