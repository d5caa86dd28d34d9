"""What a board report says in sentences, from its frozen facts, in the active language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.words import day, joined, number
from reports.portfolio import words as portfolio
from reports.portfolio.rows import Foot, TierCount

Told = Mapping[str, Any]


def foot_of(content: Told) -> Foot:
    told = content["foot"]
    return Foot(
        vendors=told["vendors"],
        assessed=told["assessed"],
        recent=told["recent"],
        closed=told["closed"],
        rules={int(position): counts for position, counts in told["rules"].items()},
        tiers=tuple(TierCount(**one) for one in told["tiers"]),
    )


def headline(content: Told) -> str:
    """Never an average: how many meet all seven rules."""
    counted = foot_of(content).counted
    if not counted:
        return _("None of these vendors has a scorecard yet")
    return _("Vendors that meet all seven rules: %(met)s of %(count)s") % {
        "met": number(content["all_met"]),
        "count": number(counted),
    }


def below_the_big_figure(content: Told) -> str:
    """What stands below “3 of 23”; the whole sentence where there is no figure."""
    counted = foot_of(content).counted
    if not counted:
        return headline(content)
    return ngettext("vendor meets all seven rules", "vendors meet all seven rules", counted)


def opinion(content: Told, rules: Mapping[int, str]) -> str:
    """One paragraph, computed: nobody wrote it."""
    return " ".join(_sentences(content, rules))


def _sentences(content: Told, rules: Mapping[int, str]) -> Iterator[str]:
    foot = foot_of(content)
    yield f"{headline(content)}."
    if not foot.counted:
        return
    yield portfolio.most_broken_words(foot, rules)
    yield _moved(content["moved"])
    if contradicted := content["contradictions"]["all"]:
        yield ngettext(
            "At %(count)s vendor what was measured contradicts what was rated.",
            "At %(count)s vendors what was measured contradicts what was rated.",
            contradicted,
        ) % {"count": number(contradicted)}
    yield from _asked(content)
    if foot.never:
        yield ngettext(
            "%(count)s vendor was never assessed: of it we know nothing.",
            "%(count)s vendors were never assessed: of them we know nothing.",
            foot.never,
        ) % {"count": number(foot.never)}


def _moved(told: Told) -> str:
    if not told["compared"]:
        return _("None of them has an earlier scorecard to be compared with.")
    if not told["worse"] and not told["better"]:
        return _("Since their scorecards before, no rule turned.")
    said = _("Since the scorecard before, vendors that got worse in a rule: %(worse)s; better: %(better)s.")
    return said % {"worse": number(told["worse"]), "better": number(told["better"])}


def _asked(content: Told) -> Iterator[str]:
    if overdue := content["overdue"]["all"]:
        yield ngettext("%(count)s commitment is overdue.", "%(count)s commitments are overdue.", overdue) % {
            "count": number(overdue)
        }
    if decisions := content["decisions"]["all"]:
        yield ngettext(
            "%(count)s contract must be decided within six months.",
            "%(count)s contracts must be decided within six months.",
            decisions,
        ) % {"count": number(decisions)}


def most_broken(content: Told, rules: Mapping[int, str]) -> str:
    return portfolio.most_broken_words(foot_of(content), rules)


def coverage(content: Told) -> list[str]:
    return portfolio.coverage_words(foot_of(content))


def shown_of(told: Told) -> str:
    """That a list is longer than its page; empty where all of it stands there."""
    shown, every = len(told["rows"]), told["all"]
    if shown >= every:
        return ""
    return _("Shown are the first %(shown)s of %(all)s.") % {"shown": number(shown), "all": number(every)}


def rules_said(positions: list[int], rules: Mapping[int, str]) -> str:
    return joined([f"{position} {rules.get(position, '')}".strip() for position in positions])


def moved_said(told: Told, rules: Mapping[int, str]) -> tuple[str, str]:
    """What got worse, and what got better; each empty for nothing."""
    return rules_said(told["worse"], rules), rules_said(told["better"], rules)


def day_of(text: str) -> str:
    return day(date.fromisoformat(text)) if text else ""
