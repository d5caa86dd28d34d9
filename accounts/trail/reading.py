"""The audit trail as people read it: verbs, field names and values in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts import vocabulary
from accounts.models import SERVICES, AuditEntry, AuditEntryQuerySet, User
from accounts.trail import audit, stretches
from accounts.trail.signposts import Place, places, told_label
from accounts.trail.stretches import Row
from accounts.vocabulary import Words
from groundwork.differences import Piece, changed_pieces
from groundwork.words import short_day, short_moment

NOTHING = "–"
SENTENCE = 80  # characters before and after together: below that it is a value, and stands whole
LONG = 300  # characters before and after together: pages fold such a change
Labels = Mapping[tuple[type[models.Model], Any], str]  # of the rows that foreign keys name, by model and id


def readable(entries: AuditEntryQuerySet, reader: User) -> AuditEntryQuerySet:
    """Those that this person may read, whatever their role."""
    for conceal in vocabulary.CONCEALMENTS:
        entries = conceal(entries, reader)
    return entries


def note_shown(entries: Iterable[AuditEntry], reader: User) -> None:
    """These stand on a page that this person reads: whoever shows entries with what changed says so."""
    shown = list(entries)
    for tell in vocabulary.NOTICES:
        tell(shown, reader)


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a page tells what changed."""

    nothing: str = NOTHING  # stands for an empty value
    moment: Callable[[datetime], str] = short_moment
    day: Callable[[date], str] = short_day
    untold: Set[str] = frozenset()  # names that it leaves out


@dataclass(frozen=True, kw_only=True)
class ChangeInWords:
    """One field of an entry: its name and values in words; an added row has no `before`, a deleted one no `after`."""

    name: str
    before: str
    after: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What went and what came, word by word where most of the words stayed."""
        return changed_pieces(self.before, self.after, shortest=SENTENCE)

    @property
    def is_long(self) -> bool:
        return len(self.before) + len(self.after) > LONG


@dataclass(frozen=True, kw_only=True)
class EntryInWords:
    """One entry in words; `url` is empty where there is no page to look at.

    A sentence is made of `who`, `did` and `about`. `address`: of whoever did it, empty where none is known; `through`:
    by what, in words, empty where it was a page. Where one value changed, `did` names it and `single` is its change:
    the sentence ends with it.
    """

    at: datetime
    who: str
    address: str
    through: str
    verb: str
    did: str
    kind: str
    label: str  # empty where vendor, question or rule say all
    vendor: str
    question: str  # or the rule
    url: str
    changes: tuple[ChangeInWords, ...]
    single: ChangeInWords | None

    @property
    def about(self) -> str:
        """Which question or rule, what of it, and of which vendor."""
        return ", ".join(filter(None, (self.question, self.label, self.vendor)))


def verb_in_words(verb: str) -> str:
    """As a title; one that no app knows (any more) is shown as it is."""
    known = vocabulary.VERBS.get(vocabulary.todays_spelling(verb))
    return str(known.title) if known else verb


def verb_told(verb: str) -> str:
    """As a history says it after the name of who did it."""
    known = vocabulary.VERBS.get(vocabulary.todays_spelling(verb))
    return str(known.told) if known and known.told else verb  # as it is stored: nobody has words for it


def through_told(entry: AuditEntry) -> str:
    """What it was done through, where that was no page; else empty."""
    return _("through the API, token “%(token)s”") % {"token": entry.through} if entry.through else ""


def kinds() -> list[tuple[str, str]]:
    """The kinds of things that an organisation's trail can be about, by name."""
    listed = (name for name, kind in vocabulary.KINDS.items() if kind.organisation is not vocabulary.nobodys)
    return sorted(((name, _kind(name)) for name in listed), key=lambda pair: pair[1])


def lines(entries: Iterable[AuditEntry]) -> list[EntryInWords]:
    """Entries in words. One query for each kind of row that is referred to and for each sort of key by which they are
    found, however many entries there are."""
    entries = list(entries)
    told = zip(entries, places(entries), changes(entries, Style()), strict=True)
    return [_line(entry, place, changed) for entry, place, changed in told]


def _line(entry: AuditEntry, place: Place, changed: tuple[ChangeInWords, ...]) -> EntryInWords:
    who, address = _actor(entry)
    single = changed[0] if len(changed) == 1 and _is_of_one_value(entry, changed[0]) else None
    return EntryInWords(
        at=entry.at,
        who=who,
        address=address,
        through=through_told(entry),
        verb=verb_in_words(entry.verb),
        did=_("changed “%(field)s” of") % {"field": single.name} if single else verb_told(entry.verb),
        kind=_kind(entry.object_type),
        label=told_label(entry),
        vendor=place.vendor,
        question=place.question,
        url=_url(entry),
        changes=changed,
        single=single,
    )


def _actor(entry: AuditEntry) -> tuple[str, str]:
    """Name and address of whoever did it, as they were at the time."""
    if entry.actor_label == audit.SYSTEM:
        return _("The system"), ""
    name, mark, address = entry.actor_label.rpartition(" <")
    address = address.removesuffix(">")
    if not mark:
        return entry.actor_label, ""
    return name, "" if address.endswith(f"@{SERVICES}") else address  # of a service: nobody can write there


