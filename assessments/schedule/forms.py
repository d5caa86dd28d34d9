"""The form of what a person wants to be told."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import Preferences, Rhythm


class PreferencesForm(forms.Form):
    digest = forms.ChoiceField(
        label=_("Summary of what waits for you"),
        choices=Rhythm,
        widget=forms.RadioSelect,
        help_text=_("One mail a day at most, after seven in the morning, over all your organisations."),
    )
    before_due = forms.BooleanField(
        label=_("Tell me before a due date"),
        required=False,
        help_text=_("A week before, the day before, and on the day. In the daily summary."),
    )
    after_due = forms.BooleanField(
        label=_("Tell me when a due date has passed"),
        required=False,
        help_text=_("A day after, then every week. In the daily summary."),
    )
    at_once = forms.BooleanField(
        label=_("Tell me at once when somebody asks me for something"),
        required=False,
        help_text=_("A mail of its own. Without the tick, the next summary tells it."),
    )

    @classmethod
    def of(cls, preferences: Preferences, data: Any = None) -> PreferencesForm:
        return cls(data, initial={name: getattr(preferences, name) for name in cls.base_fields})
