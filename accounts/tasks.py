"""What workers do for accounts: each task is safe to run twice."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import AttemptCount


@shared_task(name="accounts.tasks.housekeeping")
def housekeeping() -> None:
    """Delete what has run out by itself: sessions, and counts of attempts to sign in."""
    SessionStore.clear_expired()
    AttemptCount.objects.filter(expires__lt=timezone.now()).delete()
