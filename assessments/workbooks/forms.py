"""The form that takes a filled workbook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.workbooks.reading import MAX_BYTES
from groundwork.words import size


def _limits() -> str:
    return gettext("The workbook from this page, saved as XLSX, XLS or ODS; at most %(size)s.") % {
        "size": size(MAX_BYTES)
    }


class WorkbookForm(forms.Form):
    file = forms.FileField(
        label=_("Filled workbook"),
        help_text=lazy(_limits, str)(),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            said = gettext("The file is larger than %(size)s: take pictures and sheets of your own out of it.")
            raise ValidationError(said % {"size": size(MAX_BYTES)})
        return file
