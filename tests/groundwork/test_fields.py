"""Fields that several apps ask with."""

from __future__ import annotations

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import SimpleTestCase

from groundwork.fields import DayInput, LinesField, LongText, ManyFilesField, ManyOptions, NoteField, WordsField, field


class LetterForm(forms.Form):
    day = forms.DateField(widget=DayInput)
    kind = forms.ChoiceField(choices=[("a", "A")])


def test_a_field_is_had_as_the_kind_that_it_is() -> None:
    form = LetterForm()
    field(form, "kind", forms.ChoiceField).choices = [("b", "B")]
    assert 'value="b"' in str(form["kind"])
    assert 'value="a"' in str(LetterForm()["kind"])


def test_a_field_of_another_kind_is_a_fault() -> None:
    with pytest.raises(TypeError, match="day is a DateField, not a ChoiceField"):
        field(LetterForm(), "day", forms.ChoiceField)


@pytest.mark.parametrize("lines", [LinesField(), LongText(), NoteField(label="Note")])
def test_line_ends_are_of_one_kind_and_no_database_refuses_a_text(lines: LinesField) -> None:
    assert lines.clean("one\r\ntwo\rthree\x00") == "one\ntwo\nthree"


def test_the_same_words_are_the_same_words() -> None:
    assert WordsField().clean("  Disk\u00a0 full ") == "Disk full"


def test_any_number_of_files_is_taken() -> None:
    one, other = SimpleUploadedFile("one.txt", b"1"), SimpleUploadedFile("other.txt", b"2")
    files = ManyFilesField(required=False)
    assert (files.clean([one, other]), files.clean(one), files.clean(None)) == ([one, other], [one], [])


def test_a_day_is_asked_for_by_the_browsers_own_field() -> None:
    assert 'type="date"' in str(LetterForm(initial={"day": "2026-03-01"})["day"])


@pytest.mark.parametrize("value", ["b", "", None, "<&>"])
def test_a_select_of_many_options_is_the_usual_one(value: str | None) -> None:
    choices = [("", "None"), ("b", "B & <c>"), ("<&>", "'")]
    attributes = {"class": "form-select", "required": True, "id": "x"}
    ours, usual = (kind(attrs=attributes, choices=choices) for kind in (ManyOptions, forms.Select))
    assert_html_equal = SimpleTestCase().assertHTMLEqual
    assert_html_equal(ours.render("column", value, {"data-x": "1"}), usual.render("column", value, {"data-x": "1"}))
