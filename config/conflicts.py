"""How many saves were refused because somebody else was first: counted in Redis, over all processes of all hosts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

KEY = "metrics:conflicts"
REFUSED = (409, 412)  # as forms and as the API say it


class CountConflicts:
    """Next to the views: what stands before them refuses for other reasons."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in REFUSED:
            note()
        return response


def note() -> None:
    cache.add(KEY, 0, timeout=None)
    with suppress(ValueError):  # Redis went away between the two
        cache.incr(KEY)


def counted() -> int:
    return int(cache.get(KEY, 0))
