"""Forms about a pulse: asking for one, and answering it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from accounts.choices.people import DEPARTMENTS
from accounts.mailed_links.forms import BY_MAIL, DaysField, LanguageField, WayField
from accounts.models import Department, Membership
from groundwork.choices import SearchedChoiceField
from groundwork.clean_text import cleaned
from groundwork.fields import LinesField, WordsField, field
from vendors.models import Pulse, PulseChoice
from vendors.voice.feedback import BESIDE
from vendors.voice.feedback_forms import LONGEST, five_feelings
from vendors.voice.pulses import DAYS, MOST, QUESTIONS, Receiver

NAME_LENGTH = 120
NAMED = re.compile(r"(?P<name>[^<>]*)<\s*(?P<email>[^<>\s]+)\s*>")


class ReceiversField(forms.CharField):
    """Several people, one a line or set apart by semicolons: “Name <address>”, an address alone, or a name alone."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        said = [line.strip(" ,\t") for line in re.split(r"[\r\n;]+", text)]
        receivers = [_receiver(line) for line in said if line]
        addresses = Counter(receiver.email.lower() for receiver in receivers if receiver.email)
        twice = [address for address, times in addresses.items() if times > 1]
        if twice:
            raise ValidationError(_("%(email)s stands here twice."), params={"email": sorted(twice)[0]})
        if len(receivers) > MOST:
            raise ValidationError(_("Ask at most %(most)s people at once."), params={"most": MOST})
        return receivers


def _receiver(line: str) -> Receiver:
    named = NAMED.fullmatch(line)
    if named:
        name, email = named["name"].strip(" \"'"), named["email"]
    else:
        name, email = ("", line) if "@" in line else (line, "")
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise ValidationError(_("“%(line)s” is not an e-mail address."), params={"line": line}) from error
    if len(name) > NAME_LENGTH or len(email) > 254:
        raise ValidationError(_("“%(line)s…” is too long."), params={"line": line[:40]})
    return Receiver(name=cleaned(name), email=email)


class AskForm(forms.Form):
    """Whom to ask, in which language, and how the links get there."""

    receivers = ReceiversField(
        label=_("Whom to ask"),
        help_text=_("One person a line: an address, or a name with its address behind it, as mail programs write it."),
        widget=forms.Textarea(
            attrs={
                "rows": 4,
                "spellcheck": "false",
                "autocapitalize": "off",
                "placeholder": "Robin Example <robin@example.org>",
            }
        ),
        error_messages={"required": _("Say whom to ask.")},
    )
    language = LanguageField(label=_("Language of the mail and the page"))
    department = SearchedChoiceField(
        source=DEPARTMENTS,
        label=_("Their department"),
        queryset=Department.objects.none(),
        required=False,
        empty_label=_("Not said"),
    )
    days = DaysField(7, DAYS, 30, initial=DAYS)
    by = WayField(by_mail=_("Send it by mail"), to_copy=_("Only make the links: I copy them and hand them over myself"))

    def __init__(self, data: Any = None, *, member: Membership) -> None:
        super().__init__(data, initial={"language": member.organisation.language})
        departments = Department.objects.filter(organisation=member.organisation_id)
        field(self, "department", forms.ModelChoiceField).queryset = departments

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        without = [one.name for one in cleaned.get("receivers") or () if not one.email]
        if without and cleaned.get("by") == BY_MAIL:
            problem = _("“%(name)s” has no e-mail address: add it, or make links to copy.")
            self.add_error("receivers", ValidationError(problem, params={"name": without[0]}))
        return cleaned


class PulseForm(forms.Form):
    """Four questions, three more that may stay open, how it felt, and a word if there is one."""

    feeling = five_feelings(_("All in all, how did it feel?"))
    comment = LinesField(
        label=_("Anything to add?"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    name = WordsField(
        label=_("Your name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Say who you are: what you say stands under your name.")},
    )

    def __init__(self, data: Any = None, *, pulse: Pulse) -> None:
        super().__init__(data, initial={"name": pulse.name})
        asked = {
            key: forms.ChoiceField(
                label=str(question),
                choices=PulseChoice.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer; “Don’t know” is one.")},
            )
            for key, question in QUESTIONS.items()
        }
        beside = {
            key: forms.ChoiceField(
                label=str(question), choices=PulseChoice.choices, widget=forms.RadioSelect, required=False
            )
            for key, question in BESIDE.items()
        }
        self.fields = asked | beside | self.fields  # the questions come first

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[key] for key in QUESTIONS]

    @property
    def beside(self) -> list[forms.BoundField]:
        return [self[key] for key in BESIDE]

    @property
    def shows_beside(self) -> bool:
        return any(self[key].value() or self[key].errors for key in BESIDE)

    @property
    def choices(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in (*QUESTIONS, *BESIDE)}
