"""For which time service level and feeling are shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from groundwork.fields import ChosenByAddress

PERIODS: tuple[tuple[int, Promise], ...] = (
    (3, _("3 months")),
    (6, _("6 months")),
    (12, _("12 months")),
    (24, _("24 months")),
    (0, _("From the beginning")),
)
PERIOD = 12  # 0 says: from the beginning


class PeriodFilter(ChosenByAddress):
    months = forms.TypedChoiceField(label=_("Period"), choices=PERIODS, coerce=int)

    def __init__(self, data: Any) -> None:
        super().__init__(data, months=PERIOD)
