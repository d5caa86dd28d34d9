"""What is in force and what a vendor said to it, as plain data: what a scorecard keeps of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from groundwork.languages import LANGUAGE_CODES
from manifesto.models import RULE_KEYS
from vendors.expectations.sheet import edition_in_force
from vendors.expectations.standing import acknowledged
from vendors.models import Acknowledgement, Expectation, Vendor


def as_data(vendor: Vendor, today: date) -> dict[str, Any] | None:
    """The edition of that day, rule by rule in three languages, and the vendor's last word; None where nothing is in
    force. `target` in digits, in the unit of its measure. Three queries."""
    edition = edition_in_force(vendor.organisation_id, today)
    if edition is None or edition.in_force_from is None:
        return None
    rows = list(edition.expectations.order_by("position", "pk"))
    said = acknowledged([vendor.pk], today).get(vendor.pk)
    return {
        "edition": edition.number,
        "in_force_from": edition.in_force_from.isoformat(),
        "rules": [
            {"rule": rule, "expectations": [_one(row) for row in rows if row.rule == rule]} for rule in RULE_KEYS
        ],
        "acknowledgement": _acknowledgement(said) if said else None,
    }


def _one(row: Expectation) -> dict[str, Any]:
    return {
        "key": row.key,
        "texts": {language: row.text_in(language) for language in LANGUAGE_CODES},
        "measure": row.measure,
        "target": None if row.target is None else f"{row.target.normalize():f}",
    }


def _acknowledgement(said: Acknowledgement) -> dict[str, Any]:
    replies = {
        rule: {"stance": reply.get("stance", ""), "comment": reply.get("comment", "")}
        for rule, reply in sorted(said.replies.items())
    }
    return {"edition": said.edition.number, "on": said.on.isoformat(), "by": said.by, "replies": replies}
