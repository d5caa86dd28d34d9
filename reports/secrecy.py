"""Whose scorecard waits for their own answers."""

from __future__ import annotations

import json

from accounts.models import Membership
from reports.models import Scorecard
from vendors.withheld import is_withheld


def is_kept_from(member: Membership, scorecard: Scorecard) -> bool:
    """Whether this member still rates the vendor of a scorecard whose document tells what was measured or held of it,
    or what moved since the one before: all wait for their own answers then."""
    if not is_withheld(member, scorecard.assessment.vendor):
        return False
    content = json.loads(scorecard.snapshot)
    told = any(one["reading"] for one in content.get("commitments") or ())
    moved = (content.get("previous") or {}).get("rules")
    held = bool(content.get("practice")) or bool(content.get("proven"))
    return told or bool(moved) or held or content.get("measures") is not None
