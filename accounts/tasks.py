"""What workers do for accounts: each task is safe to run twice."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.api import idempotency
from accounts.chain import trail_days
from accounts.models import AttemptCount
from accounts.sending import cleaning
from accounts.single_sign_on import spent
from groundwork.storage import forget_strays


@shared_task(name="accounts.tasks.housekeeping")
def housekeeping() -> None:
    """Delete what has run out by itself: sessions, counts of attempts to sign in, forms taken and forms kept, what providers said once; and files
    without a row."""
    now = timezone.now()
    SessionStore.clear_expired()
    AttemptCount.objects.filter(expires__lt=now).delete()
    cleaning.sweep(now)
    idempotency.forget(now)
    spent.forget(now)
    forget_strays(now)


@shared_task(name="accounts.tasks.seal_trail")
def seal_trail() -> None:
    """Each day of the audit trail once it is over; asked often, so that none waits for a lost message."""
    trail_days.seal_finished(timezone.now())
