"""The steps of an edition: drafted, changed word by word, published, or given up; each checks, changes and records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation
from accounts.trail import audit
from groundwork.languages import DEFAULT, LANGUAGE_CODES
from groundwork.refusals import Refusal
from groundwork.words import day, quoted
from vendors.expectations.gate import faults_of
from vendors.expectations.proposal import proposal
from vendors.models import Expectation, ExpectationEdition, ExpectationState

TEXTS = tuple(f"text_{language}" for language in LANGUAGE_CODES)
FIELDS = ("rule", *TEXTS, "measure", "target")
OF_PUBLISHING = ("state", "in_force_from", "note")
KEY_LENGTH = 50
MOST_OF_A_RULE = 20


class Source(StrEnum):
    """What a draft begins with."""

    PROPOSAL = "proposal"
    EDITION = "edition"  # the newest that was published
    NOTHING = "nothing"


class DraftThere(Refusal):
    """One draft at a time: which one it is, so that the page can lead there."""


class NoDraft(Refusal):
    """It was published, or given up, meanwhile."""


class ChangedMeanwhile(Refusal):
    """Somebody else was quicker; nothing of theirs is lost."""


class MeasureInUse(Refusal):
    field = "measure"


class TooMany(Refusal):
    """So many under one rule are a handbook, which nobody accepts."""


class NotReady(Refusal):
    """Something is missing that the page lists."""


class TooEarly(Refusal):
    field = "in_force_from"


class ChangeUnsaid(Refusal):
    field = "note"


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What is said when an edition is published. `read`: its version on the page of whoever publishes."""

    in_force_from: date
    note: str
    read: int


# A draft ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def start_draft(member: Membership, source: Source) -> ExpectationEdition:
    """Raises DraftThere. From an edition, where none was published: from the proposal."""
    organisation = member.organisation_id
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation)  # of two, one waits
    own = ExpectationEdition.objects.filter(organisation=organisation)
    if own.drafts().exists():
        raise DraftThere(_("There is a draft already: go on with it, or give it up first."))
    last = own.aggregate(last=Max("number"))["last"] or 0
    edition = ExpectationEdition.objects.create(
        organisation_id=organisation, number=last + 1, created_by=member.user, created_at=timezone.now()
    )
    begun_with = list(_begun_with(own, source))
    for row in begun_with:
        row.edition = edition
    Expectation.objects.bulk_create(begun_with)
    told = {"edition": edition.number, "expectations": len(begun_with)}
    audit.record(member.user, "expectationedition.drafted", edition, after=told)
    return edition


def _begun_with(own: Any, source: Source) -> Iterable[Expectation]:
    before = own.published().order_by("-number").first()
    if source is Source.NOTHING:
        return []
    if source is Source.EDITION and before is not None:
        return [_copied(row) for row in before.expectations.all()]
    return [one.unsaved() for one in proposal()]


def _copied(row: Expectation) -> Expectation:
    return Expectation(key=row.key, position=row.position, **{name: getattr(row, name) for name in FIELDS})


@transaction.atomic
def discard(member: Membership, edition: ExpectationEdition) -> None:
    """Raises NoDraft."""
    draft = _draft(edition.pk)
    told = {"edition": draft.number, "expectations": draft.expectations.count()}
    audit.record(member.user, "expectationedition.deleted", draft, before=told)
    draft.delete()


# What it expects -------------------------------------------------------------------------------------------------
def as_it_stands(expectation: Expectation) -> str:
    """A word that differs as soon as anything of it does: what a form was made of."""
    return hashlib.sha256(repr(audit.snapshot(expectation, FIELDS)).encode()).hexdigest()[:16]


@transaction.atomic
def add(member: Membership, edition: ExpectationEdition, expectation: Expectation) -> Expectation:
    """At the end of its rule. Raises NoDraft, MeasureInUse and TooMany."""
    draft = _draft(edition.pk)
    expectation.edition = draft
    _check_measure(expectation)
    expectation.position = _next_position(expectation)
    expectation.key = _free_key(draft, expectation)
    expectation.save()
    _raise_version(draft)
    audit.record(member.user, "expectation.added", expectation, after=audit.snapshot(expectation, FIELDS))
    return expectation


@transaction.atomic
def change(member: Membership, expectation: Expectation, *, read: str) -> Expectation:
    """Write what `expectation` says over the stored one, which the page showed as `read`. Under another rule it goes to
    the end. Raises NoDraft, ChangedMeanwhile and MeasureInUse."""
    draft = _draft(expectation.edition_id)
    stored = Expectation.objects.filter(pk=expectation.pk, edition=draft).first()
    if stored is None:
        raise ChangedMeanwhile(_("A colleague removed this expectation meanwhile. Copy your words and add it again."))
    before, after = audit.snapshot(stored, FIELDS), audit.snapshot(expectation, FIELDS)
    if before == after:
        return stored
    if read != as_it_stands(stored):
        raise ChangedMeanwhile(
            _("A colleague changed this expectation meanwhile. Compare both texts, then save yours or give it up.")
        )
    _check_measure(expectation)
    if expectation.rule != stored.rule:
        expectation.position = _next_position(expectation)
    expectation.save()
    _raise_version(draft)
    audit.record(member.user, "expectation.changed", expectation, before=before, after=after)
    return expectation


