"""Forms of the expectations: one of them in three languages with what tells, and the day on which an edition begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.fields import DayInput, LinesField, WordsField, field, one_of
from groundwork.languages import LANGUAGES
from manifesto.models import RULE_KEYS
from vendors.expectations.editions import FIELDS, TEXTS, as_it_stands
from vendors.expectations.sheet import told_by
from vendors.measures.cards import rule_names
from vendors.measures.catalogue import BY_KEY, MEASURES, Measure, Unit
from vendors.measures.words import LABELS, UNITS, impossible
from vendors.models import Expectation

LONGEST_NOTE = 2000
TOO_LONG = gettext_lazy("At most 300 characters: say one thing in one sentence.")
MOST_DAYS = Decimal(500)  # two years of working days: beyond, a digit was mistyped
MOST_YEARS = 2  # until an edition comes into force: beyond, a digit was mistyped
Choices = list[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Unlike:
    """A field in which what was typed and what stands there now differ."""

    label: str
    mine: str
    theirs: str


class ExpectationForm(forms.ModelForm[Expectation]):
    """One thing that can be seen to be kept or not; a language may stay empty until the draft is published."""

    rule = forms.ChoiceField(label=gettext_lazy("Rule"))
    measure = forms.ChoiceField(
        label=gettext_lazy("What tells whether it is kept"),
        required=False,
        help_text=gettext_lazy("The target then holds for every vendor that agreed on none of its own."),
    )
    target = forms.DecimalField(
        label=gettext_lazy("Target"),
        required=False,
        min_value=Decimal(0),
        max_digits=9,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy("In the unit of the measure: 15 minutes are 0.25 hours."),
        error_messages={
            "invalid": gettext_lazy("Write a number."),
            "min_value": gettext_lazy("A target is 0 or more."),
        },
    )
    read = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Expectation
        fields = ("rule", *TEXTS, "measure", "target")
        field_classes = dict.fromkeys(TEXTS, WordsField)
        widgets = {
            name: forms.Textarea(attrs={"rows": 2, "lang": code}) for name, code in zip(TEXTS, LANGUAGES, strict=True)
        }
        error_messages = {name: {"max_length": TOO_LONG} for name in TEXTS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = rule_names()
        rules = [(key, f"{number} {names.get(key, '')}".strip()) for number, key in enumerate(RULE_KEYS, start=1)]
        field(self, "rule", forms.ChoiceField).choices = rules
        field(self, "measure", forms.ChoiceField).choices = self._measures(names)
        for name, language in zip(TEXTS, LANGUAGES.values(), strict=True):
            self.fields[name].label = str(language.name)
        one_of(self, *TEXTS)
        self.fields["target"].widget.attrs["inputmode"] = "decimal"
        self.fields["read"].initial = as_it_stands(self.instance)

    def _measures(self, names: dict[str, str]) -> Choices:
        """By the rule that they speak to; one that this version does not take stays, should it stand there."""
        grouped: dict[str, Choices] = {}
        for measure in MEASURES:
            group = names.get(measure.rule) or _("Beside the rules")
            grouped.setdefault(group, []).append((measure.key, _in_words(measure)))
        stands = self.instance.measure
        kept = [(stands, stands)] if stands and stands not in BY_KEY else []
        return [("", _("None: people judge it")), *grouped.items(), *kept]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in TEXTS) and not self.errors:
            self.add_error(TEXTS[0], _("Say what you expect, in one language at least."))
        self._check_target(cleaned.get("measure", ""), cleaned.get("target"))
        return cleaned

    def _check_target(self, measure: str, target: Decimal | None) -> None:
        if target is not None and not measure:
            self.add_error("target", _("Choose the measure that this is the target of, or leave it empty."))
        if measure and target is None and "target" not in self.errors:
            self.add_error("target", _("Say from what number on it is kept, or choose no measure."))
        unit = BY_KEY[measure].unit if measure in BY_KEY else ""
        if target is not None and (problem := impossible(unit, target)):
            self.add_error("target", problem)
        if target is not None and unit == Unit.DAYS and target > MOST_DAYS:
            self.add_error("target", _("Check the number: a target is at most %(most)s days.") % {"most": MOST_DAYS})

    def take(self, stored: Expectation) -> list[Unlike]:
        """The page shows what stands there now beside what was typed: sending the form again is then a decision."""
        self.data = {**dict(self.data.items()), self.add_prefix("read"): as_it_stands(stored)}
        mine, theirs = _words(self.instance), _words(stored)
        labels = {**{name: str(self.fields[name].label) for name in (*TEXTS, "rule")}, "told_by": _("What tells")}
        return [
            Unlike(label=labels[name], mine=mine[name], theirs=theirs[name])
            for name in mine
            if mine[name] != theirs[name]
        ]


def _words(expectation: Expectation) -> dict[str, str]:
    rule = rule_names().get(expectation.rule, expectation.rule)
    return {
        **{name: getattr(expectation, name) for name in FIELDS if name in TEXTS},
        "rule": rule,
        "told_by": told_by(expectation),
    }


def _in_words(measure: Measure) -> str:
    """“Mean time to resolve (hours, at most)”."""
    values = {"measure": LABELS[measure.key], "unit": UNITS[measure.unit]}
    if measure.lower_is_better is False:
        return _("%(measure)s (%(unit)s, at least)") % values
    return _("%(measure)s (%(unit)s, at most)") % values


class PublishForm(forms.Form):
    in_force_from = forms.DateField(
        label=gettext_lazy("In force from"),
        widget=DayInput(),
        help_text=gettext_lazy("Today or later. Leave vendors time to read it."),
        error_messages={"required": gettext_lazy("Choose the day from which it holds.")},
    )
    note = LinesField(
        label=gettext_lazy("What changed, and why"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Vendors read this when you ask them to accept it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if is_first:
            self.fields["note"].label = _("A word to your vendors")
        else:
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = _(
                "Say what changed, and why: vendors read it before they accept it again."
            )

    def clean_in_force_from(self) -> date:
        day: date = self.cleaned_data["in_force_from"]
        if day < self.today:
            raise ValidationError(_("Nobody can be held to what was not said yet: choose today or a later day."))
        if day.year > self.today.year + MOST_YEARS:
            raise ValidationError(_("Check the year: it is more than 2 years away."))
        return day

    def take_version(self, version: int) -> None:
        self.data = {**dict(self.data.items()), self.add_prefix("version"): str(version)}


def rule_chosen(asked: str, rules: Sequence[str] = RULE_KEYS) -> str:
    """The rule that an address names; the first where it names none."""
    return asked if asked in rules else rules[0]
