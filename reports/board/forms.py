"""What the author of a board report says before it is made."""

from __future__ import annotations

from math import ceil

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

LONGEST = 900  # characters, and
LINES = 15  # of some 70 characters: what the cover holds beside our own paragraph
LINE = 70


class BoardForm(forms.Form):
    text = forms.CharField(
        label=_("Your own paragraph"),
        required=False,
        max_length=LONGEST,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Stands on the cover before ours, as you write it, with your name. It may stay empty."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if sum(max(1, ceil(len(line) / LINE)) for line in text.splitlines()) > LINES:
            raise forms.ValidationError(_("The cover has room for fifteen lines. Make it shorter."))
        return text
