"""The trail that an organisation brought along from another installation: sealed as one, on the day it came. Its
entries are older than days that are sealed here, and belong to none of them."""

from __future__ import annotations

import hashlib
from datetime import datetime

from accounts.chain import kinds, seals
from accounts.chain.kinds import Content, Kind
from accounts.models import AuditEntry, AuditEntryQuerySet, Seal

KIND = "carried_trail"
# The columns that each form spells out: a form never changes, a new column needs a new form.
_FIRST = (
    "id",
    "organisation_id",
    "organisation__slug",
    "actor_id",
    "actor_label",
    "verb",
    "object_type",
    "object_id",
    "object_label",
    "subject_type",
    "subject_id",
    "before",
    "after",
    "at",
    "vendor_ref",
    "vendor_name",
    "release_ref",
    "rule_key",
    "question_key",
)
FORMS = {1: _FIRST, 2: (*_FIRST, "through")}
NEWEST = max(FORMS)
AT_ONCE = 2000  # rows in memory


def kind() -> Kind:
    return Kind(one="carried trail", many="carried trails", content=_content, unsealed=lambda: ())


def seal(first: int, last: int, *, now: datetime) -> Seal:
    """Over the entries with these keys and all between them, in the transaction that brings them in."""
    key = f"{first}-{last}"
    content = _content(key, "", NEWEST)
    if content is None:
        raise RuntimeError(f"There are no entries {key} that could be sealed.")
    return seals.append(KIND, key, content, now=now)


def without_carried(entries: AuditEntryQuerySet) -> AuditEntryQuerySet:
    """One query, for the few organisations that ever came."""
    for key in Seal.objects.filter(kind=KIND).values_list("key", flat=True):
        entries = entries.exclude(pk__range=_ends(key))
    return entries


def _ends(key: str) -> tuple[int, int]:
    first, _dash, last = key.partition("-")
    return int(first), int(last)


def _content(key: str, before: str, form: int) -> Content | None:
    rows = AuditEntry.objects.filter(pk__range=_ends(key)).order_by("pk").values(*FORMS[form])
    digest, size, slug = hashlib.sha256(), 0, ""
    for size, row in enumerate(rows.iterator(chunk_size=AT_ONCE), start=1):  # noqa: B007 (the number of the last)
        slug = row["organisation__slug"]
        digest.update(kinds.spelled_out(row).encode("utf-8", "surrogatepass") + b"\n")
    return Content(label=slug, form=form, size=size, sha256=digest.hexdigest()) if size else None
