"""What stands beside the measures of a vendor, in words: what is open and how old it is, whether the hard ones wait for
the easy ones, and which items break most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from groundwork.words import day, number
from vendors.measures.backlog import FEWEST, Backlog, Waits
from vendors.measures.cards import MOST_IDS, incident_list
from vendors.measures.catalogue import Unit
from vendors.measures.items import BrokenItem, BrokenItems
from vendors.measures.metrics import Measures
from vendors.measures.words import figure
from vendors.models import Service, Vendor

# One for each of backlog.AGES.
AGE_WORDS: tuple[Promise, ...] = (
    gettext_lazy("up to a day"),
    gettext_lazy("up to a week"),
    gettext_lazy("up to 30 days"),
    gettext_lazy("longer"),
)


# What is open ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class BacklogView:
    """`ages`: how old, and how many; `note`: that nobody knows what happened since; empty where it is of today."""

    total: int
    ages: tuple[tuple[str, int], ...]
    median: str
    oldest: str
    href: str
    oldest_href: str
    note: str


def backlog_view(
    backlog: Backlog | None, measures: Measures, *, vendor: Vendor, service: Service | None
) -> BacklogView:
    """Of nothing, too: that nothing is open is worth a word."""
    chosen = {"vendor": vendor.pk, "service": service and service.pk, "critical": 1, "state": "open"}
    href = incident_list(**chosen)
    if backlog is None:
        return BacklogView(total=0, ages=(), median="", oldest="", href=href, oldest_href="", note="")
    known, today = (timezone.localdate(moment) for moment in (backlog.known, measures.known_at))
    note = _("As far as is known: data end on %(day)s. What was resolved since still counts as open.")
    return BacklogView(
        total=backlog.total,
        ages=tuple((str(word), count) for word, count in zip(AGE_WORDS, backlog.counts, strict=True)),
        median=_age(backlog.median),
        oldest=_age(backlog.oldest.age),
        href=href,
        oldest_href=incident_list(vendor=vendor.pk, ids=backlog.oldest.id),
        note=note % {"day": day(known)} if known < today else "",
    )


def _age(age: timedelta) -> str:
    """“5 hours”, from two days on “12 days”."""
    if age < timedelta(days=2):
        hours = age // timedelta(hours=1)
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": number(hours)}
    return ngettext("%(count)s day", "%(count)s days", age.days) % {"count": number(age.days)}


# Who waits -------------------------------------------------------------------------------------------------------
def waits_words(waits: Waits | None) -> str:
    """Whether what is handed over often waited longer for its first response than the rest; never more certain than
    the test is. Empty where nobody can tell anything."""
    if waits is None:
        return ""
    said = {
        "hard": number(waits.hard),
        "easy": number(waits.easy),
        "hard_hours": figure(waits.hard_hours, Unit.HOURS),
        "easy_hours": figure(waits.easy_hours, Unit.HOURS),
        "few": number(FEWEST),
    }
    if waits.p is None:
        text = _(
            "Too few to say, in months that have both kinds: handed over more often than usual %(hard)s, the others "
            "%(easy)s. %(few)s of each are needed."
        )
    elif waits.hard_wait:
        text = _(
            "The hard ones waited: a first response took %(hard_hours)s in the middle for the %(hard)s incidents that "
            "were handed over more often than usual, and %(easy_hours)s for the %(easy)s others of the same months. "
            "Ask the vendor why: easy ones may be taken first, or what waits is handed over more often for that reason."
        )
    elif waits.easy_wait:
        text = _(
            "The hard ones were answered first: %(hard_hours)s in the middle for the %(hard)s incidents that were "
            "handed over more often than usual, and %(easy_hours)s for the %(easy)s others of the same months."
        )
    else:
        text = _(
            "No clear difference: a first response took %(hard_hours)s in the middle for the %(hard)s incidents that "
            "were handed over more often than usual, and %(easy_hours)s for the %(easy)s others of the same months."
        )
    return text % said


# Which items break -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class ItemRow:
    name: str
    count: int
    repeats: int
    href: str


@dataclass(frozen=True, kw_only=True)
class ItemsView:
    """`known`: for how many incidents the item is known; `others`: how many more items there are, empty for none."""

    rows: tuple[ItemRow, ...]
    known: str
    others: str


def items_view(items: BrokenItems, measures: Measures, *, vendor: Vendor) -> ItemsView:
    known = _("Incidents of this time of which it is known: %(known)s of %(total)s.")
    others = ngettext("%(count)s more item broke.", "%(count)s more items broke.", items.others)
    return ItemsView(
        rows=tuple(_row(item, measures, vendor) for item in items.rows),
        known=known % {"known": number(items.known), "total": number(items.total)},
        others=others % {"count": number(items.others)} if items.others else "",
    )


def _row(item: BrokenItem, measures: Measures, vendor: Vendor) -> ItemRow:
    """Its incidents by their numbers, as long as an address may hold them; else by its name, of which a part may
    match others too."""
    if len(item.cases) <= MOST_IDS:
        href = incident_list(vendor=vendor.pk, ids=",".join(map(str, item.cases)))
    else:
        since, until = measures.since, measures.until
        href = incident_list(vendor=vendor.pk, item=item.name, critical=1, since=since, until=until)
    return ItemRow(name=item.name, count=len(item.cases), repeats=item.repeats, href=href)
