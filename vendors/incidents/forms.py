"""Forms and filter of the incidents that people write down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from groundwork.choices import SearchedChoiceField, SearchedChoiceFilter, is_asked
from groundwork.fields import DayInput, WordsField, field
from groundwork.moments import MomentField, in_zone
from vendors.choices import ACTIVE_VENDORS, SERVICES, VENDORS
from vendors.incident_fields import BY_COLUMN, FIELDS, TYPED, ValueKind
from vendors.incidents.changes import IN_USE, IN_USE_ELSEWHERE, incident_fingerprint
from vendors.incidents.words import STATE_WORDS, time_zone
from vendors.models import Incident, IncidentImport, IncidentQuerySet, Lasted, Service, Sla, Vendor

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = date(2999, 12, 31)
RECENT = 1_000  # incidents of a vendor that are looked through for words in use
OFFERED = 60  # words a field
MOST_IDS = 200
MOST_TIMES = 9_999
ON, OFF = "1", "0"
MOST_MINUTES = 5_270_400  # ten years
MOMENTS = tuple(field.column for field in FIELDS if field.is_moment and field.is_typed)
WORDS_IN_USE = tuple(field.column for field in FIELDS if field.is_in_use)
BY_LENGTH = frozenset({"duration", "-duration"})
FIRST_FIELDS = ("reference", *MOMENTS[:2], "mission_critical")


# One incident ----------------------------------------------------------------------------------------------------
def typed_field(column: models.Field, **given: Any) -> forms.Field | None:
    """How a column of an incident is asked for, by its row in the table of fields."""
    told = BY_COLUMN[column.name]
    given["help_text"] = told.asked
    match told.kind:
        case ValueKind.MOMENT | ValueKind.ANSWER:
            given["form_class"] = MomentField
        case ValueKind.LINE | ValueKind.REFERENCE:
            given["form_class"] = WordsField
        case ValueKind.COUNT:
            given |= {"min_value": 0, "max_value": MOST_TIMES}
        case ValueKind.MINUTES:
            given |= {"min_value": 0, "max_value": MOST_MINUTES}
    return column.formfield(**given)


class IncidentForm(forms.ModelForm[Incident]):
    sla = forms.ChoiceField(
        label=_("Service level"),
        choices=[(value, value.label) for value in (Sla.UNKNOWN, Sla.MET, Sla.MISSED)],
        initial=Sla.UNKNOWN,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Incident
        fields = TYPED
        formfield_callback = typed_field

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.words = words_in_use(self.instance.vendor)
        for name in WORDS_IN_USE:
            self.fields[name].widget.attrs |= {"list": f"words-{name}", "autocomplete": "off"}
        service = field(self, "service", forms.ModelChoiceField)
        service.queryset = self.instance.vendor.services.all()
        service.empty_label = _("None")
        for name in (name for name in TYPED if BY_COLUMN[name].kind in {ValueKind.COUNT, ValueKind.MINUTES}):
            self.fields[name].widget.attrs["inputmode"] = "numeric"
        zone = {"zone": time_zone()}
        self.fields["opened_at"].help_text = _("In the time of %(zone)s, as all times here.") % zone
        if self.instance.pk:
            self._begin_from_what_stands()

    def _begin_from_what_stands(self) -> None:
        self.initial["seen"] = incident_fingerprint(self.instance)
        if not self.instance.created_by_hand:
            reference = self.fields["reference"]
            reference.disabled = True
            reference.help_text = _("Its imports know it by this, so it stays as it is.")
        for name in MOMENTS:
            moment: datetime | None = getattr(self.instance, name)
            if moment and moment.second:  # else the browser would cut them off
                self.fields[name].widget = forms.DateTimeInput(
                    attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
                )

    @property
    def written(self) -> list[str]:
        """The fields of the incident that the person changed."""
        return [name for name in self.changed_data if name != "seen"]

    @property
    def has_more(self) -> bool:
        """Something of the second group is filled in, or wrong."""
        rest = [name for name in TYPED if name not in FIRST_FIELDS]
        return any(name in self.errors or self[name].value() not in (None, "", Sla.UNKNOWN) for name in rest)

    def clean_reference(self) -> str:
        """At this vendor whatever its source, at any other if it was written down by hand, too: the same incident
        twice would be counted twice."""
        reference: str = self.cleaned_data["reference"]
        vendor = self.instance.vendor
        same = Incident.objects.filter(organisation=vendor.organisation_id, reference=reference)
        same = same.filter(Q(vendor=vendor) | Q(source=self.instance.source)).exclude(pk=self.instance.pk)
        if "reference" in self.changed_data and (others := list(same.select_related("vendor"))):
            if any(other.vendor_id == vendor.pk for other in others):
                raise ValidationError(IN_USE)
            raise ValidationError(IN_USE_ELSEWHERE % {"vendor": others[0].vendor})
        return reference

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in MOMENTS:
            moment = cleaned.get(name)
            if name not in self.changed_data:
                cleaned[name] = getattr(self.instance, name)  # with the seconds that the page does not show
            elif moment and moment > self.now:
                self.add_error(name, _("This is in the future."))
            elif moment and moment < EARLIEST:
                self.add_error(name, _("This date is too far away."))
        self._clean_order(cleaned)
        return cleaned

    def _clean_order(self, cleaned: dict[str, Any]) -> None:
        opened: datetime | None = cleaned.get("opened_at")
        for name in MOMENTS[1:]:
            moment: datetime | None = cleaned.get(name)
            if not opened or not moment or moment >= opened:
                continue
            shown = timezone.localtime(moment)  # of an hour that the clocks show twice, the second may be meant
            again = in_zone(shown.replace(tzinfo=None), timezone.get_current_timezone(), fold=1)
            if again and again >= opened:
                cleaned[name] = again
            else:
                self.add_error(name, _("This is before it was opened."))

    def validate_constraints(self) -> None:
        """Said above, in words; what others write meanwhile is seen by the database."""

    def begin_again(self, incident: Incident) -> None:
        """After somebody else’s change: the next save is about what stands there now."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "seen": incident_fingerprint(incident)}


