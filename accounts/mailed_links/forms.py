"""What every form about a mailed link asks: how it gets there, how long it opens anything, in which language; and the
forms by which one comes in, or gives it more time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.mailed_links.links import LONGEST, end_after, end_of
from accounts.models import MailedLink
from groundwork.choices import SearchedChoiceField
from groundwork.fields import DayInput, field
from groundwork.words import duration

BY_MAIL, TO_COPY = "mail", "copy"
EXTENDED_BY = timedelta(days=30)  # what the page proposes


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


class EnterForm(forms.Form):
    """The choice of language on the way in."""

    language = LanguageField(label=gettext_lazy("Language"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, language: str | None) -> None:
        super().__init__(data, initial={"language": language})


class ExtendForm(forms.Form):
    """Another last day."""

    last_day = forms.DateField(
        label=gettext_lazy("Valid until"), widget=DayInput, help_text=gettext_lazy("The whole of this day is included.")
    )

    def __init__(self, data: Any = None, *, link: MailedLink, today: date) -> None:
        start = max(timezone.localdate(link.expires_at), today)
        super().__init__(data, initial={"last_day": start + EXTENDED_BY})
        self.today = today

    def clean_last_day(self) -> date:
        last_day: date = self.cleaned_data["last_day"]
        if not self.today <= last_day < self.today + LONGEST:
            raise ValidationError(gettext_lazy("Choose a day to come, at most a year from now."))
        return last_day

    @property
    def expires_at(self) -> datetime:
        return end_of(self.cleaned_data["last_day"])


class ContactField(SearchedChoiceField):
    """Contacts of a vendor, each with what it takes to write to them."""

    def label_from_instance(self, contact: Any) -> str:
        known = [contact.name, contact.job, contact.email or str(gettext_lazy("no e-mail address"))]
        return " · ".join(part for part in known if part)


class ContactLinkForm(forms.Form):
    """To which contact a link is given, and until when. How it gets there says the button that is pressed.

    `not_asked`: the contacts that have none yet; the only one of them is proposed.
    """

    lengths: tuple[int, ...] = ()
    usual: int = 0

    contact = ContactField(label=gettext_lazy("Contact"), queryset=None, empty_label=gettext_lazy("Choose a contact"))

    def __init__(self, data: Any = None, *, not_asked: QuerySet[Any], by_mail: bool = False) -> None:
        super().__init__(data)
        self.by_mail = by_mail
        self.fields["days"] = DaysField(*self.lengths, initial=self.usual)
        self.not_asked = list(not_asked)
        field(self, "contact", ContactField).queryset = not_asked
        if len(self.not_asked) == 1:
            self.initial["contact"] = self.not_asked[0]

    @property
    def has_contacts(self) -> bool:
        return bool(self.not_asked)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        contact = cleaned.get("contact")
        if contact and not contact.email and self.by_mail:
            told = gettext_lazy(
                "This contact has no e-mail address: choose “Show the link to copy”, and hand it over yourself."
            )
            self.add_error("contact", told)
        return cleaned

    def expires_at(self, now: datetime) -> datetime:
        return end_after(self.cleaned_data["days"], now)
