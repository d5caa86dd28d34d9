"""Forms of the measures: what to look at, and what was agreed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groundwork.fields import ChosenByAddress, DayInput, field
from vendors.measures.catalogue import Measure
from vendors.measures.loading import MONTHS
from vendors.measures.words import impossible
from vendors.models import MeasureTarget, Service, Vendor

WINDOWS: tuple[tuple[int, Promise], ...] = (
    (12, _("12 months")),
    (24, _("24 months")),
    (36, _("36 months")),
)


class MeasuresFilter(ChosenByAddress):
    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.none(), required=False, empty_label=_("All services")
    )
    months = forms.TypedChoiceField(label=_("Period"), choices=WINDOWS, coerce=int)

    def __init__(self, data: Any, *, vendor: Vendor) -> None:
        super().__init__(data, service=None, months=MONTHS)
        field(self, "service", forms.ModelChoiceField).queryset = vendor.services.all()


def _help(measure: Measure) -> str:
    if measure.lower_is_better is False:
        return gettext("In %(unit)s. More is better: this is the least that you agreed on.")
    return gettext("In %(unit)s. Less is better: this is the most that you agreed on.")


class TargetForm(forms.ModelForm[MeasureTarget]):
    value = forms.DecimalField(
        label=_("Agreed target"),
        min_value=Decimal(0),
        max_digits=9,
        decimal_places=2,
        localize=True,
        error_messages={
            "required": _("Say what was agreed."),
            "invalid": _("Write a number."),
            "min_value": _("A target is 0 or more."),
        },
    )

    class Meta:
        model = MeasureTarget
        fields = ("value", "agreed_on", "note")
        widgets = {"agreed_on": DayInput}
        help_texts = {"note": _("A contract, minutes of a meeting, a letter.")}

    def __init__(self, *args: Any, measure: Measure, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        value = self.fields["value"]
        value.help_text = _help(measure) % {"unit": unit}
        value.widget.attrs["inputmode"] = "decimal"
        self.unit = measure.unit

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if problem := impossible(self.unit, value):
            raise ValidationError(problem)
        return value
