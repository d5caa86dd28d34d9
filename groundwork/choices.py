"""One of many: a select as long as it is short, a field to search in where it is not.

A `Source` names what is searched: forms choose from it, and the route `choice_matches` finds in it while somebody
types. Without JavaScript the field is a text and a button; the form comes back with the matches, and with all that was
typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

SHORT = 50  # entries of a select at most
MATCHES = 20  # that are offered at once
TYPED, SEARCH = "-typed", "-search"  # behind the name of the field: its text, and its button
LONGEST = 200  # characters that are searched for


# What is searched --------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Source:
    """`rows`: what a member may choose from; who may not choose gets none. `searched`: the columns."""

    name: str
    rows: Callable[[Any], QuerySet[Any]]
    searched: tuple[str, ...]
    label: Callable[[Any], str] = str

    def __post_init__(self) -> None:
        SOURCES[self.name] = self


SOURCES: dict[str, Source] = {}


def matching(rows: QuerySet[Any], searched: Sequence[str], text: str) -> QuerySet[Any]:
    """Every word of the text stands in one of these columns."""
    for word in text[:LONGEST].split():
        anywhere = Q()
        for column in searched:
            anywhere |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(anywhere)
    return rows


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Matches to choose from: (key, label); `goes_on`: there are more."""

    matches: tuple[tuple[str, str], ...] = ()
    goes_on: bool = False

    @classmethod
    def of(cls, rows: QuerySet[Any], label: Callable[[Any], str]) -> Offer:
        found = list(rows[: MATCHES + 1])
        return cls(matches=tuple((str(row.pk), label(row)) for row in found[:MATCHES]), goes_on=len(found) > MATCHES)


# What was sent -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Sent:
    """`key`: of the row that was chosen; `typed`: the text beside it, None where the page had a select; `searches`: the
    button beside the text was pressed."""

    key: str = ""
    typed: str | None = None
    searches: bool = False


class SearchedSelect(forms.Select):
    """Draws a select of up to `SHORT` rows, else the text to search with."""

    choices: Any  # those of a ModelChoiceField, which know their rows
    source: Source | None = None
    offer: Offer | None = None  # what the text that was sent matches, to choose from

    def rows(self) -> list[Any]:
        """One more than a select holds at most. One query a queryset."""
        queryset = self.choices.queryset
        if self._read is None or self._read[0] is not queryset:
            self._read = (queryset, list(queryset[: SHORT + 1]))
        return self._read[1]

    _read: tuple[QuerySet[Any], list[Any]] | None = None

    def is_long(self) -> bool:
        return hasattr(self.choices, "queryset") and len(self.rows()) > SHORT

    def use_required_attribute(self, initial: Any) -> bool:
        return not self.is_hidden and getattr(getattr(self.choices, "field", None), "empty_label", None) is not None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        key, typed = data.get(name), data.get(name + TYPED)
        if typed is None:
            return key
        return Sent(key=str(key or ""), typed=" ".join(str(typed).split()), searches=bool(data.get(name + SEARCH)))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and name + TYPED not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        sent = value if isinstance(value, Sent) else Sent(key="" if value is None else str(value))
        if not self.is_long():
            return self._short(name, sent, attrs, renderer)
        given = self.build_attrs(self.attrs, attrs)
        context = {
            "css": given.pop("class", "").replace("form-select", "form-control"),
            "hx": {key: given.pop(key) for key in list(given) if key.startswith("hx-")},
            "widget": {"attrs": given},
            **self._offered(),
            **self._filled(sent),
            "name": name,
            "typed_name": name + TYPED,
            "search_name": name + SEARCH,
            "label": self.choices.field.label or "",
            "empty": self.choices.field.empty_label or "",
            "address": reverse("choice_matches", args=[self.source.name]) if self.source else "",
        }
        return render_to_string("forms/search_field.html", context)

    def _filled(self, sent: Sent) -> dict[str, str]:
        """What is chosen, and what stands in the field."""
        chosen = self._label(sent.key) if sent.key else ""
        return {
            "key": sent.key if chosen and self.offer is None else "",
            "text": chosen if sent.typed is None else sent.typed,
        }

    def _offered(self) -> dict[str, Any]:
        """The matches of what was sent; the only one is picked already."""
        picked = self.offer.matches[0][0] if self.offer and len(self.offer.matches) == 1 else ""
        return {"offer": self.offer, "picked": picked}

    def _short(self, name: str, sent: Sent, attrs: Any, renderer: Any) -> SafeString:
        """As a select, of the rows that were read already."""
        if not hasattr(self.choices, "queryset"):
            return super().render(name, sent.key, attrs, renderer)
        lazily, rows = self.choices, self.rows()
        blank = [("", lazily.field.empty_label)] if lazily.field.empty_label is not None else []
        self.choices = [*blank, *(lazily.choice(row) for row in rows)]
        try:
            return super().render(name, sent.key, attrs, renderer)
        finally:
            self.choices = lazily

    def _label(self, key: str) -> str:
        row = self.choices.field.row_of(key)
        return self.choices.field.label_from_instance(row) if row is not None else ""


