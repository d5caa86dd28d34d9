"""The forms of the consensus meeting: who was there, and what was agreed about one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, User
from assessments.consensus.attendance import NOBODY
from assessments.consensus.meeting import Discussion
from assessments.lifecycle.transitions import REASON_LENGTH
from assessments.models import Assessment, Blank, Consensus, Meeting
from assessments.questionnaire.forms import choice_label
from assessments.questionnaire.rows import RadioChoice
from groundwork.fields import DayInput, LongText, field, one_of
from groundwork.saved import Conflict
from manifesto.models import GRADE_NAMES

GRADES = tuple((str(grade), name) for grade, name in enumerate(GRADE_NAMES))
NOT_APPLICABLE = Blank.NOT_APPLICABLE.value
OTHERS_LENGTH = 300


class PastDay(forms.DateField):
    """A day that has come already."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=options.pop("widget", DayInput), **options)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come: record the meeting once it was held."))
        return day


class MeetingForm(forms.Form):
    """Which day it was, and who was there: members to tick, proposed are the raters who have handed in; others by
    name."""

    use_required_attribute = False

    held_on = PastDay(label=gettext_lazy("Day of the meeting"))
    attendees = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        label=gettext_lazy("Who was there"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Tick at least one person here, or type a name below."),
    )
    others = forms.CharField(
        label=gettext_lazy("Others who were there"),
        max_length=OTHERS_LENGTH,
        required=False,
        help_text=gettext_lazy("Names, separated by commas."),
    )

    def __init__(
        self, data: Any = None, *, assessment: Assessment, member: Membership, day: date, meeting: Meeting | None
    ) -> None:
        raters = dict(assessment.responses.of_customer().exclude(rater=None).values_list("rater", "submitted_at"))
        present = [user.pk for user in meeting.attendees.all()] if meeting else _handed_in(raters)
        initial = {"held_on": day, "attendees": present, "others": meeting.others if meeting else ""}
        super().__init__(data, initial=initial)
        one_of(self, "attendees", "others")
        ours = Membership.objects.for_member(member).active().filter(user__is_active=True).values("user")
        people = User.objects.filter(pk__in=ours) | User.objects.filter(pk__in=[*raters, *present])
        attendees = field(self, "attendees", forms.ModelMultipleChoiceField)
        attendees.queryset = people.order_by("name", "email")
        attendees.choices = _by_part(attendees.queryset, raters)
        if len(_handed_in(raters)) < len(raters):
            attendees.help_text = gettext_lazy(
                "Tick at least one person here, or type a name below. A rater who is there before handing in hears "
                "what the others answered: their rating is then marked as not independent."
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["others"] = ", ".join(filter(None, map(str.strip, cleaned.get("others", "").split(","))))
        if not cleaned.get("attendees") and not cleaned["others"] and "attendees" not in self.errors:
            self.add_error("attendees", NOBODY)
        return cleaned


def _handed_in(raters: Mapping[int, datetime | None]) -> list[int]:
    return [rater for rater, submitted_at in raters.items() if submitted_at is not None]


def _by_part(people: Iterable[User], raters: Mapping[int, datetime | None]) -> list[tuple[str, Any]]:
    """Choices in two groups: the raters, with those who have not handed in named so, and all other members."""
    rating, others = [], []
    for person in people:
        if person.pk not in raters:
            others.append((person.pk, str(person)))
        elif raters[person.pk] is None:
            rating.append((person.pk, _("%(name)s (has not handed in)") % {"name": person}))
        else:
            rating.append((person.pk, str(person)))
    groups = ((_("Raters"), rating), (_("Other members"), others))
    return [(name, choices) for name, choices in groups if choices]


class AgreeForm(forms.Form):
    """What was agreed about one question, why, and which version of it the person has seen."""

    use_required_attribute = False

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    day = PastDay(widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        choices=[*GRADES, (NOT_APPLICABLE, gettext_lazy("Not applicable"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the grade that you agreed on, or “not applicable”.")},
    )
    reason = LongText()

    def __init__(self, data: Any = None, *, discussion: Discussion, day: date) -> None:
        stored = discussion.settled
        super().__init__(data, auto_id=f"{discussion.anchor}-%s", initial=_stored_values(stored) | {"day": day})
        field(self, "reason", LongText).max_length = REASON_LENGTH

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if not reason:
            raise forms.ValidationError(_("Say why: whoever was not there must understand it."))
        if len(reason) > REASON_LENGTH:
            raise forms.ValidationError(_("Say it in %(limit)s characters or fewer.") % {"limit": REASON_LENGTH})
        return reason

    def agreement(self) -> dict[str, Any]:
        """As `consensus.agree` takes it."""
        choice = self.cleaned_data["choice"]
        applies_not = choice == NOT_APPLICABLE
        return {
            "grade": None if applies_not else int(choice),
            "not_applicable": applies_not,
            "reason": self.cleaned_data["reason"],
            "version": self.cleaned_data["version"],
        }


@dataclass(frozen=True, kw_only=True)
class DiscussionCard:
    """One question on the page, with the form to agree where whoever looks may record (None: they may not)."""

    discussion: Discussion
    form: AgreeForm | None = None
    conflict: Conflict[Consensus | None] | None = None
    refused: str = ""

    @property
    def label(self) -> str:
        """What is agreed: “3 Dependable”; empty where nothing is."""
        return label_of(self.discussion.settled)

    @property
    def is_of_one(self) -> bool:
        """What stands here was recorded while nobody else was there."""
        return self.discussion.settled is not None and self.discussion.settled.meeting.is_of_one

    @property
    def came_about(self) -> str:
        """How what stands here came about."""
        return _("Decided by one person") if self.is_of_one else _("Agreed")

    @property
    def theirs(self) -> str:
        return label_of(self.conflict.stored) if self.conflict else ""

    @property
    def is_open(self) -> bool:
        """Whether the form stands open: always, until something is agreed and everything is well."""
        return self.discussion.settled is None or self.is_unsaved

    @property
    def is_unsaved(self) -> bool:
        return bool(self.refused or self.conflict or (self.form and self.form.errors))

    @property
    def version(self) -> int:
        """What stands there as the person sees it now: saving again after a conflict replaces it knowingly."""
        return self.discussion.settled.version if self.discussion.settled else 0

    @property
    def chosen(self) -> str:
        return str(self.form["choice"].value() or "") if self.form else ""

    @property
    def choices(self) -> list[RadioChoice]:
        return [
            RadioChoice(
                value=str(level.grade), name=level.name, text=level.text, is_chosen=str(level.grade) == self.chosen
            )
            for level in self.discussion.levels
        ]

    @property
    def applies_not(self) -> bool:
        return self.chosen == NOT_APPLICABLE

    @property
    def announcement(self) -> str:
        """For those who do not see the page change."""
        if self.is_unsaved:
            return _("Not saved")
        if self.label:
            agreed = {"number": self.discussion.number, "grade": self.label}
            return _("Saved. Question %(number)s, agreed: %(grade)s") % agreed
        return _("Question %(number)s is open again.") % {"number": self.discussion.number}


def label_of(stored: Consensus | None) -> str:
    """“3 Dependable”, “Not applicable”; empty for nothing."""
    return choice_label(stored.grade, NOT_APPLICABLE if stored.not_applicable else "") if stored else ""


def _stored_values(stored: Consensus | None) -> dict[str, Any]:
    if stored is None:
        return {"version": 0, "choice": "", "reason": ""}
    choice = NOT_APPLICABLE if stored.not_applicable else str(stored.grade)
    return {"version": stored.version, "choice": choice, "reason": stored.reason}
