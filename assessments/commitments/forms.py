"""Forms and filters of commitments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
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
from assessments.models import Commitment, CommitmentQuerySet, CommitmentState, KeptBy
from groundwork.choices import SearchedChoiceField, SearchedChoiceFilter, is_asked
from groundwork.fields import DayInput, LinesField, ManyFiles, ManyFilesField, WordsField, field
from groundwork.words import apart, labelled
from manifesto.models import Question, Release, Rule
from manifesto.naming import numbered
from vendors.attachments import ACCEPT, EXTENSIONS, AttachmentError, check_file
from vendors.choices import VENDORS
from vendors.measures.cards import agreed_words
from vendors.measures.catalogue import BY_KEY, MEASURES, Measure
from vendors.measures.loading import Target
from vendors.measures.words import LABELS, UNITS, impossible
from vendors.models import Contact, Vendor

LONGEST = 4000  # characters: one thing to do, not a contract
FIELDS = ("rule", "question", "what", "why", "due_on", "contact", "owner", "measure", "target")
MOST_YEARS = 5  # to or since a day: beyond, a digit was mistyped; a link stays open until what is due by it
Choices = list[tuple[str, Any]]


class CommitmentForm(forms.ModelForm[Commitment]):
    """What is asked, of whom, until when, and what shows that it was done."""

    rule = forms.ChoiceField(label=gettext_lazy("Rule"), error_messages={"required": gettext_lazy("Choose the rule.")})
    question = forms.ChoiceField(
        label=gettext_lazy("Question"),
        required=False,
        help_text=gettext_lazy("It then stands beside this question the next time the vendor is assessed."),
    )
    what = LinesField(
        label=gettext_lazy("What will be done"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("So that both sides can tell whether it was done."),
        error_messages={"required": gettext_lazy("Say what the vendor will do.")},
    )
    why = LinesField(
        label=gettext_lazy("Why (the vendor reads this)"),
        required=False,
        max_length=LONGEST,
        help_text=gettext_lazy("Take out what the vendor is not to know, such as a grade or a percent."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    measure = forms.ChoiceField(
        label=gettext_lazy("Measure that must move"),
        required=False,
        help_text=gettext_lazy(
            "Once it is due, the measure itself says whether it moved. Without one, evidence decides."
        ),
    )
    target = forms.DecimalField(
        label=gettext_lazy("To what"),
        required=False,
        min_value=Decimal(0),
        max_digits=9,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy("In the unit of the measure. Without a number, it must move clearly the better way."),
        error_messages={
            "invalid": gettext_lazy("Write a number."),
            "min_value": gettext_lazy("A target is 0 or more."),
        },
    )

    class Meta:
        model = Commitment
        fields = FIELDS
        widgets = {"due_on": DayInput}
        field_classes = {"contact": SearchedChoiceField, "owner": SearchedChoiceField}
        error_messages = {"due_on": {"required": gettext_lazy("Choose the day by which it will be done.")}}

    def __init__(self, *args: Any, member: Membership, release: Release | None, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        questions = list(
            Question.objects.filter(release=release).select_related("rule").order_by("rule__position", "position")
        )
        self.rule_of = {question.key: question.rule.key for question in questions}
        field(self, "rule", forms.ChoiceField).choices = self._rules(release)
        field(self, "question", forms.ChoiceField).choices = self._questions(questions)
        field(self, "measure", forms.ChoiceField).choices = self._measures()
        contacts = field(self, "contact", forms.ModelChoiceField)
        contacts.queryset = Contact.objects.for_member(member).filter(vendor=self.instance.vendor_id)
        contacts.empty_label = _("Nobody yet")
        if not contacts.queryset.exists():
            contacts.help_text = _("This vendor has no contact yet. Add one on the vendor’s page.")
        owners = field(self, "owner", SearchedChoiceField)
        owners.source = READERS
        reading = Q(pk__in=holders(member, Right.READ).values("user")) | Q(pk=self.instance.owner_id)
        owners.queryset = User.objects.filter(reading).order_by("name", "email")
        owners.empty_label = None
        self.fields["target"].widget.attrs["inputmode"] = "decimal"

    def _rules(self, release: Release | None) -> Choices:
        """The rules of the edition, and the one that stands there, should the edition no longer have it."""
        rules = [(rule.key, str(rule)) for rule in Rule.objects.filter(release=release).order_by("position")]
        return [("", _("Choose a rule")), *rules, *self._as_it_stands("rule", {key for key, _name in rules})]

    def _questions(self, questions: list[Question]) -> Choices:
        grouped: dict[str, Choices] = {}
        for question in questions:
            grouped.setdefault(str(question.rule), []).append((question.key, numbered(question)))
        return [("", _("The whole rule")), *grouped.items(), *self._as_it_stands("question", self.rule_of.keys())]

    def _as_it_stands(self, name: str, known: Any) -> Choices:
        stored = getattr(self.instance, name)
        return [(stored, stored)] if stored and stored not in known else []

    def _measures(self) -> Choices:
        """Those that speak to the rule first, then the others, each with its unit."""
        rule = self._rule_said()
        own = [measure for measure in MEASURES if rule and measure.rule == rule]
        others = [measure for measure in MEASURES if measure not in own]
        rest = _("They speak to other rules") if own else _("All measures")
        groups = [(_("They speak to this rule"), own), (rest, others)]
        offered = [(name, [(one.key, _in_words(one)) for one in group]) for name, group in groups if group]
        return [("", _("None: evidence decides")), *offered]

    def _rule_said(self) -> str:
        stands = self.initial.get("rule") or self.instance.rule
        return str(self.data.get(self.add_prefix("rule")) if self.is_bound else stands)

    def tell_targets(self, targets: Mapping[str, Target]) -> None:
        """To what the measures of the rule are held already, beside the target that is asked for."""
        spoken = [key for key in targets if key in BY_KEY and BY_KEY[key].rule == self._rule_said()]
        if not spoken:
            return
        held = apart(labelled(LABELS[key], agreed_words(BY_KEY[key], targets[key].value)) for key in spoken)
        asked = self.fields["target"]
        asked.help_text = " ".join([str(asked.help_text), _("This holds already: %(targets)s.") % {"targets": held}])

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < self.today and day != self.instance.due_on:
            raise ValidationError(_("Choose today or a later day."))
        if day.year > self.today.year + MOST_YEARS and day != self.instance.due_on:
            raise ValidationError(_("Check the year: it is more than 5 years away."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        question, rule = cleaned.get("question"), cleaned.get("rule")
        if question and rule and self.rule_of.get(question, rule) != rule:
            self.add_error(
                "question", _("This question belongs to another rule. Choose one of the rule, or the whole rule.")
            )
        measure, target = cleaned.get("measure"), cleaned.get("target")
        if target is not None and not measure:
            self.add_error("target", _("Choose the measure that this is the target of, or leave it empty."))
        if target is not None and measure and (problem := impossible(BY_KEY[measure].unit, target)):
            self.add_error("target", problem)
        return cleaned

    @property
    def wanted(self) -> dict[str, Any]:
        """The fields that were changed, with what they hold now."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in FIELDS}


