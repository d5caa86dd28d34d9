"""What every form about a mailed link asks: how it gets there, how long it opens anything, in which language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from groundwork.words import duration

BY_MAIL, TO_COPY = "mail", "copy"


class WayField(forms.ChoiceField):
    """By mail, or shown once to be copied."""

    widget = forms.RadioSelect

    def __init__(self, *, by_mail: Promise, to_copy: Promise) -> None:
        ways = [(BY_MAIL, by_mail), (TO_COPY, to_copy)]
        super().__init__(label=gettext_lazy("How it gets there"), initial=BY_MAIL, choices=ways)


class DaysField(forms.TypedChoiceField):
    """One of a few usual lengths, in days."""

    def __init__(self, *lengths: int, initial: int) -> None:
        self.lengths = lengths
        super().__init__(
            label=gettext_lazy("Valid for"),
            coerce=int,
            initial=initial,
            choices=lambda: self.in_words(lengths),
        )

    @staticmethod
    def in_words(lengths: Iterable[int]) -> list[tuple[int, str]]:
        return [(days, duration(timedelta(days=days))) for days in lengths]


class LanguageField(forms.ChoiceField):
    """Each language by its own name: whoever looks for theirs may not read the page's."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_own_names, **kwargs)


def _own_names() -> list[tuple[str, str]]:
    names = [(code, translation.get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    return [(code, name[:1].upper() + name[1:]) for code, name in names]
