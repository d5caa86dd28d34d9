"""What workers do for people: each task loads and calls once, and is safe to run twice or in two places at once."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from assessments.schedule import digest, owed_mails, readings, repeating, told_systems
from assessments.vendor_commitments import telling
from assessments.workbooks import taking


@shared_task(name="assessments.tasks.morning")
def morning() -> None:
    """From seven o'clock, every ten minutes: open what repeats, then queue the mails, which tell of it and of what the
    measures of commitments say by then; vendors learn which commitments wait for their word, and which proofs of cause
    they owe."""
    now = timezone.now()
    if not digest.is_morning(now):
        return
    repeating.open_due(now)
    digest.queue(now)
    telling.tell_some(now)
    owed_mails.remind_due(now)


@shared_task(name="assessments.tasks.read_commitments")
def read_commitments() -> None:
    """Every ten minutes: of each commitment what its measure says by the facts of now."""
    readings.read_due(timezone.now())


@shared_task(name="assessments.tasks.tell_systems")
def tell_systems() -> None:
    """Every ten minutes: what nobody does, and other systems want to know: a day has come, a finding came or went."""
    told_systems.tell(timezone.now())


@shared_task(name="assessments.tasks.forget_workbooks")
def forget_workbooks() -> None:
    """Every ten minutes: filled workbooks that nobody decided about for a month are thrown away."""
    taking.forget(timezone.now())


@shared_task(
    name=digest.DIGESTS.task,
    rate_limit=f"{settings.MAILS_PER_MINUTE}/m",
    soft_time_limit=settings.MAIL_SOFT_LIMIT,
    time_limit=settings.MAIL_HARD_LIMIT,
)
def send_digest(digest_id: int) -> None:
    digest.send(digest_id, now=timezone.now())
