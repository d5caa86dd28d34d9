"""What a file seems to hold, and what speaks for it, in words and numbers."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.words import day, days, moment, number
from vendors.incident_import.holding.evidence import Edge, Evidence
from vendors.incident_import.holding.proposal import Proposal, Why
from vendors.models import IncidentImport, Selection


def evidence_words(evidence: Evidence, proposal: Proposal) -> list[str]:
    """Sentences, each with its numbers."""
    return [*_spans(evidence), *_because(evidence, proposal.why)]


def _spans(evidence: Evidence) -> list[str]:
    found = []
    if evidence.opened:
        told = {"first": day(evidence.opened.first), "last": day(evidence.opened.last)}
        found.append(_("The first incident was opened on %(first)s, the last on %(last)s.") % told)
    if evidence.resolved:
        told = {"first": day(evidence.resolved.first), "last": day(evidence.resolved.last)}
        found.append(_("The first was resolved on %(first)s, the last on %(last)s.") % told)
    if evidence.updated:
        told = {"first": day(evidence.updated.first), "last": day(evidence.updated.last)}
        found.append(_("The first was last changed on %(first)s, the last on %(last)s.") % told)
    return found


def _because(evidence: Evidence, why: Why) -> list[str]:
    still_open, total = number(evidence.still_open), number(evidence.incidents)
    if why == Why.NONE_ENDED:
        return [_("Incidents in the file: %(count)s. None is resolved or closed.") % {"count": total}]
    if why == Why.ENDINGS_BEGIN:
        return [_early_words(evidence.to_resolved), _("None is still open.")]
    if why == Why.ENDINGS_BEGIN_SOME_OPEN:
        some = ngettext("%(open)s is still open.", "%(open)s are still open.", evidence.still_open)
        return [_early_words(evidence.to_resolved), some % {"open": still_open}]
    if why == Why.CHANGES_BEGIN:
        return [_early_change_words(evidence.to_updated)]
    if why == Why.NONE_OPEN:
        words = _("None is still open; by how long the others took, about %(expected)s would be.")
        return [words % {"expected": _whole(evidence.expected_open)}]
    words = _("Still open: %(open)s of %(count)s. Resolutions begin soon after the first openings.")
    return [words % {"open": still_open, "count": total}] if evidence.resolved else []


def _early_words(edge: Edge) -> str:
    words = ngettext(
        "%(before)s was opened before the day of the first resolution; by how long the others took, about "
        "%(expected)s of them would have been resolved before it.",
        "%(before)s were opened before the day of the first resolution; by how long the others took, about "
        "%(expected)s of them would have been resolved before it.",
        edge.before,
    )
    return words % {"before": number(edge.before), "expected": _whole(edge.expected)}


def _early_change_words(edge: Edge) -> str:
    words = ngettext(
        "%(before)s was opened before the day of the first change; by how long the others took, about %(expected)s of "
        "them would have been changed for the last time before it.",
        "%(before)s were opened before the day of the first change; by how long the others took, about %(expected)s of "
        "them would have been changed for the last time before it.",
        edge.before,
    )
    return words % {"before": number(edge.before), "expected": _whole(edge.expected)}


def _whole(count: float) -> str:
    return number(round(count))


def proposal_words(proposal: Proposal) -> str:
    """What that looks like."""
    window = days(proposal.first, proposal.last) if proposal.first and proposal.last else ""
    words = {
        Selection.OPEN: _("This looks like a file of open incidents only."),
        Selection.OPENED: _("This looks like a file of all incidents opened in these days: %(days)s."),
        Selection.OPENED_ENDED: _(
            "This looks like a file of incidents opened in these days, without those that are still open: %(days)s."
        ),
        Selection.RESOLVED: _("This looks like a file of incidents resolved in these days: %(days)s."),
        Selection.CHANGED: _("This looks like a file of incidents last changed in these days: %(days)s."),
    }
    return words[proposal.selection] % {"days": window}


def said_words(upload: IncidentImport) -> str:
    """What a person said that it holds, in one sentence; empty where nobody was asked."""
    if not upload.selection or upload.known_until is None:
        return ""
    until = moment(upload.known_until)
    if upload.holds_from is None or upload.holds_to is None:
        return _("%(selection)s. Known until %(until)s.") % {
            "selection": Selection(upload.selection).label,
            "until": until,
        }
    return _("%(selection)s: %(days)s. Known until %(until)s.") % {
        "selection": Selection(upload.selection).label,
        "days": days(upload.holds_from, upload.holds_to),
        "until": until,
    }
