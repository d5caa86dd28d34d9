"""What each role may do, in words: where somebody is invited, joins, or is given another role."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role

WHAT_THEY_MAY: dict[str, Promise] = {
    Role.ASSESSOR: gettext_lazy(
        "creates assessments, asks raters and vendors, submits; looks after vendors and incidents; reads everything"
    ),
    Role.APPROVER: gettext_lazy("approves assessments or sends them back; reads everything; rates when asked"),
    Role.READER: gettext_lazy("reads everything, downloads, says how it went; rates when asked"),
    Role.ADMIN: gettext_lazy(
        "looks after members, departments and settings, vendors and incidents; reads everything; rates when asked"
    ),
    Role.RATER: gettext_lazy(
        "answers what they are asked to rate, and sees that and their own answers: no other vendor, nobody else’s "
        "answers, no scorecard"
    ),
}


def in_words(roles: Iterable[Role] = tuple(Role)) -> str:
    """“Reader: reads everything …. Outside rater: …”, for the help beside a choice of roles."""
    said = [_("%(role)s: %(may)s.") % {"role": role.label, "may": WHAT_THEY_MAY[role]} for role in roles]
    return " ".join(said)