@transaction.atomic
def move(member: Membership, expectation: Expectation, *, by: int) -> None:
    """Up by -1, down by 1, within its rule; at its end nothing happens. Raises NoDraft."""
    draft = _draft(expectation.edition_id)
    rows = list(draft.expectations.filter(rule=expectation.rule).order_by("position", "pk"))
    at = next((index for index, row in enumerate(rows) if row.pk == expectation.pk), None)
    if at is None or not 0 <= at + by < len(rows):
        return
    rows[at], rows[at + by] = rows[at + by], rows[at]
    for position, row in enumerate(rows, start=1):
        row.position = position
    Expectation.objects.bulk_update(rows, ["position"])
    _raise_version(draft)
    before, after = {"position": at + 1}, {"position": at + by + 1}
    audit.record(member.user, "expectation.moved", expectation, before=before, after=after)


@transaction.atomic
def remove(member: Membership, expectation: Expectation) -> None:
    """Raises NoDraft."""
    draft = _draft(expectation.edition_id)
    audit.record(member.user, "expectation.removed", expectation, before=audit.snapshot(expectation, FIELDS))
    draft.expectations.filter(pk=expectation.pk).delete()
    _raise_version(draft)


def _draft(pk: int) -> ExpectationEdition:
    """Locked. Raises NoDraft."""
    draft = ExpectationEdition.objects.select_for_update().filter(pk=pk).first()
    if draft is None or not draft.is_draft:
        raise NoDraft(_("This edition is no draft any more: what was published never changes. Make a new draft."))
    return draft


def _raise_version(draft: ExpectationEdition) -> None:
    draft.version += 1
    draft.save(update_fields=["version"])


def _check_measure(expectation: Expectation) -> None:
    """Of two targets for one measure nobody could say which holds."""
    others = Expectation.objects.filter(edition=expectation.edition_id).exclude(pk=expectation.pk).exclude(measure="")
    other = others.filter(measure=expectation.measure).first()
    if other is not None:
        said = {"text": quoted(other.text)}
        raise MeasureInUse(_("This measure tells about another expectation already: %(text)s. Choose another.") % said)


def _next_position(expectation: Expectation) -> int:
    of_rule = Expectation.objects.filter(edition=expectation.edition_id, rule=expectation.rule)
    if of_rule.count() >= MOST_OF_A_RULE:
        raise TooMany(_("At most %(count)s expectations stand under one rule.") % {"count": MOST_OF_A_RULE})
    return (of_rule.aggregate(last=Max("position"))["last"] or 0) + 1


def _free_key(draft: ExpectationEdition, expectation: Expectation) -> str:
    """Made of its words, and never one that an earlier edition used for something else."""
    words = slugify(expectation.text_in(DEFAULT))[:KEY_LENGTH].strip("-") or expectation.rule
    taken = set(
        Expectation.objects.filter(edition__organisation=draft.organisation_id).values_list("key", flat=True)
    ) | {one.key for one in proposal()}
    numbers = (str(number) for number in range(2, len(taken) + 3))
    return next(key for key in (words, *(f"{words}-{number}" for number in numbers)) if key not in taken)


# Publishing ------------------------------------------------------------------------------------------------------
@transaction.atomic
def publish(member: Membership, edition: ExpectationEdition, said: Publication, *, today: date) -> ExpectationEdition:
    """In force from the day that is said, for good. Raises NoDraft, ChangedMeanwhile, NotReady, TooEarly and
    ChangeUnsaid."""
    draft = _draft(edition.pk)
    if draft.version != said.read:
        raise ChangedMeanwhile(
            _("A colleague changed this draft since you opened this page. Read it again, then publish.")
        )
    if faults_of(draft):
        raise NotReady(_("Something is still missing: the draft’s page says what."))
    _check_day(draft, said.in_force_from, today)
    if not said.note and draft.number > 1:
        raise ChangeUnsaid(_("Say what changed, and why: vendors read it before they accept it again."))
    before = audit.snapshot(draft, OF_PUBLISHING)
    draft.state = ExpectationState.PUBLISHED
    draft.in_force_from, draft.note = said.in_force_from, said.note
    draft.published_by, draft.published_at = member.user, timezone.now()
    draft.version += 1
    draft.save()
    audit.record(
        member.user,
        "expectationedition.published",
        draft,
        before=before,
        after=audit.snapshot(draft, OF_PUBLISHING),
    )
    return draft


def _check_day(draft: ExpectationEdition, wished: date, today: date) -> None:
    """Not in the past, which nobody can keep; not before one that is to come, which would take its place again."""
    if wished < today:
        raise TooEarly(_("Nobody can be held to what was not said yet: choose today or a later day."))
    published = ExpectationEdition.objects.filter(organisation=draft.organisation_id).published()
    last = published.order_by("-in_force_from", "-number").first()
    if last is not None and last.in_force_from is not None and wished < last.in_force_from:
        said = {"number": last.number, "day": day(last.in_force_from)}
        raise TooEarly(_("Edition %(number)s comes into force on %(day)s: choose that day or a later one.") % said)
