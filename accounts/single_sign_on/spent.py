"""What was said once does not count twice."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import IdentityProvider, SpentAssertion
from accounts.single_sign_on.reasons import NotLetInError, Reason

MARGIN = timedelta(minutes=5)  # more than clocks may differ by
LONGEST = timedelta(days=365)  # some say that they count for ever, which is no moment; their sign-in is over in minutes


def spend(provider: IdentityProvider, name: str, until: float, now: datetime) -> None:
    """Note that what has this name was used; it is kept until it would not count any more (`until`: seconds since
    1970, as it says). Raises NotLetInError where it was used before."""
    kept_until = datetime.fromtimestamp(min(until, (now + LONGEST).timestamp()), tz=UTC) + MARGIN
    mark = hashlib.sha256(name.encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentAssertion.objects.create(provider=provider, mark=mark, until=kept_until)
    except IntegrityError as twice:
        raise NotLetInError(Reason.REPLAYED) from twice


def forget(now: datetime) -> None:
    SpentAssertion.objects.filter(until__lt=now).delete()
