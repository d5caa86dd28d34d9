"""Causes that were accepted as proven, held against what happened since: a finding about the rule of proof, fair either
way. They came back, or stayed away for twelve months; what is not settled yet is no finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from assessments.models import Assessment
from groundwork.words import day
from vendors.models import Vendor
from vendors.proofs.outcomes import SettledCause, settled_of

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
    return tuple(map(_view, settled(assessment, now=now)))


def settled(assessment: Assessment, *, now: datetime) -> list[SettledCause]:
    """The same before it is put into words."""
    after = timezone.make_aware(datetime.combine(assessment.period_end + timedelta(days=1), time.min))
    return settled_of(assessment.vendor, now=min(now, after))


def proven_by(vendor: Vendor, *, now: datetime) -> tuple[ProvenView, ...]:
    """In the active language, those that came back first, the latest at the top. Five queries at most."""
    return tuple(_view(one) for one in settled_of(vendor, now=now))


def cause_words(one: SettledCause) -> str:
    """Which cause it is and what happened since, in the active language."""
    said = _("The cause of %(incident)s, accepted on %(day)s.") % {
        "incident": one.proof.incident.reference,
        "day": day(one.proof.decided_at) if one.proof.decided_at else "",
    }
    return f"{said} {one.words}"


def _view(one: SettledCause) -> ProvenView:
    return ProvenView(
        number=one.proof.number,
        url=one.proof.get_absolute_url(),
        label=str(CAME_BACK if one.came_back else STAYED_AWAY),
        chip="not_borne_out" if one.came_back else "borne_out",
        text=cause_words(one),
        came_back=one.came_back,
    )
