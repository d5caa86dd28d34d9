"""Causes that were accepted as proven, held against what happened since: a finding about the rule of proof, fair either
way. They came back, or stayed away for twelve months; what is not settled yet is no finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from assessments.models import Assessment
from groundwork.languages import LANGUAGE_CODES
from groundwork.together import Lookup
from groundwork.words import day
from vendors.models import Vendor
from vendors.proofs.outcomes import SettledCause, settled_in, settled_of

CAME_BACK: Promise = pgettext_lazy("finding about a proven cause", "Accepted, and it came back")
STAYED_AWAY: Promise = pgettext_lazy("finding about a proven cause", "Accepted, and it has not come back")


@dataclass(frozen=True, kw_only=True)
class ProvenView:
    """One accepted cause. `chip`: how its label looks; `text`: what happened since, with the incidents."""

    number: str
    url: str
    label: str
    chip: str
    text: str
    came_back: bool


def proven(assessment: Assessment, *, now: datetime) -> tuple[ProvenView, ...]:
    """As it was at the end of the period, or today. Five queries at most."""
    return tuple(map(_view, _settled(assessment, now)))


def as_data(assessment: Assessment, *, now: datetime) -> list[dict[str, Any]]:
    """The same in every language, as a snapshot keeps it; those that came back first. Five queries at most."""
    return [
        {
            "number": one.proof.number,
            "incident": one.proof.incident.reference,
            "accepted_at": one.proof.decided_at.isoformat() if one.proof.decided_at else None,
            "came_back": one.came_back,
            "since": {code: _words(one, code) for code in LANGUAGE_CODES},
        }
        for one in _settled(assessment, now)
    ]


def accepted_words(incident: str, accepted: date | None) -> str:
    """“The cause of INC-7, accepted on 1 March 2026.”"""
    return _("The cause of %(incident)s, accepted on %(day)s.") % {
        "incident": incident,
        "day": day(accepted) if accepted else "",
    }


def _settled(assessment: Assessment, now: datetime) -> list[SettledCause]:
    after = timezone.make_aware(datetime.combine(assessment.period_end + timedelta(days=1), time.min))
    return settled_of(assessment.vendor, now=min(now, after))


def _words(one: SettledCause, language: str) -> str:
    with translation.override(language):
        return one.words


def proven_in(vendor: Vendor, *, now: datetime) -> Lookup[tuple[ProvenView, ...]]:
    """In the active language, those that came back first, the latest at the top; four queries more at most."""
    settled = settled_in(vendor, now=now)
    return Lookup(reads=settled.reads, told=lambda: tuple(_view(one) for one in settled.told()))


def _view(one: SettledCause) -> ProvenView:
    said = accepted_words(one.proof.incident.reference, one.proof.decided_at)
    return ProvenView(
        number=one.proof.number,
        url=one.proof.get_absolute_url(),
        label=str(CAME_BACK if one.came_back else STAYED_AWAY),
        chip="not_borne_out" if one.came_back else "borne_out",
        text=f"{said} {one.words}",
        came_back=one.came_back,
    )
