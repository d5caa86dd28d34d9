"""Forms of a letter, of the letterhead, and of an organisation's own letters."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.models import Response
from groundwork import words
from groundwork.choices import SearchedChoiceField
from groundwork.fields import DayInput, LinesField, field
from reports.letters import letterheads
from reports.letters.letterheads import LogoRefused
from reports.letters.matters import AssessmentMatter, Deadline, Matter
from reports.models import Letterhead, LetterKind
from vendors.models import Contact

MOST_LINES, LONGEST_LINE, LONGEST_OWN = 6, 60, 900


def _lines(text: str, *, most: int, longest: int) -> str:
    """Raises ValidationError for more than a letter has room for."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > most:
        raise ValidationError(gettext("Too many lines: at most %(count)s fit.") % {"count": most})
    if any(len(line) > longest for line in lines):
        raise ValidationError(gettext("A line is too long: at most %(count)s characters fit.") % {"count": longest})
    return "\n".join(lines)


class ContactField(SearchedChoiceField):
    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name} ({obj.get_language_display()})"


class LetterForm(forms.Form):
    contact = ContactField(
        label=_("To"), queryset=Contact.objects.none(), help_text=_("The letter is in the contact’s language.")
    )
    address = LinesField(
        label=_("Address"),
        required=False,
        help_text=_("Street, town and country below the name; at most 6 lines. It is kept with the letter alone."),
    )
    deadline = forms.DateField(label=_("Answer by"), widget=DayInput())
    own = LinesField(
        label=_("A paragraph of your own"),
        required=False,
        max_length=LONGEST_OWN,
        help_text=_("It stands in the letter as you write it, in the language of the contact. Name no rater in it."),
    )
    sender = LinesField(
        label=_("Signed by"),
        required=False,
        help_text=_("Name and function, below the name of your organisation; at most 3 lines."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, matter: Matter, kind: LetterKind, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter, self.today = matter, today
        self.limit: Deadline | None = matter.deadline(kind)
        contacts = Contact.objects.filter(vendor=matter.vendor).select_related("vendor")
        field(self, "contact", ContactField).queryset = contacts
        if self.limit is None:
            del self.fields["deadline"]
        elif self.limit.fixed:
            self.fields["deadline"].disabled = True
            self.fields["deadline"].help_text = _("As it is set already; the letter repeats it.")
            self.initial["deadline"] = self.limit.day

    def clean_address(self) -> str:
        return _lines(self.cleaned_data["address"], most=MOST_LINES, longest=LONGEST_LINE)

    def clean_sender(self) -> str:
        text = _lines(self.cleaned_data["sender"], most=3, longest=80)
        for name in self._raters():
            if name.casefold() in text.casefold():
                told = {"name": name}
                raise ValidationError(
                    gettext("%(name)s rates this vendor, which a letter does not tell: let somebody else sign.") % told
                )
        return text

    def clean_deadline(self) -> date | None:
        day: date | None = self.cleaned_data["deadline"]
        if day is not None and self.limit is not None and not self.limit.fixed and day <= self.today:
            raise ValidationError(gettext("Choose a day after %(day)s.") % {"day": words.day(self.today)})
        return day

    def _raters(self) -> list[str]:
        if not isinstance(self.matter, AssessmentMatter):
            return []
        rows = Response.objects.of_customer().filter(assessment=self.matter.assessment, rater__isnull=False)
        return [name for name in rows.values_list("rater__name", flat=True) if name]


class LetterheadForm(forms.ModelForm[Letterhead]):
    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPEG, at most 2 MB; it is kept 60 by 22 mm large. SVG is not taken."),
    )
    without_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = Letterhead
        fields = ("address", "place", "foot")
        widgets = {"address": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "address": _("At most 6 lines; the name of your organisation stands above it already."),
            "place": _("It stands before the day: “Bruges, 3 March 2026”."),
            "foot": _("Such as telephone, website and registration number."),
        }

    field_order = ("logo_file", "without_logo", "address", "place", "foot", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        if not self.instance.logo:
            del self.fields["without_logo"]

    def clean_address(self) -> str:
        return _lines(self.cleaned_data["address"].replace("\r\n", "\n"), most=MOST_LINES, longest=80)

    def clean_logo_file(self) -> bytes | None:
        """The picture as it is kept."""
        file = self.cleaned_data["logo_file"]
        if not file:
            return None
        try:
            return letterheads.drawn(file, size=file.size)
        except LogoRefused as refused:
            raise ValidationError(str(refused)) from refused


class OwnLetterForm(forms.Form):
    file = forms.FileField(
        label=_("Your letter"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=_("A Word document (.docx) of at most 3 MB, with placeholders of the list below."),
    )
