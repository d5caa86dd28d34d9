"""A broker that does not answer is asked once, and then left alone for a while."""

from __future__ import annotations

import threading

import pytest

from groundwork.jobs import nudging
from groundwork.jobs.nudging import PAUSE, SLOW, Line


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(nudging, "monotonic", clock)
    return clock


def away() -> None:
    raise ConnectionError("the broker is away")


def test_who_answers_is_told_each_time(clock: Clock) -> None:
    line, told = Line(), []
    assert [line.tell(lambda: told.append(1)) for _ in range(3)] == [True] * 3
    assert told == [1, 1, 1]


def test_after_one_failure_nobody_is_tried_until_the_pause_is_over(clock: Clock) -> None:
    line, tried = Line(), []

    def fail() -> None:
        tried.append(clock.now)
        away()

    assert not line.tell(fail)
    assert not line.tell(fail)
    clock.now += PAUSE - 0.01
    assert not line.tell(fail)
    assert len(tried) == 1
    clock.now += 0.01
    assert not line.tell(fail)
    assert len(tried) == 2
    clock.now += PAUSE
    assert line.tell(lambda: tried.append(0))
    assert line.tell(lambda: tried.append(0))


def test_while_one_message_is_long_under_way_no_other_one_follows_it(clock: Clock) -> None:
    """A frozen broker: the first one waits for its time-out, and the others do not wait with it."""
    line, frozen, begun = Line(), threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        frozen.wait(60)

    first = threading.Thread(target=lambda: line.tell(wait))
    first.start()
    assert begun.wait(10)
    assert line.is_open()  # it has only just begun
    clock.now += SLOW
    assert not line.tell(wait)
    assert first.is_alive()  # it waits still
    frozen.set()
    first.join(10)
    assert line.is_open()  # it was slow, and no failure


def test_a_failure_is_one_line_without_a_traceback(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    line = Line()
    for _ in range(5):
        line.tell(away)
    (record,) = caplog.records
    assert "the broker is away" in record.getMessage()
    assert record.exc_info is None
