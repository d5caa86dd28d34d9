"""The history of an assessment in words: what each entry of the audit trail says to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts import vocabulary
from accounts.models import AuditEntry, AuditEntryQuerySet, Membership
from accounts.trail import audit, stretches
from accounts.trail import reading as trail
from accounts.trail.signposts import places, told_label
from accounts.trail.stretches import Row
from assessments.models import Assessment
from assessments.secrecy import readable_entries
from groundwork.words import day, moment


@dataclass(frozen=True, kw_only=True)
class HistoryLine:
    at: datetime
    who: str
    through: str  # by what, in words; empty where it was a page
    what: str
    target: str  # empty for the assessment itself
    question: str  # or the rule; empty where it is about neither
    changes: tuple[trail.ChangeInWords, ...]

    @property
    def about(self) -> str:
        """Which question or rule, and what of it."""
        return " · ".join(filter(None, (self.question, self.target)))


def entries_of(assessment: Assessment, member: Membership) -> AuditEntryQuerySet:
    """What the trail holds about an assessment and all that belongs to it, as far as the member may read it, newest
    first."""
    entries = readable_entries(AuditEntry.objects.for_member(member), member.user)
    return entries.filter(subject_type=assessment._meta.label_lower, subject_id=str(assessment.pk)).select_related(
        "actor"
    )


def history_rows(shown: Sequence[Sequence[AuditEntry]]) -> list[Row[HistoryLine]]:
    """Stretches of writing in words, each as one row."""
    return stretches.rows(shown, history_lines)


def history_lines(entries: Iterable[AuditEntry]) -> list[HistoryLine]:
    entries = list(entries)
    style = trail.Style(nothing="", moment=moment, day=day, untold=vocabulary.UNTOLD)
    return [
        HistoryLine(
            at=entry.at,
            who=_who(entry),
            through=trail.through_told(entry),
            what=trail.verb_told(entry.verb),
            target="" if entry.object_type == Assessment._meta.label_lower else told_label(entry),
            question=place.question,
            changes=changes,
        )
        for entry, place, changes in zip(entries, places(entries), trail.changes(entries, style), strict=True)
    ]


def _who(entry: AuditEntry) -> str:
    if entry.actor:
        return str(entry.actor)
    return _("The system") if entry.actor_label == audit.SYSTEM else entry.actor_label
