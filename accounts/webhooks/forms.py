"""What an administrator says of a webhook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.webhooks import addresses, words
from accounts.webhooks.kinds import CHOICES


class WebhookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which system it is, as your people call it."))
    address = forms.CharField(
        label=_("Address"),
        max_length=addresses.MOST,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("Where the system takes webhooks. It must begin with https:// and be reached from outside."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        choices=CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a tick it is told of all, also of those that come with a later version."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        try:
            addresses.target_of(address)
        except addresses.RefusedAddressError as refused:
            raise ValidationError(words.of_failure(refused.code), code=refused.code) from refused
        return address

    @property
    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "address", "kinds")}
