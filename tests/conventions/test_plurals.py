"""No word of a text hangs on a number that the text is not chosen by: “1 vendors” in one language, “0 fournisseurs” in
another, where a number that ngettext does not know stands before its noun.

Two numbers stand behind a label instead: “Handed in: 1 of 3.”
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from config.messages import found_in_source
from tests.conventions.test_house import ROOT

FILLED = r"%\(\w+\)[sd]"
A_NOUN = re.compile(rf"{FILLED} (?:(?:more|other|different|good|of the|of these) )*([a-z]+s)\b")
SHARE = re.compile(rf"{FILLED} (?:out )?of (?:the |these |all )?{FILLED} (?!that |in |on |at |to )[a-z]+")
# Where the word before it says that the number is a limit, always one of some size.
LIMIT = re.compile(rf"(?:[Aa]t most|than|in|to) {FILLED} (?:more |different )?[a-z]+s\b|{FILLED} characters or fewer")
VERBS = re.compile("is|has|was|does|its|as|this")
# Constants above one, and names beside names.
ENOUGH = "in the middle for the %(hard)s incidents"  # of waits that are told only of ten or more
MEANT = {
    "%(met)s of %(total)s rules met",  # of the seven
    "Grades lie %(levels)s levels apart",  # two or more, else they do not differ
    "CSV, at most %(csv)s and %(csv_rows)s rows; XLSX, XLS or ODS, at most %(xlsx)s and %(xlsx_rows)s rows.",
    "CSV, XLSX, XLS or ODS, at most %(size)s and %(count)s vendors.",
    "A proof of cause holds at most %(count)s other causes.",  # a limit of twenty
    "Edition %(number)s comes into force on %(day)s: choose that day or a later one.",
    "The same problem, “%(problem)s”, had occurred on %(day)s, at most %(days)s days before",
}
NAMES = set(  # of what a verb follows, not of a number
    "asker contact edition email inviter line measure name organisation reference vendor who".split()  # noqa: SIM905
)


def words_left_alone(message: Message) -> Iterator[str]:
    """The pieces of a message whose noun or verb depends on a number without being chosen by it."""
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    is_plural = len(texts) > 1
    for text in texts:
        if text in MEANT or ENOUGH in text:
            continue
        yield from (found.group() for found in SHARE.finditer(text) if not _names(found.group()) & NAMES)
        if not is_plural and not LIMIT.search(text):
            yield from (found.group() for found in A_NOUN.finditer(text) if _is_counted(found))


def _is_counted(found: re.Match[str]) -> bool:
    return not VERBS.fullmatch(found.group(1)) and not _names(found.group()) & NAMES


def _names(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)", text))


@pytest.mark.parametrize(
    "planted",
    [
        Message("%(count)s vendors"),
        Message("%(count)s more faults are not listed."),
        Message("%(done)s of %(all)s answered"),
        Message(("%(done)d of %(n)d rater has handed in.", "%(done)d of %(n)d raters have handed in.")),
        Message("None of the %(a)s of the %(b)s incidents"),
    ],
)
def test_a_planted_word_that_hangs_on_a_number_is_found(planted: Message) -> None:
    assert list(words_left_alone(planted))


@pytest.mark.parametrize(
    "message",
    [
        Message(("%(count)s vendor", "%(count)s vendors")),
        Message("Handed in: %(done)s of %(all)s."),
        Message("%(who)s reminds you"),
        Message("At most %(count)s values."),
        Message("%(asker)s of %(organisation)s asks"),
    ],
)
def test_a_text_that_its_number_chooses_or_labels_passes(message: Message) -> None:
    assert list(words_left_alone(message)) == []


def test_no_word_hangs_on_a_number_that_its_text_is_not_chosen_by() -> None:
    found = {
        str(message.id): pieces for message in found_in_source(ROOT) if (pieces := list(words_left_alone(message)))
    }
    assert found == {}
