"""What of a vendor’s trends stands on its page: the seven marks of its latest scorecards, and the way to the rest."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Membership
from reports.scorecard.stored import newest_of
from reports.trends.figures import headline_words
from reports.trends.history import history_by
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.withheld import is_withheld


def trends_panel(member: Membership, vendor: Vendor) -> Panel:
    """Also with one scorecard or none: then it says what comes. Whoever still rates the vendor sees no figure."""
    withheld = is_withheld(member, vendor)
    history = None if withheld else history_by(newest_of(vendor))
    has_several = history is not None and len(history.cards) > 1
    context = {
        "vendor": vendor,
        "is_withheld": withheld,
        "history": history if has_several else None,
        "words": headline_words(history) if history and has_several else "",
        "has_one": history is not None and len(history.cards) == 1,
    }
    return Panel(template="reports/trends/_panel.html", anchor="trends", label=_("Trends"), context=context)
