"""What the page of the trail is narrowed by."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntryQuerySet, Organisation, User
from accounts.trail import reading as trail
from groundwork.fields import DayInput, field


class AuditFilterForm(forms.Form):
    """Which part of the trail: by thing, person and day. Wrong input narrows nothing, and says so."""

    q = forms.CharField(label=_("Name contains"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    actor = forms.ModelChoiceField(User.objects.none(), label=_("Who"), required=False, empty_label=_("Everybody"))
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field(self, "kind", forms.ChoiceField).choices = [("", _("Everything")), *trail.kinds()]
        people = User.objects.filter(memberships__organisation=organisation).order_by("name", "email")
        field(self, "actor", forms.ModelChoiceField).queryset = people

    def narrow(self, entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
        self.is_valid()
        chosen = getattr(self, "cleaned_data", {})
        wanted = {
            "object_label__icontains": chosen.get("q"),
            "object_type": chosen.get("kind"),
            "actor": chosen.get("actor"),
            "at__date__gte": chosen.get("since"),
            "at__date__lte": chosen.get("until"),
        }
        return entries.filter(**{lookup: value for lookup, value in wanted.items() if value})
