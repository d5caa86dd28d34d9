"""Assessments as nobody made them: each the same for the same seed, with every kind of blank and agreement."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction

from assessments.score.arithmetic import Policy
from reports.exports.shapes import Agreed, Answered, Asked, AskedRule, Dossier, Given, Head, Shown, Source, scored

BLANKS = ("", "not_applicable", "dont_know")


def dossier(seed: int, *, rules: int = 7, questions: int = 3, raters: int = 4) -> Dossier:
    draw = random.Random(seed)
    broken = draw.randint(0, 80)
    policy = Policy(
        met_threshold=Fraction(draw.randint(broken, 100)),
        broken_threshold=Fraction(broken),
        minimum_coverage=Fraction(draw.choice((0, 50, 75, 100))),
        knockout_below=draw.randint(0, 4),
    )
    asked_rules = tuple(AskedRule(key=f"rule-{n}", position=n, name=f"Rule {n}") for n in range(1, rules + 1))
    asked = tuple(
        Asked(
            key=f"q-{rule.position}-{number}",
            rule=rule.key,
            number=f"{rule.position}.{number}",
            text="Who answers?",
            weight=Fraction(draw.choice((100, 100, 150, 200, 33)), 100),
            knockout=draw.random() < 0.3,
        )
        for rule in asked_rules
        for number in range(1, draw.randint(1, questions) + 1)
    )
    # Some are all met, some all broken: else the verdict would hardly ever be another than “not met”.
    grades = draw.choice(((0, 1, 2, 3, 4), (3, 4), (4,), (0, 1)))
    answered = draw.choice((0.5, 0.9, 1.0))
    given = [
        Given(
            key=f"A-{seed}/{n}",
            kind="customer" if n else "vendor",
            name=f"Rater {n}",
            department=f"Department {n % 2}",
            handed_in_at="2026-03-02T09:30:00Z",
            independent=True if n else None,
        )
        for n in range(draw.randint(0, raters) + 1)
    ]
    answers = {
        question.key: [
            Answered(by=by, question=question.key, grade=grade, blank="" if grade is not None else draw.choice(BLANKS))
            for by in given
            for grade in [draw.choice(grades) if draw.random() < answered else None]
        ]
        for question in asked
    }
    agreed = {question.key: _agreed(draw) for question in asked if draw.random() < 0.15}
    return Dossier(
        head=Head(
            pk=seed,
            reference=f"A-{seed}",
            vendor=1,
            vendor_name="Alder",
            period_start=date(2026, 1, 1),
            period_end=date(2026, 3, 31),
            edition="1",
            state="in_review",
            owner="Ada",
            source=Source.ROWS,
            shown=Shown.ALL,
        ),
        policy=policy,
        rules=asked_rules,
        questions=asked,
        responses=tuple(given),
        answers=answers,
        agreed=agreed,
        score=scored(asked_rules, asked, answers, agreed, policy),
    )


def _agreed(draw: random.Random) -> Agreed:
    applies = draw.random() < 0.7
    return Agreed(
        grade=draw.randint(0, 4) if applies else None,
        not_applicable=not applies,
        reason="Talked over",
        held_on="2026-02-01",
    )
