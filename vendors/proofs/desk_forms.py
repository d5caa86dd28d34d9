"""The form of one part of a proof: its fields carry its key, so the page is one form and each part saves itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from groundwork.fields import LinesField
from groundwork.saved import Closed, Conflict, Invalid, Outcome
from vendors.proofs.parts import Part


class PartForm(forms.Form):
    """`version`: the fingerprint of what the page has seen, under the name that autosave.js sends it by."""

    version = forms.CharField(required=False, max_length=64)

    def __init__(self, data: Any = None, *, part: Part) -> None:
        super().__init__(data, prefix=part.key, initial={"version": part.seen, **part.texts})
        for name in part.texts:
            self.fields[name] = LinesField(required=False)
        self.part = part
        self.stored: Part | None = None  # what somebody else wrote meanwhile
        self.refused: Mapping[str, str] = {}

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, whatever else is wrong with it."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        return {name: str(cleaned.get(name, "")) for name in self.part.texts}

    @property
    def seen(self) -> str:
        return str(self.cleaned_data.get("version", "")) if self.is_valid() else ""

    def take(self, outcome: Outcome[Part]) -> None:
        """Keep what came of saving, to be shown beside the fields."""
        match outcome:
            case Conflict():
                self.stored = outcome.stored
            case Invalid():
                self.refused = outcome.errors
            case Closed():
                self.refused = {next(iter(self.part.texts)): outcome.reason}
            case _:
                return

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields: as typed where it could not be saved, else as stored."""
        return {name: str(self[name].value() or "") for name in self.part.texts}

    @property
    def version_shown(self) -> str:
        return str(self["version"].value() or "")
