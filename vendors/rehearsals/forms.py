"""Forms of rehearsals and reviews, and the filter of their list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.choices.people import INSIDERS
from accounts.mailed_links.forms import LanguageField
from accounts.models import Membership, User
from groundwork.choices import SearchedChoiceField, SearchedFilterField, is_asked
from groundwork.fields import DayInput, LinesField, WordsField, field, one_of
from groundwork.moments import MomentField
from vendors.choices import VENDORS
from vendors.models import Contact, Rehearsal, RehearsalGuest, RehearsalKind, RehearsalState, Service, Vendor
from vendors.rehearsals import guests
from vendors.rehearsals.changes import PLAN_FIELDS, Told
from vendors.rehearsals.guests import Guest
from vendors.voice.pulse_forms import ReceiversField

LONGEST = 8000  # characters of a scenario, or of what one showed
SHORTEST_MINUTES, MOST_MINUTES = 15, 2880
OLDEST = timedelta(days=365 * 20)  # a day before that was mistyped
FURTHEST = timedelta(days=365 * 50)  # a plan beyond that, too; and no calendar counts to the year 10000


def _text(label: Any, rows: int = 4, **kwargs: Any) -> LinesField:
    kwargs.setdefault("required", False)
    return LinesField(label=label, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def _others(label: Any, **kwargs: Any) -> ReceiversField:
    return ReceiversField(
        label=label,
        required=False,
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "spellcheck": "false",
                "autocapitalize": "off",
                "placeholder": "Robin Example <robin@example.org>",
            }
        ),
        **kwargs,
    )


def insiders(member: Membership, *present: int | None) -> QuerySet[User]:
    """The members who read here, and whoever is named already, even if they left."""
    inside = Membership.objects.for_member(member).active().inside()
    named = [pk for pk in present if pk is not None]
    return User.objects.filter(Q(pk__in=inside.values("user")) | Q(pk__in=named)).order_by("name", "email")


class _Versioned(forms.Form):
    """With the version that the person had read."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def take_version(self, version: int) -> None:
        """The page shows what stands there now: sending the form again is then a decision."""
        data = cast(QueryDict, self.data).copy()
        data[self.add_prefix("version")] = str(version)
        self.data = data


