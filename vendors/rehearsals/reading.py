"""What rehearsals showed waits for whoever still judges the vendor; where and when one is held does not."""

from __future__ import annotations

from accounts.models import Membership
from vendors.models import Rehearsal
from vendors.withheld import is_withheld


def is_kept_from(member: Membership, rehearsal: Rehearsal) -> bool:
    """Whoever leads it knows what it showed: to them it is never closed."""
    return rehearsal.owner_id != member.user_id and is_withheld(member, rehearsal.vendor)
