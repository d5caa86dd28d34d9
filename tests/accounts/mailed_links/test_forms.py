"""What every form about a mailed link asks."""

from __future__ import annotations

from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.mailed_links.forms import BY_MAIL, DaysField, LanguageField, WayField


class AskForm(forms.Form):
    days = DaysField(7, 14, initial=14)
    by = WayField(by_mail=gettext_lazy("Send it by mail"), to_copy=gettext_lazy("Send it by mail"))
    language = LanguageField(label="Language")


def test_days_are_a_number_of_those_offered() -> None:
    form = AskForm({"days": "7", "by": BY_MAIL, "language": "fr"})
    assert form.is_valid()
    assert form.cleaned_data["days"] == 7
    assert not AskForm({"days": "8", "by": BY_MAIL, "language": "fr"}).is_valid()


def test_each_language_is_named_by_itself_whatever_the_page_speaks() -> None:
    with translation.override("fr"):
        html = str(AskForm()["language"])
    assert all(name in html for name in ("English", "Français", "Nederlands"))


def test_days_are_said_in_the_language_of_the_page() -> None:
    with translation.override("fr"):
        french = str(AskForm()["days"])
    assert "14 jours" in french
    assert "14 days" in str(AskForm()["days"])
