"""An approved assessment, read from the snapshot of its scorecard alone: nothing that changed later is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from groundwork.languages import DEFAULT
from reports.exports.shapes import (
    CUSTOMER,
    Agreed,
    Answered,
    Asked,
    AskedRule,
    Dossier,
    Given,
    Head,
    KeptFile,
    Noted,
    Replied,
)
from reports.reasons.inputs import policy_of
from reports.scorecard.snapshots import score_of

Stored = Mapping[str, Any]


def dossier_of(head: Head, snapshot: Stored, *, keys: Sequence[int], language: str) -> Dossier:
    """`keys`: those of the responses that were handed in, in their order, which is that of the snapshot."""
    release = snapshot["release"]
    given = _given(head, snapshot["responses"], keys)
    return Dossier(
        head=head,
        policy=policy_of(release["policy"]),
        rules=tuple(
            AskedRule(key=rule["key"], position=rule["position"], name=_text(rule["name"], language) or rule["key"])
            for rule in release["rules"]
        ),
        questions=tuple(_questions(snapshot, language)),
        responses=(*given.values(), *_outstanding(head, snapshot["outstanding"])),
        answers=_answers(snapshot, given),
        agreed=_agreed(snapshot),
        notes={
            key: Noted(text=note["text"], by=note["by"] or "", at=note["at"]) for key, note in snapshot["notes"].items()
        },
        replies=tuple(_reply(reply) for reply in snapshot["replies"]),
        score=score_of(snapshot),
        findings=snapshot["findings"],
        measures=snapshot["measures"],
        targets=snapshot["targets"],
    )


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get(DEFAULT) or next(filter(None, texts.values()), "")


def _questions(snapshot: Stored, language: str) -> list[Asked]:
    """Those that count, rule by rule, each followed by its supplementary ones."""
    beside: dict[str, list[Asked]] = {}
    for stored in snapshot["supplementary"]:
        beside.setdefault(stored["rule"], []).append(
            Asked(
                key=stored["key"],
                rule=stored["rule"],
                number=stored["number"],
                text=_text(stored["text"], language),
                weight=Fraction(0),
                supplementary=True,
            )
        )
    found = []
    for rule in snapshot["release"]["rules"]:
        for stored in rule["questions"]:
            found.append(
                Asked(
                    key=stored["key"],
                    rule=rule["key"],
                    number=f"{rule['position']}.{stored['position']}",
                    text=_text(stored["text"], language),
                    weight=Fraction(stored["weight"]),
                    knockout=stored["knockout"],
                )
            )
        found += beside.get(rule["key"], [])
    return found


def _given(head: Head, responses: Sequence[Stored], keys: Sequence[int]) -> dict[str, Given]:
    """By the number that the snapshot gives them."""
    is_known = len(keys) == len(responses)
    return {
        stored["rater"]: Given(
            key=f"{head.reference}/{keys[place] if is_known else 's' + stored['rater']}",
            kind=stored["kind"],
            name=stored["name"] or "",
            department=stored["department"] or "",
            handed_in_at=stored["submitted_at"],
            independent=stored.get("independent", True) if stored["kind"] == CUSTOMER else None,
        )
        for place, stored in enumerate(responses)
    }


def _outstanding(head: Head, stored: Sequence[Stored]) -> list[Given]:
    """Who was asked and handed nothing in: the name alone."""
    return [
        Given(
            key=f"{head.reference}/o{place}",
            kind=CUSTOMER,
            name=one["name"] or "",
            department=one["department"] or "",
            handed_in_at=None,
            independent=None,
            shown=False,
        )
        for place, one in enumerate(stored, start=1)
    ]


def _answers(snapshot: Stored, given: Mapping[str, Given]) -> dict[str, list[Answered]]:
    answers: dict[str, list[Answered]] = {}
    for response in snapshot["responses"]:
        for stored in response["answers"]:
            answers.setdefault(stored["question"], []).append(_answer(given[response["rater"]], stored))
    for question in snapshot["supplementary"]:
        for stored in question["answers"]:
            answers.setdefault(question["key"], []).append(_answer(given[stored["rater"]], stored))
    return answers


def _answer(by: Given, stored: Stored) -> Answered:
    fact = stored["fact"]
    return Answered(
        by=by,
        question=stored["question"],
        grade=stored["grade"],
        blank=stored["blank"],
        reason=stored["reason"],
        comment=stored["comment"],
        vendor_says=stored["vendor_says"],
        fact_value=Fraction(fact["value"]) if fact else None,
        fact_unit=fact["unit"] if fact else "",
        carried_over=stored.get("carried_over", False),
        in_place=stored.get("by") or "",
        files=tuple(
            KeptFile(name=file["name"], size=file["size"], sha256=file["sha256"]) for file in stored["evidence"]
        ),
    )


def _agreed(snapshot: Stored) -> dict[str, Agreed]:
    """Who was there stands with the meeting; before schema 5, with each agreement."""
    present = {meeting["held_on"]: meeting["present"] for meeting in snapshot["meetings"] or ()}
    return {
        key: Agreed(
            grade=stored["grade"],
            not_applicable=stored["not_applicable"],
            reason=stored["reason"],
            held_on=stored["held_on"],
            present=tuple(stored.get("present") or present.get(stored["held_on"], ())),
        )
        for key, stored in snapshot["consensus"].items()
    }


def _reply(stored: Stored) -> Replied:
    return Replied(
        rule=stored["rule"],
        stance=stored["stance"],
        text=stored["text"],
        by=stored["by"],
        at=stored["at"],
        to_earlier_result=stored["to_earlier_result"],
    )
