"""A training that was held, and a person whom the vendor named."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices.people import DEPARTMENTS
from accounts.models import Department
from groundwork.choices import SearchedChoiceField
from groundwork.fields import DayInput, LinesField, WordsField, field
from vendors.care.changes import PERSON, TRAINING
from vendors.models import Contact, Service, SupportPerson, Training, Vendor

OLDEST = timedelta(days=365 * 30)
MOST_HOURS = 999


class TrainingForm(forms.ModelForm[Training]):
    held_on = forms.DateField(
        label=_("Held on"), widget=DayInput, error_messages={"required": _("Say on which day it was held.")}
    )
    subject = WordsField(label=_("Subject"), max_length=200, error_messages={"required": _("Say what it was about.")})
    note = LinesField(
        label=_("What it brought"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Training
        fields = TRAINING
        field_classes = {"department": SearchedChoiceField}
        labels = {
            "department": _("For which department"),
            "people": _("How many took part"),
            "hours": _("How many hours it took"),
        }

    def __init__(self, *args: Any, vendor: Vendor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.vendor, self.today = vendor, today
        departments = field(self, "department", SearchedChoiceField)
        departments.source = DEPARTMENTS
        departments.queryset = Department.objects.filter(organisation=vendor.organisation_id)
        departments.empty_label = _("Several, or none in particular")

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day > self.today:
            raise ValidationError(_("Choose today or an earlier day: note a training once it was held."))
        if day < self.today - OLDEST:
            raise ValidationError(_("Check the year: it is more than 30 years ago."))
        return day

    def clean_hours(self) -> Any:
        hours = self.cleaned_data["hours"]
        if hours is not None and not 0 < hours <= MOST_HOURS:
            raise ValidationError(_("Enter more than 0 hours, and no more than %(most)s.") % {"most": MOST_HOURS})
        return hours


class PersonForm(forms.ModelForm[SupportPerson]):
    name = WordsField(
        label=_("Name"), max_length=120, required=False, help_text=_("Leave it empty for a contact that you choose.")
    )
    job = WordsField(label=_("What for"), max_length=160, required=False)
    services = forms.ModelMultipleChoiceField(
        label=_("Which services"),
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none where they look after all of them."),
    )
    since = forms.DateField(label=_("Since"), widget=DayInput, required=False)
    until = forms.DateField(
        label=_("Until"),
        widget=DayInput,
        required=False,
        help_text=_("The last day, if you know it. Name whoever follows as a person of their own."),
    )

    field_order = ("contact", "name", "job", "services", "since", "until")

    class Meta:
        model = SupportPerson
        fields = PERSON
        field_classes = {"contact": SearchedChoiceField}

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.vendor = vendor
        contacts = field(self, "contact", forms.ModelChoiceField)
        contacts.queryset, contacts.empty_label = Contact.objects.filter(vendor=vendor), _("Nobody of the contacts")
        contacts.label = _("Contact")
        services = field(self, "services", forms.ModelMultipleChoiceField)
        services.queryset = vendor.services.all()
        if self.instance.pk:
            self.initial["services"] = [service.pk for service in self.instance.services.all()]
        if not contacts.queryset.exists():
            del self.fields["contact"]
        if not services.queryset.exists():
            del self.fields["services"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        contact = cleaned.get("contact")
        if not cleaned.get("name") and contact is not None:
            cleaned["name"] = contact.name
        if not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Say who it is, or choose a contact."))
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("It ends before it begins: enter a later day."))
        return cleaned

    @property
    def chosen(self) -> list[Service]:
        return list(self.cleaned_data.get("services") or ())
