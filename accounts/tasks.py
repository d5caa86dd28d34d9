"""What workers do for the house itself: safe to run twice, or in two places at once."""

from celery import shared_task
from django.utils import timezone

from accounts.chain import trail_days


@shared_task(name="accounts.tasks.seal_trail")
def seal_trail() -> None:
    """Each day of the audit trail once it is over; asked every ten minutes, so that none waits for a lost message."""
    trail_days.seal_finished(timezone.now())
