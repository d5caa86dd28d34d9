"""Form fields that several apps ask with, and the fields of a form as what they are."""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import urlencode

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from groundwork.clean_text import cleaned

LONGEST_TEXT = 50_000  # characters: about 8,000 words
NOTE_LENGTH = 2000

Kind = TypeVar("Kind", bound=forms.Field)


def field(form: forms.BaseForm, name: str, kind: type[Kind]) -> Kind:
    """The form's field of this name, as the kind that it is; a TypeError where it is another."""
    found = form.fields[name]
    if not isinstance(found, kind):
        raise TypeError(f"{name} is a {type(found).__name__}, not a {kind.__name__}.")
    return found


def one_of(form: forms.BaseForm, *names: str) -> None:
    """At least one of these fields is needed, whichever: none of them is called optional. The form itself refuses."""
    for name in names:
        vars(form.fields[name])["is_one_of_several"] = True


class LinesField(forms.CharField):
    """A text as a person wrote it: line ends of one kind, and without the one character no database keeps.

    Browsers send line ends as CRLF, which would look like a change."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        return super().to_python(text) or ""


class LongText(LinesField):
    """An answer, a reason: of any length that a person writes."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=LONGEST_TEXT, widget=forms.Textarea)


class NoteField(LinesField):
    """A few words beside a request."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)


class WordsField(forms.CharField):
    """One line, cleaned as that of a file is, so that the same words are the same words."""

    def to_python(self, value: Any) -> str:
        return cleaned(super().to_python(value) or "")


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; they are checked where they are kept."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [file for file in (data if isinstance(data, list | tuple) else [data]) if file]


class ManyOptions(forms.Select):
    """A select of thousands of options, without groups: Django renders a template for each, which takes fifty times as
    long and a kilobyte each meanwhile."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(one) for one in self.format_value(value)}
        options = [format_html(_CHOSEN if str(of) in chosen else _OPTION, of, label) for of, label in self.choices]
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html(
            "<select{}>{}</select>", flatatt(given), format_html_join("", "{}", ((one,) for one in options))
        )


_OPTION, _CHOSEN = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'


class DayInput(forms.DateInput):
    """The browser's own date field: it shows the day as the reader's locale writes it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ChosenByAddress(forms.Form):
    """What is written into an address by hand and makes no sense counts as not chosen."""

    def __init__(self, data: Any, **defaults: Any) -> None:
        given = {name: data.get(name) or default for name, default in defaults.items()}
        super().__init__(given)
        self.defaults = defaults

    def chosen(self, name: str) -> Any:
        if not self.is_valid():
            self.data = {**self.data, **{name: self.defaults[name] for name in self.errors}}
            self.full_clean()
        return self.cleaned_data[name]

    def as_query(self, given: QueryDict) -> str:
        """What of the address was chosen here, as the end of another: “?months=36”, or nothing."""
        chosen = urlencode({name: given[name] for name in self.fields if name in given})
        return f"?{chosen}" if chosen else ""
