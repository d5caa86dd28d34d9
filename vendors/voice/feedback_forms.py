"""Forms and filters of the voice of the customer."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices.people import DEPARTMENTS
from accounts.models import Department, Membership
from groundwork import whole_numbers
from groundwork.choices import SearchedChoiceField, SearchedChoiceFilter, is_asked
from groundwork.fields import DayInput, LinesField, ManyFiles, WordsField, field
from vendors.attachments import ACCEPT, EXTENSIONS, EvidenceField
from vendors.choices import ACTIVE_VENDORS, VENDORS
from vendors.models import (
    Feedback,
    FeedbackKind,
    FeedbackQuerySet,
    Feeling,
    Incident,
    PulseChoice,
    Service,
    Sla,
    Vendor,
)
from vendors.voice.feedback import BESIDE

LONGEST = 4000  # characters: a log entry, not a report
NEWEST = 25  # incidents offered by name


def five_feelings(label: Any) -> forms.TypedChoiceField:
    """Five faces with words, drawn by `vendors/voice/_feelings.html`."""
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        choices=Feeling.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it felt.")},
    )


class FeedbackForm(forms.ModelForm[Feedback]):
    """How it felt, whom it is about, what there is to say; all else can stay as it is."""

    feeling = five_feelings(_("How did it feel?"))
    comment = LinesField(
        label=_("What happened?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "sentences"}),
    )
    incident_reference = forms.CharField(
        label=_("Incident"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "incidents", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Choose one of the latest, or type its reference."),
    )
    cause = LinesField(
        label=_("Cause behind the symptom"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Not known yet? Add it here once it is found."),
    )
    evidence = EvidenceField(
        label=_("Evidence"),
        required=False,
        widget=ManyFiles(attrs={"accept": ACCEPT}),
        help_text=_("A photo of the screen, a mail, a report."),
    )

    class Meta:
        model = Feedback
        fields = (
            "feeling",
            "vendor",
            "comment",
            *BESIDE,
            "name",
            "department",
            "said_on",
            "sla",
            "kind",
            "service",
            "cause",
        )
        widgets = {"said_on": DayInput}
        field_classes = {
            "name": WordsField,
            **dict.fromkeys(("vendor", "department", "service"), SearchedChoiceField),
        }
        labels = {"sla": _("Was the agreed service level met?"), **BESIDE}

    def __init__(self, *args: Any, member: Membership, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.asked_vendor = self._vendor_in_mind(member)
        vendors = field(self, "vendor", SearchedChoiceField)
        vendors.source = ACTIVE_VENDORS
        mine = Vendor.objects.for_member(member)
        vendors.queryset = mine.filter(Q(archived_at=None) | Q(pk=self.instance.vendor_id))
        vendors.empty_label = _("Choose a vendor")
        # Another vendor has other services and incidents: they come anew, where the browser can.
        again = {"hx-get": reverse("feedback_add"), "hx-trigger": "change", "hx-target": "#of-vendor"}
        vendors.widget.attrs |= again | {"hx-select": "#of-vendor", "hx-swap": "outerHTML"}
        vendors.error_messages["required"] = _("Choose the vendor that it is about.")
        departments = field(self, "department", SearchedChoiceField)
        departments.source = DEPARTMENTS
        departments.queryset = Department.objects.filter(organisation=member.organisation_id)
        departments.empty_label = _("None")
        services = field(self, "service", forms.ModelChoiceField)
        services.queryset = Service.objects.for_member(member).filter(vendor=self.asked_vendor)
        services.empty_label = _("None in particular")
        services.error_messages["invalid_choice"] = _("This service belongs to another vendor.")
        for name in BESIDE:
            field(self, name, forms.ChoiceField).choices = [("", _("Not said")), *PulseChoice.choices]
        kinds = [("", _("Not said")), *FeedbackKind.choices]
        field(self, "kind", forms.ChoiceField).choices = kinds
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["evidence"].help_text = f"{self.fields['evidence'].help_text} {EXTENSIONS}."
        if self.instance.incident is not None:
            self.initial.setdefault("incident_reference", self.instance.incident.reference)

    def _vendor_in_mind(self, member: Membership) -> int | None:
        """The vendor whose services and incidents are offered: the one chosen, else the one that stands there."""
        chosen = whole_numbers.said(str(self.data.get(self.add_prefix("vendor"), ""))) if self.is_bound else None
        if chosen is not None and Vendor.objects.for_member(member).filter(pk=chosen).exists():
            return chosen
        return self.instance.vendor_id

    @property
    def latest_incidents(self) -> QuerySet[Incident]:
        """To choose from; the field takes any other reference, too."""
        rows = Incident.objects.filter(vendor=self.asked_vendor).order_by("-opened_at", "-pk")
        return rows.only("reference", "title")[:NEWEST]

    @property
    def shows_who(self) -> bool:
        """Name, department or date has to be put right."""
        return bool({"name", "department", "said_on"} & set(self.errors))

    @property
    def shows_beside(self) -> bool:
        """How one was kept informed stands there already, or has to be put right."""
        return any(self[name].value() for name in BESIDE) or bool(set(BESIDE) & set(self.errors))

    @property
    def shows_more(self) -> bool:
        """Something further down has to be put right; and who edits comes for what could not be said at once."""
        return self.instance.pk is not None or bool(
            {"sla", "kind", "service", "incident_reference", "cause", "evidence"} & set(self.errors)
        )

    @property
    def is_today(self) -> bool:
        return not self.is_bound and self.instance.said_on == self.today

    def clean_said_on(self) -> date:
        day: date = self.cleaned_data["said_on"]
        if day > self.today:
            raise ValidationError(_("Choose today or an earlier day."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        vendor = cleaned.get("vendor")
        reference = (cleaned.get("incident_reference") or "").strip()
        self.incident = self._incident(vendor, reference) if vendor and reference else None
        if vendor and reference and self.incident is None:
            self.add_error("incident_reference", _("This vendor has no incident with this reference."))
        if self.incident is not None and self.instance.pk is None:
            self._take_from(self.incident, cleaned)
        return cleaned

    @staticmethod
    def _take_from(incident: Incident, cleaned: dict[str, Any]) -> None:
        """What the incident knows need not be said again."""
        if "service" in cleaned:
            cleaned["service"] = cleaned["service"] or incident.service
        if cleaned.get("sla") == Sla.UNKNOWN:
            cleaned["sla"] = incident.sla

    def _incident(self, vendor: Vendor, reference: str) -> Incident | None:
        """The same reference may come from two sources: then the one that stands there, else the newer one."""
        found = Incident.objects.filter(vendor=vendor, reference__iexact=reference).order_by("-opened_at", "-pk")
        standing = self.instance.incident_id
        return next((one for one in found if one.pk == standing), None) or found.first()

    def take_over(self) -> list[str]:
        """Put the incident into the instance; the names of the fields that changed."""
        before = self.instance.incident_id
        self.instance.incident = self.incident
        changed = [name for name in self.changed_data if name in (self._meta.fields or ())]
        return changed if self.instance.incident_id == before else [*changed, "incident"]


class ToldFilter(models.TextChoices):
    """What an entry says of being told beforehand or offered a way round, as `quadrant.told_of` takes it."""

    YES = "yes", _("Told, or offered a way round")
    NO = "no", _("Neither told nor offered a way round")
    UNSAID = "unsaid", _("Nobody said")


# The log --------------------------------------------------------------------------------------------------------
class FeedbackFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Words in name, comment or cause"), method="search", max_length=200)
    vendor = SearchedChoiceFilter(
        source=VENDORS, label=_("Vendor"), queryset=Vendor.objects.none(), empty_label=_("All vendors")
    )
    feeling = django_filters.ChoiceFilter(label=_("Feeling"), choices=Feeling.choices, empty_label=_("All feelings"))
    sla = django_filters.ChoiceFilter(label=_("Service level"), choices=Sla.choices, empty_label=_("All"))
    told = django_filters.ChoiceFilter(
        label=_("Told beforehand, or a way round"), choices=ToldFilter.choices, empty_label=_("All"), method="was_told"
    )
    courteous = django_filters.ChoiceFilter(
        label=_("Courteous in tone"), choices=PulseChoice.choices, empty_label=_("All")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=FeedbackKind.choices, empty_label=_("All kinds"))
    department = SearchedChoiceFilter(
        source=DEPARTMENTS,
        label=_("Department"),
        queryset=Department.objects.none(),
        empty_label=_("All departments"),
    )
    service = SearchedChoiceFilter(label=_("Service"), queryset=Service.objects.none(), empty_label=_("All services"))
    since = django_filters.DateFilter(label=_("From"), field_name="said_on", lookup_expr="gte", widget=DayInput)
    until = django_filters.DateFilter(label=_("Until"), field_name="said_on", lookup_expr="lte", widget=DayInput)

    class Meta:
        model = Feedback
        fields = (
            "q",
            "vendor",
            "feeling",
            "sla",
            "told",
            "courteous",
            "kind",
            "department",
            "service",
            "since",
            "until",
        )

    def __init__(self, data: Any, queryset: FeedbackQuerySet, *, member: Membership) -> None:
        super().__init__(data, queryset)
        asked = str(self.data.get("vendor", ""))
        vendors, services = Vendor.objects.for_member(member), Service.objects.for_member(member)
        offered = {
            "vendor": vendors,
            "department": Department.objects.filter(organisation=member.organisation_id).order_by(Lower("name")),
            "service": services.filter(vendor__in=vendors.filter(pk=asked)) if asked.isdecimal() else services.none(),
        }
        for name, rows in offered.items():
            self.filters[name].queryset = rows

    def search(self, queryset: FeedbackQuerySet, name: str, value: str) -> FeedbackQuerySet:
        return queryset.matching(" ".join(value.split()))

    def was_told(self, queryset: FeedbackQuerySet, name: str, value: str) -> FeedbackQuerySet:
        informed = [PulseChoice.YES, PulseChoice.PARTLY]
        is_told = Q(told_beforehand__in=informed) | Q(workaround__in=informed)
        is_not = Q(told_beforehand=PulseChoice.NO) | Q(workaround=PulseChoice.NO)
        wanted = {ToldFilter.YES.value: is_told, ToldFilter.NO.value: ~is_told & is_not}
        return queryset.filter(wanted.get(value, ~is_told & ~is_not))

    @property
    def is_active(self) -> bool:
        return is_asked(self.data, *self.filters)

    @property
    def shows_more(self) -> bool:
        """A filter behind “More filters” is in use."""
        return is_asked(self.data, "told", "courteous", "kind", "department", "service", "since", "until")
