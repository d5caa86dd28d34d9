"""Forms and filters of the assessment pages; those of the questionnaire are in answer_forms.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from assessments.lifecycle import periods
from assessments.lifecycle.periods import Period
from assessments.lifecycle.transitions import REASON_LENGTH
from assessments.models import Assessment, AssessmentState, Repeat, Response, ResponseQuerySet
from groundwork.choices import SearchedChoiceField, SearchedChoiceFilter, Source, is_asked
from groundwork.fields import DayInput, field
from groundwork.words import days, labelled
from vendors.choices import ACTIVE_VENDORS, SEARCHED
from vendors.models import Vendor

OTHER_DATES = "other"
PRESETS: dict[str, tuple[Any, Callable[[date], Period]]] = {
    "last_quarter": (_("Last quarter"), periods.last_quarter),
    "last_half_year": (_("Last half-year"), periods.last_half_year),
    "last_year": (_("Last year"), periods.last_year),
    "this_quarter": (_("This quarter"), periods.this_quarter),
}
USUAL_TIME_TO_ANSWER = timedelta(days=28)
ASSESSED_ALREADY = _(
    "This vendor already has an assessment of these months. Tick this to start another one, or choose other months."
)


def _assessed(member: Membership) -> QuerySet[Vendor]:
    vendors: QuerySet[Vendor] = Vendor.objects.for_member(member)
    return vendors.filter(Exists(Assessment.objects.filter(vendor=OuterRef("pk"))))


ASSESSED = Source(name="assessed-vendors", rows=_assessed, searched=SEARCHED)


class RepeatForm(forms.Form):
    """How often an assessment comes again."""

    repeat_months = forms.TypedChoiceField(
        label=_("Repeats"),
        choices=[("", _("Not repeated")), *Repeat.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_(
            "The next one then opens by itself when its period is over, for the same raters. It starts with the texts "
            "of the last one and without grades."
        ),
    )


class PeriodForm(RepeatForm):
    """First and last day, and the day by which the answers are wanted."""

    period_start = forms.DateField(label=_("First day"), widget=DayInput)
    period_end = forms.DateField(label=_("Last day"), widget=DayInput)
    due_on = forms.DateField(
        label=_("Due date"),
        widget=DayInput,
        required=False,
        help_text=_("When the answers should be in. It reminds; it does not lock anything."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("period_start"), cleaned.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", _("The last day lies before the first day."))
        return cleaned

    @property
    def period(self) -> Period:
        return Period(start=self.cleaned_data["period_start"], end=self.cleaned_data["period_end"])


class AssessmentForm(PeriodForm):
    """A new assessment: a usual period is one click; other dates are typed."""

    vendor = SearchedChoiceField(
        source=ACTIVE_VENDORS, label=_("Vendor"), queryset=Vendor.objects.none(), empty_label=_("Choose a vendor")
    )
    preset = forms.ChoiceField(
        label=_("Period"),
        widget=forms.RadioSelect,
        help_text=_("The months whose support you assess."),
    )
    another = forms.BooleanField(label=_("Start another one all the same"), required=False)
    field_order = ("vendor", "preset", "period_start", "period_end", "due_on", "repeat_months", "another")

    def __init__(self, data: QueryDict | None = None, *, member: Membership, today: date, **kwargs: Any) -> None:
        super().__init__(_with_preset(data) if data is not None else None, **kwargs)
        self.member, self.today = member, today
        self.overlapping: tuple[Assessment, ...] = ()  # what this vendor and period already have, once asked about
        vendors = field(self, "vendor", SearchedChoiceField)
        vendors.queryset = ACTIVE_VENDORS.rows(member)
        vendors.error_messages["invalid_choice"] = _("Choose one of your active vendors.")
        presets = [
            *((key, labelled(label, days(of(today).start, of(today).end))) for key, (label, of) in PRESETS.items()),
            (OTHER_DATES, _("Other dates")),
        ]
        field(self, "preset", forms.ChoiceField).choices = presets
        self.initial.setdefault("preset", "last_quarter")
        self.initial.setdefault("due_on", today + USUAL_TIME_TO_ANSWER)
        for name in ("period_start", "period_end"):
            self.fields[name].required = False
            self.fields[name].help_text = _("For other dates only.")

    def clean_due_on(self) -> date | None:
        due_on: date | None = self.cleaned_data["due_on"]
        if due_on and due_on < self.today:
            raise ValidationError(_("The due date lies in the past."))
        return due_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        preset = cleaned.get("preset")
        if preset in PRESETS:
            self._take_preset(cleaned, preset)
        elif preset == OTHER_DATES:
            self._require_dates(cleaned)
        self._ask_about_overlap(cleaned)
        return cleaned

    def _ask_about_overlap(self, cleaned: dict[str, Any]) -> None:
        """Two assessments of the same months are rarely meant: say so, and ask for a tick."""
        vendor, start, end = cleaned.get("vendor"), cleaned.get("period_start"), cleaned.get("period_end")
        if not (vendor and start and end) or "preset" in self.errors:
            return
        self.overlapping = tuple(Assessment.objects.for_member(self.member).overlapping(vendor, start=start, end=end))
        if self.overlapping and not cleaned.get("another"):
            self.add_error("another", ASSESSED_ALREADY)

    def _require_dates(self, cleaned: dict[str, Any]) -> None:
        for name in ("period_start", "period_end"):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Fill in the first and the last day, or choose one of the periods above."))

    def _take_preset(self, cleaned: dict[str, Any], preset: str) -> None:
        """A usual period stands alone: dates typed beside another choice are asked about, not dropped in silence."""
        period = PRESETS[preset][1](self.today)
        typed = (cleaned.get("period_start"), cleaned.get("period_end"))
        if any(typed) and typed != (period.start, period.end):
            self.add_error("preset", _("You also typed dates: choose “Other dates” to use them, or empty them."))
            return
        cleaned["period_start"], cleaned["period_end"] = period.start, period.end


class AssessmentEditForm(PeriodForm):
    """Another period or due date for an open assessment."""

    @classmethod
    def of(cls, assessment: Assessment, data: Any = None) -> AssessmentEditForm:
        names = ("period_start", "period_end", "due_on", "repeat_months")
        return cls(data, initial={name: getattr(assessment, name) for name in names})


class ReasonForm(forms.Form):
    """Why: for a cancellation, and for sending back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Give a reason: the others must understand what to do.")},
    )


