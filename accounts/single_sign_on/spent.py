"""What was said once does not count twice."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import IdentityProvider, SpentAssertion
from accounts.single_sign_on.reasons import NotLetInError, Reason


def spend(provider: IdentityProvider, name: str, until: datetime) -> None:
    """Note that what has this name was used; it is kept until it would not count any more. Raises NotLetInError where
    it was used before."""
    mark = hashlib.sha256(name.encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentAssertion.objects.create(provider=provider, mark=mark, until=until)
    except IntegrityError as twice:
        raise NotLetInError(Reason.REPLAYED) from twice


def forget(now: datetime) -> None:
    SpentAssertion.objects.filter(until__lt=now).delete()
