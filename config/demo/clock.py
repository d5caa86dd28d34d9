"""The clock of the demo data: what happened a year ago is done then, so that history, chain and pages agree.

Nothing else sets it: the product reads its clock through `django.utils.timezone.now`, and this turns that one back for
as long as the demo data are being made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from django.utils import timezone

Event = tuple[date, Callable[[], object]]  # the day on which it happens


@contextmanager
def at(day: date, hour: int = 10) -> Iterator[None]:
    """Within: that day from that hour on, running; on the present day, and after it, the real moment."""
    started, real = timezone.now(), timezone.now
    then = timezone.make_aware(datetime.combine(day, time(hour)))
    back = max(started - then, timedelta(0))
    timezone.now = lambda: real() - back
    try:
        yield
    finally:
        timezone.now = real
