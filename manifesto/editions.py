"""The life of an edition: draft, published, retired; each transition checks, changes and records at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from accounts.trail import audit
from groundwork.languages import LANGUAGE_CODES, LANGUAGES
from groundwork.words import labelled, language_within
from manifesto import bank as banks
from manifesto.bank import (
    GRADES,
    PLAIN_FIELDS,
    TEXT_FIELDS,
    Bank,
    BankChange,
    ChangeKind,
    QuestionEntry,
    RuleEntry,
    Sheet,
    Texts,
)
from manifesto.models import RULE_KEYS, Question, Release, ReleaseState, Rule
from manifesto.naming import names_in
from manifesto.sources import KNOCKS_NOTHING_OUT
from manifesto.successors import Naming, Retold, retitled, retold

OPTIONAL = ("note",)  # may stand in no language at all, but not in some of them
RELEASE_FIELDS = ("edition", "state", *PLAIN_FIELDS[Sheet.RELEASE])


# What the fields of texts are called on the admin page, where a note may follow after a colon.
HEADINGS: dict[str, Promise] = {
    "title": gettext_lazy("Title"),
    "note": gettext_lazy("Note: what is new in this edition"),
    "name": gettext_lazy("Name"),
    "promise": gettext_lazy("Promise: what the customer expects, in one sentence"),
    "guidance": gettext_lazy("Guidance for whoever rates"),
    "text": gettext_lazy("Question, as it is put to the vendor"),
    "short": gettext_lazy("Label: at most 60 characters, for lists and charts"),
    "why": gettext_lazy("Why it matters"),
    "evidence": gettext_lazy("Evidence to ask for"),
    "good": gettext_lazy("What good looks like"),
    "asking": gettext_lazy("How to ask"),
    "evasions": gettext_lazy("What evasions sound like: what one hears, in quotation marks; below it what to answer"),
    "proof": gettext_lazy("What proof to ask for"),
    "measure": gettext_lazy("Which measure tells"),
    "example": gettext_lazy("An example, plainly fictional"),
}
GUIDE_FIELD = "guide-0-"  # before the names of a guide's fields, on the page of its rule


class EditionError(Exception):
    """An edition cannot do that; the message says why, to a person."""


@dataclass(frozen=True, kw_only=True)
class PublishingFault:
    """One thing that keeps a draft from being published: where it is, and what to do."""

    where: str
    message: str
    rule: str = ""  # keys, so that a page can link to the place
    question: str = ""
    field: str = ""  # the form field there: "title_fr", "levels-3-text_nl"

    def __str__(self) -> str:
        return labelled(self.where, self.message)


class NotPublishable(EditionError):  # noqa: N818 (a state, said as one)
    def __init__(self, faults: tuple[PublishingFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


# What keeps a draft from being published ---------------------------------------------------------------------------
def publishing_faults(release: Release) -> tuple[PublishingFault, ...]:
    """Everything that is missing, in the order of the bank; empty when the draft can be published."""
    bank = banks.read(release)
    said_before = retold(bank.title, bank.note, other_editions(release))
    return tuple(_faults(bank, predecessor(release), said_before))


def other_editions(release: Release | None = None) -> QuerySet[Release]:
    """Those that are or were in force, newest first, but for this one."""
    rows = Release.objects.exclude(state=ReleaseState.DRAFT).order_by("-published_at", "-pk")
    return rows.exclude(pk=release.pk) if release else rows


def _faults(bank: Bank, previous: Release | None, said_before: Iterable[Retold]) -> Iterator[PublishingFault]:
    where = _("The edition")
    for name in TEXT_FIELDS[Sheet.RELEASE]:
        yield from _missing_texts(where, name, getattr(bank, name))
    for again in said_before:
        yield PublishingFault(where=where, message=retold_in_words(again), field=f"{again.field}_{again.language}")
    if [rule.key for rule in bank.rules] != list(RULE_KEYS):
        message = _("It must have exactly the seven rules, in their order: %s.") % ", ".join(RULE_KEYS)
        yield PublishingFault(where=where, message=message)
    revisions, names = published_revisions(previous), names_in(bank)
    has_guides = any(rule.guide for rule in bank.rules)
    counted = counting_questions(previous)
    for rule in bank.rules:
        for fault in _rule_faults(rule, names[Sheet.RULES, rule.key]):
            yield replace(fault, rule=rule.key)
        for fault in _guide_faults(rule, names[Sheet.GUIDES, rule.key]) if has_guides else ():
            yield replace(fault, rule=rule.key)
        for question in rule.questions:
            where = names[Sheet.QUESTIONS, question.key]
            for fault in _faults_of(question, where, revisions.get(question.key, 1), counted):
                yield replace(fault, rule=rule.key, question=question.key)


def _faults_of(
    question: QuestionEntry, where: str, revision: int, counted: frozenset[str]
) -> Iterator[PublishingFault]:
    yield from _question_faults(question, where, revision)
    if question.supplementary:
        yield from _supplementary_faults(question, where, counted)


def _rule_faults(rule: RuleEntry, where: str) -> Iterator[PublishingFault]:
    for name in TEXT_FIELDS[Sheet.RULES]:
        yield from _missing_texts(where, name, getattr(rule, name))
    if not rule.counting:
        yield PublishingFault(where=where, message=_no_question(rule))
    if not _counting_come_first(rule):
        message = _("Move the supplementary questions behind the others: those that count keep their numbers.")
        yield PublishingFault(where=where, message=message)


def _guide_faults(rule: RuleEntry, where: str) -> Iterator[PublishingFault]:
    """An edition may have no pages beside its rules; once it has one it has all, whole."""
    for name in TEXT_FIELDS[Sheet.GUIDES]:
        for fault in _missing_texts(where, name, getattr(rule.guide, name, banks.no_texts())):
            yield replace(fault, field=GUIDE_FIELD + fault.field)


def _no_question(rule: RuleEntry) -> str:
    if rule.questions:
        return _("Add a question that counts: all that the rule has are supplementary.")
    return _("Add a question: the rule has none.")


def _counting_come_first(rule: RuleEntry) -> bool:
    kinds = [question.supplementary for question in rule.questions]
    return kinds == sorted(kinds)


def _supplementary_faults(question: QuestionEntry, where: str, counted: frozenset[str]) -> Iterator[PublishingFault]:
    if question.knockout:
        yield PublishingFault(where=where, message=str(KNOCKS_NOTHING_OUT), field="knockout")
    if question.key in counted:
        message = _(
            "It counts in the edition that is published: it cannot leave the verdict and still be asked under this "
            "key. Let it count, or give the supplementary question a key of its own."
        )
        yield PublishingFault(where=where, message=message, field="supplementary")


def _question_faults(question: QuestionEntry, where: str, lowest_revision: int) -> Iterator[PublishingFault]:
    for name in TEXT_FIELDS[Sheet.QUESTIONS]:
        yield from _missing_texts(where, name, getattr(question, name))
    if question.weight <= 0:
        yield PublishingFault(where=where, message=_("Give it a weight above 0."), field="weight")
    if question.revision < lowest_revision:
        message = _("Its revision must not fall below %s, which is published.") % lowest_revision
        yield PublishingFault(where=where, message=message)
    for grade in GRADES:
        for language in LANGUAGE_CODES:
            if not question.levels[grade][language]:
                said = {"grade": grade, "language": language_within(language)}
                message = _("Write level %(grade)s in %(language)s.") % said
                yield PublishingFault(where=where, message=message, field=f"levels-{grade}-text_{language}")


def _missing_texts(where: str, name: str, texts: Texts) -> Iterator[PublishingFault]:
    if name in OPTIONAL and not any(texts.values()):
        return
    for language in LANGUAGE_CODES:
        if not texts[language]:
            said = {"field": heading(name), "language": language_within(language)}
            message = _("Write “%(field)s” in %(language)s.") % said
            yield PublishingFault(where=where, message=message, field=f"{name}_{language}")


def retold_in_words(again: Retold) -> str:
    """What to do about a text that another edition has already."""
    said = {"language": language_within(again.language), "edition": again.edition}
    if again.field == "title":
        return _("The title in %(language)s is that of edition %(edition)s: give this edition its own.") % said
    return (
        _("The note in %(language)s is that of edition %(edition)s: write what is new in this one, or empty it.") % said
    )


def published_revisions(release: Release | None) -> dict[str, int]:
    return dict(release.questions.values_list("key", "revision")) if release else {}


def counting_questions(release: Release | None) -> frozenset[str]:
    """The keys of the questions that its rules are judged by."""
    rows = Question.objects.filter(release=release).counting().values_list("key", flat=True) if release else ()
    return frozenset(rows)


def language_name(language: str) -> str:
    """As a label; within a sentence French has no capital: groundwork.words.language_within."""
    return str(LANGUAGES[language].name)


def heading(name: str) -> str:
    """The field as its page calls it, without the note after the colon."""
    return str(HEADINGS[name]).partition(":")[0].strip()


def field_label(name: str) -> str:
    """What a field of the bank is called in a list of changes."""
    labels = {
        "edition": _("edition"),
        "state": _("state"),
        "based_on": _("made from"),
        "key": _("key"),
        "position": _("position"),
        "title": _("title"),
        "note": pgettext("of an edition", "note"),
        "name": _("name"),
        "promise": _("promise"),
        "guidance": _("guidance"),
        "text": _("text"),
        "short": _("label"),
        "why": _("why it matters"),
        "evidence": _("evidence to ask for"),
        "good": _("what good looks like"),
        "asking": _("how to ask"),
        "evasions": _("what evasions sound like"),
        "proof": _("what proof to ask for"),
        "measure": _("which measure tells"),
        "example": _("an example"),
        "rule": _("rule"),
        "weight": _("weight"),
        "knockout": _("knock-out"),
        "supplementary": _("supplementary"),
        "fact": _("recorded fact"),
        "revision": _("revision"),
        "met_threshold": _("met from (percent)"),
        "broken_threshold": _("broken below (percent)"),
        "minimum_coverage": _("minimum coverage (percent)"),
        "knockout_below": _("knock-out below grade"),
    }
    return labels.get(name, name)


# Transitions -----------------------------------------------------------------------------------------------------
@transaction.atomic
def publish(release: Release, by: User | None) -> Release:
    """draft → published; NotPublishable with the whole list while anything is missing.

    Earlier editions stay published: running assessments keep theirs, and new ones take the newest.
    """
    release = lock_draft(release)
    if faults := publishing_faults(release):
        raise NotPublishable(faults)
    before = audit.snapshot(release, RELEASE_FIELDS)
    release.state, release.published_at, release.published_by = ReleaseState.PUBLISHED, timezone.now(), by
    release.save(update_fields=["state", "published_at", "published_by"])
    audit.record(by, "release.published", release, before=before, after=audit.snapshot(release, RELEASE_FIELDS))
    return release


@transaction.atomic
def retire(release: Release, by: User | None) -> Release:
    """published → retired: no new assessment uses it; those that do keep it."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.state != ReleaseState.PUBLISHED:
        raise EditionError(_("Only a published edition can be retired; “%s” is not.") % release)
    before = audit.snapshot(release, RELEASE_FIELDS)
    release.state, release.retired_at = ReleaseState.RETIRED, timezone.now()
    release.save(update_fields=["state", "retired_at"])
    audit.record(by, "release.retired", release, before=before, after=audit.snapshot(release, RELEASE_FIELDS))
    return release


