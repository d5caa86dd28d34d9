"""What happens to a notice: announced, changed, withdrawn, read, and how it went. Each in one transaction, with its
entry in the trail; by a member, or by the vendor through the link to its desk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import Right, may, roles_with
from accounts.models import Department, Membership
from accounts.trail import audit
from groundwork.refusals import Refusal
from vendors.models import ChangeNotice, DeskLink, NoticeReader, Service, Vendor
from vendors.notices.affected import add_readers

Author = Membership | DeskLink
FIELDS = ("title", "starts", "until", "what", "risks", "prevention", "way_back")
MOST_TO_COME = 40  # of one vendor: each is a mail to people who work
MOST_A_DAY, MOST_VERSIONS = 20, 20  # by the links of one vendor; of one notice: whoever holds a link floods nobody


class NotPossible(Refusal):
    """What stands of the notice does not allow this; the message says what to do instead."""


class ChangedMeanwhile(Refusal):
    """Somebody else changed it since the page was opened."""


def may_write(member: Membership) -> bool:
    return may(member, Right.EDIT_VENDORS)


# By the vendor, or by a member -------------------------------------------------------------------------------------
@transaction.atomic
def announce(
    by: Author,
    notice: ChangeNotice,
    *,
    services: Collection[Service],
    besides: Iterable[Department] = (),
    announced_at: datetime | None = None,
    now: datetime,
) -> ChangeNotice:
    """A new one, whose vendor and FIELDS are set. `besides`: departments that its services do not name;
    `announced_at`: when the vendor said so, where that was before. Raises NotPossible."""
    vendor = _held(by, notice.vendor_id)
    if vendor.archived_at is not None:
        raise NotPossible(_("%(name)s is archived: restore it first.") % {"name": vendor})
    if ChangeNotice.objects.filter(vendor=vendor, withdrawn_at=None, until__gte=now).count() >= MOST_TO_COME:
        raise NotPossible(
            _("No more than %(count)s can be to come at a time: withdraw those that do not hold any more.")
            % {"count": MOST_TO_COME}
        )
    if isinstance(by, DeskLink) and _announced_today(vendor, now) >= MOST_A_DAY:
        raise NotPossible(_("So many changes were announced today that nobody reads them: go on tomorrow, or call us."))
    notice.vendor, notice.announced_at = vendor, announced_at or now
    notice.link = by if isinstance(by, DeskLink) else None
    notice.recorded_by = None if isinstance(by, DeskLink) else by.user
    notice.save(force_insert=True)
    notice.services.set(services)
    add_readers(notice, besides)
    audit.record(_actor(by), "notice.announced", notice, after=_told(notice))
    return notice


@transaction.atomic
def change(
    by: Author,
    notice: ChangeNotice,
    wanted: Mapping[str, Any],
    *,
    services: Collection[Service],
    besides: Iterable[Department] = (),
    version: int,
    now: datetime,
) -> bool:
    """Another time, other services or other words: whoever had read it reads it again. False where nothing is new, and
    nobody need be told. Raises NotPossible and ChangedMeanwhile."""
    row = _locked(by, notice, version)
    _still_to_come(row, now)
    before = _told(row)
    for name in FIELDS:
        setattr(row, name, wanted[name])
    row.services.set(services)
    add_readers(row, besides)
    after = _told(row)
    if before == after:
        return False
    if isinstance(by, DeskLink) and row.version >= MOST_VERSIONS:
        raise NotPossible(_("This notice was changed so often that nobody follows it: call us instead."))
    row.version += 1
    row.save(update_fields=[*FIELDS, "version"])
    NoticeReader.objects.filter(notice=row).update(read_at=None, read_by=None)
    audit.record(_actor(by), "notice.changed", row, before=before, after=after)
    return True


@transaction.atomic
def withdraw(by: Author, notice: ChangeNotice, *, version: int, now: datetime) -> ChangeNotice:
    """The change is not made. Raises NotPossible and ChangedMeanwhile."""
    row = _locked(by, notice, version)
    _still_to_come(row, now)
    row.withdrawn_at = now
    row.version += 1
    row.save(update_fields=["withdrawn_at", "version"])
    audit.record(_actor(by), "notice.withdrawn", row, before={"withdrawn_at": None}, after={"withdrawn_at": now})
    return row


@transaction.atomic
def say_how_it_went(by: Author, notice: ChangeNotice, outcome: str, *, version: int, now: datetime) -> ChangeNotice:
    """Once it is over. Raises NotPossible and ChangedMeanwhile."""
    row = _locked(by, notice, version)
    if row.withdrawn_at is not None:
        raise NotPossible(_("It was withdrawn: there is nothing to tell of it."))
    if row.until > now:
        raise NotPossible(_("It is not over yet: write down how it went once it is."))
    before = {"outcome": row.outcome}
    row.outcome = outcome
    row.version += 1
    row.save(update_fields=["outcome", "version"])
    audit.record(_actor(by), "notice.went", row, before=before, after={"outcome": outcome})
    return row


# By a department --------------------------------------------------------------------------------------------------
def departments_with_readers(organisation_id: int, departments: Collection[int]) -> set[int]:
    """Of these, those to which somebody belongs who can confirm. One query."""
    members = Membership.objects.active().filter(
        organisation=organisation_id, user__is_active=True, department__in=departments, role__in=roles_with(Right.READ)
    )
    return {pk for pk in members.values_list("department", flat=True) if pk is not None}


def departments_without_readers(organisation_id: int, departments: Collection[int]) -> set[int]:
    """Of these, those to which nobody belongs who could confirm. One query."""
    return set(departments) - departments_with_readers(organisation_id, departments)


@transaction.atomic
def confirm(member: Membership, notice: ChangeNotice, department: int, *, version: int, now: datetime) -> NoticeReader:
    """Somebody of the department has read it; where nobody belongs to it, whoever keeps the register says that they
    told it. What is confirmed already stays as it is. Raises NotPossible and ChangedMeanwhile."""
    row = ChangeNotice.objects.for_member(member).select_for_update(of=("self",)).get(pk=notice.pk)
    reader = NoticeReader.objects.select_related("department").filter(notice=row, department=department).first()
    if reader is None:
        raise NotPossible(_("This department is not affected by the change."))
    if not _is_theirs(member, department):
        raise NotPossible(_("Only somebody of this department can confirm that it was read."))
    if row.withdrawn_at is not None:
        raise NotPossible(_("The change was withdrawn: nothing needs to be confirmed any more."))
    if row.version != version:
        raise ChangedMeanwhile(_("The notice was changed since you opened this page: read it again, then confirm."))
    if reader.read_at is None:
        reader.read_at, reader.read_by = now, member.user
        reader.save(update_fields=["read_at", "read_by"])
        audit.record(member.user, "notice.read", row, after={"department": reader.department.name})
    return reader


def _is_theirs(member: Membership, department: int) -> bool:
    if member.department_id == department:
        return may(member, Right.READ)
    return may_write(member) and bool(departments_without_readers(member.organisation_id, [department]))


# ------------------------------------------------------------------------------------------------------------------
def _actor(by: Author) -> audit.Actor:
    return audit.Outsider(label=by.signature) if isinstance(by, DeskLink) else by.user


def _held(by: Author, vendor_id: int) -> Vendor:
    """The vendor, held until the transaction ends: two notices at once are counted one after the other."""
    rows = Vendor.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation")
    if isinstance(by, DeskLink):
        return rows.get(pk=by.vendor_id)
    if not may_write(by):
        raise PermissionDenied
    return rows.get(pk=vendor_id, organisation=by.organisation_id)


def _locked(by: Author, notice: ChangeNotice, version: int) -> ChangeNotice:
    """The row, fresh and held until the transaction ends."""
    vendor = _held(by, notice.vendor_id)
    rows = ChangeNotice.objects.filter(vendor=vendor).select_related("vendor__organisation")
    row = rows.select_for_update(of=("self",)).get(pk=notice.pk)
    if row.version != version:
        raise ChangedMeanwhile(
            _("Somebody changed it since you opened this page: read what stands there now, then send yours again.")
        )
    return row


def _still_to_come(row: ChangeNotice, now: datetime) -> None:
    if row.withdrawn_at is not None:
        raise NotPossible(_("It was withdrawn: announce a new one."))
    if row.until < now:
        raise NotPossible(_("It is over: write down how it went instead."))


def _announced_today(vendor: Vendor, now: datetime) -> int:
    rows = ChangeNotice.objects.filter(vendor=vendor, link__isnull=False, announced_at__gt=now - timedelta(days=1))
    return rows.count()


def _told(notice: ChangeNotice) -> dict[str, Any]:
    services = sorted(notice.services.values_list("name", flat=True))
    departments = sorted(NoticeReader.objects.filter(notice=notice).values_list("department__name", flat=True))
    return {**audit.snapshot(notice, FIELDS), "services": services, "departments": departments}
