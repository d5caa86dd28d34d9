"""A board report in one language, from its frozen facts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from assessments.score import words as of_score
from assessments.score.arithmetic import RuleStatus
from groundwork.words import joined, named, number, percent
from reports.board import words
from reports.board.shapes import BoardView, CriticalVendor, Listed, RuleCount, RuleMark, VendorRow
from vendors.models import Tier
from vendors.voice import quadrant

Told = Mapping[str, Any]
STATUSES = (RuleStatus.BROKEN, RuleStatus.PARTLY, RuleStatus.MET, RuleStatus.NOT_RATED)
FULL = Fraction(100)
NAMED = 5  # vendors in a sentence


def view(content: Told, language: str) -> BoardView:
    with override(language):
        return _View(content, language).board()


class _View:
    """Reads the facts in one language, which must be active."""

    def __init__(self, content: Told, language: str) -> None:
        self.content = content
        self.language = language
        self.rules = {int(at): names[language] for at, names in content["rules"].items()}

    def board(self) -> BoardView:
        content = self.content
        foot = words.foot_of(content)
        author = content["author"] or {"name": "", "text": ""}
        return BoardView(
            organisation=content["organisation"],
            as_of=words.day_of(content["as_of"]),
            filter=content["filter"][self.language],
            headline=words.headline(content),
            below_big=words.below_the_big_figure(content),
            big=_("%(met)s of %(count)s") % {"met": number(content["all_met"]), "count": number(foot.counted)}
            if foot.counted
            else "",
            opinion=words.opinion(content, self.rules),
            author=author["name"],
            author_text=author["text"],
            coverage=words.coverage(content),
            heat=tuple(map(self._row, content["heat"]["rows"])),
            heat_more=words.shown_of(content["heat"]),
            rules=tuple(self._rule_counts()),
            most_broken=words.most_broken(content, self.rules),
            **self._feeling(),
            movers=_listed(content["movers"], lambda one: (one["name"], *words.moved_said(one, self.rules))),
            compared=self._compared(),
            contradictions=_listed(
                content["contradictions"], lambda one: (one["name"], words.rules_said(one["rules"], self.rules))
            ),
            decisions=_listed(content["decisions"], self._decision),
            requests=_listed(content["requests"], _commitment),
            overdue=_listed(content["overdue"], _commitment),
            critical=tuple(map(self._critical, content["critical"]["rows"])),
            critical_others=self._others(),
            never=_listed(content["never"], self._missing),
            old=self._old(),
            left_out=self._left_out(),
        )

    def _row(self, told: Told) -> VendorRow:
        lines = (*(Fraction(line) for line in told["lines"]), FULL)

        def said(value: str | None) -> str:
            return "" if value is None else percent(Fraction(value), thresholds=lines)

        lowest = told["lowest_rule"]
        return VendorRow(
            name=told["name"],
            tier=str(Tier(told["tier"]).label),
            met=_("%(met)s of 7") % {"met": told["met"]},
            weakest="" if lowest is None else f"{lowest}, {said(told['lowest'])}",
            number=told["number"],
            approved_on=words.day_of(told["approved_on"]),
            is_old=told["is_old"],
            verdict=told["verdict"],
            verdict_label=str(of_score.VERDICTS[told["verdict"]]),
            confidence=str(of_score.CONFIDENCES[told["confidence"]]),
            marks=tuple(
                RuleMark(
                    position=at,
                    name=self.rules.get(at, ""),
                    status=status,
                    status_label=str(of_score.STATUSES[status]),
                    percent=said(value) if status != RuleStatus.NOT_RATED else "",
                    is_contradicted=at in told["contradicted"],
                )
                for at, status, value in told["rules"]
            ),
        )

    def _rule_counts(self) -> Iterable[RuleCount]:
        foot = words.foot_of(self.content)
        for at, counts in foot.rules.items():
            yield RuleCount(
                position=at,
                name=self.rules.get(at, ""),
                counts=tuple((one.value, str(of_score.STATUSES[one]), number(counts[one.value])) for one in STATUSES),
                is_most=at in foot.most_broken,
                vendors=self._breakers(at, counts[RuleStatus.BROKEN.value]),
            )

    def _breakers(self, at: int, broken: int) -> str:
        """The first that break it, and how many others do."""
        said = list(self.content["breakers"][str(at)])
        more = broken - len(said)
        if more > 0:
            said.append(ngettext("%(count)s other", "%(count)s others", more) % {"count": number(more)})
        return joined(said) if said else ""

    def _feeling(self) -> dict[str, Any]:
        told = self.content["feeling"]
        counted = {(quadrant.Column(column), feeling): count for column, feeling, count in told["cells"]}
        fields = dict.fromkeys(quadrant.Field, 0)
        for (column, feeling), count in counted.items():
            if field := quadrant.field_of(column, feeling):
                fields[field] += count
        return {
            "cells": tuple(
                quadrant.Cell(column=column, feeling=feeling, count=count, name="", href="")
                for (column, feeling), count in counted.items()
            ),
            "fields": tuple(
                (str(quadrant.FIELD_WORDS[field]), number(count), str(quadrant.FIELD_MEANINGS[field]))
                for field, count in fields.items()
                if count or field != quadrant.Field.UNSAID
            ),
            "feeling_since": words.day_of(told["since"]),
            "green_outside": _listed(
                told["green_outside"],
                lambda one: (
                    one["name"],
                    _("entries: %(count)s of %(all)s") % {"count": number(one["count"]), "all": number(one["known"])},
                ),
            ),
        }

    def _compared(self) -> str:
        compared = self.content["moved"]["compared"]
        return ngettext(
            "%(count)s vendor has an earlier scorecard to be compared with.",
            "%(count)s vendors have an earlier scorecard to be compared with.",
            compared,
        ) % {"count": number(compared)}

    def _decision(self, told: Told) -> tuple[str, ...]:
        met = "" if told["met"] is None else _("%(met)s of 7") % {"met": told["met"]}
        return told["vendor"], told["reference"], met, told["owner"], words.day_of(told["decide_by"])

    def _critical(self, told: Told) -> CriticalVendor:
        worse, better = words.moved_said(told, self.rules)
        return CriticalVendor(
            row=self._row(told),
            worse=worse,
            better=better,
            has_before=told["before"],
            decide_by=words.day_of(told["decide_by"]),
            asked=_listed(told["asked"], lambda one: _commitment(one)[1:]),
        )

    def _others(self) -> str:
        shown, every = len(self.content["critical"]["rows"]), self.content["critical"]["all"]
        if shown >= every:
            return ""
        said = _("Half a page each have the %(shown)s that need attention most, of %(all)s critical vendors.")
        return said % {"shown": number(shown), "all": number(every)}

    def _missing(self, told: Told) -> tuple[str, ...]:
        state = _("The first assessment is under way") if told["is_in_hand"] else _("Nobody has begun an assessment")
        return told["name"], str(Tier(told["tier"]).label), state

    def _old(self) -> str:
        old = self.content["old"]
        if not old:
            return ""
        said = ngettext(
            "%(count)s vendor was last assessed more than 12 months ago; its row is marked.",
            "%(count)s vendors were last assessed more than 12 months ago; their rows are marked.",
            old,
        )
        return said % {"count": number(old)}

    def _left_out(self) -> str:
        names = self.content["left_out"]
        if not names:
            return ""
        said = _("Left out, since whoever made this report still rates them: %(names)s.")
        return said % {"names": named(names[:NAMED], max(0, len(names) - NAMED))}


def _listed(told: Told, cells: Any) -> Listed:
    return Listed(rows=tuple(tuple(map(str, cells(one))) for one in told["rows"]), more=words.shown_of(told))


def _commitment(told: Told) -> tuple[str, ...]:
    return told["vendor"], told["number"], told["what"], told["owner"], words.day_of(told["due_on"])