# Planning ---------------------------------------------------------------------------------------------------------
class PlanForm(forms.ModelForm[Rehearsal]):
    planned_at = MomentField(label=_("When"), error_messages={"required": _("Say on which day, and at what time.")})
    scenario = _text(
        _("Scenario"),
        8,
        help_text=_(
            "What happens, and what you want to find out. Of a rehearsal the invitation does not tell it; of a review "
            "it does: what you will look at."
        ),
    )
    members = forms.ModelMultipleChoiceField(
        label=_("Members who take part"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    contacts = forms.ModelMultipleChoiceField(
        label=_("Contacts of the vendor"),
        queryset=Contact.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = _others(
        _("Anybody else"),
        help_text=_("One person a line: a name, and behind it the address that the invitation goes to."),
    )
    language = LanguageField(label=_("Language of their invitation"))
    send = forms.BooleanField(
        label=_("Send invitations now to those who have not been asked"),
        required=False,
        initial=True,
        help_text=_("By mail, with an appointment for their calendar, to everybody with an address."),
    )

    class Meta:
        model = Rehearsal
        fields = PLAN_FIELDS
        field_classes = {"place": WordsField, "owner": SearchedChoiceField, "service": SearchedChoiceField}
        labels = {"minutes": _("How long, in minutes"), "place": _("Where")}
        help_texts = {
            "place": _("A room, or the address of a call."),
            "owner": _("Is reminded, gets the answers to invitations, and writes down afterwards what it showed."),
        }

    def __init__(self, *args: Any, member: Membership, vendor: Vendor, asked: Sequence[RehearsalGuest] = (), **kw: Any):
        super().__init__(*args, **kw)
        self.instance.vendor = vendor
        self.fields["minutes"].required = False
        field(self, "kind", forms.ChoiceField).choices = RehearsalKind.choices
        services = field(self, "service", forms.ModelChoiceField)
        services.queryset, services.empty_label = vendor.services.all(), _("None in particular")
        owner = field(self, "owner", SearchedChoiceField)
        owner.source = INSIDERS
        owner.queryset, owner.empty_label = insiders(member, self.instance.owner_id), None
        users = [guest.user_id for guest in asked]
        field(self, "members", forms.ModelMultipleChoiceField).queryset = insiders(member, *users)
        self._offer_contacts(vendor)
        self._show_asked(asked, member)

    def _offer_contacts(self, vendor: Vendor) -> None:
        contacts = field(self, "contacts", forms.ModelMultipleChoiceField)
        contacts.queryset = vendor.contacts.all()
        if not contacts.queryset.exists():
            del self.fields["contacts"]

    def _show_asked(self, asked: Sequence[RehearsalGuest], member: Membership) -> None:
        others = [guest for guest in asked if guest.user_id is None and guest.contact_id is None]
        shown: dict[str, Any] = {
            "members": [guest.user_id for guest in asked if guest.user_id is not None],
            "contacts": [guest.contact_id for guest in asked if guest.contact_id is not None],
            "others": guests.as_typed(others),
            "language": others[0].language if others else member.organisation.language,
        }
        self.initial.update(shown)

    def clean_planned_at(self) -> datetime:
        moment: datetime = self.cleaned_data["planned_at"]
        day, today = moment.date(), timezone.localdate()
        if not today - OLDEST <= day <= today + FURTHEST:
            raise ValidationError(_("Check the year: this day is too far away."))
        return moment

    def clean_minutes(self) -> int:
        minutes = self.cleaned_data["minutes"]
        if minutes is None:
            return int(Rehearsal._meta.get_field("minutes").default)
        if not SHORTEST_MINUTES <= minutes <= MOST_MINUTES:
            raise ValidationError(
                _("Enter %(least)s to %(most)s minutes.") % {"least": SHORTEST_MINUTES, "most": MOST_MINUTES}
            )
        return int(minutes)

    @property
    def asked(self) -> list[Guest]:
        """Of a valid form: everybody who is chosen or typed."""
        said = self.cleaned_data
        chosen = [*map(guests.of_user, said["members"]), *map(guests.of_contact, said.get("contacts") or ())]
        return [*chosen, *(guests.of_receiver(one, said["language"]) for one in said["others"] or ())]

    @property
    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PLAN_FIELDS}


class ChangePlanForm(_Versioned, PlanForm):
    """Another day, place or guests. Those who were asked are told by themselves of what changed for them."""


class CallOffForm(_Versioned):
    reason = _text(
        _("Why?"),
        3,
        required=True,
        error_messages={"required": _("Say why in a sentence: the trail keeps it.")},
        help_text=_("It stays here. The guests are told that it is called off, not why."),
    )


# Held -------------------------------------------------------------------------------------------------------------
class _WhatItShowed(forms.Form):
    held_on = forms.DateField(
        label=_("Held on"), widget=DayInput, error_messages={"required": _("Say on which day it was held.")}
    )
    went_well = _text(_("What went well"))
    went_wrong = _text(
        _("What went wrong"), help_text=_("What follows from it you ask for afterwards: each becomes a commitment.")
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        one_of(self, "went_well", "went_wrong")

    def clean_held_on(self) -> date:
        day: date = self.cleaned_data["held_on"]
        if day > self.today:
            raise ValidationError(_("Choose today or an earlier day: what is still to come has not been held."))
        if day < self.today - OLDEST:
            raise ValidationError(_("Check the year: it is more than 20 years ago."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        told = cleaned.get("went_well") or cleaned.get("went_wrong")
        if not told and not {"went_well", "went_wrong"} & set(self.errors):
            self.add_error("went_wrong", _("Write what went well or what went wrong, in a sentence at least."))
        return cleaned


class HoldForm(_WhatItShowed, _Versioned):
    """What one that was planned, or is on record already, showed."""

    came = forms.ModelMultipleChoiceField(
        label=_("Who was there"),
        queryset=RehearsalGuest.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = _others(_("Who else was there"), help_text=_("One person a line; a name is enough."))
    evidence = _text(_("What shows it"), 3, help_text=_("A report, a list of participants, whom you asked."))

    field_order = ("version", "held_on", "came", "others", "evidence", "went_well", "went_wrong")

    def __init__(self, *args: Any, rehearsal: Rehearsal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = rehearsal.guests.all()
        field(self, "came", forms.ModelMultipleChoiceField).queryset = asked
        if not asked:
            del self.fields["came"]
        if rehearsal.evidence:
            self.fields["evidence"].required = True
        else:
            del self.fields["evidence"]
        self.language = rehearsal.vendor.organisation.language

    @property
    def told(self) -> Told:
        said = self.cleaned_data
        return Told(
            held_on=said["held_on"],
            went_well=said["went_well"],
            went_wrong=said["went_wrong"],
            evidence=said.get("evidence", ""),
            came=[guest.pk for guest in said.get("came") or ()],
            others=[guests.of_receiver(one, self.language) for one in said["others"] or ()],
        )


WITH_US, ALONE = "with_us", "alone"


class NoteForm(_WhatItShowed):
    """One that was held and never planned here."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RehearsalKind.choices)
    held_by = forms.ChoiceField(
        label=_("Who held it?"),
        widget=forms.RadioSelect,
        choices=[
            (WITH_US, _("The vendor and we together")),
            (ALONE, _("The vendor alone, and it has shown us so")),
        ],
        initial=WITH_US,
        error_messages={"required": _("Say who held it.")},
    )
    evidence = _text(
        _("What shows it"),
        3,
        help_text=_("Only where the vendor held it alone: a report, a list of participants, whom you asked."),
    )
    service = SearchedChoiceField(label=_("Service"), queryset=Service.objects.none(), required=False)
    scenario = _text(_("Scenario"), 4)
    others = _others(_("Who was there"), help_text=_("One person a line; a name is enough."))

    field_order = (
        *("kind", "held_on", "held_by", "evidence", "service", "scenario", "others"),
        *("went_well", "went_wrong"),
    )

    def __init__(self, *args: Any, vendor: Vendor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = vendor.organisation.language
        services = field(self, "service", forms.ModelChoiceField)
        services.queryset, services.empty_label = vendor.services.all(), _("None in particular")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        alone, evidence = cleaned.get("held_by") == ALONE, cleaned.get("evidence")
        if alone and not evidence and "evidence" not in self.errors:
            self.add_error("evidence", _("Write what shows it: without that, nobody can tell that it was held."))
        if not alone and evidence:
            self.add_error("evidence", _("Leave it empty for one that you held together, or choose the vendor alone."))
        return cleaned

    @property
    def told(self) -> Told:
        said = self.cleaned_data
        return Told(
            held_on=said["held_on"],
            went_well=said["went_well"],
            went_wrong=said["went_wrong"],
            evidence=said["evidence"],
            others=[guests.of_receiver(one, self.language) for one in said["others"] or ()],
        )


class SinceForm(forms.Form):
    """From which day on every rehearsal is on record."""

    since = forms.DateField(
        label=_("Every rehearsal and review is on record since"),
        required=False,
        widget=DayInput,
        help_text=_(
            "Leave it empty where you cannot say so: the record of each vendor then begins with its first entry."
        ),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_since(self) -> date | None:
        day: date | None = self.cleaned_data["since"]
        if day is not None and day > self.today:
            raise ValidationError(_("Choose today or an earlier day."))
        if day is not None and day < self.today - OLDEST:
            raise ValidationError(_("Check the year: it is more than 20 years ago."))
        return day


# The list ---------------------------------------------------------------------------------------------------------
class RehearsalFilter(forms.Form):
    """Everything unless something is asked for; what cannot be understood is not asked for."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", pgettext_lazy("rehearsals", "All")), *RehearsalState.choices],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("Rehearsals and reviews")), *RehearsalKind.choices]
    )
    vendor = SearchedFilterField(
        source=VENDORS, label=_("Vendor"), required=False, queryset=Vendor.objects.none(), empty_label=_("All vendors")
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field(self, "vendor", SearchedFilterField).queryset = VENDORS.rows(member)
        self.is_valid()

    def asked(self, name: str) -> Any:
        return self.cleaned_data.get(name) or None

    @property
    def is_active(self) -> bool:
        return any(self.asked(name) for name in self.fields) or is_asked(self.data, "vendor")
