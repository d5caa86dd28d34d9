"""What we ask of the vendor: its commitments as they stood when a scorecard was made, frozen into the snapshot, and
read from it alone for page and PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.commitments.measured import judgement_from
from assessments.commitments.words import goal_of
from assessments.models import (
    COMMITMENT_BINDING,
    COMMITMENT_DECIDED,
    COMMITMENT_OPEN,
    Assessment,
    Commitment,
    CommitmentState,
)
from groundwork.words import apart, isolated
from reports.scorecard.shapes import AskedView
from reports.scorecard.words import Words

ON_PAGE_ONE = 2
SHORT = 90  # characters of a request, on page one


# Into the snapshot ------------------------------------------------------------------------------------------------
def frozen(assessment: Assessment, previous: Mapping[str, Any] | None, *, now: datetime) -> list[dict[str, Any]]:
    """Those of the vendor that are open, or ended since the scorecard before; of a first one since its period began.
    One query."""
    since = _since(assessment, previous)
    told = Q(state__in=COMMITMENT_OPEN) | Q(state__in=COMMITMENT_DECIDED, ended_on__gte=since)
    rows = Commitment.objects.filter(told, vendor=assessment.vendor_id).select_related("contact", "owner")
    today = timezone.localdate(now)
    return [_frozen(row, today) for row in rows.order_by("due_on", "number")]


def _since(assessment: Assessment, previous: Mapping[str, Any] | None) -> date:
    before = (previous or {}).get("approved_at")
    return timezone.localdate(datetime.fromisoformat(before)) if before else assessment.period_start


def _frozen(row: Commitment, today: date) -> dict[str, Any]:
    return {
        "number": row.number,
        "rule": row.rule,
        "question": row.question,
        "what": row.what,
        "contact": str(row.contact or ""),
        "owner": str(row.owner),
        "due_on": row.due_on.isoformat(),
        "state": row.state,
        "overdue": row.is_overdue(today),
        "agreed_on": row.agreed_on.isoformat() if row.agreed_on else None,
        "reopened_on": row.reopened_on.isoformat() if row.reopened_on else None,
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "measure": row.measure,
        "target": None if row.target is None else str(row.target),
        "reading": row.reading,
    }


# Out of the snapshot ----------------------------------------------------------------------------------------------
def of(snapshot: Mapping[str, Any], words: Words) -> tuple[AskedView, ...]:
    """In the active language; none of a scorecard from before there were any."""
    numbers = {rule["key"]: rule["position"] for rule in snapshot["release"]["rules"]}
    return tuple(_view(stored, words, numbers.get(stored["rule"])) for stored in snapshot["commitments"] or ())


def _view(stored: Mapping[str, Any], words: Words, number: int | None) -> AskedView:
    return AskedView(
        number=stored["number"],
        rule=stored["rule"],
        rule_number=number,
        rule_name=words.rules.get(stored["rule"], stored["rule"]),
        question=words.questions.get(stored["question"], ""),
        what=stored["what"],
        contact=stored["contact"],
        owner=stored["owner"],
        due=words.day(stored["due_on"]),
        kind=_kind(stored),
        state=_state(stored, words),
        goal=goal_of(stored["measure"], stored["target"]),
        reading=judgement_from(stored["reading"]).words if stored["reading"] else "",
        is_open=stored["state"] in COMMITMENT_OPEN,
    )


def _kind(stored: Mapping[str, Any]) -> str:
    if stored["overdue"]:
        return "late"
    is_reopened = stored["reopened_on"] and stored["state"] in COMMITMENT_BINDING
    return "attention" if is_reopened else str(stored["state"])


def _state(stored: Mapping[str, Any], words: Words) -> str:
    """“Agreed”, “Overdue”, “Kept on 3 March 2026”."""
    if stored["overdue"]:
        return _("Overdue")
    if stored["state"] == CommitmentState.KEPT:
        return _("Kept on %(day)s") % {"day": words.day(stored["ended_on"])}
    if stored["state"] == CommitmentState.MISSED:
        return _("Missed on %(day)s") % {"day": words.day(stored["ended_on"])}
    return _("Reopened") if _kind(stored) == "attention" else str(CommitmentState(stored["state"]).label)


# For page one -----------------------------------------------------------------------------------------------------
def brief(asked: Sequence[AskedView]) -> str:
    """Request, owner and date of the first, what is late first, and how many more; empty where nothing is open."""
    first = sorted((one for one in asked if one.is_open), key=lambda one: one.kind != "late")
    if not first:
        return ""
    said = [_brief(one) for one in first[:ON_PAGE_ONE]]
    more = len(first) - len(said)
    if more:
        said.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return apart(said)


def counted(asked: Sequence[AskedView]) -> str:
    """The same where page one has no room: “4 commitments are open, 1 of them overdue”."""
    count, late = sum(one.is_open for one in asked), sum(one.kind == "late" for one in asked)
    if not count:
        return ""
    said = ngettext("%(count)s commitment is open", "%(count)s commitments are open", count) % {"count": count}
    return _("%(open)s, %(late)s of them overdue") % {"open": said, "late": late} if late else said


def _brief(one: AskedView) -> str:
    what = one.what if len(one.what) <= SHORT else f"{one.what[: SHORT - 1].rstrip()}…"
    about = [str(one.rule_number or ""), " ".join(what.split()).rstrip(".")]
    when = _("by %(day)s") % {"day": one.due}
    people = ", ".join(
        filter(None, (isolated(one.contact or one.owner), when, one.state if one.kind == "late" else ""))
    )
    return f"{' '.join(filter(None, about))} ({people})"
