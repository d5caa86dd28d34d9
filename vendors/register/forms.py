"""Forms and filters of the vendor register."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, URLValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices.people import DEPARTMENTS
from accounts.models import Organisation
from groundwork.choices import SearchedChoiceField
from groundwork.fields import LinesField, WordsField, field
from vendors.models import Contact, Service, Tier, Vendor, VendorQuerySet
from vendors.register.changes import CONTACT_FIELDS, IN_USE, SERVICE_FIELDS, VENDOR_FIELDS

MOST_MONTHS = 120  # to replace a vendor: beyond ten years nobody knows
ACTIVE, ARCHIVED, ALL = "active", "archived", "all"
ARCHIVED_NAMESAKE = _("Your organisation has an archived vendor of this name: restore that one instead.")


class WebsiteField(forms.URLField):
    """An address of the web; “example.org” means https."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", max_length=200, **kwargs)
        self.validators = [
            URLValidator(schemes=["http", "https"]) if isinstance(validator, URLValidator) else validator
            for validator in self.validators
        ]


class VendorForm(forms.ModelForm[Vendor]):
    website = WebsiteField(label=_("Website"), required=False)
    notes = LinesField(label=_("Notes"), required=False)

    class Meta:
        model = Vendor
        fields = VENDOR_FIELDS
        field_classes = {"name": WordsField, "department": SearchedChoiceField}
        help_texts = {
            "reference": _("The number that your own systems know this vendor by. Imports find the vendor by it."),
            "tier": _("How much of your business stands still without this vendor."),
            "department": _("It has a say in every assessment of this vendor."),
            "months_to_replace": _(
                "How long it would take until somebody else supports you: how much you depend on it."
            ),
        }

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department = field(self, "department", SearchedChoiceField)
        department.source = DEPARTMENTS
        department.queryset = organisation.departments.all()
        department.empty_label = _("None")
        field(self, "months_to_replace", forms.IntegerField).validators.append(MaxValueValidator(MOST_MONTHS))
        self.namesakes = Vendor.objects.filter(organisation=organisation).exclude(pk=self.instance.pk)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        other = self.namesakes.filter(name__iexact=name).first()
        if other:
            raise ValidationError(ARCHIVED_NAMESAKE if other.archived_at else IN_USE["vendor.name"])
        return name

    def clean_reference(self) -> str:
        reference: str = self.cleaned_data["reference"]
        if reference and self.namesakes.filter(reference=reference).exists():
            raise ValidationError(IN_USE["vendor.reference"])
        return reference


YES, NO = "yes", "no"


class ServiceForm(forms.ModelForm[Service]):
    """Whether it is mission-critical is asked, never presumed: the measures are taken over such systems alone."""

    mission_critical = forms.TypedChoiceField(
        label=_("Is it mission-critical?"),
        choices=[
            (YES, _("Yes: your business stops, or soon will, when this system does")),
            (NO, _("No: your business goes on without it for a while")),
        ],
        coerce=lambda said: said == YES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether it is mission-critical.")},
    )
    description = LinesField(label=_("What stops when it stops"), required=False)

    class Meta:
        model = Service
        fields = SERVICE_FIELDS
        field_classes = {"name": WordsField, "department": SearchedChoiceField}

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.vendor = vendor
        is_new = self.instance.pk is None  # nothing is said of it yet, whatever the column begins with
        self.initial["mission_critical"] = "" if is_new else YES if self.instance.mission_critical else NO
        department = field(self, "department", SearchedChoiceField)
        department.source = DEPARTMENTS
        department.queryset = vendor.organisation.departments.all()
        department.empty_label = _("None")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.instance.vendor.services.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(IN_USE["service.name"])
        return name


class ContactForm(forms.ModelForm[Contact]):
    class Meta:
        model = Contact
        fields = CONTACT_FIELDS
        help_texts = {"language": _("What to write to this person in.")}

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.vendor = vendor
        for name in ("name", "email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # somebody else’s, not the user’s own


# The list --------------------------------------------------------------------------------------------------------
class VendorFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name, reference or service"), method="search", max_length=200)
    tier = django_filters.ChoiceFilter(label=_("Tier"), choices=Tier.choices, empty_label=_("All tiers"))
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(ARCHIVED, _("Archived")), (ALL, _("Active and archived"))],
        empty_label=_("Active"),
        method="by_state",
    )

    class Meta:
        model = Vendor
        fields = ("q", "tier", "state")

    def filter_queryset(self, queryset: QuerySet[Vendor]) -> QuerySet[Vendor]:
        """Filters without a value are not called by method, so that “active” is the silent choice here."""
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(archived_at=None)

    def search(self, queryset: VendorQuerySet, name: str, value: str) -> VendorQuerySet:
        return queryset.matching(" ".join(value.split()))

    def by_state(self, queryset: VendorQuerySet, name: str, value: str) -> VendorQuerySet:
        return queryset.archived() if value == ARCHIVED else queryset

    @property
    def is_active(self) -> bool:
        return any(self.data.get(name) for name in ("q", "tier", "state"))