@transaction.atomic
def new_draft_from(release: Release, edition: str, by: User | None, *, called: Naming | None = None) -> Release:
    """A copy of the edition as a draft: every text, weight, key and revision. Only its title and its note, which say
    what tells it from the others, are its own; without `called` the title says the new name and the note is empty."""
    draft, copy = _new_draft(edition, release), banks.read(release)
    title = {lang: retitled(said, release.edition, draft.edition) for lang, said in copy.title.items()}
    own = called or Naming(edition=draft.edition, title=title, note=banks.no_texts())
    banks.store(replace(copy, title=own.title, note=own.note), draft)
    _record_creation(draft, by)
    return draft


@transaction.atomic
def create_draft(edition: str, by: User | None, *, based_on: Release | None = None) -> Release:
    """A draft with the seven rules, still empty."""
    draft = _new_draft(edition, based_on)
    _record_creation(draft, by)
    return draft


def _new_draft(edition: str, based_on: Release | None) -> Release:
    edition = edition.strip()
    if not edition:
        raise EditionError(_("Give the edition a name."))
    try:
        with transaction.atomic():
            draft = Release.objects.create(edition=edition, based_on=based_on)
    except IntegrityError:
        raise EditionError(_("An edition “%s” exists already: choose another name.") % edition) from None
    add_rules(draft)
    return draft