def _in_words(measure: Measure) -> str:
    """“Mean time to resolve (hours, less is better)”."""
    values = {"measure": LABELS[measure.key], "unit": UNITS[measure.unit]}
    if measure.lower_is_better is False:
        return _("%(measure)s (%(unit)s, more is better)") % values
    return _("%(measure)s (%(unit)s, less is better)") % values


class Versioned(forms.BaseForm):
    """With the version that the person had read."""

    def take_version(self, version: int) -> None:
        """The page shows what stands there now: sending the form again is then a decision."""
        self.data = {**dict(self.data.items()), self.add_prefix("version"): str(version)}


class EditForm(Versioned, CommitmentForm):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


# Steps ------------------------------------------------------------------------------------------------------------
class StepForm(Versioned, forms.Form):
    """What is said of a step, and the version of the commitment that the person had read."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    text = LinesField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(
        self, data: Any = None, *, commitment: Commitment, label: str, needed: str = "", help_text: str = ""
    ) -> None:
        super().__init__(data, initial={"version": commitment.version})
        text = self.fields["text"]
        text.label, text.help_text, text.required = label, help_text, bool(needed)
        text.error_messages["required"] = needed


class AgreeForm(StepForm):
    agreed_by = WordsField(
        label=gettext_lazy("Who agreed, at the vendor"),
        max_length=160,
        error_messages={"required": gettext_lazy("Say who at the vendor agreed.")},
    )
    on = forms.DateField(
        label=gettext_lazy("On which day"),
        widget=DayInput,
        error_messages={"required": gettext_lazy("Choose the day on which they agreed.")},
    )
    field_order = ("version", "agreed_by", "on", "text")

    def __init__(self, data: Any = None, *, commitment: Commitment, today: date) -> None:
        super().__init__(
            data, commitment=commitment, label=_("How they said so"), help_text=_("A mail, a meeting, a call.")
        )
        self.today = today
        self.initial.update(agreed_by=str(commitment.contact or ""), on=today)

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise ValidationError(_("Choose today or an earlier day."))
        if day.year < self.today.year - MOST_YEARS:
            raise ValidationError(_("Check the year: it is more than 5 years away."))
        return day


class KeepForm(StepForm):
    """Where the measure moved, that is enough; else a person says which evidence they accept."""

    kept_by = forms.ChoiceField(
        label=gettext_lazy("What shows that it was kept"), widget=forms.RadioSelect, choices=KeptBy.choices
    )
    field_order = ("version", "kept_by", "text")

    def __init__(
        self, data: Any = None, *, commitment: Commitment, label: str, needed: str, help_text: str, by_measure: bool
    ) -> None:
        super().__init__(data, commitment=commitment, label=label, needed=needed, help_text=help_text)
        self.needed = needed
        if by_measure:
            self.fields["text"].required = False
            self.initial["kept_by"] = KeptBy.MEASURE
        else:
            del self.fields["kept_by"]

    @property
    def shown_by(self) -> KeptBy:
        return KeptBy(self.cleaned_data.get("kept_by") or KeptBy.EVIDENCE)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kept_by") == KeptBy.EVIDENCE and not cleaned.get("text"):
            self.add_error("text", self.needed)
        return cleaned


class FilesForm(forms.Form):
    evidence = ManyFilesField(label=gettext_lazy("Add evidence"), widget=ManyFiles(attrs={"accept": ACCEPT}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].help_text = f"{EXTENSIONS}."

    def clean_evidence(self) -> list[Any]:
        files, refused = self.cleaned_data["evidence"], []
        for file in files:
            try:
                check_file(file)
            except AttachmentError as error:
                refused.append(ValidationError(str(error)))
        if refused:
            raise ValidationError(refused)
        if not files:
            raise ValidationError(_("Choose at least one file."))
        return list(files)


# The list ---------------------------------------------------------------------------------------------------------
OPEN, ENDED, OVERDUE, ALL = "open", "ended", "overdue", "all"
STANDINGS: tuple[tuple[str, Promise | str], ...] = (
    (OPEN, gettext_lazy("Open")),
    (OVERDUE, gettext_lazy("Overdue")),
    (ENDED, gettext_lazy("Kept or missed")),
    *CommitmentState.choices,
    (ALL, gettext_lazy("All")),
)


def standing_as(rows: CommitmentQuerySet, value: str, today: date) -> CommitmentQuerySet:
    """Those in this state, or in one of those that `value` stands for."""
    chosen: Mapping[str, Callable[[], CommitmentQuerySet]] = {
        OPEN: rows.open,
        ENDED: rows.ended,
        OVERDUE: lambda: rows.overdue(today),
        ALL: rows.all,
    }
    return chosen[value]() if value in chosen else rows.filter(state=value)


class CommitmentFilter(django_filters.FilterSet):
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
    rule = django_filters.ChoiceFilter(label=gettext_lazy("Rule"), empty_label=gettext_lazy("All rules"))
    mine = django_filters.BooleanFilter(
        label=gettext_lazy("Only those that I follow up"), method="followed", widget=forms.CheckboxInput
    )

    class Meta:
        model = Commitment
        fields = ("state", "vendor", "rule", "mine")

    def __init__(
        self,
        data: Any,
        queryset: CommitmentQuerySet,
        *,
        member: Membership,
        rules: Mapping[str, str],
        today: date,
    ) -> None:
        given = {
            **{name: data.get(name, "") for name in ("vendor", "rule", "mine", *data)},
            "state": data.get("state") or OPEN,
        }
        super().__init__(given, queryset)
        self.member, self.today = member, today
        self.filters["vendor"].queryset = VENDORS.rows(member)
        self.filters["rule"].extra["choices"] = list(rules.items())

    def standing(self, queryset: CommitmentQuerySet, name: str, value: str) -> CommitmentQuerySet:
        return standing_as(queryset, value, self.today)

    def followed(self, queryset: CommitmentQuerySet, name: str, value: Any) -> CommitmentQuerySet:
        return queryset.filter(owner=self.member.user_id) if value else queryset

    @property
    def is_active(self) -> bool:
        return is_asked(self.data, "vendor", "rule", "mine") or self.data["state"] != OPEN

    @property
    def chosen_vendor(self) -> Vendor | None:
        return self.form.cleaned_data.get("vendor") if self.form.is_valid() else None
