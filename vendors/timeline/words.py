"""What a timeline and its record say, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groundwork import words
from vendors.models import TimelineEntry
from vendors.timeline.changes import Added
from vendors.timeline.record import Outcome, Record, Said

SAID_WORDS: Mapping[Said, Lazy] = {
    Said.ASKED: gettext_lazy("what they ask"),
    Said.WHY: gettext_lazy("why they ask it"),
    Said.DOES: gettext_lazy("what they do with it"),
    Said.NEXT_STEP: gettext_lazy("what comes next"),
    Said.NEXT_AT: gettext_lazy("and when"),
}
OUTCOME_WORDS: Mapping[Outcome, Lazy] = {
    Outcome.KEPT: gettext_lazy("kept"),
    Outcome.MISSED: gettext_lazy("missed"),
    Outcome.PENDING: gettext_lazy("still to come"),
    Outcome.FELL_AWAY: gettext_lazy("the business ran before"),
}


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """One thing that a record says. `rule`: the key of the rule that it is about; `why`: how it is counted."""

    label: str
    text: str
    rule: str
    why: str = ""


def said_labels() -> dict[str, str]:
    """What a contact is held against, by its field: as labels in front of what was said."""
    return {
        "asked": _("They asked"),
        "why": _("Why"),
        "does": _("They do with it"),
        "next_step": _("What comes next"),
        "next_at": _("And when"),
    }


def unsaid(entry: TimelineEntry) -> str:
    """“why they ask it · and when”: what a contact left out of the five; "" where it said them all."""
    return unsaid_among({what.value: getattr(entry, what) for what in SAID_WORDS})


def unsaid_among(said: Mapping[str, object]) -> str:
    """The same, of what was said by its field."""
    return " · ".join(str(named) for what, named in SAID_WORDS.items() if not said[what])


def told(added: Added) -> list[str]:
    """What an entry set of its incident, a sentence each."""
    sentences = {
        "first_response_at": (_("First response: %(moment)s."), _("The first response is open again.")),
        "restored_at": (_("The business runs again: %(moment)s."), _("The business counts as standing still again.")),
    }
    return [
        sentences[name][0] % {"moment": words.moment(moment)} if moment else sentences[name][1]
        for name, moment in added.set.items()
    ]


def clock_of(moment: datetime, *, now: datetime) -> str:
    """“14:30” today, else with its day."""
    here = timezone.localtime(moment)
    return words.clock(here) if here.date() == timezone.localtime(now).date() else words.short_moment(moment)


# The record ------------------------------------------------------------------------------------------------------
def lines(record: Record) -> list[RecordLine]:
    """All that the record can say; of what never happened it says so where that means something."""
    return [*_of_guidance(record), *_of_troubleshooting(record)]


def lines_of_rule(record: Record, rule: str) -> list[RecordLine]:
    return [line for line in lines(record) if line.rule == rule]


def _of_guidance(record: Record) -> Iterator[RecordLine]:
    if record.contacts:
        yield RecordLine(
            label=_("Contacts at which all five were said"),
            text=_of(record.said_all, record.contacts),
            rule="guidance",
            why=_("At each contact a vendor says what it asks, why, what it does with it, what comes next, and when."),
        )
        for what, count in record.said.items():
            yield RecordLine(label=_capital(str(SAID_WORDS[what])), text=_of(count, record.contacts), rule="guidance")
    if record.silence is not None:
        span = {"length": words.duration(record.silence.length), "since": words.short_moment(record.silence.since)}
        yield RecordLine(
            label=_("Longest silence"),
            text=_("%(length)s, from %(since)s") % span,
            rule="guidance",
            why=_("From one contact to the next, while the business stood still."),
        )
    if record.promises:
        yield RecordLine(
            label=_("Promised moments that were kept"),
            text=_promised(record),
            rule="guidance",
            why=_("Kept where they were heard from again by then, about whatever it was."),
        )


def _promised(record: Record) -> str:
    if not record.judged:
        return _("None of them can be judged yet")
    parts = [_of(record.kept, record.judged)]
    if (latest := record.latest) is not None:
        late = {"length": words.duration(latest.late), "due": words.short_moment(latest.due)}
        parts.append(_("missed by %(length)s at most (promised for %(due)s)") % late)
    return words.apart(parts)


def _of_troubleshooting(record: Record) -> Iterator[RecordLine]:
    if record.changes:
        yield RecordLine(
            label=_("Changes tried before the cause was known"),
            text=_of(record.blind_changes, record.changes),
            rule="troubleshooting",
            why=_("The cause is known from when its proof came that you accepted."),
        )
    if record.contacts:
        yield RecordLine(
            label=_("Asked again what had been asked"),
            text=_asked_again(record),
            rule="troubleshooting",
            why=_("The same question within one incident, in the same or nearly the same words."),
        )


def _asked_again(record: Record) -> str:
    if not record.asked_again:
        return _("Never")
    count = len(record.asked_again)
    times = ngettext("%(count)d time", "%(count)d times", count) % {"count": count}
    asked = [words.quoted(again.asked) for again in record.asked_again[:3]]
    return words.labelled(times, words.named(asked, count - len(asked)))


def _of(count: int, every: int) -> str:
    return _("%(count)d of %(all)d") % {"count": count, "all": every}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
