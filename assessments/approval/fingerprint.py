"""What is approved, as one hash: whoever approves a fingerprint approves exactly these answers and no others."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from assessments.models import Answer, Assessment, Consensus, Evidence, Response, VendorNote


def fingerprint(assessment: Assessment) -> str:
    """SHA-256, in hex, over all that was handed in and agreed; five queries, however much that is.

    When it was handed in does not count: the same answers, submitted again, are the same.
    """
    responses = list(Response.objects.handed_in().filter(assessment=assessment))
    agreed = Consensus.objects.filter(assessment=assessment).order_by("question__key")
    content: dict[str, Any] = {
        "responses": sorted([response.pk, response.kind] for response in responses),
        "answers": _answers([response.pk for response in responses]),
        "consensus": [list(row) for row in agreed.values_list("question__key", "grade", "not_applicable", "reason")],
    }
    notes = VendorNote.objects.all().written().filter(assessment=assessment).order_by("question__key")
    if noted := [list(row) for row in notes.values_list("question__key", "text")]:
        content["notes"] = noted  # only then: what was approved before there were notes keeps its fingerprint
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _answers(responses: Collection[int]) -> list[list[Any]]:
    rows = Answer.objects.filter(response__in=responses).values_list(
        "pk",
        "response",
        "question__key",
        "grade",
        "blank",
        "reason",
        "vendor_says",
        "comment",
        "fact_value",
        "fact_unit",
    )
    files = _evidence(responses)
    content = [[*said, _plain(fact), unit, files[pk]] for pk, *said, fact, unit in rows]
    return sorted(content, key=lambda row: (row[0], row[1]))


def _evidence(responses: Collection[int]) -> dict[int, list[str]]:
    """Answer → the hashes of its files, in an order of their own."""
    files: dict[int, list[str]] = defaultdict(list)
    rows = Evidence.objects.filter(answer__response__in=responses).order_by("sha256", "pk")
    for answer, sha256 in rows.values_list("answer", "sha256"):
        files[answer].append(sha256)
    return files


def _plain(fact: Decimal | None) -> str | None:
    """One spelling a number: 4 and 4.00 are the same fact, whatever the database makes of them."""
    return None if fact is None else format(fact.normalize(), "f")
