"""Forms of the organisation's chain of approval."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import INSIDE_ROLES, Membership, Role
from assessments.models import ApprovalLevel
from groundwork.fields import field
from vendors.models import Tier

ROLE, PERSON = "role", "person"
ALL = "all"  # vendors, of whatever tier
# Approvers first: most levels are theirs.
ROLES = (Role.APPROVER, Role.ADMIN, Role.READER, Role.ASSESSOR)


class LevelForm(forms.Form):
    """One level: what it is called, and who decides, by role or by name in one choice, so that they cannot clash."""

    tier = forms.ChoiceField(label=gettext_lazy("For"))
    name = forms.CharField(
        label=gettext_lazy("Name of the level"),
        max_length=80,
        help_text=gettext_lazy("As people call it: “IT director”, “Business owner”. It stands on the approve button."),
    )
    decides = forms.ChoiceField(
        label=gettext_lazy("Who decides"),
        help_text=gettext_lazy("By role, any active member with it decides. A named person decides alone."),
    )
    use_required_attribute = False

    def __init__(self, *args: Any, member: Membership, level: ApprovalLevel | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in _people(member, level)}
        field(self, "tier", forms.ChoiceField).choices = [(ALL, _("All vendors")), *Tier.choices]
        field(self, "decides", forms.ChoiceField).choices = self._choices()
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        if level is not None:
            del self.fields["tier"]  # another tier is another chain: add it there
            decides = f"{PERSON}:{level.person_id}" if level.person_id else f"{ROLE}:{level.role}"
            self.initial = {"name": level.name, "decides": decides}

    def _choices(self) -> list[tuple[str, Any]]:
        return [
            ("", _("Choose who decides")),
            (_("Any member with the role"), [(f"{ROLE}:{role}", str(role.label)) for role in ROLES]),
            (_("One person"), [(f"{PERSON}:{pk}", _name(person)) for pk, person in self.people.items()]),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What `levels` takes; only of a valid form."""
        kind, _colon, which = self.cleaned_data["decides"].partition(":")
        values = {"name": self.cleaned_data["name"], "role": "", "person": None}
        values |= {"role": which} if kind == ROLE else {"person": self.people[int(which)]}
        if "tier" in self.fields:
            tier = self.cleaned_data["tier"]
            values["tier"] = "" if tier == ALL else tier
        return values


def _people(member: Membership, level: ApprovalLevel | None) -> list[Membership]:
    """Active members who read what they decide, and the person whom the level names now, even where they left."""
    wanted = Q(is_active=True, user__is_active=True, role__in=INSIDE_ROLES)
    if level is not None and level.person_id:
        wanted |= Q(pk=level.person_id)
    people = Membership.objects.for_member(member).filter(wanted).select_related("user")
    return list(people.order_by("user__name", "user__email"))


def _name(person: Membership) -> str:
    if person.is_active and person.user.is_active:
        return f"{person.user} ({person.get_role_display()})"
    return _("%(name)s (no longer active)") % {"name": person.user}