def words_in_use(vendor: Vendor) -> dict[str, list[str]]:
    """What was written into each field lately, to choose from; by one query."""
    rows = vendor.incidents.order_by("-opened_at").values_list(*WORDS_IN_USE)[:RECENT]
    columns = zip(*rows, strict=True) if rows else ([] for _name in WORDS_IN_USE)
    return {
        name: sorted(list(dict.fromkeys(filter(None, column)))[:OFFERED], key=str.casefold)
        for name, column in zip(WORDS_IN_USE, columns, strict=True)
    }


class IncidentVendorForm(forms.Form):
    """For which vendor an incident is written down."""

    vendor = SearchedChoiceField(
        Vendor.objects.none(), source=ACTIVE_VENDORS, label=_("Vendor"), empty_label=_("Choose a vendor")
    )

    def __init__(self, data: Any, *, member: Membership) -> None:
        super().__init__(data)
        field(self, "vendor", SearchedChoiceField).queryset = ACTIVE_VENDORS.rows(member)


# The list --------------------------------------------------------------------------------------------------------
class NewestFirst(django_filters.OrderingFilter):
    """Pages never share a row; what has no duration yet stands last."""

    def filter(self, qs: QuerySet[Incident], value: Any) -> QuerySet[Incident]:
        chosen = value[0] if value else "-opened"
        if chosen in BY_LENGTH:
            by = Lasted().desc(nulls_last=True) if chosen == "-duration" else Lasted().asc(nulls_last=True)
            return qs.order_by(by, "-opened_at", "-pk")
        return qs.order_by("opened_at", "pk") if chosen == "opened" else qs.order_by("-opened_at", "-pk")


