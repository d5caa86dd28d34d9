"""Form fields that several apps ask with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

LONGEST_TEXT = 50_000  # characters: about 8,000 words


class LongText(forms.CharField):
    """A text as a person wrote it: line ends of one kind, and without the one character no database keeps."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=LONGEST_TEXT, widget=forms.Textarea)

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        return super().to_python(text) or ""


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; they are checked where they are kept."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [file for file in (data if isinstance(data, list | tuple) else [data]) if file]


class DayInput(forms.DateInput):
    """The browser's own date field: it shows the day as the reader's locale writes it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


NOTE_LENGTH = 2000


class NoteField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class LinesField(forms.CharField):
    """A text over several lines; browsers send their ends as CRLF, which would look like a change."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n")
