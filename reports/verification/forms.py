"""The form that takes a file to check."""

from __future__ import annotations

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groundwork.words import size
from reports.verification.reading import LARGEST


def _limit() -> str:
    said = gettext("A PDF of at most %(size)s: drop it here, or choose it. It is looked at and not kept.")
    return said % {"size": size(LARGEST)}


class VerifyForm(forms.Form):
    file = forms.FileField(
        label=_("Document"),
        help_text=lazy(_limit, str)(),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
