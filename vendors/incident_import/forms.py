"""Forms of the import of incidents: the file, what its columns mean, which vendor a name means."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise, lazy
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.fields import field
from groundwork.tables.limits import MB
from groundwork.time_zones import zones
from groundwork.words import number
from vendors.incident_fields import BY_KEY, FIELDS
from vendors.incident_import.columns.options import NEW, SKIP, Options
from vendors.incident_import.limits import FILE
from vendors.incident_import.preview import Preview
from vendors.models import Vendor

COLUMN, ONE = "column", "one"  # what tells the vendor
DATES: tuple[tuple[str, str | Promise], ...] = (
    ("auto", gettext_lazy("As the file tells by itself")),
    ("day_first", gettext_lazy("Day first: 31/12/2026")),
    ("month_first", gettext_lazy("Month first: 12/31/2026")),
    ("iso", gettext_lazy("Year first: 2026-12-31")),
)
SLA_YES: tuple[tuple[str, str | Promise], ...] = (
    ("met", gettext_lazy("The service level was met")),
    ("missed", gettext_lazy("The service level was missed")),
    ("remaining", gettext_lazy("It tells the time that was left: below zero is missed")),
)
OPTIONS_BY_FIELD: dict[str, str] = {"vendor": "vendor_by", "columns": "column_reference"}  # where a refusal is shown


def _limits() -> str:
    return _(
        "CSV, at most %(csv)s MB and %(csv_rows)s rows; XLSX, XLS or ODS, at most %(xlsx)s MB and %(xlsx_rows)s rows."
    ) % {
        "csv": FILE.text_bytes // MB,
        "csv_rows": number(FILE.text_rows),
        "xlsx": FILE.workbook_bytes // MB,
        "xlsx_rows": number(FILE.workbook_rows),
    }


class IncidentFileForm(forms.Form):
    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=lazy(_limits, str)(),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.ods"}),
        error_messages={"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("The file is empty.")},
    )


class SeveralField(forms.CharField):
    """Words with semicolons between them: a comma may be part of one."""

    def to_python(self, value: Any) -> Any:
        words = (word.strip() for word in (super().to_python(value) or "").split(";"))
        return tuple(dict.fromkeys(word for word in words if word))

    def prepare_value(self, value: Any) -> Any:
        return "; ".join(value) if isinstance(value, tuple | list) else value


class KnownChoices(forms.MultipleChoiceField):
    """What is no choice any more is let go: it stood in a column that was chosen before."""

    def to_python(self, value: Any) -> list[str]:
        return [choice for choice in super().to_python(value) if self.valid_value(choice)]


class MappingForm(forms.Form):
    """How a file is read. `options` is what it starts from; `seen`, the file as far as it was looked at."""

    use_required_attribute = False
    vendor_by = forms.ChoiceField(
        label=gettext_lazy("Whose incidents are in this file?"),
        choices=[
            (COLUMN, gettext_lazy("Of several vendors: a column tells which")),
            (ONE, gettext_lazy("All of one vendor")),
        ],
        widget=forms.RadioSelect,
    )
    vendor = forms.ModelChoiceField(
        Vendor.objects.none(), label=gettext_lazy("The vendor"), required=False, empty_label=gettext_lazy("Choose")
    )
    dates = forms.ChoiceField(label=gettext_lazy("How dates are written"), choices=DATES)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("For times in the file that name none."),
        choices=zones,
    )
    critical = KnownChoices(
        label=gettext_lazy("What counts as mission-critical?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    critical_more = SeveralField(
        label=gettext_lazy("Further values that count so"),
        help_text=gettext_lazy("With ; between them: values that stand further down in the file."),
        required=False,
    )
    sla_yes = forms.ChoiceField(label=gettext_lazy("What “yes” in the service level column says"), choices=SLA_YES)
    sla_met = SeveralField(
        label=gettext_lazy("Words that mean met"), help_text=gettext_lazy("With ; between them."), required=False
    )
    sla_missed = SeveralField(
        label=gettext_lazy("Words that mean missed"),
        help_text=gettext_lazy("With ; between them."),
        required=False,
    )
    new_services = forms.BooleanField(
        label=gettext_lazy("Add services that the vendor does not have yet"), required=False
    )
    one_line_per_update = forms.BooleanField(
        label=gettext_lazy("The file has a line for each update of an incident: the last one counts"), required=False
    )
    source = forms.CharField(
        label=gettext_lazy("Name of the source"),
        help_text=gettext_lazy(
            "The tool that the file comes from. Use the same name next time, so that incidents are updated."
        ),
        max_length=40,
    )

    def __init__(
        self, data: Any = None, *, options: Options, seen: Preview, vendors: QuerySet[Vendor], **kwargs: Any
    ) -> None:
        self.base, self.seen = options, seen
        super().__init__(data, initial=_initial(options, seen), **kwargs)
        self._add_columns()
        field(self, "vendor", forms.ModelChoiceField).queryset = vendors
        field(self, "critical", KnownChoices).choices = [(value, value) for value in self._critical_values()]

    def _add_columns(self) -> None:
        headings = [("", _("Not in this file")), *((heading, heading) for heading in self.seen.headings)]
        for told in FIELDS:
            self.fields[f"column_{told.key}"] = forms.ChoiceField(
                label=_("The column that tells the vendor") if told.key == "vendor" else told.label,
                help_text=str(told.in_file),
                choices=headings,
                required=told.is_required,
                widget=forms.Select(attrs={"class": "form-select"}),
                error_messages={"required": _("Choose the column that tells this.")},
            )

    def _critical_values(self) -> list[str]:
        """What stands in the column that decides; what was chosen in another column is no choice here."""
        heading = self._now("column_mission_critical") or self._now("column_priority")
        return sorted(self.seen.values.get(heading, ()), key=str.casefold)

    def _now(self, name: str) -> str:
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        return str(value or "")

    @property
    def columns(self) -> list[forms.BoundField]:
        """A row a field of ours; the vendor's column has a place of its own."""
        return [self[f"column_{told.key}"] for told in FIELDS if told.key != "vendor"]

    def clean_source(self) -> str:
        """As sources are written everywhere: “Service Now” is “service-now”."""
        return slugify(self.cleaned_data["source"])[:40] or self.cleaned_data["source"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("vendor_by") == ONE and not given.get("vendor") and "vendor" not in self.errors:
            self.add_error("vendor", _("Choose the vendor."))
        if given.get("vendor_by") == COLUMN and not given.get("column_vendor"):
            self.add_error("column_vendor", _("Choose the column that tells the vendor."))
        return given

    def options(self) -> Options:
        """As far as the form can be understood; the rest as it was."""
        if not self.is_bound:
            return self._as_it_was()
        given = self.cleaned_data if self.errors is not None else {}  # asking for errors cleans
        columns = {key: given.get(f"column_{key}", "") for key in BY_KEY}
        vendor = given.get("vendor") if given.get("vendor_by") == ONE else None
        if given.get("vendor_by") == ONE:
            columns["vendor"] = ""
        kept = ("dates", "time_zone", "sla_yes", "sla_met", "sla_missed", "new_services", "source")
        return replace(
            self.base,
            columns={key: heading for key, heading in columns.items() if heading},
            vendor=vendor.pk if vendor else None,
            critical=tuple(dict.fromkeys((*given.get("critical", ()), *given.get("critical_more", ())))),
            one_line_per_update=given.get("one_line_per_update", False),
            **{name: given[name] for name in kept if name in given},
        )

    def _as_it_was(self) -> Options:
        there = {key: heading for key, heading in self.base.columns.items() if heading in self.seen.headings}
        return replace(self.base, columns=there)

    def refuse(self, faults: Mapping[str, Any]) -> None:
        """Put what the reader of options says beside the fields that it is about."""
        for name, said in faults.items():
            place = f"column_{name}" if name in BY_KEY and name != "vendor" else OPTIONS_BY_FIELD.get(name, name)
            self.add_error(place if place in self.fields else None, said)


def _initial(options: Options, seen: Preview) -> dict[str, Any]:
    columns = {f"column_{key}": heading for key, heading in options.columns.items() if heading in seen.headings}
    known = {value for heading in seen.headings for value in seen.values.get(heading, ())}
    return {
        **columns,
        "vendor_by": COLUMN if options.vendor is None else ONE,
        "vendor": options.vendor,
        "dates": options.dates,
        "time_zone": options.time_zone,
        "critical": list(options.critical),
        "critical_more": tuple(value for value in options.critical if value not in known),
        "sla_yes": options.sla_yes,
        "sla_met": options.sla_met,
        "sla_missed": options.sla_missed,
        "new_services": options.new_services,
        "one_line_per_update": options.one_line_per_update,
        "source": options.source,
    }


class NamesForm(forms.Form):
    """A choice for each name in the vendor column: a vendor, a new one, or none."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, names: Mapping[str, int], decided: Mapping[str, Any], vendors: Iterable[Vendor]
    ) -> None:
        super().__init__(data)
        self.names = names
        there = [
            (str(vendor.pk), _("%(name)s (archived)") % {"name": vendor.name} if vendor.archived_at else vendor.name)
            for vendor in vendors
        ]
        for name in names:
            self.fields[key_of(name)] = forms.ChoiceField(
                label=name,
                choices=[
                    ("", _("Choose")),
                    (NEW, _("Create “%(name)s”") % {"name": name}),
                    (SKIP, _("Leave out")),
                    (_("Your vendors"), there),
                ],
                initial=_as_choice(decided.get(name)),
                widget=forms.Select(attrs={"class": "form-select vendor-choice"}),
                error_messages={"required": _("Say which vendor this is, or leave it out.")},
            )

    @property
    def rows(self) -> list[tuple[forms.BoundField, int]]:
        return [(self[key_of(name)], count) for name, count in self.names.items()]

    def fill(self, choice: str) -> NamesForm:
        """What nobody chose becomes `choice`."""
        data = {name: self.data.get(name) for name in self.data}
        for name in self.names:
            if not data.get(key_of(name)):
                data[key_of(name)] = choice
        self.data = data
        return self

    def decisions(self) -> dict[str, Any]:
        return {name: _as_decision(self.cleaned_data[key_of(name)]) for name in self.names}


def key_of(name: str) -> str:
    """The same for the same name, whatever stands around it."""
    return f"name_{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def _as_choice(decision: Any) -> str:
    return str(decision["vendor"]) if isinstance(decision, dict) else str(decision or "")


def _as_decision(choice: str) -> Any:
    return choice if choice in {NEW, SKIP} else {"vendor": int(choice)}


class MappingNameForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
