"""What workers do for accounts: each task is safe to run twice."""

from celery import shared_task
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.api import frame
from accounts.chain import trail_days
from accounts.models import AttemptCount
from accounts.sending import cleaning
from accounts.single_sign_on import spent
from accounts.webhooks import cleaning as webhook_cleaning
from accounts.webhooks import delivering
from accounts.webhooks.job import DELIVERIES
from groundwork.storage import forget_strays


@shared_task(name="accounts.tasks.housekeeping")
def housekeeping() -> None:
    """Delete what has run out by itself: sessions, counts of attempts to sign in, forms taken and forms kept, what
    providers said once; and files without a row."""
    now = timezone.now()
    SessionStore.clear_expired()
    AttemptCount.objects.filter(expires__lt=now).delete()
    cleaning.sweep(now)
    spent.forget(now)
    webhook_cleaning.forget(now)
    frame.forget(now)
    forget_strays(now)


@shared_task(name="accounts.tasks.seal_trail")
def seal_trail() -> None:
    """Each day of the audit trail once it is over; asked often, so that none waits for a lost message."""
    trail_days.seal_finished(timezone.now())


@shared_task(
    name=DELIVERIES.task,
    soft_time_limit=settings.WEBHOOK_SECONDS + 30,
    time_limit=settings.WEBHOOK_SECONDS + 45,
)
def deliver_webhook(delivery_id: int) -> None:
    delivering.deliver(delivery_id)


@shared_task(name="accounts.tasks.sweep_webhooks")
def sweep_webhooks() -> None:
    """Often: it is what tries again after a failure, and what finishes what a killed worker began."""
    delivering.sweep(timezone.now())
