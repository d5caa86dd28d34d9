"""How a plan stands, in sentences: when it was last gone through, and until when it is to be."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from groundwork.words import day
from vendors.emergencies.checks import CheckState
from vendors.emergencies.shown import EmergencyPage
from vendors.emergencies.standing import Tally

STATES: dict[CheckState, Promise] = {
    CheckState.NO_PLAN: gettext_lazy("No page yet"),
    CheckState.NEVER: gettext_lazy("Never checked"),
    CheckState.OVERDUE: gettext_lazy("Check overdue"),
    CheckState.CHECKED: pgettext_lazy("page for when it breaks", "Checked"),
}


def last_checked(page: EmergencyPage) -> str:
    """One sentence, on page and paper."""
    plan = page.plan
    if plan is None:
        return _("Nobody has written this page yet: what stands here comes from the register.")
    if plan.checked_on is None:
        return _("Nobody has gone through this page and called its numbers yet.")
    said = {"day": day(plan.checked_on), "who": plan.checked_by}
    if page.state == CheckState.OVERDUE:
        return _("Last checked on %(day)s by %(who)s: more than half a year ago. Numbers may be wrong.") % said
    return _("Last checked on %(day)s by %(who)s.") % said


def tally_words(tally: Tally) -> str:
    if not tally.services:
        return _("No service is marked as mission-critical yet.")
    said = {"checked": tally.checked, "total": tally.services}
    return _("Mission-critical services with a plan that was checked this half year: %(checked)s of %(total)s.") % said
