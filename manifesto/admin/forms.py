"""What the pages of editions ask for: a name, titles and a note, a file, what becomes of emptied cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groundwork.languages import LANGUAGE_CODES
from groundwork.tables.limits import too_large
from groundwork.words import size
from manifesto import exchange
from manifesto.bank import LIMITS, MAX_TEXT, Bank, Sheet, tidy_text
from manifesto.editions import HEADINGS, field_label, language_name, other_editions, retold_in_words
from manifesto.emptied import Cell
from manifesto.exchange import DryRun
from manifesto.models import Release
from manifesto.reading import ShownCell, shown_emptied, shown_names
from manifesto.sources import MAX_EDITION
from manifesto.successors import Naming, next_name, retitled, retold

OWN = ("title", "note")  # what an edition does not take over from the one before


class NamingForm(forms.Form):
    """What tells a new edition from the others, with what the bank at hand proposes."""

    edition = forms.CharField(
        label=_("Name of the new edition"),
        max_length=MAX_EDITION,
        help_text=_("The next one after the names that are taken; any other will do that is not."),
    )

    def __init__(self, source: Bank, said: QueryDict | None = None) -> None:
        self.taken = frozenset(Release.objects.values_list("edition", flat=True))
        self.source = source
        self.proposed = next_name(source.edition, self.taken) if source.edition in self.taken else source.edition
        super().__init__(said, initial=self._proposals())
        for name in OWN:
            for language in LANGUAGE_CODES:
                self.fields[f"{name}_{language}"] = _text_field(name, language)

    def _proposals(self) -> dict[str, str]:
        told = {
            (again.field, again.language) for again in retold(self.source.title, self.source.note, other_editions())
        }
        titles = {f"title_{language}": self._title(language, self.proposed) for language in LANGUAGE_CODES}
        notes = {
            f"note_{language}": "" if ("note", language) in told else text
            for language, text in self.source.note.items()
        }
        return {"edition": self.proposed, **titles, **notes}

    def _title(self, language: str, name: str) -> str:
        return retitled(self.source.title[language], self.source.edition, name)

    def texts(self) -> list[tuple[str, str, list[BoundField]]]:
        """Each text with its heading and its fields, one a language."""
        return [
            (name, str(HEADINGS[name]), [self[f"{name}_{language}"] for language in LANGUAGE_CODES]) for name in OWN
        ]

    def clean_edition(self) -> str:
        edition = tidy_text(self.cleaned_data["edition"])
        if edition in self.taken:
            raise forms.ValidationError(gettext("An edition “%s” exists already: choose another name.") % edition)
        return edition

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        edition = cleaned.get("edition")
        for language in LANGUAGE_CODES:
            title = f"title_{language}"
            if edition and edition != self.proposed and cleaned.get(title) == self._title(language, self.proposed):
                cleaned[title] = self._title(language, edition)  # the title follows the name until it is rewritten
        written = self._written(cleaned)
        for again in retold(written["title"], written["note"], other_editions()):
            self.add_error(f"{again.field}_{again.language}", retold_in_words(again))
        return cleaned

    def _written(self, cleaned: dict[str, Any]) -> dict[str, dict[str, str]]:
        return {
            name: {language: tidy_text(cleaned.get(f"{name}_{language}")) for language in LANGUAGE_CODES}
            for name in OWN
        }

    def naming(self) -> Naming:
        """What a valid form says."""
        return Naming(edition=self.cleaned_data["edition"], **self._written(self.cleaned_data))


def _text_field(name: str, language: str) -> forms.CharField:
    limit = LIMITS.get(name, MAX_TEXT)
    said = f"{field_label(name).capitalize()}, {language_name(language)}"
    widget = forms.Textarea(attrs={"rows": 2 if name == "title" else 5, "lang": language, "aria-label": said})
    return forms.CharField(
        label=language_name(language), max_length=limit, required=name == "title", widget=widget, strip=True
    )


def _what_is_taken() -> str:
    most = size(exchange.MAX_BYTES)
    return gettext("A whole bank as .xlsx or .yaml, in the shape of an export; at most %(size)s.") % {"size": most}


class BankImportForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=lazy(_what_is_taken, str)())

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > exchange.MAX_BYTES:
            raise forms.ValidationError(str(too_large(exchange.MAX_BYTES)))
        return file


SAME, OTHER = "correction", "meaning"
MEANINGS = [
    (SAME, _("A correction only: the question still asks the same")),
    (OTHER, _("This changes the meaning")),
]


class MeaningForm(forms.Form):
    """What a file does to each published question that it rewrites; nothing is assumed for anybody."""

    def __init__(self, run: DryRun, keys: Sequence[str], said: QueryDict | None = None) -> None:
        super().__init__(said)
        self.keys = keys
        names = shown_names(run)
        for key in keys:
            self.fields[f"meaning-{key}"] = forms.ChoiceField(
                label=names[Sheet.QUESTIONS, key],
                choices=MEANINGS,
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether this corrects the question or changes its meaning.")},
            )

    def changed(self) -> tuple[str, ...]:
        """The keys whose meaning a valid form says to change."""
        return tuple(key for key in self.keys if self.cleaned_data[f"meaning-{key}"] == OTHER)


KEEP, EMPTY = "keep", "empty"
FATES = [(KEEP, _("Keep what stands there")), (EMPTY, _("Really empty it"))]
REST = "rest"


class EmptiedForm(forms.Form):
    """One decision for each cell that a file leaves empty, or one for all that are not decided; none is made for
    anybody."""

    def __init__(self, run: DryRun, said: QueryDict | None = None) -> None:
        super().__init__(said)
        self.cells = run.emptied
        self.shown = shown_emptied(run)
        if len(self.cells) > 1:
            self.fields[REST] = forms.ChoiceField(
                label=_("All that you leave undecided below"), choices=FATES, widget=forms.RadioSelect, required=False
            )
        for number, cell in enumerate(self.shown):
            self.fields[f"cell-{number}"] = forms.ChoiceField(
                label=cell.name, choices=FATES, widget=forms.RadioSelect, required=False
            )

    def decisions(self) -> list[tuple[ShownCell, BoundField]]:
        return [(cell, self[f"cell-{number}"]) for number, cell in enumerate(self.shown)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(len(self.shown)):
            if f"cell-{number}" not in self.errors and not self._fate(cleaned, number):
                said = gettext("The file leaves this empty: keep what stands there, or really empty it.")
                self.add_error(f"cell-{number}", said)
        return cleaned

    def _fate(self, cleaned: dict[str, Any], number: int) -> str:
        return cleaned.get(f"cell-{number}") or cleaned.get(REST) or ""

    def really(self) -> tuple[Cell, ...]:
        """The cells that a valid form empties; the others keep what stands there."""
        return tuple(cell for number, cell in enumerate(self.cells) if self._fate(self.cleaned_data, number) == EMPTY)
