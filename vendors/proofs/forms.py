"""Forms of proofs of cause, and the filter of their list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Right, holders
from accounts.choices.people import READERS
from accounts.models import Membership, User
from groundwork.choices import SearchedChoiceField, SearchedChoiceFilter
from groundwork.fields import DayInput, LinesField, ManyFiles, field, one_of
from vendors.attachments import ACCEPT, EXTENSIONS, EvidenceField
from vendors.choices import VENDORS
from vendors.models import PROOF_SAVED, CauseProof, CauseProofQuerySet, Contact, Incident, ProofState, Vendor
from vendors.proofs.complete import LACKS, Considered
from vendors.proofs.reading import LABELS, HandedIn
from vendors.proofs.saving import LONGEST, MOST_OTHERS

LONGEST_REASON = 4000  # characters
MOST_YEARS = 2  # to a day: beyond, a digit was mistyped
ROWS_MORE = 2  # empty rows for other causes, beside those that are written


# People and days --------------------------------------------------------------------------------------------------
class PeopleForm(forms.Form):
    """Who owes it at the vendor, and who follows it up here."""

    contact = SearchedChoiceField(
        Contact.objects.none(),
        label=gettext_lazy("Who owes it, at the vendor"),
        required=False,
        empty_label=gettext_lazy("Nobody yet"),
    )
    owner = SearchedChoiceField(
        User.objects.none(),
        source=READERS,
        label=gettext_lazy("Who follows it up here"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose who follows it up here.")},
    )

    def __init__(self, data: Any = None, *, member: Membership, vendor: Vendor, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        contacts = field(self, "contact", forms.ModelChoiceField)
        contacts.queryset = Contact.objects.for_member(member).filter(vendor=vendor)
        if not contacts.queryset.exists():
            contacts.help_text = _("This vendor has no contact yet. Add one on the vendor’s page.")
        reading = Q(pk__in=holders(member, Right.READ).values("user")) | Q(pk=initial.get("owner"))
        field(self, "owner", forms.ModelChoiceField).queryset = User.objects.filter(reading).order_by("name", "email")


def due_field() -> forms.DateField:
    needed = gettext_lazy("Choose the day by which it is due.")
    return forms.DateField(label=gettext_lazy("Due on"), widget=DayInput, error_messages={"required": needed})


def day_to_come(day: date, today: date) -> date:
    """Raises ValidationError for one that is over, and where a digit was mistyped."""
    if day < today:
        raise ValidationError(_("Choose today or a later day."))
    if day.year > today.year + MOST_YEARS:
        raise ValidationError(_("Check the year: it is more than two years away."))
    return day


class AskForm(PeopleForm):
    """What is asked for after an incident, of whom, until when."""

    due_on = due_field()
    field_order = ("due_on", "contact", "owner")

    def __init__(
        self, data: Any = None, *, member: Membership, incident: Incident, today: date, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, member=member, vendor=incident.vendor, initial=initial)
        self.today = today

    def clean_due_on(self) -> date:
        return day_to_come(self.cleaned_data["due_on"], self.today)


class Versioned(forms.BaseForm):
    """With the version that the person had read."""

    def take_version(self, version: int) -> None:
        """The page shows what stands there now: sending the form again is then a decision."""
        self.data = {**dict(self.data.items()), self.add_prefix("version"): str(version)}


class AssignForm(Versioned, PeopleForm):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


# Steps ------------------------------------------------------------------------------------------------------------
class StepForm(Versioned, forms.Form):
    """What is said of a step, and the version of the proof that the person had read."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = LinesField(max_length=LONGEST_REASON)

    def __init__(self, data: Any = None, *, proof: CauseProof, label: str, needed: str, today: date) -> None:
        super().__init__(data, initial={"version": proof.version})
        self.today = today
        reason = self.fields["reason"]
        reason.label, reason.required = label, bool(needed)
        reason.error_messages["required"] = needed


class DueForm(StepForm):
    """A step that sets another day by which it is due."""

    due_on = due_field()
    field_order = ("version", "due_on", "reason")

    def clean_due_on(self) -> date:
        return day_to_come(self.cleaned_data["due_on"], self.today)


class AcceptForm(StepForm):
    """Where the incident names no problem yet, the cause can be taken over."""

    names_problem = forms.BooleanField(
        label=gettext_lazy("Take the cause over as the problem of the incident"),
        required=False,
        help_text=gettext_lazy(
            "The incident names no problem yet. With one, it is recognised when the same comes back. You can put it "
            "into other words on the page of the incident."
        ),
    )

    def __init__(self, data: Any = None, *, proof: CauseProof, label: str, needed: str, today: date) -> None:
        super().__init__(data, proof=proof, label=label, needed=needed, today=today)
        self.initial["names_problem"] = True
        if proof.incident.problem.strip():
            del self.fields["names_problem"]