class SearchedChoiceField(forms.ModelChoiceField):
    """One row of many. A text alone is enough where it means one row; else its matches are offered."""

    widget = SearchedSelect
    narrows = False  # a filter: what is searched for is chosen at once where it is one
    default_error_messages = {
        "no_match": _("Nothing matches “%(text)s”. Try fewer or other letters."),
        "several": _("Choose one of the matches."),
    }

    def __init__(self, *args: Any, source: Source | None = None, searched: Sequence[str] = ("name",), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.searched = tuple(searched)
        self.source = source

    @property
    def source(self) -> Source | None:
        return self._source

    @source.setter
    def source(self, source: Source | None) -> None:
        self._source = source
        self._searching.source = source

    @property
    def _searching(self) -> SearchedSelect:
        if not isinstance(self.widget, SearchedSelect):
            raise TypeError(f"{type(self.widget).__name__} does not search.")
        return self.widget

    def label_from_instance(self, obj: Any) -> str:
        return self.source.label(obj) if self.source else super().label_from_instance(obj)

    def row_of(self, key: Any) -> Model | None:
        """The row of this key among those that may be chosen."""
        try:
            found: Model | None = super().to_python(key)
        except ValidationError:
            return None
        return found

    def clean(self, value: Any) -> Any:
        if not isinstance(value, Sent):
            return super().clean(value)
        return super().clean(self._key_of(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        if isinstance(data, Sent):
            data = data.key if data.typed else data.typed or ""
        return super().has_changed(initial, data)

    def _key_of(self, sent: Sent) -> str:
        """The key that was chosen, as long as the text beside it still speaks of that row; else the one row that the
        text means."""
        if not sent.typed:
            return ""
        row = self.row_of(sent.key) if sent.key and not sent.searches else None
        if row is not None and _speaks_of(sent.typed, self.label_from_instance(row)):
            return sent.key
        return self._found(sent)

    def _found(self, sent: Sent) -> str:
        typed = sent.typed or ""
        columns = self.source.searched if self.source else self.searched
        rows = matching(cast("QuerySet[Any]", self.queryset), columns, typed)
        offer = Offer.of(rows, self.label_from_instance)
        same = [key for key, label in offer.matches if label.casefold() == typed.casefold()]
        means = same if len(same) == 1 else [key for key, _label in offer.matches]
        if len(means) == 1 and (self.narrows or not sent.searches):
            return means[0]
        self._searching.offer = offer
        code = "several" if offer.matches else "no_match"
        raise ValidationError(self.error_messages[code], code=code, params={"text": typed})


def _speaks_of(typed: str, label: str) -> bool:
    said = label.casefold()
    return all(word in said for word in typed.casefold().split())


class SearchedFilterField(SearchedChoiceField):
    narrows = True


class SearchedChoiceFilter(django_filters.ModelChoiceFilter):
    """`source`: what is searched."""

    field_class = SearchedFilterField


def is_asked(data: Any, *names: str) -> bool:
    """One of these filters is used; a text beside an empty choice counts."""
    return any(data.get(name) or data.get(name + TYPED) for name in names)
