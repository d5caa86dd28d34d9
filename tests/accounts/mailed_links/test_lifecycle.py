"""What is said of a link by which a contact comes back. Its steps are tried with each kind: tests of `links`."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.mailed_links.lifecycle import in_words
from vendors.models import DeskLink


@pytest.mark.parametrize("state", ["sent", "not_delivered", "opened", "expired", "revoked", "made"])
def test_what_happened_last_is_the_state_of_a_link(state: str) -> None:
    now = timezone.now()
    link = DeskLink(expires_at=now + timedelta(days=1))
    hour = timedelta(hours=1)
    moments: dict[str, dict[str, datetime]] = {
        "made": {},
        "sent": {"sent_at": now - hour, "seen_at": now - 2 * hour},
        "not_delivered": {"failed_at": now},
        "opened": {"sent_at": now - 2 * hour, "seen_at": now - hour},
        "expired": {"expires_at": now, "seen_at": now - hour},
        "revoked": {"revoked_at": now, "expires_at": now},
    }
    for name, value in moments[state].items():
        setattr(link, name, value)
    [row] = in_words([link], now)
    assert row.state == state


def test_what_opens_nothing_any_more_comes_last() -> None:
    now = timezone.now()
    ended, live = (DeskLink(name=name, expires_at=now + timedelta(days=1)) for name in ("ended", "live"))
    ended.revoked_at = now
    assert [(row.link.name, row.is_live, row.is_open) for row in in_words([ended, live], now)] == [
        ("live", True, True),
        ("ended", False, False),
    ]
