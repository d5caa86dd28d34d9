"""What is found of a file, in words: whose document it is, and rule by rule what is stated and what computes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from assessments.models import Decision
from assessments.score.arithmetic import ENGINE_VERSION, RuleScore, Score
from assessments.score.words import STATUSES
from groundwork.languages import active_language
from groundwork.words import isolated, moment, named
from reports.documents.job import Subject
from reports.fact_sheets import kinds
from reports.fact_sheets.keeping import content_of
from reports.models import Comparison, DocumentKind, FactSheet, FactSheetKind, Rendering, Scorecard, VendorCopy
from reports.scorecard import snapshots
from reports.scorecard.words import Words

LONGEST_NUMBER = 20
LONGEST_CLAIM = 24  # characters of what a file says where a figure should stand
EXACT = re.compile(r"\d{1,9}(/[1-9]\d{0,8})?")


@dataclass(frozen=True, kw_only=True)
class Fact:
    label: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """`stated`: by the file, or by the record that it belongs to; `computed`: from the answers on record."""

    number: int
    name: str
    stated: str
    computed: str
    agrees: bool


# Whose it is -------------------------------------------------------------------------------------------------------
def facts(subject: Subject, rendering: Rendering | None) -> list[Fact]:
    """Whose document it is, which, of which vendor, approved when and by whom."""
    told = list(_facts_of(subject, rendering))
    if rendering is not None:
        told.append(Fact(label=_("Language"), text=str(dict(settings.LANGUAGES)[rendering.language])))
        if rendering.finished_at:
            told.append(Fact(label=_("Made here on"), text=moment(rendering.finished_at)))
    return told


def _facts_of(subject: Subject, rendering: Rendering | None) -> Iterator[Fact]:
    if isinstance(subject, Scorecard):
        yield from _of_scorecard(subject, rendering)
    elif isinstance(subject, VendorCopy):
        asked = subject.response.assessment
        yield from _named(asked.organisation.name, _("What the vendor handed in"), asked.vendor.name)
        yield Fact(label=_("Handed in"), text=moment(subject.submitted_at))
    elif isinstance(subject, FactSheet):
        kind = str(FactSheetKind(subject.kind).label)
        title = kinds.kind_of(subject.kind).title(content_of(subject), active_language())
        yield from _named(subject.organisation.name, kind, subject.vendor.name if subject.vendor else "")
        yield Fact(label=_("Title"), text=isolated(title))
        yield Fact(label=_("Facts as of"), text=moment(subject.as_of))
    else:
        yield from _of_comparison(subject)


def _of_scorecard(card: Scorecard, rendering: Rendering | None) -> Iterator[Fact]:
    which = DocumentKind(rendering.kind).label if rendering and rendering.kind else _("Document of a scorecard")
    try:
        content = snapshots.load(card)
    except snapshots.SnapshotDamaged:
        yield from _named(card.organisation.name, f"{which} {card.number}", card.assessment.vendor.name)
        return
    yield from _named(content["organisation"]["name"], f"{which} {card.number}", content["vendor"]["name"])
    approval = next(one for one in reversed(content["approvals"]) if one["decision"] == Decision.APPROVED)
    said = _("%(when)s, by %(who)s")
    when = words_of(content).moment(approval["at"])
    yield Fact(label=_("Approved"), text=said % {"when": when, "who": isolated(approval["by"])})


def _of_comparison(comparison: Comparison) -> Iterator[Fact]:
    places = comparison.places.select_related("scorecard__assessment__vendor").order_by("position")
    cards = [place.scorecard for place in places]
    yield from _named(comparison.organisation.name, _("Comparison of vendors"), "")
    compared = [f"{isolated(card.assessment.vendor.name)} ({card.number})" for card in cards]
    yield Fact(label=_("Compared"), text=named(compared))


def _named(organisation: str, document: str, vendor: str) -> Iterator[Fact]:
    yield Fact(label=_("Document"), text=document)
    yield Fact(label=_("Organisation"), text=isolated(organisation))
    if vendor:
        yield Fact(label=_("Vendor"), text=isolated(vendor))


# What was looked at ------------------------------------------------------------------------------------------------
def bytes_are_ours(*, is_so: bool) -> str:
    return (
        _("The file is byte for byte one that was made here.")
        if is_so
        else _("The file is not, byte for byte, one that was made here.")
    )


def content_is_ours() -> str:
    return _("What is attached inside is what is on record, by its SHA-256.")


def content_differs() -> str:
    return _("What is attached inside is not the snapshot of this scorecard, by its SHA-256.")


def seal(*, holds: bool) -> str:
    return (
        _("The scorecard on record is what was sealed when it was approved.")
        if holds
        else _("The scorecard on record is not what was sealed when it was approved, or it has no seal.")
    )


def snapshot_damaged() -> str:
    return _("The snapshot on record does not have its SHA-256, or this version cannot read it.")


def computes(stated: Score, computed: Score, content: Mapping[str, Any]) -> str:
    if stated == computed:
        return _("Computed again from the answers, every number comes out as it is stated.")
    if content["engine"] != ENGINE_VERSION:
        said = _("Computed again, numbers come out differently: they were made by version %(then)s of the arithmetic.")
        return said % {"then": content["engine"]}
    return _("Computed again from the answers, numbers come out differently.")


def parts_that_differ(claimed: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """Which parts of the snapshot the file says otherwise, by the names that people have for them."""
    names = {
        "score": _("the score"),
        "responses": _("the answers"),
        "consensus": _("the agreed grades"),
        "approvals": _("the approval"),
        "vendor": _("the vendor"),
        "organisation": _("the organisation"),
        "release": _("the questions and thresholds"),
        "measures": _("what was measured"),
        "commitments": _("the commitments"),
    }
    keys = {key for key in (*claimed, *content) if claimed.get(key) != content.get(key)}
    told = [name for key, name in names.items() if key in keys]
    if keys - set(names):
        told.append(_("other parts"))
    return _("It differs from what is on record in: %(parts)s.") % {"parts": named(told)}


# Rule by rule ------------------------------------------------------------------------------------------------------
def rule_lines(content: Mapping[str, Any], stated: Score, computed: Score) -> list[RuleLine]:
    """The record’s own figures beside what its answers compute to."""
    words = words_of(content)
    pairs = zip(content["release"]["rules"], stated.rules, computed.rules, strict=True)
    return [
        RuleLine(
            number=rule["position"],
            name=rule["name"][words.language],
            stated=_figure(said, words),
            computed=_figure(again, words),
            agrees=said == again,
        )
        for rule, said, again in pairs
    ]


def claimed_lines(claimed: Mapping[str, Any], content: Mapping[str, Any], computed: Score) -> list[RuleLine]:
    """What a file says that is not ours, beside what our answers compute to."""
    words = words_of(content)
    score = claimed.get("score")
    rows = score.get("rules") if isinstance(score, dict) else None
    by_key = {text_at(row, "rule"): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
    ours = {row["rule"]: row for row in content["score"]["rules"]}
    return [
        RuleLine(
            number=rule["position"],
            name=rule["name"][words.language],
            stated=_claimed_figure(by_key.get(rule["key"]), words),
            computed=_figure(again, words),
            agrees=by_key.get(rule["key"]) == ours[rule["key"]],
        )
        for rule, again in zip(content["release"]["rules"], computed.rules, strict=True)
    ]


def _figure(rule: RuleScore, words: Words) -> str:
    label = str(STATUSES[rule.status])
    return f"{label}, {words.percent(rule.percent)}" if rule.is_rated and rule.percent is not None else label


def _claimed_figure(row: Mapping[str, Any] | None, words: Words) -> str:
    if row is None:
        return _("not stated")
    status, percent = row.get("status"), row.get("percent")
    label = str(STATUSES[status]) if isinstance(status, str) and status in STATUSES else _claim(status)
    if percent is None:
        return label
    exact = isinstance(percent, str) and EXACT.fullmatch(percent)
    return f"{label}, {words.percent(Fraction(percent)) if exact else _claim(percent)}"


def _claim(value: Any) -> str:
    return isolated(str(value)[:LONGEST_CLAIM]) if isinstance(value, str | int | float) else "?"


def words_of(content: Mapping[str, Any]) -> Words:
    policy = snapshots.policy_of(content["release"]["policy"])
    return Words(language=active_language(), policy=policy, rules={}, questions={}, time_zone=content["time_zone"])


def text_at(claimed: Mapping[str, Any], *path: str) -> str:
    """The text that stands there; empty where none does."""
    found: Any = claimed
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def summary(rules: Sequence[RuleLine]) -> str:
    """“6 of 7 rules agree.”"""
    agreeing = sum(line.agrees for line in rules)
    return _("Rules that agree: %(agreeing)s of %(total)s.") % {"agreeing": agreeing, "total": len(rules)}
