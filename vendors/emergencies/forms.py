"""The form of a plan: its texts, whom to call, who stands still; all rows of it in one go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.access import Right, holders
from accounts.models import Department, Membership
from groundwork.fields import LinesField, WordsField
from vendors.emergencies.checks import CheckState
from vendors.emergencies.expected import MOST
from vendors.emergencies.writing import NEW, Call, Stop, Wanted
from vendors.models import EmergencyPlan, Expectation, Service

LONGEST = 3000  # characters of a text: what is read in a bad hour is short
MOST_ROWS = 20
Choices = list[tuple[Any, Any]]


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What the rows of the form choose from."""

    contacts: Choices
    departments: Choices
    owners: Choices
    expectations: Choices


def offered(member: Membership, service: Service, plan: EmergencyPlan | None, known: Sequence[Expectation]) -> Offered:
    """Three queries, however many rows the form has."""
    known_here = service.vendor.contacts.all()
    contacts = [(one.pk, f"{one.name} ({one.phone})" if one.phone else one.name) for one in known_here]
    departments = Department.objects.filter(organisation=member.organisation_id).values_list("pk", "name")
    owners: Choices = [(one.user_id, str(one.user)) for one in holders(member, Right.READ)]
    if plan is not None and plan.owner is not None and plan.owner_id not in dict(owners):
        owners.append((plan.owner_id, str(plan.owner)))
    return Offered(
        contacts=[("", _("Somebody else")), *contacts],
        departments=[("", _("Choose the department")), *departments],
        owners=[("", _("Nobody in particular")), *owners],
        expectations=[("", _("Nothing in this line")), *((one.key, one.text) for one in known)],
    )


def _id(choices: Choices, **kwargs: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, required=False, **kwargs)


def _text(label: Any, help_text: Any) -> LinesField:
    widget = forms.Textarea(attrs={"rows": 4})
    return LinesField(label=label, required=False, max_length=LONGEST, help_text=help_text, widget=widget)


class PlanForm(forms.Form):
    starts_by_itself = _text(
        gettext_lazy("What starts by itself"),
        gettext_lazy(
            "What happens without anybody asking: an alarm at the vendor, a standby, a switch to a second site."
        ),
    )
    at_hand = _text(
        gettext_lazy("What to have at hand when you call"),
        gettext_lazy("The contract number, what changed last, which screens to send: what they ask for anyway."),
    )
    senior_engineers = _text(
        gettext_lazy("When senior engineers come in"),
        gettext_lazy("After how long, or at which words; and how to insist."),
    )
    version = forms.IntegerField(min_value=NEW, widget=forms.HiddenInput)

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST + 1):
            self.fields[f"expected_{number}"] = forms.ChoiceField(
                label=_("What you expect, line %(number)s") % {"number": number},
                choices=offered.expectations,
                required=False,
            )
        self.fields["owner"] = _id(
            offered.owners,
            label=_("Who keeps it true"),
            help_text=_("Is reminded each half year to go through it; without one, all who edit vendors are."),
        )

    @property
    def texts(self) -> list[BoundField]:
        return [self["starts_by_itself"], self["at_hand"], self["senior_engineers"]]

    @property
    def expected(self) -> list[BoundField]:
        return [self[f"expected_{number}"] for number in range(1, MOST + 1)]

    def chosen(self) -> tuple[str, ...]:
        keys = (self.cleaned_data[f"expected_{number}"] for number in range(1, MOST + 1))
        return tuple(dict.fromkeys(key for key in keys if key))


class CallForm(forms.Form):
    """A row without a word is no row."""

    name = WordsField(label=gettext_lazy("Name"), required=False, max_length=120)
    job = WordsField(label=gettext_lazy("Function"), required=False, max_length=120)
    phone = WordsField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    when = WordsField(label=gettext_lazy("When to call"), required=False, max_length=160)

    field_order = ("contact", "name", "job", "phone", "when")

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"] = _id(offered.contacts, label=_("Contact of the vendor"))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_said and not cleaned.get("contact") and not cleaned.get("name"):
            self.add_error("name", _("Choose a contact, or write who is called."))
        return cleaned

    @property
    def is_said(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.field_order)

    def call(self) -> Call:
        said = self.cleaned_data
        name = "" if said["contact"] else said["name"]
        return Call(contact=said["contact"], name=name, job=said["job"], phone=said["phone"], when=said["when"])


