"""What each app tells the audit trail about itself: its verbs in words, what it records about, whom it keeps what from.

An app hands over one `Vocabulary`, from its `trail_words`, in `AppConfig.ready`. Neither the writing (`audit`) nor the
reading (`trail`) knows a word of another app.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise

from groundwork.choices import Source

if TYPE_CHECKING:
    from accounts.models import AuditEntry, AuditEntryQuerySet, User

Word = str | Promise
Words = Mapping[Any, Word]  # by the code: a word, or a number such as a feeling
# What an app keeps from a reader of the trail: a function from entries and reader to the entries that they may read.
Concealment = Callable[["AuditEntryQuerySet", "User"], "AuditEntryQuerySet"]
# What an app wants to know: these entries now stand on a page that this person reads.
Notice = Callable[[Iterable["AuditEntry"], "User"], None]


@dataclass(frozen=True, kw_only=True)
class Verb:
    """What happened, in both phrasings; `told` stays empty for what stands in nobody's history."""

    title: Word  # a line of the trail: “Assessment submitted”
    told: Word = ""  # in a history, after who did it: “submitted the assessment”
    in_stretches: bool = False  # saved at every pause of one who writes: pages show a stretch of it as one row


@dataclass(frozen=True, kw_only=True)
class Signposts:
    """By which keys an entry is found and named, whatever the language: the columns of `AuditEntry` of these names."""

    vendor_ref: int | None = None
    vendor_name: str = ""
    release_ref: int | None = None
    rule_key: str = ""
    question_key: str = ""

    def within(self, larger: Signposts) -> Signposts:
        """These, and those of the larger thing where it alone has them."""
        names = (one.name for one in fields(self))
        return Signposts(**{name: getattr(self, name) or getattr(larger, name) for name in names})


Key = tuple[int | None, Any]  # the edition (`release_ref`), and what stands in the column


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What the keys in one column of signposts are called in the active language. Each function takes one query."""

    names: Callable[[Iterable[Key]], Mapping[Key, str]]
    choices: Callable[[int], list[tuple[str, str]]] | None = None  # of an organisation (its id): column → name
    rows: Callable[[int], models.QuerySet[Any, Any]] | None = None  # of an organisation: many, known by their keys
    source: Source | None = None  # what finds these rows while somebody types
    found: Callable[[int, str], models.QuerySet[Any, Any]] | None = None  # the columns' values, by a part of the name


@dataclass(frozen=True, kw_only=True)
class TrailSubject:
    """What is recorded about the rows of one model."""

    part_of: Callable[[Any], models.Model | None] | None = None  # the larger thing whose history it belongs to
    organisation: Callable[[Any], int | None] | None = None  # its id, where neither the row nor the larger thing has it
    label: Callable[[Any], str] = str
    signposts: Callable[[Any], Signposts] | None = None  # its own, beside those of the larger thing
    # What stands for `label` when an entry is read, where a label would be in the language of whoever wrote it; empty
    # where the vendor, the rule or the question, which are told beside it, say all.
    told: Callable[[AuditEntry], str] | None = None
    route: str = ""  # of the page where a row can be looked at, by its id
    codes: Mapping[str, Words | Callable[[], Words]] = field(default_factory=dict)  # where the field has no choices
    unsaid: frozenset[str] = frozenset()  # names in `before` and `after` that say nothing to a reader


def nobodys(row: models.Model) -> None:
    """The `TrailSubject.organisation` of what is everybody's: the question bank, and people's accounts."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """All that one app tells; a verb is `<thing>.<what happened>`, in dots."""

    verbs: Mapping[str, Verb] = field(default_factory=dict)
    # Entries are never rewritten: what was recorded in an earlier spelling → today's.
    former: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[type[models.Model], TrailSubject] = field(default_factory=dict)
    names: Words = field(default_factory=dict)  # in `before` and `after`, of what is no field of the row
    untold: frozenset[str] = frozenset()  # names that a history leaves out: its verbs or the page's head tell them
    namings: Mapping[str, Naming] = field(default_factory=dict)  # by the column of `Signposts`
    conceal: Concealment | None = None
    shown: Notice | None = None


VERBS: dict[str, Verb] = {}
FORMER: dict[str, str] = {}
KINDS: dict[str, TrailSubject] = {}  # by the label of the model, as an entry keeps it
NAMES: dict[str, Word] = {}
UNTOLD: set[str] = set()
NAMINGS: dict[str, Naming] = {}
CONCEALMENTS: list[Concealment] = []
NOTICES: list[Notice] = []


def register(words: Vocabulary) -> None:
    """Raises ValueError where a verb has its words already: each is told once, by the app that records it."""
    kinds = {model._meta.label_lower: kind for model, kind in words.kinds.items()}
    if twice := (VERBS.keys() & words.verbs.keys()) | (KINDS.keys() & kinds.keys()):
        raise ValueError(f"Registered already: {', '.join(sorted(twice))}.")
    VERBS.update(words.verbs)
    FORMER.update(words.former)
    KINDS.update(kinds)
    NAMES.update(words.names)
    UNTOLD.update(words.untold)
    NAMINGS.update(words.namings)
    if words.conceal is not None:
        CONCEALMENTS.append(words.conceal)
    if words.shown is not None:
        NOTICES.append(words.shown)


# Verbs -----------------------------------------------------------------------------------------------------------
def todays_spelling(verb: str) -> str:
    """The verb as it is spelled today."""
    return FORMER.get(verb, verb)


def spellings(verb: str) -> set[str]:
    """Every spelling in which entries of this verb are kept, given in any of them."""
    today = todays_spelling(verb)
    return {today, *(former for former, now in FORMER.items() if now == today)}


def spellings_with(text: str) -> set[str]:
    """Those of all verbs that have `text` in one of their spellings, whatever its case."""
    text = text.lower()
    found = {verb for verb in VERBS if any(text in one for one in spellings(verb))}
    return {one for verb in found for one in spellings(verb)}


# Kinds -----------------------------------------------------------------------------------------------------------
def kind_of(row: models.Model) -> TrailSubject:
    """Raises LookupError for a model that no app has registered."""
    try:
        return KINDS[row._meta.label_lower]
    except KeyError:
        raise LookupError(f"No app says what the trail keeps of {row._meta.label}.") from None


def larger_of(row: models.Model) -> models.Model | None:
    """The thing whose history the row belongs to, if any; an assessment has its own."""
    part_of = kind_of(row).part_of
    return part_of(row) if part_of else None


def signposts_of(row: models.Model, larger: models.Model | None) -> Signposts:
    """By which keys an entry about the row is found and named; `larger`: the thing whose history it stands in."""
    kind = kind_of(row)
    own = kind.signposts(row) if kind.signposts else Signposts()
    return own if larger is None or larger is row else own.within(signposts_of(larger, larger_of(larger)))


def organisation_of(row: models.Model) -> int | None:
    """The id of the organisation whose trail an entry about the row belongs to; None: to nobody's."""
    kind = kind_of(row)
    if kind.organisation is not None:
        return kind.organisation(row)
    if hasattr(row, "organisation_id"):
        return row.organisation_id
    larger = larger_of(row)
    if larger is None:
        raise LookupError(f"Whose is {row._meta.label}? Its kind names no organisation.")
    return organisation_of(larger)