def _record_creation(draft: Release, by: User | None) -> None:
    """With what it says of its own; the texts that it copies are those of the edition that it is made from."""
    own = {
        f"{name}_{language}": text
        for name in TEXT_FIELDS[Sheet.RELEASE]
        for language, text in banks.texts_of(draft, name).items()
        if text
    }
    after = {**audit.snapshot(draft, RELEASE_FIELDS), "based_on": str(draft.based_on or ""), **own}
    audit.record(by, "release.created", draft, after=after)


def add_rules(draft: Release) -> None:
    Rule.objects.bulk_create(
        Rule(release=draft, key=key, position=position) for position, key in enumerate(RULE_KEYS, start=1)
    )


def lock_draft(release: Release) -> Release:
    """The draft, held until the transaction ends; EditionError when it is none any more."""
    release = Release.objects.select_for_update().get(pk=release.pk)
    if release.state != ReleaseState.DRAFT:
        raise EditionError(_("“%s” is published and never changes: make a new draft from it.") % release)
    return release


# Meaning ---------------------------------------------------------------------------------------------------------
def predecessor(release: Release) -> Release | None:
    """The edition that a draft is compared with: what it was made from, else the newest published one."""
    based_on = release.based_on
    if based_on and based_on.state != ReleaseState.DRAFT:
        return based_on
    return other_editions(release).first()


