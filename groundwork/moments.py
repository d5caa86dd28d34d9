"""A date and a time of day that a person types, as the moment that it is."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import BaseTemporalField
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _


def in_zone(naive: datetime, zone: tzinfo, *, fold: int = 0) -> datetime | None:
    """The moment, in UTC, that the clocks of `zone` show so; None where they skip it. Of two, `fold` says which."""
    moment = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    back = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    return moment if back == naive.replace(fold=0) else None


class MomentField(forms.DateTimeField):
    """A date and a time of day in the installation's zone, in UTC once cleaned: the difference of two times of one zone
    ignores the change of its clocks. An hour that the clocks skip is refused by name; of an
    hour that they show twice, the first is meant, as long as the field is not left as it was."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {
        "invalid": _("Enter a date and a time of day, such as 2026-03-31 14:05."),
        "skipped": _("The clocks were put forward over this hour: there was no such time. Enter one before or after."),
        "far": _("This date is too far away."),
    }

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        read = value if isinstance(value, datetime) else self._read(str(value).strip())
        try:
            if timezone.is_aware(read):
                return read.astimezone(UTC)
            moment = in_zone(read, timezone.get_current_timezone())
        except OverflowError:
            raise ValidationError(self.error_messages["far"], code="far") from None
        if moment is None:
            raise ValidationError(self.error_messages["skipped"], code="skipped")
        return moment

    def _read(self, text: str) -> datetime:
        if ":" not in text:  # a day alone would be taken for its midnight
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            read = parse_datetime(text)
        except ValueError:
            read = None
        return read or cast(datetime, BaseTemporalField.to_python(self, text))

    def strptime(self, value: str, format: str) -> datetime:
        return datetime.strptime(value, format)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """What is shown as it stands is not changed: neither by seconds cut off, nor in an hour that comes twice."""
        if isinstance(initial, datetime) and timezone.is_aware(initial):
            shown = timezone.localtime(initial)
            if str(data or "") in {shown.strftime("%Y-%m-%dT%H:%M:%S"), self.widget.format_value(shown)}:
                return False
        return super().has_changed(initial, data)
