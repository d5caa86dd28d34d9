"""Forms of the right of reply: the customer's request, and the vendor's reply to one rule."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.models import Assessment, Reply
from assessments.vendor_side.reply import LONGEST_TEXT, reply_problems, usual_day
from assessments.vendor_side.reply_words import STANCES, own_words
from groundwork.choices import SearchedChoiceField
from groundwork.fields import DayInput, LongText, field
from vendors.models import Contact


class DayForm(forms.Form):
    """Until when the vendor may reply: tomorrow at the earliest."""

    use_required_attribute = False
    due_on = forms.DateField(
        label=gettext_lazy("Reply until"),
        widget=DayInput,
        help_text=gettext_lazy("The end of that day."),
    )

    def __init__(self, data: Any = None, *, today: date, **options: Any) -> None:
        super().__init__(data, **{"initial": {"due_on": usual_day(today)}} | options)
        self.today = today
        self.fields["due_on"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day <= self.today:
            raise forms.ValidationError(_("Give the vendor until tomorrow at least."))
        return day


class ReplyContactField(SearchedChoiceField):
    def label_from_instance(self, contact: Contact) -> str:
        return f"{contact.name} <{contact.email}>" if contact.email else contact.name


class RequestForm(DayForm):
    """Whom to ask, and until when."""

    contact = ReplyContactField(
        label=gettext_lazy("Contact at the vendor"),
        queryset=Contact.objects.none(),
        help_text=gettext_lazy("The link is for this person alone and is mailed in their language."),
    )
    field_order = ("contact", "due_on")

    def __init__(self, data: Any = None, *, assessment: Assessment, today: date) -> None:
        super().__init__(data, today=today)
        contacts = Contact.objects.filter(vendor=assessment.vendor_id)
        field(self, "contact", ReplyContactField).queryset = contacts
        if len(contacts) == 1:
            self.initial["contact"] = contacts[0]


class ReplyForm(forms.Form):
    """The reply to one rule; its fields carry the rule's key, so that the page is one form."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    stance = forms.ChoiceField(choices=STANCES, required=False, widget=forms.RadioSelect)
    text = LongText()

    def __init__(self, data: Any = None, *, reply: Reply) -> None:
        initial = {"version": reply.version, "stance": reply.stance, "text": reply.text}
        super().__init__(data, prefix=reply.rule, initial=initial)
        field(self, "text", LongText).max_length = LONGEST_TEXT
        self.reply = reply
        self.stored: Reply | None = None  # what somebody else saved meanwhile

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for field, message in reply_problems(cleaned["stance"], cleaned["text"].strip()).items():
                self.add_error(field, message)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields, as typed where it could not be saved."""
        return {name: self[name].value() for name in self.fields}

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        chosen = self.values["stance"] or ""
        return [(value, str(label), value == chosen) for value, label in STANCES]

    @property
    def stored_words(self) -> str:
        """What somebody else chose meanwhile, as this page calls it; empty where nobody did."""
        return own_words(self.stored.stance) if self.stored else ""

    @property
    def messages(self) -> dict[str, str]:
        """One message a field."""
        return {name: str(errors[0]) for name, errors in self.errors.items()} if self.is_bound else {}