class RatersField(forms.ModelMultipleChoiceField):
    """Raters by name and department, each with a box to tick."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, response: Response) -> str:
        who = str(response.rater)
        return f"{who}, {response.department}" if response.department else who


class SendBackForm(ReasonForm):
    """Why, and which raters look at their answers again: at first all of them are ticked."""

    asks_whom = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    to = RatersField(
        label=_("Who looks again"),
        queryset=Response.objects.none(),
        required=False,
        help_text=_("The answers of the others stay handed in."),
    )

    def __init__(self, data: Any = None, *, raters: ResponseQuerySet) -> None:
        super().__init__(data)
        rows = raters.select_related("rater", "department").order_by("pk")
        field(self, "to", RatersField).queryset = rows
        self.initial["to"] = [one.pk for one in rows]
        if len(self.initial["to"]) < 2:  # nobody to choose between
            del self.fields["to"], self.fields["asks_whom"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("asks_whom") and not cleaned.get("to"):
            self.add_error("to", _("Tick at least one: somebody must be able to change something."))
        return cleaned

    @property
    def chosen(self) -> list[int] | None:
        """The ids of the responses to open again; None: all of them."""
        if not self.is_valid() or not self.cleaned_data.get("asks_whom"):
            return None
        return [response.pk for response in self.cleaned_data["to"]]


class AssessmentFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=AssessmentState.choices, empty_label=_("All states"))
    vendor = SearchedChoiceFilter(
        source=ASSESSED, label=_("Vendor"), queryset=Vendor.objects.none(), empty_label=_("All vendors")
    )

    class Meta:
        model = Assessment
        fields = ("state", "vendor")

    def __init__(self, data: Any, queryset: QuerySet[Assessment], *, member: Membership) -> None:
        super().__init__(data, queryset)
        self.filters["vendor"].queryset = ASSESSED.rows(member)

    @property
    def is_active(self) -> bool:
        return is_asked(self.data, *self.filters)


def _with_preset(data: QueryDict) -> QueryDict:
    """Whoever sends dates and no choice means those dates."""
    if "preset" in data:
        return data
    data = data.copy()
    data["preset"] = OTHER_DATES
    return data
