"""What is missing on one page of a draft, in a few words: each field once, with the languages that it lacks."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from groundwork.words import apart, joined, language_within
from manifesto.editions import GUIDE_FIELD, PublishingFault, heading
from manifesto.models import Question, Release, Rule


def missing_in_words(faults: Iterable[PublishingFault], row: Release | Rule | Question) -> str:
    """Of the row itself, not of what belongs to it: “Label (French and Dutch); Level 2 (Dutch)”; "" for nothing."""
    gaps: dict[str, list[str]] = {}
    for fault in faults:
        if fault.field and _is_about(fault, row):
            name, language = _gap(fault.field)
            gaps.setdefault(name, []).extend([language] if language else [])
    return apart(f"{name} ({joined(own)})" if own else name for name, own in gaps.items())


def _is_about(fault: PublishingFault, row: Release | Rule | Question) -> bool:
    if isinstance(row, Question):
        return fault.question == row.key
    if isinstance(row, Rule):
        return fault.rule == row.key and not fault.question
    return not fault.rule


def _gap(field: str) -> tuple[str, str]:
    """“title_fr” and “levels-3-text_nl” as what the page calls them, and the language."""
    name, _underscore, code = field.rpartition("_")
    if name.startswith("levels-"):
        return _("Level %(grade)s") % {"grade": name.split("-")[1]}, language_within(code)
    name = name.removeprefix(GUIDE_FIELD)
    return (heading(name), language_within(code)) if name else (_("Weight"), "")
