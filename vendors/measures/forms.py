"""What of the measures to look at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groundwork.choices import SearchedFilterField
from groundwork.fields import ChosenByAddress, field
from vendors.measures.loading import MONTHS
from vendors.models import Service, Vendor

WINDOWS: tuple[tuple[int, Promise], ...] = (
    (12, _("12 months")),
    (24, _("24 months")),
    (36, _("36 months")),
)


class MeasuresFilter(ChosenByAddress):
    service = SearchedFilterField(
        label=_("Service"), queryset=Service.objects.none(), required=False, empty_label=_("All services")
    )
    months = forms.TypedChoiceField(label=_("Period"), choices=WINDOWS, coerce=int)

    def __init__(self, data: Any, *, vendor: Vendor) -> None:
        super().__init__(data, service=None, months=MONTHS)
        field(self, "service", forms.ModelChoiceField).queryset = vendor.services.all()
