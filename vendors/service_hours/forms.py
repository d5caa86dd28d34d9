"""The form of a service's hours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from groundwork.fields import field
from groundwork.time_zones import zones
from vendors.models import DecidingHours
from vendors.service_hours.changes import DAY_NAMES, DAY_WORDS
from vendors.service_hours.hours import MINUTES_A_DAY, DayHours, ServiceHours
from vendors.service_hours.public_holidays import countries, regions
from vendors.service_hours.words import clock_words, country_words

ROUND_THE_CLOCK, WEEKLY = "clock", "weekly"
OFFICE: DayHours = (8 * 60, 18 * 60)
OFFICE_WEEK: tuple[DayHours | None, ...] = (OFFICE,) * 5 + (None, None)


class ClockField(forms.TimeField):
    """A time of day, in minutes once cleaned."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    default_error_messages: ClassVar = {"invalid": _("Enter a time of day, such as 08:00.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%H:%M", "%H:%M:%S", "%H.%M", "%H"], **kwargs)

    def clean(self, value: Any) -> int | None:
        # A browser’s own field knows no 24:00; who writes it by hand means the end of the day all the same.
        read: time | None = super().clean("00:00" if str(value or "").strip() == "24:00" else value)
        return None if read is None else read.hour * 60 + read.minute


def country_choices() -> list[tuple[str, str]]:
    """Those whose public holidays are known, by name in the active language."""
    named = sorted(country_words().items(), key=lambda pair: pair[1].casefold())
    return [("", str(_("None: public holidays count as other days"))), *named]


class ServiceHoursForm(forms.Form):
    """Two fields a day, `from_monday` and `to_monday`; `hours()` once it is valid."""

    kind = forms.ChoiceField(
        label=_("When is it supported?"),
        choices=[(ROUND_THE_CLOCK, _("Round the clock, every day")), (WEEKLY, _("In the hours of a week"))],
        widget=forms.RadioSelect,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zones, help_text=_("Whose clock shows these hours: the clocks may change there.")
    )
    country = forms.ChoiceField(label=_("Public holidays that are free"), choices=country_choices, required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    decides = forms.ChoiceField(
        label=_("Which hours decide in the measures?"),
        choices=[
            (DecidingHours.CALENDAR, _("Only the hours in which it is supported")),
            (DecidingHours.CLOCK, _("Every hour, day and night")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Both are shown; this one is compared with the target and held against the rating."),
    )
    without_waiting = forms.BooleanField(
        label=_("Take off the time that the vendor waited for you"),
        required=False,
        help_text=_("Where your tool tells it, as “pending” or “on hold”; else nothing is taken off."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, start: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(start))
        for name in DAY_NAMES:
            day = DAY_WORDS[name]
            self.fields[f"from_{name}"] = ClockField(label=format_lazy("{}, {}", day, pgettext_lazy("hours", "from")))
            self.fields[f"to_{name}"] = ClockField(label=format_lazy("{}, {}", day, pgettext_lazy("hours", "to")))
        self._offer_regions()

    def _offer_regions(self) -> None:
        """Those of the country that is chosen, and “the whole country”."""
        known = regions(str(self["country"].value() or ""))
        named = sorted(known.items(), key=lambda pair: pair[1].casefold())
        field(self, "region", forms.ChoiceField).choices = [("", _("The whole country")), *named]
        self.fields["region"].error_messages["invalid_choice"] = _(
            "This region is none of the country’s: choose one of these, or the whole country."
        )

    @property
    def days(self) -> list[dict[str, str | BoundField]]:
        """The rows of the week: what the day is called, from, to."""
        return [
            {"name": str(DAY_WORDS[name]), "since": self[f"from_{name}"], "until": self[f"to_{name}"]}
            for name in DAY_NAMES
        ]

    @property
    def has_regions(self) -> bool:
        return len(field(self, "region", forms.ChoiceField).choices) > 1  # type: ignore[arg-type]

    @property
    def place(self) -> tuple[str, str]:
        """Country and region as they are chosen now, saved or not; what is not known is none."""
        country, region = (str(self[name].value() or "") for name in ("country", "region"))
        return (country if country in countries() else ""), (region if region in regions(country) else "")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") != WEEKLY:
            for name in self.errors.keys() - {"kind"}:
                del self.errors[name]  # what stands in fields that do not count is nothing to put right
            return cleaned
        self.week = tuple(self._day(name) for name in DAY_NAMES)
        if not any(self.week) and not self.errors:
            raise ValidationError(_("Give at least one day its hours, or choose round the clock."))
        return cleaned

    def _day(self, name: str) -> DayHours | None:
        since, until = self.cleaned_data.get(f"from_{name}"), self.cleaned_data.get(f"to_{name}")
        if {f"from_{name}", f"to_{name}"} & self.errors.keys() or (since is None and until is None):
            return None
        if since is None:
            self.add_error(f"from_{name}", _("Say when it begins, or leave both empty for a free day."))
        elif until is None:
            self.add_error(f"to_{name}", _("Say when it ends, or leave both empty for a free day."))
        elif since < (until or MINUTES_A_DAY):
            return since, until or MINUTES_A_DAY
        else:
            self.add_error(f"to_{name}", _("It ends before it begins. Hours past midnight belong to the next day."))
        return None

    def hours(self) -> ServiceHours:
        """What was chosen, once it is valid."""
        cleaned = self.cleaned_data
        if cleaned["kind"] == ROUND_THE_CLOCK:
            return ServiceHours(calendar_decides=False, without_waiting=cleaned["without_waiting"])
        return ServiceHours(
            hours=self.week,
            time_zone=cleaned["time_zone"],
            country=cleaned["country"],
            region=cleaned["region"],
            calendar_decides=cleaned["decides"] == DecidingHours.CALENDAR,
            without_waiting=cleaned["without_waiting"],
        )


# What it begins with -----------------------------------------------------------------------------------------------
def as_it_stands(stands: ServiceHours | None, time_zone: str) -> dict[str, Any]:
    """Of a service without a calendar, the week of an office to begin with, should it be chosen."""
    is_weekly = stands is not None and not stands.is_round_the_clock
    shown = stands if stands and is_weekly else ServiceHours(hours=OFFICE_WEEK, time_zone=time_zone)
    spans = dict(zip(DAY_NAMES, shown.hours, strict=True))
    return {
        "kind": "" if stands is None else WEEKLY if is_weekly else ROUND_THE_CLOCK,
        "time_zone": shown.time_zone,
        "country": shown.country,
        "region": shown.region,
        "decides": DecidingHours.CALENDAR if shown.calendar_decides else DecidingHours.CLOCK,
        "without_waiting": stands.without_waiting if stands else False,
        **{f"from_{name}": clock_words(span[0]) for name, span in spans.items() if span},
        **{f"to_{name}": clock_words(span[1] % MINUTES_A_DAY) for name, span in spans.items() if span},
    }


def as_it_was_typed(data: Mapping[str, Any], *, copy_monday: bool = False) -> dict[str, Any]:
    """Not yet to be judged. `copy_monday`: its hours stand on Tuesday to Friday, too."""
    typed = {name: data.get(name) for name in data}
    typed["without_waiting"] = "without_waiting" in data
    if typed.get("region") not in regions(typed.get("country") or ""):
        typed["region"] = ""  # another country was chosen
    if copy_monday:
        for name in DAY_NAMES[1:5]:
            typed |= {f"{side}_{name}": typed.get(f"{side}_{DAY_NAMES[0]}") for side in ("from", "to")}
    return typed