# What came by mail ------------------------------------------------------------------------------------------------
class ReceivedForm(Versioned, forms.Form):
    """What the vendor sent by mail, typed by a member, or as a file with the cause in words."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    received_on = forms.DateField(
        label=gettext_lazy("When it came"),
        widget=DayInput,
        help_text=gettext_lazy("This day decides whether it came in time."),
        error_messages={"required": gettext_lazy("Choose the day on which it came.")},
    )
    evidence = EvidenceField(
        label=gettext_lazy("What they sent, as files"), required=False, widget=ManyFiles(attrs={"accept": ACCEPT})
    )

    def __init__(self, data: Any = None, files: Any = None, *, proof: CauseProof, before: HandedIn | None) -> None:
        super().__init__(data, files, initial={"version": proof.version})
        self.fields["evidence"].help_text = _("%(kinds)s. With a file, only the cause need be typed.") % {
            "kinds": EXTENSIONS
        }
        for name in PROOF_SAVED:
            self.fields[name] = LinesField(label=str(LABELS[name]), required=name == "cause", max_length=LONGEST)
            self.initial[name] = before.texts.get(name, "") if before else ""
        self._ask_other_causes(before.others if before else ())
        self.fields["cause"].error_messages["required"] = str(LACKS["cause"])
        self.order_fields(["version", "received_on", "evidence", *self._in_order()])
        one_of(self, "evidence", *(name for name in self._in_order() if name != "cause"))

    def _ask_other_causes(self, others: Collection[Considered]) -> None:
        self.count = min(len(others) + ROWS_MORE, MOST_OTHERS)
        for number, one in enumerate([*others, *[Considered()] * self.count][: self.count], start=1):
            values = {"number": number}
            for name, label in (
                (f"other_{number}", _("Another cause that was considered (%(number)s)")),
                (f"ruled_out_{number}", _("The fact that ruled it out (%(number)s)")),
            ):
                self.fields[name] = LinesField(label=label % values, required=False, max_length=LONGEST // 2)
                self.fields[name].widget.attrs["rows"] = 2
            self.initial.update({f"other_{number}": one.cause, f"ruled_out_{number}": one.ruled_out_by})

    def _in_order(self) -> list[str]:
        rows = (name for number in range(1, self.count + 1) for name in (f"other_{number}", f"ruled_out_{number}"))
        return ["cause", "how_known", "assumptions", *rows, "why_no_other", "prevention", "reach"]

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in PROOF_SAVED}

    @property
    def others(self) -> list[tuple[str, str]]:
        given = self.cleaned_data
        return [(given[f"other_{number}"], given[f"ruled_out_{number}"]) for number in range(1, self.count + 1)]


# The list ---------------------------------------------------------------------------------------------------------
OPEN, LATE, CAME_BACK, ALL = "open", "late", "came_back", "all"
STANDINGS: tuple[tuple[str, Promise | str], ...] = (
    (OPEN, gettext_lazy("Open")),
    (LATE, gettext_lazy("Late")),
    (ProofState.HANDED_IN, gettext_lazy("To read")),
    (ProofState.OWED, ProofState.OWED.label),
    (ProofState.RETURNED, ProofState.RETURNED.label),
    (ProofState.ACCEPTED, ProofState.ACCEPTED.label),
    (CAME_BACK, gettext_lazy("Accepted, and it came back")),
    (ProofState.WAIVED, ProofState.WAIVED.label),
    (ALL, gettext_lazy("All")),
)


class ProofFilter(django_filters.FilterSet):
    """What is open, unless somebody asks for something else."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=STANDINGS, empty_label=None, method="standing"
    )
    vendor = SearchedChoiceFilter(
        source=VENDORS,
        label=gettext_lazy("Vendor"),
        queryset=Vendor.objects.none(),
        empty_label=gettext_lazy("All vendors"),
    )
    mine = django_filters.BooleanFilter(
        label=gettext_lazy("Only those that I follow up"), method="followed", widget=forms.CheckboxInput
    )

    class Meta:
        model = CauseProof
        fields = ("state", "vendor", "mine")

    def __init__(
        self,
        data: Any,
        queryset: CauseProofQuerySet,
        *,
        member: Membership,
        today: date,
        came_back: Callable[[], Collection[int]],
    ) -> None:
        given = {
            **{name: data.get(name, "") for name in ("vendor", "mine", *data)},
            "state": data.get("state") or OPEN,
        }
        super().__init__(given, queryset)
        self.member, self.today, self.came_back = member, today, came_back
        self.filters["vendor"].queryset = VENDORS.rows(member)

    def standing(self, queryset: CauseProofQuerySet, name: str, value: str) -> CauseProofQuerySet:
        chosen: Mapping[str, Callable[[], CauseProofQuerySet]] = {
            OPEN: queryset.open,
            LATE: lambda: queryset.late(self.today),
            CAME_BACK: lambda: queryset.filter(pk__in=self.came_back()),
            ALL: queryset.all,
        }
        return chosen[value]() if value in chosen else queryset.filter(state=value)

    def followed(self, queryset: CauseProofQuerySet, name: str, value: Any) -> CauseProofQuerySet:
        return queryset.filter(owner=self.member.user_id) if value else queryset

    @property
    def chosen_vendor(self) -> Vendor | None:
        return self.form.cleaned_data.get("vendor") if self.form.is_valid() else None

    @property
    def is_active(self) -> bool:
        return any(self.data.get(name) for name in ("vendor", "mine")) or self.data["state"] != OPEN
