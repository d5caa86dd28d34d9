"""The form that hands one question to a colleague."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from assessments.independence import those_who_know
from assessments.models import Answer
from assessments.questionnaire.delegation import possible_delegates
from groundwork.choices import SearchedChoiceField
from groundwork.fields import NoteField, field


class ColleagueField(SearchedChoiceField):
    """`knowing`: the ids of users who know what stands in another rater's questionnaire; it is said behind the name."""

    knowing: Collection[int] = ()

    def label_from_instance(self, obj: Any) -> str:
        name = f"{obj.user} ({obj.department})" if obj.department else str(obj.user)
        if obj.user_id not in self.knowing:
            return name
        said = gettext("%(name)s – has read others’ answers: yours would not be independent")
        return said % {"name": name}


class DelegationForm(forms.Form):
    """To whom a question is handed."""

    to = ColleagueField(
        queryset=Membership.objects.none(),
        searched=("user__name", "user__email"),
        label=_("Colleague"),
        empty_label=_("Choose a colleague"),
        help_text=_("Whoever rates this vendor too must judge alone and is not listed."),
    )
    note = NoteField(label=_("Note"), help_text=_("What you would like to know. It stands in the mail."))

    def __init__(self, data: Any = None, *, answer: Answer, member: Membership) -> None:
        super().__init__(data)
        to = field(self, "to", ColleagueField)
        to.knowing = those_who_know(answer.response.assessment_id, but_for=answer.response_id)
        to.queryset = possible_delegates(member, answer)
