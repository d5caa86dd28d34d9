"""What was expected of the vendor when a scorecard was made: frozen into the snapshot, and read from it alone.

So a scorecard says, rule by rule, what was expected, what the vendor claims of itself, how it is rated, and whether
what was measured keeps to what was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.languages import DEFAULT
from groundwork.words import labelled
from reports.scorecard.words import Words
from vendors.expectations.plain_data import as_data
from vendors.measures import plain_data
from vendors.measures.cards import agreed_words
from vendors.measures.catalogue import BY_KEY, Measure
from vendors.measures.metrics import Measures, is_within, recent
from vendors.measures.words import LABELS, figure
from vendors.models import Stance, Vendor

Stored = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ExpectedLine:
    """One expectation. `told_by`: which measure tells, and its target; empty where none does. `measured`: its figure.
    `state`: “kept”, “missed”, or empty where nobody can say."""

    text: str
    told_by: str
    measured: str
    state: str

    @property
    def state_label(self) -> str:
        return {"kept": _("kept"), "missed": _("missed")}.get(self.state, "")


@dataclass(frozen=True, kw_only=True)
class ExpectedRule:
    """`talk`: that the vendor wants to talk about it, with its words; empty where it does not."""

    key: str
    lines: tuple[ExpectedLine, ...]
    talk: str


@dataclass(frozen=True, kw_only=True)
class ExpectedView:
    """`since`: which edition held, from which day on. `said`: whether the vendor acknowledged it."""

    since: str
    said: str
    rules: Mapping[str, ExpectedRule]

    @property
    def counted(self) -> str:
        """“Of what is expected and measured, 3 are kept and 2 missed.” Empty where nothing is measured."""
        states = [line.state for rule in self.rules.values() for line in rule.lines if line.state]
        if not states:
            return ""
        kept = ngettext("%(count)s is kept", "%(count)s are kept", states.count("kept"))
        missed = ngettext("%(count)s missed", "%(count)s missed", states.count("missed"))
        said = {"kept": kept % {"count": states.count("kept")}, "missed": missed % {"count": states.count("missed")}}
        return _("Of what is expected and measured, %(kept)s and %(missed)s.") % said


# Into the snapshot ------------------------------------------------------------------------------------------------
def frozen(vendor: Vendor, today: date) -> dict[str, Any] | None:
    """What holds on the day of the approval, and the vendor’s last word about it; None where nothing is in force."""
    return as_data(vendor, today)


# Out of the snapshot ----------------------------------------------------------------------------------------------
def of(snapshot: Stored, words: Words) -> ExpectedView | None:
    """In the active language; None where nothing was in force, and of a snapshot from before there was anything."""
    stored = snapshot["expectations"]
    if stored is None:
        return None
    measures = plain_data.from_data(snapshot["measures"]) if snapshot["measures"] is not None else None
    said = stored["acknowledgement"]
    is_of_this = said is not None and said["edition"] == stored["edition"]
    replies = said["replies"] if said is not None and is_of_this else {}
    return ExpectedView(
        since=_since(stored, words),
        said=_acknowledged(said, words) if is_of_this else _not_acknowledged(said, words),
        rules={
            rule["rule"]: ExpectedRule(
                key=rule["rule"],
                lines=tuple(_lines(rule["expectations"], measures, words)),
                talk=_talk(replies.get(rule["rule"])),
            )
            for rule in stored["rules"]
        },
    )


def _since(stored: Stored, words: Words) -> str:
    said = {"number": stored["edition"], "day": words.day(stored["in_force_from"])}
    return _("Edition %(number)s of what we expect, in force since %(day)s.") % said


def _acknowledged(said: Stored, words: Words) -> str:
    told = {"day": words.day(said["on"]), "name": said["by"]}
    return _("The vendor acknowledged it on %(day)s (%(name)s).") % told


def _not_acknowledged(said: Stored | None, words: Words) -> str:
    """Of an earlier edition it may have said something."""
    if said is None:
        return _("The vendor has not acknowledged it.")
    told = {"day": words.day(said["on"]), "number": said["edition"]}
    return _("The vendor has not acknowledged it; its last word, of %(day)s, is about edition %(number)s.") % told


def _talk(reply: Stored | None) -> str:
    if reply is None or reply["stance"] != Stance.DISCUSSES:
        return ""
    wish = _("The vendor wants to talk about this")
    return labelled(wish, reply["comment"]) if reply["comment"] else f"{wish}."


def _lines(stored: list[Stored], measures: Measures | None, words: Words) -> Iterator[ExpectedLine]:
    for one in stored:
        measure = BY_KEY.get(one["measure"])
        target = None if one["target"] is None else float(one["target"])
        text = one["texts"].get(words.language) or one["texts"][DEFAULT]
        if measure is None or target is None:
            yield ExpectedLine(text=text, told_by="", measured="", state="")
            continue
        told_by = labelled(LABELS[measure.key], agreed_words(measure, target))
        measured, state = _held(measure, target, measures)
        yield ExpectedLine(text=text, told_by=told_by, measured=measured, state=state)


def _held(measure: Measure, target: float, measures: Measures | None) -> tuple[str, str]:
    """What was measured, and whether it keeps to the target; empty where nothing was."""
    series = next((one for one in measures.series if one.measure.key == measure.key), None) if measures else None
    now = recent(series) if series is not None else None
    if series is None or now is None:
        return "", ""
    return figure(now, measure.unit), "kept" if is_within(series, target) else "missed"
