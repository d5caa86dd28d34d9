"""Housekeeping: what has run out goes, what counts stays."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import AttemptCount
from accounts.tasks import housekeeping


def test_what_has_run_out_is_deleted_and_nothing_else(db: None) -> None:
    now = timezone.now()
    for name, ends in (("over", now - timedelta(seconds=1)), ("open", now + timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=ends)
        AttemptCount.objects.create(cache_key=name, value="", expires=ends)

    housekeeping()
    housekeeping()

    assert list(Session.objects.values_list("pk", flat=True)) == ["open"]
    assert list(AttemptCount.objects.values_list("pk", flat=True)) == ["open"]
