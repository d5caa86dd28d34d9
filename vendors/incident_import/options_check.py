"""Whether options make sense for a file and belong to the member who gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import Membership
from vendors.incident_fields import BY_KEY, FIELDS
from vendors.incident_import.columns.options import (
    DATES,
    LEADING_ZEROS,
    LOG_VENDORS,
    NEW,
    SKIP,
    SLA_MEANINGS,
    SOURCE,
    Options,
)
from vendors.incident_import.limits import MAX_NAMES
from vendors.incident_import.rows.dates import is_zone
from vendors.models import BY_HAND, Vendor

MAX_WORDS = 100


class OptionsRefused(Exception):  # noqa: N818 - said as what happened
    """The options cannot be used: `messages` by option or by field."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(messages.values())))
        self.messages = dict(messages)


class DecisionMissing(OptionsRefused):
    """They make sense as far as they go, but leave open what only a person can decide."""


def check(member: Membership, options: Options, header: Sequence[str]) -> None:
    """OptionsRefused with everything that is wrong. Vendors of other organisations are as unknown as none at all."""
    messages = {
        **_columns(options, header),
        **_plain(options),
        **_vendors(member, options),
    }
    if messages:
        raise OptionsRefused(messages)


def _columns(options: Options, header: Sequence[str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for name in (field.key for field in FIELDS if field.is_required):
        if not options.columns.get(name):
            faults[name] = _("Say which column tells this: %(field)s.") % {"field": BY_KEY[name].label}
    for name, heading in options.columns.items():
        if name not in BY_KEY:
            faults[name] = _("There is no field “%(name)s”.") % {"name": name}
        elif heading and heading not in header:
            faults[name] = _missing(heading, header)
    if options.log_moment and options.log_moment not in header:
        faults["log_moment"] = _missing(options.log_moment, header)
    return faults


def _missing(heading: str, header: Sequence[str]) -> str:
    same = [text for text in header if re.fullmatch(re.escape(heading) + r" \(\d+\)", text)]
    if same:
        message = _("The heading “%(heading)s” occurs more than once. Choose one of these: %(headings)s.")
        return message % {"heading": heading, "headings": ", ".join(same)}
    message = _("The file has no column “%(heading)s”. Its headings: %(headings)s.")
    return message % {"heading": heading, "headings": ", ".join(header[:20])}


def _plain(options: Options) -> dict[str, str]:
    faults = {}
    if not is_zone(options.time_zone):
        faults["time_zone"] = _("There is no time zone “%(name)s”. Write it like “Europe/Brussels”.") % {
            "name": options.time_zone
        }
    if options.dates not in DATES:
        faults["dates"] = _("The order of dates is one of these: %(words)s.") % {"words": ", ".join(DATES)}
    if options.sla_yes not in SLA_MEANINGS:
        faults["sla_yes"] = _("The meaning of the service level is one of these: %(words)s.") % {
            "words": ", ".join(SLA_MEANINGS)
        }
    if not SOURCE.match(options.source) or (options.source == BY_HAND and not options.columns.get("origin")):
        faults["source"] = _("Name the source in small letters and digits, for example “servicenow”.")
    if options.log_vendor not in LOG_VENDORS:
        faults["log_vendor"] = _("Of a log, an incident is counted at one of these: %(words)s.") % {
            "words": ", ".join(LOG_VENDORS)
        }
    if options.leading_zeros not in LEADING_ZEROS:
        faults["leading_zeros"] = _("Say whether zeros in front of a reference matter.")
    for name in ("critical", "sla_met", "sla_missed"):
        if len(getattr(options, name)) > MAX_WORDS:
            faults[name] = _("At most %(count)s values.") % {"count": MAX_WORDS}
    return faults


def _vendors(member: Membership, options: Options) -> dict[str, str]:
    if options.vendor is None and not options.columns.get("vendor"):
        return {"vendor": _("Choose the vendor of this file, or the column that tells the vendor.")}
    if len(options.vendors) > MAX_NAMES:
        return {"vendors": _("At most %(count)s values.") % {"count": MAX_NAMES}}
    wanted = set()
    for choice in options.vendors.values():
        if isinstance(choice, Mapping):
            wanted.add(choice.get("vendor"))
        elif choice not in {NEW, SKIP}:
            return {"vendors": _("For each name choose a vendor, a new vendor, or leave its rows out.")}
    if options.vendor is not None:
        wanted.add(options.vendor)
    ids = {pk for pk in wanted if isinstance(pk, int) and not isinstance(pk, bool)}
    there = set(Vendor.objects.for_member(member).filter(pk__in=ids).values_list("pk", flat=True))
    if wanted - there:
        return {"vendor": _("This vendor is not in the register.")}
    return {}
