"""Forms about an acknowledgement: what a vendor says to one rule, and what a member was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.fields import DayInput, LinesField, LongText, WordsField, field
from vendors.expectations.acknowledging import LONGEST_COMMENT, Note, problems_of
from vendors.expectations.sheet import RuleSheet
from vendors.models import ExpectationReply, Stance


class ReplyForm(forms.Form):
    """What the vendor says to one rule; its fields carry the rule's key, so that the page is one form."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    stance = forms.ChoiceField(choices=[("", ""), *Stance.choices], required=False, widget=forms.RadioSelect)
    comment = LongText()

    def __init__(self, data: Any = None, *, reply: ExpectationReply) -> None:
        initial = {"version": reply.version, "stance": reply.stance, "comment": reply.comment}
        super().__init__(data, prefix=reply.rule, initial=initial)
        field(self, "comment", LongText).max_length = LONGEST_COMMENT
        self.reply = reply
        self.stored: ExpectationReply | None = None  # what somebody else saved meanwhile

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for name, message in problems_of(cleaned["stance"], cleaned["comment"].strip()).items():
                self.add_error(name, message)
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What stands in the fields, as typed where it could not be saved."""
        return {name: self[name].value() for name in self.fields}

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        chosen = self.values["stance"] or ""
        return [(value, str(label), value == chosen) for value, label in Stance.choices]

    @property
    def stored_words(self) -> str:
        """What somebody else chose meanwhile; empty where nobody did."""
        return str(self.stored.get_stance_display()) if self.stored and self.stored.stance else ""

    @property
    def messages(self) -> dict[str, str]:
        """One message a field."""
        return {name: str(errors[0]) for name, errors in self.errors.items()} if self.is_bound else {}


class NoteForm(forms.Form):
    """What a member was told: when, by whom and how, and what the vendor said to each rule."""

    on = forms.DateField(label=gettext_lazy("On"), widget=DayInput)
    by = WordsField(label=gettext_lazy("By whom at the vendor"), max_length=300)
    note = LinesField(
        label=gettext_lazy("How you were told"),
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For example: in the meeting of 12 March, or by a mail and where it is kept."),
    )

    def __init__(self, data: Any = None, *, rules: Sequence[RuleSheet], today: date) -> None:
        super().__init__(data, initial={"on": today})
        self.rules = [rule for rule in rules if rule.lines]
        for rule in self.rules:
            name = f"{rule.number}. {rule.name}"
            self.fields[f"{rule.key}-stance"] = forms.ChoiceField(
                label=name,
                choices=[
                    (Stance.ACCEPTS, _("They accept this")),
                    (Stance.DISCUSSES, _("They want to talk about this")),
                ],
                initial=Stance.ACCEPTS,
                widget=forms.RadioSelect,
            )
            self.fields[f"{rule.key}-comment"] = LinesField(
                label=_("What they said to rule %(number)s") % {"number": rule.number},
                required=False,
                max_length=LONGEST_COMMENT,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def told(self) -> Note:
        said = self.cleaned_data
        replies = {
            rule.key: {"stance": said[f"{rule.key}-stance"], "comment": said[f"{rule.key}-comment"]}
            for rule in self.rules
        }
        return Note(on=said["on"], by=said["by"], note=said["note"], replies=replies)