class StopForm(forms.Form):
    what_stops = WordsField(label=gettext_lazy("What stands still there"), required=False, max_length=200)
    told_by = WordsField(label=gettext_lazy("Who tells them"), required=False, max_length=120)
    phone = WordsField(
        label=gettext_lazy("Whom they reach there, telephone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )

    field_order = ("department", "what_stops", "told_by", "phone")

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = _id(offered.departments, label=_("Department"))
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_said and not cleaned.get("department") and "department" not in self.errors:
            self.add_error("department", _("Choose the department, or empty the row."))
        return cleaned

    @property
    def is_said(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.field_order)

    def stop(self) -> Stop:
        said = self.cleaned_data
        return Stop(
            department=said["department"], what_stops=said["what_stops"], told_by=said["told_by"], phone=said["phone"]
        )


class Rows(BaseFormSet[Any]):
    """Rows with a place that says in which order they stand, and a tick that takes one out."""

    ordering_widget = forms.NumberInput
    deletion_widget = forms.CheckboxInput

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        if self.can_order:
            place = form.fields["ORDER"]
            place.label = pgettext_lazy("place in a row", "Place")
            place.widget.attrs["class"] = "emergency-place"
            if place.initial is None and index is not None:
                place.initial = index + 1
        form.fields["DELETE"].label = gettext_lazy("Take this row out")

    def said(self) -> list[Any]:
        """The forms of a valid set that say something, in their order: the same place twice stays as it stood."""
        kept = [form for form in self.forms if form.is_said and not form.cleaned_data.get("DELETE")]
        return (
            sorted(kept, key=lambda form: form.cleaned_data.get("ORDER") or MOST_ROWS + 1) if self.can_order else kept
        )


class Stops(Rows):
    def clean(self) -> None:
        super().clean()
        named: set[int] = set()
        for form in self.forms:
            department = form.cleaned_data.get("department")
            if department is None or form.cleaned_data.get("DELETE"):
                continue
            if department in named:
                form.add_error("department", _("This department has a row already: put both into one."))
            named.add(department)


LIMITS: dict[str, Any] = {"extra": 1, "max_num": MOST_ROWS, "absolute_max": MOST_ROWS + 5, "validate_max": True}
CallRows = cast(type[Rows], formset_factory(CallForm, formset=Rows, can_order=True, can_delete=True, **LIMITS))
StopRows = cast(type[Rows], formset_factory(StopForm, formset=Stops, can_delete=True, **LIMITS))


@dataclass(kw_only=True)
class PlanSheet:
    """The three as one form: what is wrong anywhere is summed up at the top, and saved is all or nothing."""

    plan: PlanForm
    calls: Rows
    stops: Rows

    @classmethod
    def typed(cls, data: Mapping[str, Any], offered: Offered) -> PlanSheet:
        """Bound to what was sent."""
        given: dict[str, Any] = {"form_kwargs": {"offered": offered}}
        return cls(
            plan=PlanForm(data, offered=offered),
            calls=CallRows(data, prefix="calls", **given),
            stops=StopRows(data, prefix="stops", **given),
        )

    @classmethod
    def starting(cls, start: Start, offered: Offered) -> PlanSheet:
        """Not yet to be judged."""
        given: dict[str, Any] = {"form_kwargs": {"offered": offered}}
        return cls(
            plan=PlanForm(initial=start.plan, offered=offered),
            calls=CallRows(initial=start.calls, prefix="calls", **given),
            stops=StopRows(initial=start.stops, prefix="stops", **given),
        )

    @property
    def kept(self) -> list[forms.Form]:
        """Without the rows that are taken out: what is wrong there is nothing to put right."""
        rows = [*self.calls.forms, *self.stops.forms]
        return [self.plan, *(form for form in rows if not (form.is_bound and form["DELETE"].value()))]

    def is_valid(self) -> bool:
        return all([self.plan.is_valid(), self.calls.is_valid(), self.stops.is_valid()])

    @property
    def errors(self) -> list[Any]:
        """One for each thing to put right; none of a form that nobody sent yet."""
        if not self.plan.is_bound:
            return []
        of_fields = [error for form in self.kept for error in form.errors.values()]
        return [*of_fields, *self.non_field_errors()]

    def non_field_errors(self) -> list[Any]:
        return [*self.plan.non_field_errors(), *self.calls.non_form_errors(), *self.stops.non_form_errors()]

    def __iter__(self) -> Iterator[BoundField]:
        for form in self.kept:
            yield from form

    def wanted(self) -> Wanted:
        """Of a valid sheet."""
        said = self.plan.cleaned_data
        return Wanted(
            starts_by_itself=said["starts_by_itself"],
            at_hand=said["at_hand"],
            senior_engineers=said["senior_engineers"],
            expectations=self.plan.chosen(),
            owner=said["owner"],
            calls=tuple(form.call() for form in self.calls.said()),
            stops=tuple(form.stop() for form in self.stops.said()),
        )


# What it begins with -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Start:
    plan: dict[str, Any]
    calls: list[dict[str, Any]]
    stops: list[dict[str, Any]]


def as_it_stands(wanted: Wanted, *, version: int) -> Start:
    plan: dict[str, Any] = {
        "starts_by_itself": wanted.starts_by_itself,
        "at_hand": wanted.at_hand,
        "senior_engineers": wanted.senior_engineers,
        "owner": wanted.owner,
        "version": version,
    }
    plan |= {f"expected_{number}": key for number, key in enumerate(wanted.expectations, start=1)}
    calls = [asdict(call) for call in wanted.calls]
    return Start(plan=plan, calls=calls, stops=[asdict(stop) for stop in wanted.stops])


def as_it_was_typed(data: Mapping[str, Any], **changes: str) -> Start:
    """Not yet to be judged, with a row more of each kind; `changes`: fields of the plan that say something else now."""
    plan = {name: data.get(name, "") for name in PlanForm.base_fields} | {"owner": data.get("owner", "")}
    plan |= {f"expected_{number}": data.get(f"expected_{number}", "") for number in range(1, MOST + 1)}
    return Start(
        plan=plan | changes,
        calls=_rows_typed(data, "calls", (*CallForm.field_order, "ORDER")),
        stops=_rows_typed(data, "stops", StopForm.field_order),
    )


def _rows_typed(data: Mapping[str, Any], prefix: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows that say something, but those that are taken out."""
    rows = [
        {name: data.get(f"{prefix}-{number}-{name}", "") for name in names}
        for number in range(MOST_ROWS)
        if not data.get(f"{prefix}-{number}-DELETE")
    ]
    said = [row for row in rows if any(value for name, value in row.items() if name != "ORDER")]
    return sorted(said, key=lambda row: _place(row.get("ORDER", "")))


def _place(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 4 else MOST_ROWS + 1


class CheckForm(forms.Form):
    """What was found on the way; nothing has to be said."""

    note = WordsField(
        label=gettext_lazy("What you found"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Who answered, how long it took, which number was wrong."),
        widget=forms.TextInput,
    )


class EmergencyFilter(forms.Form):
    """What cannot be understood is not asked for."""

    TO_SEE_TO = "to_see_to"

    q = WordsField(label=gettext_lazy("Search"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("services", "All")),
            (TO_SEE_TO, gettext_lazy("No page, or not checked this half year")),
            (CheckState.NO_PLAN.value, gettext_lazy("No page yet")),
            (CheckState.NEVER.value, gettext_lazy("Never checked")),
            (CheckState.OVERDUE.value, gettext_lazy("Check overdue")),
        ],
    )

    def asked(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "") if self.is_valid() or self.cleaned_data else ""
