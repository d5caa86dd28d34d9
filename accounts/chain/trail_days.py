"""The days of the audit trail, sealed once they are over: every entry that a day has, each of its columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import structlog
from django.db import connection, transaction

from accounts.chain import carried, kinds, seals
from accounts.chain.kinds import Content, Kind
from accounts.models import AuditEntry, AuditEntryQuerySet, Seal

logger = structlog.get_logger(__name__)

KIND = "trail_day"
# The columns that each form spells out: a form never changes, a new column needs a new form.
_FIRST = (
    "id",
    "organisation_id",
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
# An entry has the moment of its writing, and is seen when its transaction ends: a day is sealed when none can be open
# any more, and the clocks of several machines may differ.
SETTLED_AFTER = timedelta(hours=6)
AT_ONCE = 2000  # rows in memory
# Sessions of other accounts show nothing of theirs, so the hours are there as well.
WRITING_SINCE = """
SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
AND backend_xid IS NOT NULL AND xact_start < %s)
"""


def kind() -> Kind:
    return Kind(one="day of the trail", many="days of the trail", content=content_of, unsealed=lambda: ())


def seal_finished(now: datetime) -> list[Seal]:
    """Seal each day (UTC) that is over, the earliest first, each in a transaction of its own; days without entries,
    too, so that none can be added to them. Safe to run twice and in two places at once."""
    made = []
    for day in _finished(now):
        if _is_still_written(before=_end(day)):
            logger.warning("trail_day_waits", day=day.isoformat(), reason="a transaction of that day is still open")
            break
        seal = _seal(day, now)
        if seal is None:  # somebody else is at it
            break
        logger.info("trail_sealed", day=seal.key, entries=seal.size, position=seal.position, head=seal.hash)
        made.append(seal)
    return made


def unsealed() -> AuditEntryQuerySet:
    """What came after the last sealed day."""
    end = seals.last(KIND)
    return _entries_after(end.key if end else "")


def content_of(key: str, before: str, form: int) -> Content | None:
    """The entries of the day `key`, and of what lies between it and the sealed day before; for the first, of all
    that is earlier. Raises ValueError for what is no day."""
    entries = _entries_after(before).filter(at__lt=_end(date.fromisoformat(key)))
    rows = entries.order_by("at", "pk").values(*FORMS[form])
    digest, size = hashlib.sha256(), 0
    for size, row in enumerate(rows.iterator(chunk_size=AT_ONCE), start=1):  # noqa: B007 (the number of the last)
        digest.update(kinds.spelled_out(row).encode("utf-8", "surrogatepass") + b"\n")
    return Content(label=key, form=form, size=size, sha256=digest.hexdigest())


def _finished(now: datetime) -> Iterator[date]:
    end = seals.last(KIND)
    if end is None:
        first = _entries_after("").order_by("at").first()
        if first is None:
            return
        day = first.at.astimezone(UTC).date()
    else:
        day = date.fromisoformat(end.key) + timedelta(days=1)
    while _end(day) <= now - SETTLED_AFTER:
        yield day
        day += timedelta(days=1)


def _seal(day: date, now: datetime) -> Seal | None:
    """None where the chain has got another day since we looked."""
    end = seals.last(KIND)
    before = end.key if end else ""
    content = content_of(day.isoformat(), before, NEWEST)  # read before the chain is held, since it may take a while
    with transaction.atomic():
        seals.hold_the_end()
        newer = seals.last(KIND)
        if content is None or (newer.key if newer else "") != before or before >= day.isoformat():
            return None
        return seals.append(KIND, day.isoformat(), content, now=now)


def _entries_after(key: str) -> AuditEntryQuerySet:
    """Without those that an organisation brought along, which have a seal of their own."""
    entries = carried.without_carried(AuditEntry.objects.all())
    return entries.filter(at__gte=_end(date.fromisoformat(key))) if key else entries


def _end(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def _is_still_written(before: datetime) -> bool:
    """A transaction that began before then has written and is open: its entries are not seen yet."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(WRITING_SINCE, [before])
        return bool(cursor.fetchone()[0])
