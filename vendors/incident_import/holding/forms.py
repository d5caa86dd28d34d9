"""The one question about a file: what does it hold?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from groundwork.fields import DayInput
from vendors.incident_import.holding.answers import Answer, proposed_answer
from vendors.incident_import.holding.proposal import Proposal
from vendors.models import IncidentImport, Selection


class HoldingForm(forms.Form):
    """One of the choices is proposed; it counts once a person sends it."""

    use_required_attribute = False
    selection = forms.ChoiceField(
        label=gettext_lazy("Which incidents are in it?"),
        choices=Selection.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what the file holds.")},
    )
    first = forms.DateField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("The first day of the period, included."),
        required=False,
        widget=DayInput,
    )
    last = forms.DateField(
        label=gettext_lazy("To"),
        help_text=gettext_lazy("The last day, included."),
        required=False,
        widget=DayInput,
    )
    exported_on = forms.DateField(
        label=gettext_lazy("Exported on"),
        help_text=gettext_lazy("What happened after this day is not known from this file."),
        widget=DayInput,
        error_messages={"required": gettext_lazy("Say on which day the file was exported.")},
    )

    def __init__(self, data: Any = None, *, upload: IncidentImport, proposal: Proposal | None) -> None:
        super().__init__(data, initial=_initial(upload, proposal))

    def answer(self) -> Answer:
        """Of a valid form."""
        given = self.cleaned_data
        return Answer(**{**given, "selection": Selection(given["selection"])})


def _initial(upload: IncidentImport, proposal: Proposal | None) -> dict[str, Any]:
    """What was said, else what is proposed."""
    if upload.selection:
        return {
            "selection": upload.selection,
            "first": upload.holds_from,
            "last": upload.holds_to,
            "exported_on": upload.known_until,
        }
    if proposal is None:
        return {}
    answer = proposed_answer(proposal)
    names = ("selection", "first", "last", "exported_on")
    return {name: getattr(answer, name) for name in names}
