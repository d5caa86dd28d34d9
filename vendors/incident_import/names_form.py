"""Which vendor each name in the vendor column means: a table to go through with the keyboard."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from groundwork.folding import folded
from vendors.incident_import.columns.options import NEW, SKIP
from vendors.incident_import.rows.matching import Nearness
from vendors.models import Vendor

ANOTHER = "another"  # a vendor that is written beside the choice


@dataclass(frozen=True, kw_only=True)
class NameRow:
    """One name: how many rows of the file have it, its choice, and the vendor that is written beside."""

    field: forms.BoundField
    another: forms.BoundField
    rows: int


class NamesForm(forms.Form):
    """A choice for each name: its own vendor, one of the nearest, a new one, none, or another that is written down.

    Only a vendor of exactly that name is chosen from the start: likeness sorts, and decides nothing."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        names: Mapping[str, int],
        decided: Mapping[str, Any],
        nearness: Nearness,
        vendors: Sequence[Vendor],
    ) -> None:
        super().__init__(data)
        self.names, self.vendors = names, vendors
        self._by_id = {vendor.pk: vendor for vendor in vendors}
        self._by_name = {folded(vendor.name): vendor for vendor in vendors}
        for name in names:
            exact = nearness.exact(name)
            choice = decided.get(name, {"vendor": exact} if exact else "")
            near = [exact] if exact else nearness.nearest(name)
            if isinstance(choice, dict) and choice["vendor"] not in near:
                near = [choice["vendor"], *near]
            self._add(name, near, _as_choice(choice))

    def _add(self, name: str, near: Sequence[int], choice: str) -> None:
        offered = [(str(pk), self._label(self._by_id[pk])) for pk in near if pk in self._by_id]
        self.fields[key_of(name)] = forms.ChoiceField(
            label=name,
            choices=[*offered, (NEW, _("New vendor")), (SKIP, _("Leave out")), (ANOTHER, _("Another:"))],
            initial=choice,
            widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
            error_messages={"required": _("Say which vendor this is, or leave it out.")},
        )
        self.fields[another_of(name)] = forms.CharField(
            label=_("Another vendor for “%(name)s”") % {"name": name},
            required=False,
            max_length=200,
            widget=forms.TextInput(attrs={"class": "form-control", "list": "all-vendors", "autocomplete": "off"}),
        )

    def _label(self, vendor: Vendor) -> str:
        return _("%(name)s (archived)") % {"name": vendor.name} if vendor.archived_at else vendor.name

    @property
    def rows(self) -> list[NameRow]:
        return [
            NameRow(field=self[key_of(name)], another=self[another_of(name)], rows=count)
            for name, count in self.names.items()
        ]

    def fill(self, choice: str) -> NamesForm:
        """What nobody chose becomes `choice`."""
        data = {name: self.data.get(name) for name in self.data}
        for name in self.names:
            if not data.get(key_of(name)) and not data.get(another_of(name)):
                data[key_of(name)] = choice
        self.data = data
        return self

    def clean(self) -> dict[str, Any]:
        """A vendor that is written down is meant where no other choice was made, too."""
        given = super().clean() or self.cleaned_data
        for name in self.names:
            key, text = key_of(name), given.get(another_of(name), "")
            if text and not self.data.get(key):
                self.errors.pop(key, None)
                given[key] = ANOTHER
            if given.get(key) != ANOTHER:
                continue
            vendor = self._by_name.get(folded(text))
            if vendor is None:
                self.add_error(another_of(name), self._unknown(text))
            else:
                given[key] = str(vendor.pk)
        return given

    def _unknown(self, text: str) -> str:
        if not text:
            return _("Write the name of the vendor.")
        return _("There is no vendor “%(name)s” in the register.") % {"name": text}

    def decisions(self) -> dict[str, Any]:
        return {name: _as_decision(self.cleaned_data[key_of(name)]) for name in self.names}


def key_of(name: str) -> str:
    """The same for the same name, whatever stands around it."""
    return f"name_{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def another_of(name: str) -> str:
    return f"{key_of(name)}_another"


def _as_choice(decision: Any) -> str:
    return str(decision["vendor"]) if isinstance(decision, dict) else str(decision or "")


def _as_decision(choice: str) -> Any:
    return choice if choice in {NEW, SKIP} else {"vendor": int(choice)}
