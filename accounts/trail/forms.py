"""What the page of the trail is narrowed by."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import vocabulary
from accounts.choices.people import EVERYBODY
from accounts.models import ApiToken, AuditEntryQuerySet, Organisation, User
from accounts.trail import reading as trail
from groundwork.choices import SearchedFilterField
from groundwork.fields import DayInput, field

PAGES, API, TOKEN = "pages", "api", "token:"


class EntryFilterForm(forms.Form):
    """Which entries of one history: by question, person, way and day. Wrong input narrows nothing, and says so."""

    question_key = forms.ChoiceField(label=_("Question"), required=False)
    actor = SearchedFilterField(
        User.objects.none(),
        source=EVERYBODY,
        label=_("Who"),
        required=False,
        empty_label=_("Everybody"),
    )
    through = forms.ChoiceField(label=_("Through"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=DayInput)
    until = forms.DateField(label=_("To"), required=False, widget=DayInput)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        for column, naming in vocabulary.NAMINGS.items():
            if column in self.fields and naming.choices:
                offered = naming.choices(organisation.pk)
                field(self, column, forms.ChoiceField).choices = [("", _("All")), *offered]
        people = User.objects.filter(memberships__organisation=organisation).order_by("name", "email")
        field(self, "actor", SearchedFilterField).queryset = people
        field(self, "through", forms.ChoiceField).choices = self._ways()

    def _ways(self) -> list[Any]:
        """Tokens by their names: one that was made anew under the same name goes on in the same line. One query."""
        names = ApiToken.objects.filter(organisation=self.organisation).order_by("name")
        tokens = [(f"{TOKEN}{name}", name) for name in names.values_list("name", flat=True).distinct()]
        ways: list[Any] = [("", _("Pages and API")), (PAGES, _("Pages")), (API, _("The API"))]
        return [*ways, (_("One token"), tokens)] if tokens else ways

    def narrow(self, entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
        self.is_valid()
        chosen = getattr(self, "cleaned_data", {})
        wanted = {
            "vendor_ref": getattr(chosen.get("vendor_ref"), "pk", None),
            "question_key": chosen.get("question_key"),
            "object_type": chosen.get("kind"),
            "actor": chosen.get("actor"),
            "at__date__gte": chosen.get("since"),
            "at__date__lte": chosen.get("until"),
        }
        entries = entries.filter(**{lookup: value for lookup, value in wanted.items() if value})
        entries = _by_way(entries, chosen.get("through", ""))
        return entries.filter(self._named(chosen["q"])) if chosen.get("q") else entries

    def _named(self, text: str) -> Q:
        named = Q(object_label__icontains=text) | Q(vendor_name__icontains=text)
        for column, naming in vocabulary.NAMINGS.items():
            if naming.found:
                named |= Q(**{f"{column}__in": naming.found(self.organisation.pk, text)})
        return named


def _by_way(entries: AuditEntryQuerySet, way: str) -> AuditEntryQuerySet:
    if way == PAGES:
        return entries.filter(through="")
    if way == API:
        return entries.exclude(through="")
    return entries.filter(through=way.removeprefix(TOKEN)) if way else entries


class AuditFilterForm(EntryFilterForm):
    """Which part of the whole trail: by vendor, thing and kind, too.

    Names are found in whichever language they are given: of things as they were called, of vendors, questions and rules
    as they are and were.
    """

    vendor_ref = SearchedFilterField(User.objects.none(), label=_("Vendor"), required=False, empty_label=_("All"))
    q = forms.CharField(label=_("Name contains"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    field_order = ("vendor_ref", "question_key", "q", "kind", "actor", "through", "since", "until")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, organisation=organisation, **kwargs)
        field(self, "kind", forms.ChoiceField).choices = [("", _("Everything")), *trail.kinds()]
        naming = vocabulary.NAMINGS["vendor_ref"]
        if naming.rows:
            vendor = field(self, "vendor_ref", SearchedFilterField)
            vendor.queryset, vendor.source = naming.rows(organisation.pk), naming.source
