"""What several parts of one page ask is asked once, and nothing of it is kept beyond the page."""

from __future__ import annotations

from itertools import count

from groundwork.asking_once import asking_once, once


def test_within_the_block_a_question_is_asked_once_for_each_who_asks() -> None:
    numbers = count()
    with asking_once():
        told = [once(who, lambda: next(numbers)) for who in ("reader", "approver", "reader")]
    assert told == [0, 1, 0]


def test_nothing_of_it_outlives_the_block() -> None:
    numbers = count()
    for _page in range(2):
        with asking_once():
            once("reader", lambda: next(numbers))
    assert next(numbers) == 2


def test_outside_of_a_block_it_is_asked_each_time() -> None:
    numbers = count()
    assert [once("reader", lambda: next(numbers)) for _time in range(2)] == [0, 1]


def test_that_nothing_is_there_is_an_answer_too() -> None:
    asked: list[str] = []
    with asking_once():
        for _time in range(2):
            assert once("reader", lambda: asked.append("asked")) is None
    assert asked == ["asked"]
