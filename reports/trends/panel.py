"""What of a vendor’s trends stands on its page: the seven marks of its latest scorecards, and the way to the rest."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Membership
from groundwork.together import Lookup
from manifesto.printed import releases
from reports.scorecard.stored import newest_in
from reports.trends.figures import headline_words
from reports.trends.history import History, history_by
from vendors.models import Vendor
from vendors.panels import Panel
from vendors.withheld import is_withheld


def trends_panel(member: Membership, vendor: Vendor) -> Panel | Lookup[Panel]:
    """Also with one scorecard or none: then it says what comes. Whoever still rates the vendor sees no figure."""
    if is_withheld(member, vendor):
        return _panel(vendor, None)
    newest = newest_in(vendor)
    return Lookup(reads=(*newest.reads, releases()), told=lambda: _panel(vendor, history_by(newest.told())))


def _panel(vendor: Vendor, history: History | None) -> Panel:
    has_several = history is not None and len(history.cards) > 1
    context = {
        "vendor": vendor,
        "is_withheld": history is None,
        "history": history if has_several else None,
        "words": headline_words(history) if history and has_several else "",
        "has_one": history is not None and len(history.cards) == 1,
    }
    return Panel(template="reports/trends/_panel.html", anchor="trends", label=_("Trends"), context=context)