def published_revision(question: Question) -> int | None:
    """The revision under which the question is published; None for one that is new."""
    previous = predecessor(question.release)
    return published_revisions(previous).get(question.key)


def set_meaning(question: Question, *, changed: bool) -> None:
    """A changed meaning is one revision above the published one, however often the draft is edited.

    Sets the field alone: the caller saves and records, as part of its own change.
    """
    published = published_revision(question)
    if published is None:
        return
    question.revision = max(question.revision, published + 1) if changed else published


# Differences -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class EditionDifference:
    """One thing in which a draft differs from the published edition."""

    kind: ChangeKind
    sheet: Sheet
    key: str
    field: str = ""
    language: str = ""
    before: object = None
    after: object = None


def differences(draft: Release, published: Release) -> tuple[EditionDifference, ...]:
    """What the draft adds, removes, moves and changes, in the order of the bank."""
    changes = banks.compare(banks.read(published), banks.read(draft))
    return tuple(difference for change in changes for difference in _differences(change))


def says_the_same(draft: Release, other: Release) -> bool:
    """Whether it is still a copy: but for its title and its note, which are its own from the start."""
    found = differences(draft, other)
    return all(one.sheet is Sheet.RELEASE and one.field in TEXT_FIELDS[Sheet.RELEASE] for one in found)


def _differences(change: BankChange) -> Iterator[EditionDifference]:
    about: dict[str, Any] = {"sheet": change.sheet, "key": change.key}
    if change.sheet is Sheet.LEVELS and change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
        return  # they come and go with their question
    if change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED):
        yield EditionDifference(kind=change.kind, **about)
        return
    if change.moved:
        rule = next((field for field in change.fields if field.field == "rule"), None)
        places = {"before": rule.before, "after": rule.after} if rule else {}
        yield EditionDifference(kind=ChangeKind.MOVED, **about, **places)
    for field in change.fields:
        if field.field != "rule":
            values = {"field": field.field, "language": field.language, "before": field.before, "after": field.after}
            yield EditionDifference(kind=ChangeKind.CHANGED, **about, **values)


# Order -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def move(question: Question, by: User | None, *, up: bool) -> bool:
    """One place up or down within its rule; False at the end of the row."""
    release = lock_draft(question.release)
    keys = list(release.questions.filter(rule=question.rule_id).order_by("position", "pk").values_list("pk", flat=True))
    index = keys.index(question.pk)
    other = index - 1 if up else index + 1
    if not 0 <= other < len(keys):
        return False
    keys[index], keys[other] = keys[other], keys[index]
    for position, pk in enumerate(keys, start=1):
        Question.objects.filter(pk=pk).exclude(position=position).update(position=position)
    audit.record(by, "question.moved", question, before={"position": index + 1}, after={"position": other + 1})
    return True
