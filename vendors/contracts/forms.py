"""Forms of contracts and papers, and the filter of the page of decisions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices.people import INSIDERS
from accounts.models import Membership, User
from groundwork.choices import SearchedChoiceField, SearchedFilterField, is_asked
from groundwork.fields import DayInput, LinesField, ManyFiles, WordsField, field, one_of
from vendors.attachments import ACCEPT, EXTENSIONS, EvidenceField
from vendors.choices import VENDORS
from vendors.contracts.agreed import as_it_stands
from vendors.contracts.changes import AGREED_FIELDS, PAPER_FIELDS
from vendors.contracts.terms import MOST_DAYS, MOST_MONTHS
from vendors.models import Contract, Paper, PaperKind, TermDecision, TermUnit, Vendor

LONGEST = 4000  # characters of a note or a reason
YEARS_BACK, YEARS_AHEAD = 60, 60  # within which a day of a contract lies: beyond, a digit was mistyped


def _note(label: Any, **kwargs: Any) -> LinesField:
    return LinesField(
        label=label, required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), **kwargs
    )


def _files() -> EvidenceField:
    return EvidenceField(
        label=_("Files"),
        required=False,
        widget=ManyFiles(attrs={"accept": ACCEPT}),
        help_text=f"{EXTENSIONS}.",
    )


def people(member: Membership, present: int | None) -> QuerySet[User]:
    """Who may look after something: the members who read here, and whoever does so now, even if they left."""
    inside = Membership.objects.for_member(member).active().inside()
    return User.objects.filter(Q(pk__in=inside.values("user")) | Q(pk=present)).order_by("name", "email")


class _OfVendor(forms.ModelForm[Any]):
    """What both forms ask in the same way."""

    def __init__(self, *args: Any, member: Membership, vendor: Vendor, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.instance.vendor = vendor
        owner = field(self, "owner", SearchedChoiceField)
        owner.source, owner.queryset = INSIDERS, people(member, self.instance.owner_id)
        owner.empty_label = _("Nobody in particular")

    def _day(self, name: str) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day is not None and not -YEARS_BACK <= day.year - self.today.year <= YEARS_AHEAD:
            raise ValidationError(_("Check the year: it is more than 60 years away."))
        return day


class ContractForm(_OfVendor):
    attached = _files()
    note = _note(pgettext_lazy("contract", "Note"))

    class Meta:
        model = Contract
        fields = (*AGREED_FIELDS, "owner", "services", "note")
        field_classes = {"reference": WordsField, "owner": SearchedChoiceField}
        widgets = {"starts_on": DayInput, "ends_on": DayInput, "services": forms.CheckboxSelectMultiple}
        error_messages = {"reference": {"required": _("Write the number or name of the contract.")}}
        labels = {
            "ends_on": _("End of the term that runs"),
            "renews_months": _("Renews by itself for so many months"),
        }
        help_texts = {
            "reference": _("The number or name that you know this contract by."),
            "ends_on": _("Its last day. Leave it empty where the contract has no end."),
            "notice": _("How long before the end notice must be given: the day to decide by follows from it."),
            "renews_months": _("Leave it empty where the contract ends by itself."),
            "owner": _("Reminders of the day to decide by go to this person; without one, to all who edit vendors."),
            "services": _("What is supported under it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = field(self, "services", forms.ModelMultipleChoiceField)
        services.queryset = self.instance.vendor.services.all()
        if not services.queryset.exists():
            del self.fields["services"]
        field(self, "notice_unit", forms.ChoiceField).choices = TermUnit.choices

    def clean_reference(self) -> str:
        reference: str = self.cleaned_data["reference"]
        others = Contract.objects.filter(vendor=self.instance.vendor, reference__iexact=reference)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This vendor has a contract of this reference already."))
        return reference

    def clean_starts_on(self) -> date | None:
        return self._day("starts_on")

    def clean_ends_on(self) -> date | None:
        return self._day("ends_on")

    def clean_renews_months(self) -> int | None:
        months: int | None = self.cleaned_data["renews_months"]
        if months is not None and not 1 <= months <= MOST_MONTHS:
            raise ValidationError(
                _("Enter 1 to %(most)s months, or leave it empty where it ends by itself.") % {"most": MOST_MONTHS}
            )
        return months

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The contract would end before it starts: check both days."))
        if cleaned.get("renews_months") and end is None and "ends_on" not in self.errors:
            self.add_error("ends_on", _("Enter when the term ends that runs: it renews on the day after."))
        notice, unit = cleaned.get("notice"), cleaned.get("notice_unit")
        most = MOST_DAYS if unit == TermUnit.DAYS else MOST_MONTHS
        if notice is not None and notice > most:
            self.add_error(
                "notice",
                _("At most %(days)s days or %(months)s months.") % {"days": MOST_DAYS, "months": MOST_MONTHS},
            )
        return cleaned


class PaperForm(_OfVendor):
    attached = _files()
    note = _note(pgettext_lazy("contract", "Note"))

    class Meta:
        model = Paper
        fields = PAPER_FIELDS
        field_classes = {"name": WordsField, "owner": SearchedChoiceField}
        widgets = {"issued_on": DayInput, "expires_on": DayInput}
        error_messages = {
            "kind": {"required": _("Choose what kind of paper it is.")},
            "name": {"required": _("Write what stands on the paper.")},
        }
        help_texts = {
            "name": _("What stands on it, such as ISO 27001 or professional liability."),
            "expires_on": _("Leave it empty where the paper does not expire."),
            "owner": _("Reminders that it expires go to this person; without one, to all who edit vendors."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field(self, "kind", forms.ChoiceField).choices = [("", _("Choose the kind")), *PaperKind.choices]

    def clean_issued_on(self) -> date | None:
        return self._day("issued_on")

    def clean_expires_on(self) -> date | None:
        return self._day("expires_on")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        issued, expires = cleaned.get("issued_on"), cleaned.get("expires_on")
        if issued and expires and expires < issued:
            self.add_error("expires_on", _("The paper would expire before it was issued: check both days."))
        return cleaned


# Deciding --------------------------------------------------------------------------------------------------------
OPEN_AGAIN = "open"


class DecideForm(forms.Form):
    """About the term that runs; what was decided can be taken back."""

    decision = forms.ChoiceField(
        label=_("What is decided?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether it goes on or ends.")},
    )
    reason = LinesField(
        label=_("Why?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A sentence for whoever asks next year."),
    )
    notice_given_on = forms.DateField(
        label=_("Notice was given on"),
        required=False,
        widget=DayInput,
        help_text=_("Only for one that ends. Leave it empty until then: you are reminded to give notice in time."),
    )
    read = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[Any, Any]] = [
            (TermDecision.CONTINUE, _("It goes on after this term")),
            (TermDecision.END, _("It ends with this term: we give notice")),
        ]
        if contract.decision:
            choices.append((OPEN_AGAIN, _("Undecided again: take the decision back")))
        field(self, "decision", forms.ChoiceField).choices = choices
        one_of(self, "reason")  # asked with a decision, not where one is taken back
        self.initial = {"decision": contract.decision, "reason": contract.decision_reason}
        self.initial["notice_given_on"] = contract.notice_given_on
        if contract.renews_months is None:
            del self.fields["notice_given_on"]  # it ends by itself
        self.initial["read"] = as_it_stands(contract)

    def take(self, contract: Contract) -> None:
        """The page shows what stands there now: sending the form again is then a decision."""
        self.data = {**dict(self.data.items()), self.add_prefix("read"): as_it_stands(contract)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("decision") in TermDecision.values and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why in a sentence: the trail keeps it with the decision."))
        if cleaned.get("notice_given_on") and cleaned.get("decision") != TermDecision.END:
            self.add_error(
                "notice_given_on", _("Notice is given of a contract that ends: choose that, or empty the day.")
            )
        return cleaned

    def decided(self) -> TermDecision | None:
        """Of a valid form; None: nothing."""
        said = self.cleaned_data["decision"]
        return TermDecision(said) if said in TermDecision.values else None


class EndForm(forms.Form):
    """When it ended; of one that has ended, emptied: it runs after all."""

    ended_on = forms.DateField(label=_("Ended on"), widget=DayInput)

    def __init__(self, *args: Any, contract: Contract, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract, self.today = contract, today
        if contract.ended_on is not None:
            self.fields["ended_on"].required = False
            self.fields["ended_on"].help_text = _("Empty the field where the contract runs after all.")
        self.initial = {"ended_on": contract.ended_on or today}

    def clean_ended_on(self) -> date | None:
        day: date | None = self.cleaned_data["ended_on"]
        if day is not None and day > self.today:
            raise ValidationError(_("Choose today or an earlier day. For a later end, decide that the contract ends."))
        if day is not None and self.today.year - day.year > YEARS_BACK:
            raise ValidationError(_("Check the year: it is more than 60 years away."))
        if day is not None and self.contract.starts_on is not None and day < self.contract.starts_on:
            raise ValidationError(_("The contract would end before it starts: check the day."))
        return day


# The page of decisions -------------------------------------------------------------------------------------------
class DecisionFilter(forms.Form):
    """What is open unless something else is asked for; what cannot be understood is not asked for."""

    OPEN, DECIDED, ALL = "", "decided", "all"
    MINE = "mine"

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[(OPEN, _("Open")), (DECIDED, _("Decided")), (ALL, pgettext_lazy("decisions", "All"))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("Contracts and papers")), ("contract", _("Contracts")), ("paper", _("Papers"))],
    )
    vendor = SearchedFilterField(
        source=VENDORS, label=_("Vendor"), required=False, queryset=Vendor.objects.none(), empty_label=_("All vendors")
    )
    owner = forms.ChoiceField(
        label=_("Who looks after it"), required=False, choices=[("", _("Everybody")), (MINE, _("I do"))]
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
