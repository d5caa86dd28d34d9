"""How often a token may ask: counted in windows of a minute, in Redis, which all processes share. An installation
without it counts in each process: the table of its sign-in attempts would cost ten queries a request."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import ngettext

from accounts.api.problems import Problem
from accounts.models import ApiToken

WINDOW = 60  # seconds
KEY = "api-requests"


def consume(token: ApiToken, now: datetime) -> dict[str, str]:
    """Count this request; the headers that say what is left. Raises Problem 429, which says when to come again."""
    limit, second = settings.API_REQUESTS_PER_MINUTE, int(now.timestamp())
    left_seconds = WINDOW - second % WINDOW
    key = f"{KEY}:{token.pk}:{second // WINDOW}"
    asked = 1 if cache.add(key, 1, WINDOW * 2) else _raised(key)
    headers = {
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, limit - asked)),
        "RateLimit-Reset": str(left_seconds),
    }
    if asked > limit:
        detail = ngettext("Come again in one second.", "Come again in %(count)s seconds.", left_seconds)
        retry = {**headers, "Retry-After": str(left_seconds)}
        raise Problem(429, "too_many", detail % {"count": left_seconds}, headers=retry)
    return headers


def _raised(key: str) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended in between
        cache.set(key, 1, WINDOW * 2)
        return 1
