"""Forms for asking people to rate, and for handing a question to a colleague."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership
from assessments.independence import those_who_know
from assessments.models import Assessment, Response
from groundwork.fields import DayInput, NoteField, field, one_of
from manifesto.models import Rule

NONE_OF_OURS, NONE_WORDS = "none", _("None of ours: they look at it from outside")


MAY_RATE_TOO = _(
    "Whoever has read others’ answers can rate too: their grades count in the mean. The rating is marked as not "
    "independent, and counts neither in the confidence nor in the agreement of the raters."
)


class DueField(forms.DateField):
    """A day to come; empty: that of the assessment."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Due date"), required=False, **kwargs)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value < timezone.localdate():
            raise ValidationError(_("The due date lies in the past."))


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user)


class RaterForm(forms.Form):
    """Whom to ask: colleagues by department, or an address; about which rules, and until when."""

    people = PeopleField(
        queryset=Membership.objects.none(),
        label=_("Colleagues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose active members of your organisation.")},
    )
    email = forms.EmailField(
        label=_("Or the e-mail address of somebody who has no account yet"),
        required=False,
        help_text=_(
            "A link goes there by mail. Whoever follows it becomes an outside rater: they see the name of this vendor, "
            "the period, the questions with what the vendor itself answers, and their own answers. No other vendor, "
            "nobody else’s answers, no scorecard. An administrator can give them another role."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    department = forms.ChoiceField(
        label=_("For which department they speak"),
        required=False,
        help_text=_("Needed with an address: the voice of that department then counts as heard."),
    )
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES, required=False)
    rules = forms.MultipleChoiceField(
        label=_("Rules to rate"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one rule.")},
    )
    due_on = DueField(help_text=_("Empty: that of the assessment. It reminds; it does not lock anything."))
    note = NoteField(
        label=_("Note"), help_text=_("Stands in the mail: why their view matters. It goes to everybody ticked above.")
    )

    def __init__(
        self, data: Any = None, *, assessment: Assessment, member: Membership, department: Department | None = None
    ) -> None:
        rules = Rule.objects.filter(release=assessment.release_id).order_by("position")
        choices = [(rule.key, f"{rule.position}. {rule.name}") for rule in rules]
        initial = {
            "rules": [key for key, _name in choices],
            "department": department and str(department.pk),
            "language": member.organisation.language,
        }
        super().__init__(data, initial=initial)
        one_of(self, "people", "email")
        field(self, "rules", forms.MultipleChoiceField).choices = choices
        self.departments = {str(one.pk): one for one in member.organisation.departments.all()}
        names = [(key, one.name) for key, one in self.departments.items()]
        field(self, "department", forms.ChoiceField).choices = [("", _("Choose")), *names, (NONE_OF_OURS, NONE_WORDS)]
        everybody = Membership.objects.for_member(member).active().filter(user__is_active=True)
        people = field(self, "people", PeopleField)
        people.queryset = everybody
        self.available = available(assessment, member)
        self.knowing = those_who_know(assessment.pk)
        people.choices = by_department(self.available, first=department, knowing=self.knowing)
        if self.knowing & {person.user_id for person in self.available}:
            people.help_text = MAY_RATE_TOO
        if not self.available:
            people.widget = forms.MultipleHiddenInput()
        self.initial["people"] = self._proposed(department)

    def _proposed(self, department: Department | None) -> list[int]:
        """The one member of that department who can be asked; nobody where there are several."""
        if department is None:
            return []
        ours = [person.pk for person in self.available if person.department_id == department.pk]
        return ours if len(ours) == 1 else []

    def clean_email(self) -> str:
        """An address that is a colleague's who has read others' answers: that is said before they are asked."""
        email: str = self.cleaned_data["email"]
        for person in self.available:
            if person.user.email.lower() == email.strip().lower() and person.user_id in self.knowing:
                raise ValidationError(
                    _(
                        "%(name)s is a member and has read others’ answers: the rating would not be independent. "
                        "To ask them all the same, empty this field and tick them among the colleagues."
                    ),
                    params={"name": person.user},
                )
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("people") and not cleaned.get("email") and not {"people", "email"} & self.errors.keys():
            self.add_error("people" if self.available else "email", _("Tick a colleague, or type an address."))
        if cleaned.get("email") and not cleaned.get("department") and "department" not in self.errors:
            self.add_error("department", _("Say for which department they speak, or that it is none of yours."))
        return cleaned

    @property
    def voice(self) -> Department | None:
        """For which the holder of the address speaks; None: for none of the organisation's."""
        return self.departments.get(self.cleaned_data["department"])

    @property
    def terms(self) -> dict[str, Any]:
        """Of the invitation: what `raters.invite` takes."""
        cleaned = self.cleaned_data
        every = len(cleaned["rules"]) == len(self.initial["rules"])
        return {
            "rules": [] if every else cleaned["rules"],
            "due_on": cleaned["due_on"],
            "note": cleaned["note"].strip(),
        }


class RaterEditForm(forms.Form):
    due_on = DueField(help_text=_("Empty: that of the assessment. It reminds; it does not lock anything."))


def available(assessment: Assessment, member: Membership) -> list[Membership]:
    """Active members who can be asked, which is once; by department and name."""
    asked = Response.objects.filter(assessment=assessment, rater__isnull=False).values("rater")
    people = Membership.objects.for_member(member).active().filter(user__is_active=True)
    people = people.exclude(user__in=asked).select_related("user", "department")
    return list(people.order_by("department__name", "user__name", "user__email"))


def name_in_list(person: Membership) -> str:
    """Who looks at it from outside is told apart."""
    if not person.is_outside:
        return str(person.user)
    return str(_("%(name)s (outside rater)") % {"name": person.user})


def by_department(
    people: Iterable[Membership], *, first: Department | None = None, knowing: Collection[int] = ()
) -> list[tuple[str, Any]]:
    """Choices grouped by department, the wanted one first and those without a department last. `knowing`: ids of the
    users who have read others' answers, which stands behind their names."""
    ordered = sorted(
        people,
        key=lambda person: (
            first is None or person.department_id != first.pk,
            person.department is None,
            str(person.department or "").casefold(),
        ),
    )
    return [
        (department or str(_("No department")), [(person.pk, _named(person, knowing)) for person in group])
        for department, group in groupby(ordered, key=lambda person: str(person.department or ""))
    ]


def _named(person: Membership, knowing: Collection[int]) -> str:
    name = name_in_list(person)
    if person.user_id not in knowing:
        return name
    return gettext("%(name)s (has read others’ answers: would not be independent)") % {"name": name}
