"""What the packs say in one language, ready to be laid out as PDF or DOCX."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Blank
from groundwork.words import apart, labelled, quoted
from manifesto.models import GRADE_NAMES

ACTIONS = 8  # lines for what was agreed to be done
BLANKS = dict(Blank.choices)


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """One of the five: `marks` are the initials of who gave this grade; `is_claimed`: the vendor gives it to itself;
    `is_agreed`: the meeting agreed on it already."""

    grade: int
    name: str
    text: str
    marks: str = ""
    is_claimed: bool = False
    is_agreed: bool = False


@dataclass(frozen=True, kw_only=True)
class PackQuestion:
    number: str
    text: str
    short: str
    evidence_to_ask: str
    anchors: tuple[Anchor, ...]
    why: str = ""
    minutes: int = 0
    blanks: str = ""
    comments: tuple[tuple[str, str], ...] = ()  # initials, text
    claim: str = ""
    evidence: tuple[str, ...] = ()  # “E1 name (AB)”
    agreed: str = ""


@dataclass(frozen=True, kw_only=True)
class PackRule:
    number: int
    name: str
    questions: tuple[PackQuestion, ...]


@dataclass(frozen=True, kw_only=True)
class PackView:
    organisation: str
    vendor: str
    reference: str
    raters: tuple[tuple[str, str], ...]  # initials, name and department
    agenda: tuple[tuple[str, str], ...]  # what, minutes
    minutes: str
    open: tuple[PackQuestion, ...]
    settled: tuple[PackQuestion, ...]
    actions: range

    @property
    def labels(self) -> list[str]:
        """Of the lines to write on."""
        return [_("Agreed grade"), _("Because"), _("Who says so")]


@dataclass(frozen=True, kw_only=True)
class BlankView:
    organisation: str
    vendor: str
    reference: str
    rules: tuple[PackRule, ...]

    @property
    def head_labels(self) -> list[str]:
        return [_("Who asks"), _("Who answers"), _("Where and when")]

    @property
    def labels(self) -> list[str]:
        """Of the lines to write on."""
        return [_("What they say"), _("Evidence seen")]


def filled(content: Mapping[str, Any], language: str) -> PackView:
    """`language` is active."""
    numbering = _Evidence()
    questions = [(one, _discussed(one, language, numbering)) for one in content["questions"]]
    left = tuple(shown for one, shown in questions if one["settled"] is None)
    return PackView(
        organisation=content["organisation"],
        vendor=content["vendor"],
        reference=content["reference"],
        raters=tuple((one["initials"], apart([one["name"], one["department"]])) for one in content["raters"]),
        agenda=_agenda(content, left),
        minutes=_minutes(content["opening"] + content["closing"] + sum(one.minutes for one in left)),
        open=left,
        settled=tuple(shown for one, shown in questions if one["settled"] is not None),
        actions=range(1, ACTIONS + 1),
    )


def blank(content: Mapping[str, Any], language: str) -> BlankView:
    """`language` is active."""
    rules = (
        PackRule(
            number=rule["number"],
            name=rule["name"][language],
            questions=tuple(_question(one, language) for one in rule["questions"]),
        )
        for rule in content["rules"]
    )
    return BlankView(
        organisation=content["organisation"],
        vendor=content["vendor"],
        reference=content["reference"],
        rules=tuple(rules),
    )


class _Evidence:
    """E1, E2 … through the whole pack."""

    def __init__(self) -> None:
        self.count = 0

    def numbered(self, files: list[dict[str, str]]) -> tuple[str, ...]:
        said = []
        for file in files:
            self.count += 1
            by = file["by"] or _("vendor")
            said.append(f"E{self.count} {file['name']} ({by})")
        return tuple(said)


def _agenda(content: Mapping[str, Any], left: tuple[PackQuestion, ...]) -> tuple[tuple[str, str], ...]:
    return (
        (_("Opening: who is here, what it is about"), _minutes(content["opening"])),
        *((f"{one.number} {one.short}", _minutes(one.minutes)) for one in left),
        (_("Closing: what is to be done, by whom, by when"), _minutes(content["closing"])),
    )


def _minutes(count: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}


def _discussed(one: Mapping[str, Any], language: str, numbering: _Evidence) -> PackQuestion:
    marks: dict[int, list[str]] = {}
    for initials, grade in one["grades"]:
        marks.setdefault(grade, []).append(initials)
    settled = one["settled"]
    return _question(
        one,
        language,
        marks={grade: " ".join(who) for grade, who in marks.items()},
        claimed=one["vendor"]["grade"],
        agreed_grade=settled["grade"] if settled else None,
        why=apart(one["why"][language]),
        minutes=one["minutes"],
        blanks=apart(f"{initials} {str(BLANKS[code]).lower()}" for initials, code in one["blanks"] if code),
        comments=tuple((initials, text) for initials, text in one["comments"]),
        claim=quoted(one["vendor"]["text"]) if one["vendor"]["text"] else "",
        evidence=numbering.numbered(one["evidence"]),
        agreed=_agreed(settled) if settled else "",
    )


def _agreed(settled: Mapping[str, Any]) -> str:
    said = _("not applicable") if settled["not_applicable"] else str(settled["grade"])
    return apart(filter(None, [labelled(_("Agreed"), said), settled["reason"]]))


def _question(
    one: Mapping[str, Any],
    language: str,
    *,
    marks: Mapping[int, str] | None = None,
    claimed: int | None = None,
    agreed_grade: int | None = None,
    **about: Any,
) -> PackQuestion:
    anchors = (
        Anchor(
            grade=grade,
            name=str(GRADE_NAMES[grade]),
            text=level[language],
            marks=(marks or {}).get(grade, ""),
            is_claimed=grade == claimed,
            is_agreed=grade == agreed_grade,
        )
        for grade, level in enumerate(one["levels"])
    )
    return PackQuestion(
        number=one["number"],
        text=one["text"][language],
        short=one["short"][language] or one["text"][language],
        evidence_to_ask="" if "why" in one else one["evidence_to_ask"][language],  # the pack has room for what was said
        anchors=tuple(anchors),
        **about,
    )
