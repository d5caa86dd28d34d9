"""Forms of the import of incidents: the file, what its columns mean, which source it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.choices import SearchedChoiceField
from groundwork.fields import DayInput, ManyOptions, WordsField, field
from groundwork.time_zones import zones
from groundwork.words import number, size
from vendors.choices import ACTIVE_VENDORS
from vendors.incident_fields import BY_KEY, FIELDS
from vendors.incident_import import sources
from vendors.incident_import.columns.options import Options
from vendors.incident_import.decisions import Signs, log_words, zero_words
from vendors.incident_import.limits import FILE
from vendors.incident_import.logs import LogSigns
from vendors.incident_import.preview import Preview
from vendors.incident_import.sources import NEW_SOURCE
from vendors.models import BY_HAND, IncidentSource, Vendor

COLUMN, ONE = "column", "one"  # what tells the vendor
DATES: tuple[tuple[str, str | Promise], ...] = (
    ("auto", gettext_lazy("As the file tells by itself")),
    ("day_first", gettext_lazy("Day first: 31/12/2026")),
    ("month_first", gettext_lazy("Month first: 12/31/2026")),
    ("iso", gettext_lazy("Year first: 2026-12-31")),
    (
        "day_first_turned",
        gettext_lazy("Day first; but a spreadsheet has exchanged day and month of real dates"),
    ),
)
SLA_YES: tuple[tuple[str, str | Promise], ...] = (
    ("met", gettext_lazy("The service level was met")),
    ("missed", gettext_lazy("The service level was missed")),
    ("remaining", gettext_lazy("It tells the time that was left: below zero is missed")),
)
LINE, UPDATE = "line", "update"  # what a line of the file is
LINES: tuple[tuple[str, str | Promise], ...] = (
    (LINE, gettext_lazy("Each line is an incident of its own")),
    (UPDATE, gettext_lazy("There is a line for each update of an incident: one of them counts")),
)
LOG_VENDORS: tuple[tuple[str, str | Promise], ...] = (
    ("last", gettext_lazy("At the vendor that had it last")),
    ("longest", gettext_lazy("At the vendor that had it longest")),
)
LEADING_ZEROS: tuple[tuple[str, str | Promise], ...] = (
    ("match", gettext_lazy("They are the same incidents: a spreadsheet has dropped the zeros")),
    ("new", gettext_lazy("They are other incidents")),
)
AS_GIVEN = ("dates", "time_zone", "sla_yes", "sla_met", "sla_missed")  # options that are asked for by their names
OPTIONS_BY_FIELD: dict[str, str] = {  # where a refusal is shown
    "vendor": "vendor_by",
    "columns": "column_reference",
    "one_line_per_update": "lines",
}


def _limits() -> str:
    return _(
        "CSV, at most %(csv)s and %(csv_rows)s rows; XLSX, XLS or ODS, at most %(xlsx)s and %(xlsx_rows)s rows."
    ) % {
        "csv": size(FILE.text_bytes),
        "csv_rows": number(FILE.text_rows),
        "xlsx": size(FILE.workbook_bytes),
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
    vendor = SearchedChoiceField(
        Vendor.objects.none(),
        source=ACTIVE_VENDORS,
        label=gettext_lazy("The vendor"),
        required=False,
        empty_label=gettext_lazy("Choose"),
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
    lines = forms.ChoiceField(
        label=gettext_lazy("What is a line of this file?"), choices=LINES, required=False, widget=forms.RadioSelect
    )
    log_vendor = forms.ChoiceField(
        label=gettext_lazy("Where several vendors had an incident, whose is it?"),
        choices=LOG_VENDORS,
        required=False,
        widget=forms.RadioSelect,
    )
    log_moment = forms.ChoiceField(
        label=gettext_lazy("The column that tells when a line was written"), required=False, widget=ManyOptions
    )
    leading_zeros = forms.ChoiceField(
        label=gettext_lazy("References with zeros in front"),
        choices=LEADING_ZEROS,
        required=False,
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Which source does the file come from?"),
        help_text=gettext_lazy("An incident is known by its source and its reference: so the next file updates it."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the source, or name a new one.")},
    )
    source_name = WordsField(label=gettext_lazy("Name of the new source"), max_length=80, required=False)
    source_is_other = forms.BooleanField(
        label=gettext_lazy("It is another source, with other incidents under the same references"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        options: Options,
        seen: Preview,
        vendors: QuerySet[Vendor],
        sources: Sequence[IncidentSource],
        signs: Signs | None = None,
        organisation_id: int,
        **kwargs: Any,
    ) -> None:
        """`signs`: what speaks for decisions that only a person can take; None: not looked at."""
        self.base, self.seen, self.signs, self.organisation_id = options, seen, signs, organisation_id
        super().__init__(data, initial=_initial(options, seen, {row.key for row in sources}), **kwargs)
        if self.log:
            self._require("lines", log_words(self.log))
            self.initial["log_moment"] = options.log_moment or self.log.log_moment
        elif not self.initial["lines"]:
            self.initial["lines"] = LINE
        if signs and signs.zeros:
            self._require("leading_zeros", zero_words(signs.zeros))
        self._add_columns()
        self._offer_sources(sources)
        headings = [(heading, heading) for heading in seen.headings]
        field(self, "log_moment", forms.ChoiceField).choices = [
            ("", _("None: the order of the lines counts")),
            *headings,
        ]
        field(self, "vendor", forms.ModelChoiceField).queryset = vendors
        field(self, "critical", KnownChoices).choices = [(value, value) for value in self._critical_values()]

    def _require(self, name: str, why: str) -> None:
        self.fields[name].required = True
        self.fields[name].error_messages["required"] = why

    def _add_columns(self) -> None:
        headings = [("", _("Not in this file")), *((heading, heading) for heading in self.seen.headings)]
        for told in FIELDS:
            self.fields[f"column_{told.key}"] = forms.ChoiceField(
                label=_("The column that tells the vendor") if told.key == "vendor" else told.label,
                help_text=str(told.in_file),
                choices=headings,
                required=told.is_required,
                widget=ManyOptions(attrs={"class": "form-select"}),
                error_messages={"required": _("Choose the column that tells this.")},
            )

    def _offer_sources(self, sources: Sequence[IncidentSource]) -> None:
        offered = [(row.key, row.name) for row in sources]
        if BY_HAND in {self.base.source, self._now("source")} or "origin" in self.base.columns:
            offered.append((BY_HAND, _("Written down by hand, where a row does not tell its own")))
        field(self, "source", forms.ChoiceField).choices = [*offered, (NEW_SOURCE, _("A new source"))]

    @property
    def asks_for_zeros(self) -> bool:
        return bool(self.base.leading_zeros or self.errors.get("leading_zeros") or (self.signs and self.signs.zeros))

    @property
    def log(self) -> LogSigns | None:
        return self.signs.log if self.signs else None

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

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("vendor_by") == ONE and not given.get("vendor") and "vendor" not in self.errors:
            self.add_error("vendor", _("Choose the vendor."))
        if given.get("vendor_by") == COLUMN and not given.get("column_vendor"):
            self.add_error("column_vendor", _("Choose the column that tells the vendor."))
        if given.get("source") == NEW_SOURCE and not given.get("source_name") and "source_name" not in self.errors:
            self.add_error("source_name", _("Give the source a name."))
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
        kept = (*AS_GIVEN, "new_services", "source_is_other", "log_moment")
        source, source_name = self._source(given)
        return replace(
            self.base,
            columns={key: heading for key, heading in columns.items() if heading},
            vendor=vendor.pk if vendor else None,
            critical=tuple(dict.fromkeys((*given.get("critical", ()), *given.get("critical_more", ())))),
            one_line_per_update=self._is_log(given.get("lines", "")),
            log_vendor=given.get("log_vendor") or "last",
            leading_zeros=given.get("leading_zeros", ""),
            source=source,
            source_name=source_name,
            **{name: given[name] for name in kept if name in given},
        )

    def _is_log(self, lines: str) -> bool | None:
        """What nobody was asked, nobody has said: the next file may be one."""
        if lines == LINE and not self.log:
            return None
        return {UPDATE: True, LINE: False}.get(lines)

    def _source(self, given: Mapping[str, Any]) -> tuple[str, str]:
        """Its key, and the name of a new one; as they were where neither can be told."""
        key, name = given.get("source", ""), given.get("source_name", "")
        if key == NEW_SOURCE and name:
            return sources.key_of(self.organisation_id, name), name
        return (self.base.source, self.base.source_name) if key in {"", NEW_SOURCE} else (key, "")

    def _as_it_was(self) -> Options:
        there = {key: heading for key, heading in self.base.columns.items() if heading in self.seen.headings}
        return replace(self.base, columns=there)

    def refuse(self, faults: Mapping[str, Any]) -> None:
        """Put what the reader of options says beside the fields that it is about."""
        for name, said in faults.items():
            place = f"column_{name}" if name in BY_KEY and name != "vendor" else OPTIONS_BY_FIELD.get(name, name)
            self.add_error(place if place in self.fields else None, said)


def _initial(options: Options, seen: Preview, known: Set[str]) -> dict[str, Any]:
    columns = {f"column_{key}": heading for key, heading in options.columns.items() if heading in seen.headings}
    there = {value for heading in seen.headings for value in seen.values.get(heading, ())}
    is_known = options.source in {"", BY_HAND, *known}
    return {
        **columns,
        "vendor_by": COLUMN if options.vendor is None else ONE,
        "vendor": options.vendor,
        "dates": options.dates,
        "time_zone": options.time_zone,
        "critical": list(options.critical),
        "critical_more": tuple(value for value in options.critical if value not in there),
        "sla_yes": options.sla_yes,
        "sla_met": options.sla_met,
        "sla_missed": options.sla_missed,
        "new_services": options.new_services,
        "lines": _line_is(options),
        "log_vendor": options.log_vendor,
        "log_moment": options.log_moment,
        "leading_zeros": options.leading_zeros,
        "source": options.source if is_known else NEW_SOURCE,
        "source_name": "" if is_known else options.source_name or _name_of(options.source),
        "source_is_other": options.source_is_other,
    }


class MappingNameForm(forms.Form):
    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        error_messages={"required": gettext_lazy("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _name_of(key: str) -> str:
    return "" if key == NEW_SOURCE else sources.name_of(key)


def _line_is(options: Options) -> str:
    if options.one_line_per_update is None:
        return ""
    return UPDATE if options.one_line_per_update else LINE


class SourceForm(forms.ModelForm[IncidentSource]):
    """What a source is called, and since when no file comes from it any more."""

    class Meta:
        model = IncidentSource
        fields = ("name", "ended_on")
        field_classes = {"name": WordsField}
        widgets = {"ended_on": DayInput}
        help_texts = {
            "ended_on": gettext_lazy("The tool is used no more: the source is not offered for new files. Empty: it is.")
        }

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = IncidentSource.objects.filter(organisation=self.instance.organisation_id, name__iexact=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another source is called so already."))
        return name
