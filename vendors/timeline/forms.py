"""What is asked at the beginning of an incident's hour, and at each entry: little, on a phone, in a hurry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Membership
from groundwork.choices import SearchedChoiceField
from groundwork.fields import DayInput, LinesField, WordsField, field, one_of
from vendors.choices import ACTIVE_VENDORS, SERVICES_IN_USE
from vendors.models import EntryKind, Incident, Service, TimelineEntry, Vendor
from vendors.timeline import clock
from vendors.timeline.record import minute

LONGEST = 4_000  # characters of one thing that was said
OF_A_CONTACT = ("asked", "why", "does", "next_step")
SOON = (("15", _("In 15 minutes")), ("30", _("In 30 minutes")), ("60", _("In 1 hour")))
NO_PICK = pgettext_lazy("when something comes next", "They named no time")
NOBODY = pgettext_lazy("who at the vendor", "Not named")
DAY = timedelta(days=1)
FAR = timedelta(days=366)  # what comes next comes sooner: a day beyond was mistyped
TRUSTED = timedelta(days=2)  # so long may what was written wait on a device for its network


class TimeInput(forms.TimeInput):
    """The browser's own field of a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class WhatBrokeForm(forms.Form):
    """Which service it is, where the page did not know it; or the vendor, where it has no services here."""

    service = SearchedChoiceField(
        Service.objects.none(),
        source=SERVICES_IN_USE,
        label=_("What is broken"),
        required=False,
        empty_label=_("Choose a service"),
    )
    vendor = SearchedChoiceField(
        Vendor.objects.none(),
        source=ACTIVE_VENDORS,
        label=_("Or whose it is"),
        required=False,
        empty_label=_("Choose a vendor"),
    )

    def __init__(self, data: Any, *, member: Membership) -> None:
        super().__init__(data)
        field(self, "service", SearchedChoiceField).queryset = SERVICES_IN_USE.rows(member)
        field(self, "vendor", SearchedChoiceField).queryset = ACTIVE_VENDORS.rows(member)
        one_of(self, "service", "vendor")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("service") and not cleaned.get("vendor"):
            self.add_error("service", _("Choose the service that is broken, or its vendor."))
        return cleaned


class StartForm(forms.Form):
    """What may be said beside; nothing has to be."""

    title = WordsField(label=_("What is broken, in a few words"), required=False, max_length=300)
    since = forms.TimeField(
        label=_("Since when"),
        required=False,
        widget=TimeInput,
        help_text=_("Empty: since now. A time that lies ahead was yesterday’s."),
    )

    def __init__(self, data: Any, *, now: datetime) -> None:
        super().__init__(data)
        self.now = now

    def clean_since(self) -> datetime:
        typed: time | None = self.cleaned_data.get("since")
        if typed is None:
            return self.now
        moment = clock.last(typed, before=self.now, zone=timezone.get_current_timezone())
        if moment is None:
            raise forms.ValidationError(
                _("This is still to come, or more than twelve hours ago. Write down such an incident by hand instead.")
            )
        return moment