def _is_of_one_value(entry: AuditEntry, change: ChangeInWords) -> bool:
    """A value that became another, short enough to stand in a sentence."""
    short = len(change.before) + len(change.after) <= SENTENCE
    return entry.verb.endswith("changed") and bool(entry.before) and bool(entry.after) and short


def rows(shown: Sequence[Sequence[AuditEntry]]) -> list[Row[EntryInWords]]:
    """Stretches of writing in words, each as one row. Queries as `lines`, of both sorts."""
    return stretches.rows(shown, lines)


def changes(entries: Iterable[AuditEntry], style: Style) -> list[tuple[ChangeInWords, ...]]:
    """What changed with each entry, field by field. Queries as `lines`."""
    told = [(entry, _told(entry, style)) for entry in entries]
    labels = _labels(told)
    codes = {pair: codes_of(*pair) for pair in {(entry.object_type, name) for entry, names in told for name in names}}
    return [tuple(_changes(entry, names, labels, codes, style)) for entry, names in told]


def codes_of(object_type: str, name: str) -> Words:
    """The words for the codes of a field; empty for one that holds no codes."""
    kind = vocabulary.KINDS.get(object_type)
    if kind and (words := kind.codes.get(name)):
        return words() if callable(words) else words
    field = _field(_model(object_type), name)
    return dict(field.flatchoices) if field and field.choices else {}


def _kind(object_type: str) -> str:
    model = _model(object_type)
    return capfirst(str(model._meta.verbose_name)) if model else object_type


def _url(entry: AuditEntry) -> str:
    if entry.verb.endswith("deleted"):
        return ""
    for object_type, pk in ((entry.object_type, entry.object_id), (entry.subject_type, entry.subject_id)):
        kind = vocabulary.KINDS.get(object_type)
        if kind and kind.route:
            try:
                return reverse(kind.route, args=[pk])
            except NoReverseMatch:
                continue
    return ""


def _told(entry: AuditEntry, style: Style) -> list[str]:
    """The names that are told, as the fields stand in the model, so that “from” comes before “to”; what is no field
    comes last."""
    model, kind = _model(entry.object_type), vocabulary.KINDS.get(entry.object_type)
    fields = [field.name for field in model._meta.get_fields()] if model else []
    names = (entry.before.keys() | entry.after.keys()) - style.untold - (kind.unsaid if kind else frozenset())
    return sorted(names, key=lambda name: (fields.index(name) if name in fields else len(fields), name))


def _changes(
    entry: AuditEntry, names: Iterable[str], labels: Labels, codes: Mapping[tuple[str, str], Words], style: Style
) -> Iterator[ChangeInWords]:
    model = _model(entry.object_type)
    for name in names:
        field, words = _field(model, name), codes[entry.object_type, name]
        before, after = (
            _value(field, words, values.get(name), labels, style) if values else ""
            for values in (entry.before, entry.after)
        )
        yield ChangeInWords(name=_name(name, field), before=before, after=after)


def _name(name: str, field: models.Field | None) -> str:
    if name in vocabulary.NAMES:
        return capfirst(str(vocabulary.NAMES[name]))
    if (
        isinstance(field, models.ForeignKey) and getattr(field, "_verbose_name", "") is None
    ):  # Django's own would be English
        return capfirst(str(field.related_model._meta.verbose_name))
    return capfirst(str(field.verbose_name) if field else name.replace("_", " "))


def _value(field: models.Field | None, words: Words, value: Any, labels: Labels, style: Style) -> str:
    if value is None or value in ("", [], {}):
        return style.nothing
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, str | int) and value in words:
        return str(words[value])
    if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
        return labels.get((field.related_model, value), str(value))
    return _moment(field, value, style) or str(value)


def _moment(field: models.Field | None, value: Any, style: Style) -> str:
    """A date or a time as the language writes it; empty for anything else."""
    if isinstance(field, models.DateTimeField):
        moment = parse_datetime(str(value))
        return style.moment(moment) if moment else ""
    if isinstance(field, models.DateField):
        day: date | None = parse_date(str(value))
        return style.day(day) if day else ""
    return ""


def _labels(told: Iterable[tuple[AuditEntry, Iterable[str]]]) -> Labels:
    """The words for every row that a foreign key among the told fields names."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for entry, names in told:
        model = _model(entry.object_type)
        for name in names:
            field = _field(model, name)
            if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
                values = (entry.before.get(name), entry.after.get(name))
                ids = (value for value in values if isinstance(value, int) and not isinstance(value, bool))
                wanted.setdefault(field.related_model, set()).update(ids)
    return {
        (model, row.pk): str(row)
        for model, pks in wanted.items()
        if pks
        for row in model._base_manager.select_related().filter(pk__in=pks)
    }


def _model(object_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, name: str) -> models.Field | None:
    if model is None:
        return None
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None
