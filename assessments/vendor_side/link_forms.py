"""The form by which a link of the vendor's is made."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from accounts.mailed_links.forms import ContactLinkForm, DaysField
from accounts.mailed_links.links import end_after, end_for
from assessments.models import Assessment, VendorLink
from assessments.vendor_side.links import DEFAULT_DAYS
from groundwork.fields import field
from groundwork.words import day
from vendors.models import Contact

UNTIL_DUE = 0  # days of its own: only as long as every link stays open


class LinkForm(ContactLinkForm):
    """Whom to ask, and until when."""

    lengths, usual = (14, DEFAULT_DAYS, 60), DEFAULT_DAYS

    def __init__(self, data: Any = None, *, assessment: Assessment, by_mail: bool = False) -> None:
        taken = VendorLink.objects.to_answer().filter(assessment=assessment, revoked_at=None, contact__isnull=False)
        contacts = Contact.objects.filter(vendor=assessment.vendor_id).exclude(pk__in=taken.values("contact"))
        super().__init__(data, not_asked=contacts, by_mail=by_mail)
        if assessment.due_on is not None:
            self._offer_what_is_longer(assessment.due_on)

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