class IncidentFilter(django_filters.FilterSet):
    """`rows`: the incidents of the member. Days are those of the installation's time zone, the last one included."""

    q = django_filters.CharFilter(label=_("Reference, title or problem"), method="search", max_length=200)
    vendor = SearchedChoiceFilter(
        source=VENDORS, label=_("Vendor"), queryset=Vendor.objects.none(), empty_label=_("All")
    )
    service = SearchedChoiceFilter(
        source=SERVICES, label=_("Service"), queryset=Service.objects.none(), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=list(STATE_WORDS.items()), empty_label=_("All"), method="by_state"
    )
    critical = django_filters.ChoiceFilter(
        label=_("Mission-critical"),
        choices=[(ON, _("Yes")), (OFF, _("No"))],
        empty_label=_("All"),
        method="by_critical",
    )
    sla = django_filters.ChoiceFilter(label=_("Service level"), choices=Sla.choices, empty_label=_("All"))
    since = django_filters.DateFilter(label=_("Opened from"), method="from_day", widget=DayInput)
    until = django_filters.DateFilter(
        label=pgettext_lazy("a day, included", "Until"),
        method="to_day",
        widget=DayInput,
    )
    item = django_filters.CharFilter(label=_("Configuration item"), method="by_item", max_length=160)
    ids = django_filters.CharFilter(method="by_ids", widget=forms.HiddenInput)
    # Asked for as “import”, a word that Python keeps for itself.
    by_import = django_filters.CharFilter(method="of_import", widget=forms.HiddenInput)
    sort = NewestFirst(fields={"opened_at": "opened", "length": "duration"}, widget=forms.HiddenInput)

    class Meta:
        model = Incident
        fields = (
            "q",
            "vendor",
            "service",
            "state",
            "critical",
            "sla",
            "since",
            "until",
            "item",
            "ids",
            "by_import",
            "sort",
        )

    def __init__(self, data: Mapping[str, Any], *, member: Membership) -> None:
        super().__init__(data, Incident.objects.for_member(member))
        self.member = member
        self.filters["import"] = self.filters.pop("by_import")
        self.filters["vendor"].queryset = VENDORS.rows(member)
        self.filters["service"].queryset = SERVICES.rows(member)

    def search(self, queryset: IncidentQuerySet, name: str, value: str) -> IncidentQuerySet:
        return queryset.matching(" ".join(value.split()))

    def by_state(self, queryset: IncidentQuerySet, name: str, value: str) -> IncidentQuerySet:
        return {"open": queryset.open, "closed": queryset.closed_untold, "resolved": queryset.resolved}[value]()

    def by_critical(self, queryset: IncidentQuerySet, name: str, value: str) -> IncidentQuerySet:
        return queryset.filter(mission_critical=value == ON)

    def from_day(self, queryset: IncidentQuerySet, name: str, value: date) -> IncidentQuerySet:
        return queryset.filter(opened_at__gte=_midnight(value))

    def to_day(self, queryset: IncidentQuerySet, name: str, value: date) -> IncidentQuerySet:
        return queryset.filter(opened_at__lt=_midnight(min(value, LATEST) + timedelta(days=1)))

    def by_item(self, queryset: IncidentQuerySet, name: str, value: str) -> IncidentQuerySet:
        """In any case, and part of it is enough."""
        return queryset.filter(configuration_item__icontains=" ".join(value.split()))

    def by_ids(self, queryset: IncidentQuerySet, name: str, value: str) -> IncidentQuerySet:
        return queryset.filter(pk__in=ids_in(value))

    def of_import(self, queryset: IncidentQuerySet, name: str, value: str) -> IncidentQuerySet:
        return queryset.of_import(ids_in(value)[0]) if ids_in(value) else queryset.none()

    @property
    def is_active(self) -> bool:
        return is_asked(self.data, *(name for name in self.filters if name != "sort"))

    @property
    def listed(self) -> Any:
        """What is found, in order, for a page of it."""
        found, sort = self.qs.select_related("vendor"), self.data.get("sort", "")
        return found.by_length(falls=sort == "-duration") if sort in BY_LENGTH else found

    @property
    def more_is_active(self) -> bool:
        """One of the filters that are folded away."""
        return is_asked(self.data, "service", "sla", "item", "since", "until")

    @property
    def chosen_vendor(self) -> Vendor | None:
        self.form.is_valid()
        chosen: Vendor | None = self.form.cleaned_data.get("vendor")
        return chosen

    @cached_property
    def chosen_import(self) -> IncidentImport | None:
        """The import whose incidents are shown; None as well where it is no import of the organisation."""
        wished = ids_in(self.data.get("import", ""))[:1]
        return IncidentImport.objects.for_member(self.member).filter(pk__in=wished).first()


def ids_in(text: str) -> list[int]:
    """“3,5,8”: what is no number is passed over."""
    return [int(part) for part in text.split(",")[:MOST_IDS] if part.strip().isdecimal() and len(part) < 19]


def _midnight(day: date) -> datetime:
    day = min(max(day, EARLIEST.date()), LATEST)  # beyond these, times of a zone cannot be computed
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
