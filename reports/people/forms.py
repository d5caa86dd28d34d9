"""What somebody types who wants to be erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User


class ErasureForm(forms.Form):
    """The person's own address, typed, so that nobody does it by a slip."""

    address = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("Type it, as a sign that you mean it."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].strip()
        if address.lower() != self.user.email.lower():
            raise forms.ValidationError(_("This is not the address by which you sign in. Type that one."))
        return address
