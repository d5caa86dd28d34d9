"""The form by which a link to the commitments is made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.mailed_links.forms import DaysField
from accounts.mailed_links.links import end_after
from assessments.models import CommitmentLink
from assessments.vendor_commitments.links import DEFAULT_DAYS
from groundwork.fields import field
from vendors.models import Contact, Vendor


class ContactField(forms.ModelChoiceField):
    def label_from_instance(self, contact: Contact) -> str:
        known = [contact.name, contact.job, contact.email or str(_("no e-mail address"))]
        return " · ".join(part for part in known if part)


class ShowForm(forms.Form):
    """To whom the commitments are shown, and until when. How the link gets there says the button that is pressed."""

    contact = ContactField(label=_("Contact"), queryset=Contact.objects.none(), empty_label=_("Choose a contact"))
    days = DaysField(90, DEFAULT_DAYS, 365, initial=DEFAULT_DAYS)

    def __init__(self, data: Any = None, *, vendor: Vendor, by_mail: bool = False) -> None:
        super().__init__(data)
        self.by_mail = by_mail
        self.fields["days"].help_text = _("At least until two weeks after the last open commitment is due.")
        taken = CommitmentLink.objects.filter(vendor=vendor, revoked_at=None, contact__isnull=False)
        self.not_asked = list(Contact.objects.filter(vendor=vendor).exclude(pk__in=taken.values("contact")))
        contacts = Contact.objects.filter(pk__in=[contact.pk for contact in self.not_asked])
        field(self, "contact", ContactField).queryset = contacts
        if len(self.not_asked) == 1:
            self.initial["contact"] = self.not_asked[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        contact = cleaned.get("contact")
        if contact and not contact.email and self.by_mail:
            self.add_error(
                "contact",
                _("This contact has no e-mail address: choose “Show the link to copy”, and hand it over yourself."),
            )
        return cleaned

    def expires_at(self, now: datetime) -> datetime:
        return end_after(self.cleaned_data["days"], now)
