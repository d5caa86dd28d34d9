"""What the vendor fills in: agrees, says why not, says how far it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groundwork.fields import LinesField, ManyFiles, WordsField, one_of
from vendors.attachments import ACCEPT, EXTENSIONS, EvidenceField

LONGEST = 4000  # characters: a report on one thing, not a contract
NAME_LENGTH = 160
PROGRESS, DONE = "progress", "done"


class AgreeForm(forms.Form):
    """Who agrees, and what there is to add."""

    name = WordsField(
        label=_("Who agrees"),
        max_length=NAME_LENGTH,
        help_text=_("Your name, or that of whoever decides this at your company."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Say who agrees: a name.")},
    )
    words = LinesField(
        label=_("Anything to add?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("How you go about it, who works on it, what you need from your customer."),
    )

    def __init__(self, data: Any = None, *, name: str) -> None:
        super().__init__(data, initial={"name": name}, prefix="agree")


class AgreeToSeveralForm(AgreeForm):
    """One name for all that are ticked. Each choice carries the version that was read."""

    commitments = forms.MultipleChoiceField(
        label=_("Which you agree to"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one commitment."),
            "invalid_choice": _("One of these was changed, or is no longer open: read the list again, then tick anew."),
        },
    )
    field_order = ("commitments", "name", "words")

    def __init__(self, data: Any = None, *, name: str, choices: list[tuple[str, str]]) -> None:
        super().__init__(data, name=name)
        self.fields["commitments"].choices = choices  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    reason = LinesField(
        label=_("Why not"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your customer reads it. Say what you could agree to instead: less, later, another way."),
        error_messages={"required": _("Say why you do not agree, so that your customer can answer it.")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="decline")


class SayForm(forms.Form):
    """How far it is, in words, files or both; done only in words."""

    said = LinesField(
        label=_("How far are you?"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    evidence = EvidenceField(label=_("Files that show it"), required=False, widget=ManyFiles(attrs={"accept": ACCEPT}))

    def __init__(self, data: Any = None, files: Any = None, *, then: str = PROGRESS, most: str = "") -> None:
        super().__init__(data, files, prefix="say")
        self.then = then
        one_of(self, "said", "evidence")
        told = _("Your customer sees them. Possible are %(kinds)s, each at most %(most)s.")
        self.fields["evidence"].help_text = str(told) % {"kinds": EXTENSIONS, "most": most}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if self.then == DONE and not cleaned["said"]:
            self.add_error("said", _("Say what was done, so that your customer can tell."))
        elif not cleaned["said"] and not cleaned["evidence"]:
            self.add_error("said", _("Say how far it is, or attach a file that shows it."))
        return cleaned
