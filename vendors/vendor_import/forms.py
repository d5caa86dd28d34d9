"""The form that takes a file of vendors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groundwork.tables.limits import too_large
from groundwork.words import number, size
from vendors.vendor_import.table import LIMITS


def _limits() -> str:
    said = {"size": size(LIMITS.text_bytes), "count": number(LIMITS.text_rows)}
    return gettext("CSV, XLSX, XLS or ODS, at most %(size)s and %(count)s vendors.") % said


class VendorImportForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=lazy(_limits, str)(),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.xls,.ods"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMITS.text_bytes:
            raise ValidationError(str(too_large(LIMITS.text_bytes)))
        return file
