"""The form by which a link of the vendor's is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.mailed_links.forms import DaysField
from accounts.mailed_links.links import end_after, end_for
from assessments.models import Assessment, VendorLink
from assessments.vendor_side.links import DEFAULT_DAYS
from groundwork.fields import field
from groundwork.words import day
from vendors.models import Contact

UNTIL_DUE = 0  # days of its own: only as long as every link stays open


class LinkContactField(forms.ModelChoiceField):
    def label_from_instance(self, contact: Contact) -> str:
        known = [contact.name, contact.job, contact.email or str(_("no e-mail address"))]
        return " · ".join(part for part in known if part)


class LinkForm(forms.Form):
    """Whom to ask, and until when. How the link gets there says the button that is pressed."""

    contact = LinkContactField(label=_("Contact"), queryset=Contact.objects.none(), empty_label=_("Choose a contact"))
    days = DaysField(14, DEFAULT_DAYS, 60, initial=DEFAULT_DAYS)

    def __init__(self, data: Any = None, *, assessment: Assessment, by_mail: bool = False) -> None:
        super().__init__(data)
        self.by_mail = by_mail
        if assessment.due_on is not None:
            self._offer_what_is_longer(assessment.due_on)
        taken = VendorLink.objects.to_answer().filter(assessment=assessment, revoked_at=None, contact__isnull=False)
        contacts = Contact.objects.filter(vendor=assessment.vendor_id)
        self.not_asked = contacts.exclude(pk__in=taken.values("contact"))
        field(self, "contact", LinkContactField).queryset = self.not_asked
        known = list(self.not_asked[:2])
        if len(known) == 1:
            self.initial["contact"] = known[0]

    def _offer_what_is_longer(self, due_on: date) -> None:
        """A link stays open until two weeks after the answers are due, so a shorter time would change nothing."""
        days, now = field(self, "days", DaysField), timezone.now()
        least = end_for(due_on)
        longer = [length for length in days.lengths if end_after(length, now) > least]
        if len(longer) == len(days.lengths):
            return
        until = gettext("Until %(day)s, two weeks after the answers are due") % {"day": day(least)}
        days.choices = [(UNTIL_DUE, until), *days.in_words(longer)]
        if DEFAULT_DAYS not in longer:
            self.initial["days"] = UNTIL_DUE

    @property
    def has_contacts(self) -> bool:
        return self.not_asked.exists()

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