class EntryForm(forms.Form):
    """One entry. `person` stands before `who`, a name that is offered; `time` without `day` is the last time that the
    clocks showed it; `written_at`: when it was sent first, where the network failed then (put in by the page)."""

    kind = forms.ChoiceField(
        label=_("What happened"), choices=EntryKind.choices, initial=EntryKind.CONTACT, widget=forms.RadioSelect
    )
    who = forms.ChoiceField(label=_("Who at the vendor"), required=False, widget=forms.RadioSelect)
    person = WordsField(label=_("Somebody else"), required=False, max_length=120)
    asked = LinesField(label=_("What they asked of you"), required=False, max_length=LONGEST)
    why = LinesField(label=_("Why they ask it"), required=False, max_length=LONGEST)
    does = LinesField(label=_("What they do with it"), required=False, max_length=LONGEST)
    next_step = LinesField(label=_("What comes next"), required=False, max_length=LONGEST)
    next_in = forms.ChoiceField(
        label=_("And when"), required=False, choices=(("", NO_PICK), *SOON), widget=forms.RadioSelect
    )
    next_time = forms.TimeField(label=_("Or at a time"), required=False, widget=TimeInput)
    next_day = forms.DateField(label=_("On another day"), required=False, widget=DayInput)
    text = LinesField(label=_("In words"), required=False, max_length=LONGEST)
    time = forms.TimeField(label=_("When it was"), required=False, widget=TimeInput)
    day = forms.DateField(label=_("On which day"), required=False, widget=DayInput)
    written_at = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        incident: Incident,
        people: Sequence[str] = (),
        corrects: TimelineEntry | None = None,
        now: datetime,
    ) -> None:
        super().__init__(data, initial=_initial(corrects) if corrects else None)
        self.incident, self.corrects, self.now = incident, corrects, now
        one_of(self, *(name for name in self.fields if name != "kind"))  # empty says something: it was not said
        field(self, "who", forms.ChoiceField).choices = [("", NOBODY), *((name, name) for name in people)]
        for name in (*OF_A_CONTACT, "text"):
            self.fields[name].widget.attrs["rows"] = 2

    def clean_day(self) -> date | None:
        return self._not_before(self.cleaned_data["day"])

    def clean_next_day(self) -> date | None:
        day = self._not_before(self.cleaned_data["next_day"])
        if day is not None and day > self.now.date() + FAR:
            raise forms.ValidationError(_("Check the year: this day is too far away."))
        return day

    def _not_before(self, day: date | None) -> date | None:
        """A day of the incident, wherever its clocks stand."""
        if day is not None and day < self.incident.opened_at.date() - DAY:
            raise forms.ValidationError(_("This is before the incident began: check the day."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        kind = cleaned["kind"]
        if kind != EntryKind.CONTACT and self._says_what_a_contact_says(cleaned):
            self.add_error(
                "kind",
                _("What they asked, and what comes next, belongs to a contact: choose that, or empty those fields."),
            )
        if kind in (EntryKind.CHANGE, EntryKind.NOTE) and not cleaned["text"]:
            told = {
                EntryKind.CHANGE: _("Say in a few words what was tried or changed."),
                EntryKind.NOTE: _("Write down what you want to note."),
            }
            self.add_error("text", told[kind])
        if kind == EntryKind.CONTACT and not self._says_anything(cleaned):
            self.add_error("kind", _("Say at least whom you spoke with, or one thing of what was said."))
        cleaned["at"] = self._at(cleaned)
        if cleaned["at"] is not None:
            cleaned["next_at"] = self._next_at(cleaned, cleaned["at"])
        return cleaned

    def _says_what_a_contact_says(self, cleaned: dict[str, Any]) -> bool:
        names = (*OF_A_CONTACT, "next_in", "next_time", "next_day")
        return any(cleaned.get(name) for name in names)

    def _says_anything(self, cleaned: dict[str, Any]) -> bool:
        """A press too many would else count against the vendor as a contact at which nothing was said."""
        return self._says_what_a_contact_says(cleaned) or any(cleaned[name] for name in ("who", "person", "text"))

    @property
    def written(self) -> dict[str, Any]:
        """The fields of the entry. Valid forms only."""
        cleaned = self.cleaned_data
        said = {name: cleaned[name] for name in ("kind", *OF_A_CONTACT, "next_at", "text", "at")}
        return {**said, "person": cleaned["person"] or cleaned["who"]}

    # When it was, and when the next thing comes ---------------------------------------------------------------------
    def _at(self, cleaned: dict[str, Any]) -> datetime | None:
        """None where a fault was told."""
        typed, day, zone = cleaned["time"], cleaned["day"], timezone.get_current_timezone()
        if self.corrects and not {"time", "day"} & set(self.changed_data):
            return self.corrects.at  # with the seconds that the page does not show
        if typed is None:
            if day is not None:
                self.add_error("time", _("Enter the time of that day, too."))
                return None
            return self._written_at(cleaned["written_at"])
        moment = clock.moment_of(day, typed, zone) if day else clock.last(typed, before=self.now, zone=zone)
        if moment is None:
            self.add_error("time", _("This is still to come, or more than twelve hours ago: then choose its day."))
        elif moment > self.now:
            self.add_error("time", _("This is in the future."))
            return None
        return moment

    def _written_at(self, said: str) -> datetime:
        """The moment that the page noted at the first try, as far as it can be true; else now."""
        try:
            read = parse_datetime(said)
            moment = read.astimezone(UTC) if read is not None and timezone.is_aware(read) else None
        except (OverflowError, ValueError):
            moment = None
        if moment is None:
            return self.now
        return moment if max(self.incident.opened_at, self.now - TRUSTED) <= moment <= self.now else self.now

    def _next_at(self, cleaned: dict[str, Any], at: datetime) -> datetime | None:
        typed, day, pick = cleaned["next_time"], cleaned["next_day"], cleaned["next_in"]
        if typed is None and day is not None:
            self.add_error("next_time", _("Enter the time of that day, too."))
        if typed is None:
            return minute(at) + timedelta(minutes=int(pick)) if pick else None
        moment = _next_moment(day, typed, at)
        if moment < minute(at):
            self.add_error("next_day", _("This is before the contact itself: what comes next comes later."))
        return moment


def _next_moment(day: date | None, typed: time, at: datetime) -> datetime:
    zone = timezone.get_current_timezone()
    return clock.moment_of(day, typed, zone) if day else clock.following(typed, after=at, zone=zone)


def _initial(entry: TimelineEntry) -> dict[str, Any]:
    """What the entry says, to be put right."""
    at, next_at = timezone.localtime(entry.at), entry.next_at and timezone.localtime(entry.next_at)
    said = {name: getattr(entry, name) for name in ("kind", "person", "text", *OF_A_CONTACT)}
    said |= {"time": at.time().replace(second=0, microsecond=0), "day": at.date()}
    if next_at:
        said |= {"next_time": next_at.time(), "next_day": next_at.date()}
    return said
