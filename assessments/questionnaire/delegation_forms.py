"""The form that hands one question to a colleague."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from assessments.models import Answer
from assessments.questionnaire.delegation import possible_delegates
from groundwork.fields import NoteField, field


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user} ({obj.department})" if obj.department else str(obj.user)


class DelegationForm(forms.Form):
    """To whom a question is handed."""

    to = ColleagueField(
        queryset=Membership.objects.none(),
        label=_("Colleague"),
        empty_label=_("Choose a colleague"),
        help_text=_("Whoever rates this vendor too must judge alone and is not listed."),
    )
    note = NoteField(label=_("Note"), help_text=_("What you would like to know. It stands in the mail."))

    def __init__(self, data: Any = None, *, answer: Answer, member: Membership) -> None:
        super().__init__(data)
        field(self, "to", forms.ModelChoiceField).queryset = possible_delegates(member, answer)
