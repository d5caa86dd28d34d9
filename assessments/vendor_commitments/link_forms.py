"""The form by which a link to the commitments is made."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.mailed_links.forms import ContactLinkForm
from assessments.models import CommitmentLink
from assessments.vendor_commitments.links import DEFAULT_DAYS
from vendors.models import Contact, Vendor


class ShowForm(ContactLinkForm):
    """To whom the commitments are shown, and until when."""

    lengths, usual = (90, DEFAULT_DAYS, 365), DEFAULT_DAYS

    def __init__(self, data: Any = None, *, vendor: Vendor, by_mail: bool = False) -> None:
        taken = CommitmentLink.objects.filter(vendor=vendor, revoked_at=None, contact__isnull=False)
        contacts = Contact.objects.filter(vendor=vendor).exclude(pk__in=taken.values("contact"))
        super().__init__(data, not_asked=contacts, by_mail=by_mail)
        self.fields["days"].help_text = _("At least until two weeks after the last open commitment is due.")
