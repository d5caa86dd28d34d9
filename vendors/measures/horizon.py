"""How long every incident is followed: plain Python.

Recent incidents cannot have taken long yet, old ones can: compared as they are, every measure would fall. So each is
followed for the same time, the horizon, and counts for at most that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

HOUR = timedelta(hours=1)
LENGTHS = tuple(
    hours * HOUR for hours in (1, 2, 4, 8, 12, 24, 48, 72, 120, 168, 240, 336, 504, 720, 1080, 1440, 2160, 2880, 4320)
)
NINE_OF_TEN = 0.9


def horizon(ended: Sequence[int], running: Sequence[int], *, window: timedelta) -> timedelta:
    """The first of LENGTHS above the time within which nine of ten end (Kaplan–Meier), at most a third of the window.

    `ended`: microseconds that those took that have ended; `running`: how long the others have been seen. Where fewer
    than nine of ten end, and where nothing is known, the longest that a third of the window has room for.
    """
    room = [length for length in LENGTHS if length <= window / 3] or [LENGTHS[0]]
    within = percentile_90(ended, running)
    if within is None:
        return room[-1]
    return next((length for length in room if length // timedelta(microseconds=1) > within), room[-1])


def percentile_90(ended: Sequence[int], running: Sequence[int] = ()) -> int | None:
    """The least time within which nine of ten have ended, by Kaplan and Meier; None where fewer do."""
    if not ended:
        return None
    if not running:
        return sorted(ended)[-(-9 * len(ended) // 10) - 1]
    times, staying = sorted((*ended, *running)), 1.0
    for time, count in sorted(Counter(ended).items()):
        staying *= 1 - count / (len(times) - bisect_left(times, time))  # of those seen until then
        if 1 - staying >= NINE_OF_TEN - 1e-9:
            return time
    return None
