"""What the scorecard rests on, on its last page: who rated, who was not heard, the method, and who approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.raters import departments as hearing
from assessments.score.arithmetic import GRADES, Confidence
from groundwork.words import isolated
from reports.scorecard import people
from reports.scorecard.paper.cutting import Room, cut
from reports.scorecard.paper.page_one import approvers_of, confidence_heading, evidence, vendor_words
from reports.scorecard.paper.sections import record
from reports.scorecard.paper.shapes import DepartmentRow, Said, Signature
from reports.scorecard.shapes import ScorecardView
from reports.scorecard.snapshots import Snapshot
from reports.scorecard.words import Words

MOST_DEPARTMENTS = 9
MOST_SIGNATURES = 4
NAME = Room(lines=1, width=56, type=9.5)
WHY = Room(lines=1, width=62, type=9.5)
TEXT = Room(lines=2, width=114.4, type=9.5)
SIGNED = Room(lines=1, width=50, type=9.5)


def departments(snapshot: Snapshot) -> list[DepartmentRow]:
    """Those that have a say and those that rated, each with its raters; of raters without one, how many."""
    customers = [one for one in snapshot["responses"] if one["kind"] == "customer"]
    raters = Counter(one["department"] or "" for one in customers)
    known = {one["name"]: one for one in snapshot["heard"]}
    names = [*known, *(name for name in raters if name and name not in known), *([""] if raters[""] else [])]
    rows = [_department(name, known.get(name), raters[name]) for name in names]
    return sorted(rows, key=lambda row: row.heard)  # who was not heard is told first


def _department(name: str, stored: Snapshot | None, count: int) -> DepartmentRow:
    why = str(hearing.WHY_IN_WORDS[hearing.DepartmentReason(stored["why"])]) if stored else ""
    return DepartmentRow(
        name=cut(isolated(name) or _("Without a department"), NAME),
        why=cut(why, WHY),
        raters=str(count),
        heard=bool(count) or bool(stored and stored["heard"]),
    )


def lines(snapshot: Snapshot, card: ScorecardView) -> Iterable[Said]:
    """How far to rely on it, in full."""
    needs = _(
        "High needs every grade, three raters from two departments, and a file behind half of the grades; medium needs "
        "every rule rated, and two raters."
    )
    yield _said(confidence_heading(Confidence(card.confidence)), needs)
    yield _said(_("Raters"), f"{people.raters_words(snapshot)}.")
    missing = [isolated(name) for name in people.not_heard(snapshot)]
    yield _said(_("Not heard"), ", ".join(missing) if missing else _("every department that has a say was heard."))
    late = [isolated(one.name) for one in card.outstanding]
    if late:
        yield _said(_("Did not hand in"), ", ".join(late))
    yield _said(_("Evidence"), evidence(snapshot))
    yield _said(_("The vendor"), vendor_words(snapshot, card))
    yield _said(_("Agreement"), card.agreement or _("one rater alone: there is nothing to compare."))
    if card.independence:
        yield _said(_("Independence"), card.independence)


def _said(label: str, text: str) -> Said:
    return Said(label=label, text=cut(text, TEXT, rest=record()))


def method(words: Words) -> tuple[str, ...]:
    """Five lines; the record has all of it."""
    policy = words.policy
    told = {
        "highest": GRADES[-1],
        "met": words.percent(policy.met_threshold),
        "broken": words.percent(policy.broken_threshold),
        "minimum": words.coverage(policy.minimum_coverage),
        "knockout": policy.knockout_below,
    }
    return tuple(
        text % told
        for text in (
            _(
                "Raters grade each question 0 to %(highest)s against described levels; their mean counts, or what they "
                "agreed on."
            ),
            _("A rule’s score is the weighted mean of its questions. What the vendor says of itself never counts."),
            _(
                "A rule is met from %(met)s, broken below %(broken)s or where a knock-out question is below "
                "%(knockout)s, not rated where less than %(minimum)s of its weight is graded."
            ),
            _("The verdict is met only when all rules are met; the average decides nothing."),
            _("Measures stand beside the grades and change none; a trend is named only where chance seldom makes one."),
        )
    )


def signatures(snapshot: Snapshot, card: ScorecardView) -> tuple[Signature, ...]:
    """Those whose approval counts, in the order of the levels."""
    rated = dict(approvers_of(snapshot, card))
    counting = [one for one in card.approvals if one.is_counting]
    return tuple(
        Signature(
            name=cut(isolated(one.by), SIGNED),
            level=cut(one.level, SIGNED),
            at=one.on,
            note=_("also rated") if rated[one.by] else "",
        )
        for one in counting[-MOST_SIGNATURES:]
    )


def more_departments(count: int) -> str:
    if count <= 0:
        return ""
    said = ngettext("%(count)s more in the %(record)s.", "%(count)s more in the %(record)s.", count)
    return said % {"count": count, "record": record()}
