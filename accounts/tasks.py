"""What the clock does for accounts: each task loads and calls once, and is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from accounts.sending import cleaning


@shared_task(name="accounts.tasks.sweep_forms")
def sweep_forms() -> None:
    cleaning.sweep(timezone.now())
