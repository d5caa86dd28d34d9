"""What a new token is asked: what it is called, how far it reaches, how long it is valid."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.api import scopes
from accounts.mailed_links.forms import DaysField
from accounts.operations import Scope
from groundwork.fields import field

DAYS = (30, 90, 180, 365)
LONGEST_NAME = 80


class TokenForm(forms.Form):
    """`offered`: the scopes to choose from."""

    use_required_attribute = False

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("What uses it, such as “Wall display” or “Nightly export”. The audit trail names it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick as little as it needs: whoever finds the token can do this much."),
        error_messages={"required": _("Tick at least one.")},
    )
    days = DaysField(*DAYS, initial=90)

    def __init__(self, *args: Any, offered: Iterable[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scope.value, scopes.WORDS[scope]) for scope in offered]
        field(self, "scopes", forms.MultipleChoiceField).choices = choices

    @property
    def asked(self) -> dict[str, Any]:
        """For `making` and `connected`; of a form that is valid."""
        return {
            "name": self.cleaned_data["name"],
            "scopes": [Scope(one) for one in self.cleaned_data["scopes"]],
            "valid": timedelta(days=self.cleaned_data["days"]),
        }


class ConnectedForm(TokenForm):
    """Of a system with its first token."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, offered=scopes.of_services(), **kwargs)
        self.fields["name"].help_text = _("What your people call it, such as “ITSM” or “Ticket tool”.")
