"""What a vendor or a member says of a planned change."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, Membership
from groundwork.choices import SearchedFilterField, is_asked
from groundwork.fields import DayInput, LinesField, WordsField, field
from groundwork.moments import MomentField
from vendors.choices import VENDORS
from vendors.models import ChangeNotice, Service, Vendor
from vendors.notices.changes import FIELDS

LONGEST = 8000
LONGEST_CHANGE = timedelta(days=60)
FARTHEST = timedelta(days=365 * 3)  # a year that was mistyped


def _text(label: Any, rows: int = 4, **kwargs: Any) -> LinesField:
    kwargs.setdefault("required", False)
    return LinesField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class _Versioned(forms.Form):
    """With the version that the person had read; 0 for a new one."""

    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    @property
    def read_version(self) -> int:
        return int(self.cleaned_data["version"] or 0)

    def take_version(self, version: int) -> None:
        """The page shows what stands there now: sending the form again is then a decision."""
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("version")] = str(version)
        self.data = data


class NoticeForm(_Versioned, forms.ModelForm[ChangeNotice]):
    """As the vendor writes it at its desk; nobody announces what is over."""

    title = WordsField(
        label=_("What changes, in a few words"),
        max_length=160,
        error_messages={"required": _("Say in a few words what changes.")},
    )
    services = forms.ModelMultipleChoiceField(
        label=_("Which services it affects"),
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none where it affects all of them."),
    )
    starts = MomentField(
        label=_("From"), error_messages={"required": _("Say on which day and at what time it begins.")}
    )
    until = MomentField(label=_("Until"), error_messages={"required": _("Say when it is over at the latest.")})
    what = _text(_("What is changed"), help_text=_("What people notice, and for how long."))
    risks = _text(_("Which problems it may bring"))
    prevention = _text(_("What is done against them"), help_text=_("Tests, a trial, who stands by."))
    way_back = _text(_("How it is undone"), 3, help_text=_("Until when that can be decided, and how long it takes."))

    field_order: tuple[str, ...] = ("version", "title", "services", *FIELDS)

    class Meta:
        model = ChangeNotice
        fields = FIELDS

    def __init__(self, *args: Any, vendor: Vendor, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.instance.vendor = now, vendor
        services = field(self, "services", forms.ModelMultipleChoiceField)
        services.queryset = vendor.services.all()
        if not services.queryset.exists():
            del self.fields["services"]
        if self.instance.pk:
            self.initial["services"] = [service.pk for service in self.instance.services.all()]
            self.initial["version"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, until = cleaned.get("starts"), cleaned.get("until")
        if starts and starts > self.now + FARTHEST:
            self.add_error("starts", _("Check the year: it is more than three years ahead."))
        if starts and starts < self.now - FARTHEST:
            self.add_error("starts", _("Check the year: it is more than three years ago."))
        if starts and until:
            self._check_length(starts, until)
        return cleaned

    def _check_length(self, starts: datetime, until: datetime) -> None:
        if until < starts:
            self.add_error("until", _("It ends before it begins: enter a later moment."))
        elif until - starts > LONGEST_CHANGE:
            self.add_error("until", _("It lasts more than 60 days: announce each part by itself."))
        elif self.refuses_past and until < self.now:
            self.add_error("until", _("This is over already: enter a moment to come."))

    refuses_past = True

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    @property
    def chosen(self) -> list[Service]:
        return list(self.cleaned_data.get("services") or ())


class NotedForm(NoticeForm):
    """As a member notes what the vendor said elsewhere: what is over, too, and who should know besides."""

    announced_on = forms.DateField(
        label=_("When the vendor told you"),
        widget=DayInput,
        required=False,
        help_text=_("Today, if you leave it empty."),
    )
    besides = forms.ModelMultipleChoiceField(
        label=_("Departments to tell besides"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Those that depend on the services, and those that stand still when they do, are told by themselves."
        ),
    )
    refuses_past = False
    field_order = ("version", "title", "services", "announced_on", *FIELDS, "besides")

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = field(self, "besides", forms.ModelMultipleChoiceField)
        departments.queryset = Department.objects.filter(organisation=member.organisation_id)
        if self.instance.pk:
            del self.fields["announced_on"]

    def clean_announced_on(self) -> date | None:
        day: date | None = self.cleaned_data["announced_on"]
        if day is not None and day > timezone.localdate(self.now):
            raise ValidationError(_("Choose today or an earlier day."))
        if day is not None and day < timezone.localdate(self.now) - FARTHEST:
            raise ValidationError(_("Check the year: it is more than three years ago."))
        return day

    @property
    def announced_at(self) -> datetime | None:
        """At noon of the day that was named; None for now."""
        day: date | None = self.cleaned_data.get("announced_on")
        if day is None or day == timezone.localdate(self.now):
            return None
        return timezone.make_aware(datetime.combine(day, time(12)))

    @property
    def told_besides(self) -> list[Department]:
        return list(self.cleaned_data.get("besides") or ())


class WithdrawForm(_Versioned):
    """Nothing to say but that it is not made; with the version that was read."""


class OutcomeForm(_Versioned):
    outcome = _text(
        _("How it went"),
        required=True,
        error_messages={"required": _("Say in a sentence how it went.")},
        help_text=_("Done as planned, shorter or longer; what had to be undone."),
    )


TO_COME, PAST, WITHDRAWN = "to_come", "past", "withdrawn"


class NoticeFilter(forms.Form):
    """What is to come unless something else is asked for; what cannot be understood is not asked for."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("notices of changes", "All")),
            (TO_COME, pgettext_lazy("notices of changes", "To come")),
            (PAST, pgettext_lazy("notices of changes", "Over")),
            (WITHDRAWN, pgettext_lazy("notices of changes", "Withdrawn")),
        ],
    )
    vendor = SearchedFilterField(
        source=VENDORS, label=_("Vendor"), required=False, queryset=Vendor.objects.none(), empty_label=_("All vendors")
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field(self, "vendor", SearchedFilterField).queryset = VENDORS.rows(member)
        self.is_valid()

    def asked(self, name: str) -> Any:
        return self.cleaned_data.get(name) or None

    @property
    def is_active(self) -> bool:
        return any(self.asked(name) for name in self.fields) or is_asked(self.data, "vendor")
