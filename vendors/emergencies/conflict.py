"""Two people wrote a plan at the same time: what each of them says, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from vendors.emergencies.forms import Choices, Offered
from vendors.emergencies.writing import Wanted


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A part of the plan of which two people want different things."""

    label: str
    mine: str
    theirs: str


def differences(mine: Wanted, theirs: Wanted, offered: Offered) -> list[Difference]:
    here, there = _in_words(mine, offered), _in_words(theirs, offered)
    return [
        Difference(label=label, mine=text, theirs=there[label]) for label, text in here.items() if text != there[label]
    ]


def _in_words(wanted: Wanted, offered: Offered) -> Mapping[str, str]:
    contacts, departments = _names(offered.contacts), _names(offered.departments)
    owners, expectations = _names(offered.owners), _names(offered.expectations)
    calls = (
        _line(contacts.get(str(one.contact), one.name) if one.contact else one.name, one.job, one.phone, one.when)
        for one in wanted.calls
    )
    stops = (
        _line(departments.get(str(one.department), ""), one.what_stops, one.told_by, one.phone) for one in wanted.stops
    )
    return {
        _("Whom to call"): "\n".join(calls),
        _("What starts by itself"): wanted.starts_by_itself,
        _("What to have at hand when you call"): wanted.at_hand,
        _("Who stands still"): "\n".join(stops),
        _("When senior engineers come in"): wanted.senior_engineers,
        _("What you expect"): "\n".join(expectations.get(key, key) for key in wanted.expectations),
        _("Who keeps it true"): owners.get(str(wanted.owner), "") if wanted.owner else "",
    }


def _names(choices: Choices) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices}


def _line(*words: str) -> str:
    return " · ".join(word for word in words if word)
