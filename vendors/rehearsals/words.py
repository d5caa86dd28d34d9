"""A rehearsal or a review in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groundwork.words import day, duration, moment
from vendors.models import Rehearsal, RehearsalKind, RehearsalState

WITH: Mapping[str, Promise] = {
    RehearsalKind.REHEARSAL: gettext_lazy("Rehearsal with %(vendor)s"),
    RehearsalKind.REVIEW: gettext_lazy("Review with %(vendor)s"),
}
ALONE: Mapping[str, Promise] = {
    RehearsalKind.REHEARSAL: gettext_lazy("Rehearsal of %(vendor)s without us"),
    RehearsalKind.REVIEW: gettext_lazy("Review of %(vendor)s without us"),
}
ON: Mapping[str, Promise] = {
    RehearsalKind.REHEARSAL: gettext_lazy("Rehearsal of %(day)s"),
    RehearsalKind.REVIEW: gettext_lazy("Review of %(day)s"),
}


def title(rehearsal: Rehearsal) -> str:
    """“Rehearsal with Example Systems”."""
    return str((ALONE if rehearsal.evidence else WITH)[rehearsal.kind]) % {"vendor": rehearsal.vendor.name}


def called(rehearsal: Rehearsal) -> str:
    """“Rehearsal of 3 March 2026”: for links and for what follows from it."""
    on = rehearsal.held_on or rehearsal.planned_at
    return str(ON[rehearsal.kind]) % {"day": day(on)}


def when(rehearsal: Rehearsal) -> str:
    """“3 March 2026, 14:00, for 2 hours”; the day alone of one that was held."""
    if rehearsal.state == RehearsalState.HELD and rehearsal.held_on is not None:
        return day(rehearsal.held_on)
    said = {"moment": moment(rehearsal.planned_at), "length": duration(timedelta(minutes=rehearsal.minutes))}
    return _("%(moment)s, for %(length)s") % said
