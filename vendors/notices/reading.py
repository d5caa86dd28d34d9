"""Notices as pages, the work of a member and the calendar read them: what is to come, who has read, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organisation
from groundwork.together import Lookup, attach
from groundwork.words import moment
from vendors.models import ChangeNotice, ChangeNoticeQuerySet, NoticeReader, Vendor
from vendors.notices.beside import Beside, incidents_beside
from vendors.notices.warning import Sum, Told, days_of_warning, remind_on, sum_of

READERS = Prefetch("readers", queryset=NoticeReader.objects.select_related("department", "read_by"))


def whole(rows: ChangeNoticeQuerySet) -> ChangeNoticeQuerySet:
    """With vendor, services and readers: three queries more, however many there are."""
    related = rows.select_related("vendor__organisation", "link", "recorded_by")
    return related.prefetch_related("services__calendar", READERS)


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """One notice on a page, as of `now`; the notice came by `whole`. `beside`: incidents opened then."""

    notice: ChangeNotice
    now: datetime
    beside: Sequence[Beside] = ()

    @cached_property
    def readers(self) -> list[NoticeReader]:
        return sorted(self.notice.readers.all(), key=lambda one: one.department.name.casefold())

    @property
    def unread(self) -> list[NoticeReader]:
        return [one for one in self.readers if one.read_at is None]

    @property
    def services(self) -> str:
        names = [service.name for service in self.notice.services.all()]
        return ", ".join(names) if names else _("all its services")

    @property
    def by(self) -> str:
        """Who said it: the vendor's contact, or the member who noted it."""
        return str(self.notice.link or self.notice.recorded_by)

    @property
    def is_withdrawn(self) -> bool:
        return self.notice.withdrawn_at is not None

    @property
    def is_over(self) -> bool:
        return self.notice.until < self.now

    @property
    def is_to_come(self) -> bool:
        return not self.is_withdrawn and not self.is_over

    @property
    def when(self) -> str:
        return when(self.notice)

    @property
    def days(self) -> int:
        """Of warning, from the notice to the start."""
        return days_of_warning(timezone.localdate(self.notice.announced_at), starts_on(self.notice))

    @property
    def warned(self) -> str:
        return ngettext("%(n)s day before", "%(n)s days before", self.days) % {"n": self.days}

    @property
    def says_risks(self) -> bool:
        return bool(self.notice.risks.strip())

    @property
    def says_prevention(self) -> bool:
        return bool(self.notice.prevention.strip())

    @property
    def lacks(self) -> list[str]:
        """What the notice does not say, of what question 7.2 asks."""
        return [
            *([] if self.says_risks else [_("which problems it may bring")]),
            *([] if self.says_prevention else [_("what is done against them")]),
        ]

    @property
    def state(self) -> str:
        if self.is_withdrawn:
            return _("Withdrawn")
        if self.is_over:
            return _("Over")
        return _("Being made") if self.notice.starts <= self.now else _("To come")

    @property
    def chip(self) -> str:
        return "withdrawn" if self.is_withdrawn else "planned" if self.is_to_come else "over"


def views_of(notices: Iterable[ChangeNotice], now: datetime) -> list[NoticeView]:
    """One query beside those that fetched them."""
    rows = list(notices)
    beside = incidents_beside(rows)
    return [NoticeView(notice=one, now=now, beside=beside.get(one.pk, [])) for one in rows]


def of_notice(notice: ChangeNotice, now: datetime | None = None) -> NoticeView:
    """As the database has it now. Four queries."""
    row = whole(ChangeNotice.objects.all()).get(pk=notice.pk)
    return views_of([row], now or timezone.now())[0]


def when(notice: ChangeNotice) -> str:
    """“7 March 2026, 22:00 – 8 March 2026, 02:00”; the second day only where it is another."""
    ends = timezone.localtime(notice.until)
    if ends.date() == starts_on(notice):
        return _("%(start)s to %(end)s") % {"start": moment(notice.starts), "end": f"{ends:%H:%M}"}
    return _("%(start)s to %(end)s") % {"start": moment(notice.starts), "end": moment(notice.until)}


def starts_on(notice: ChangeNotice) -> date:
    return timezone.localdate(notice.starts)


def reminder_of(notice: ChangeNotice) -> date:
    """Two working days before it begins, where its services have their holidays; they came with their calendars."""
    for service in notice.services.all():
        calendar = getattr(service, "calendar", None)
        if calendar is not None and calendar.country:
            return remind_on(starts_on(notice), calendar.country, calendar.subdivision)
    return remind_on(starts_on(notice))


def sum_over(views: Iterable[NoticeView]) -> Sum:
    """Over all that were not withdrawn."""
    return sum_of(
        Told(says_risks=view.says_risks, says_prevention=view.says_prevention, days=view.days)
        for view in views
        if not view.is_withdrawn
    )


def told_in(vendor: Vendor) -> Lookup[list[Told]]:
    """Of all that were not withdrawn, in any order."""
    rows = ChangeNotice.objects.filter(vendor=vendor, withdrawn_at=None).order_by()

    def told() -> list[Told]:
        return [
            Told(
                says_risks=bool(row.risks.strip()),
                says_prevention=bool(row.prevention.strip()),
                days=days_of_warning(timezone.localdate(row.announced_at), starts_on(row)),
            )
            for row in rows
        ]

    return Lookup(reads=(rows,), told=told)


# What waits -------------------------------------------------------------------------------------------------------
def unread(organisation: Organisation, now: datetime) -> Lookup[list[ChangeNotice]]:
    """Those to come that some department has not confirmed, the next first, with vendor, services and readers."""
    waiting = NoticeReader.objects.filter(read_at=None)
    rows = ChangeNotice.objects.filter(withdrawn_at=None, until__gte=now, vendor__organisation=organisation)
    return _whole_in(rows.filter(vendor__archived_at=None, pk__in=waiting.values("notice")))


def _whole_in(rows: ChangeNoticeQuerySet) -> Lookup[list[ChangeNotice]]:
    """As `whole` has them, the next first, to be read with what else a page shows."""
    rows = rows.order_by()
    readers = NoticeReader.objects.filter(notice__in=rows.values("pk")).select_related("department", "read_by")
    services = ChangeNotice.services.through.objects.filter(changenotice__in=rows.values("pk"))
    services = services.select_related("service__calendar")
    notices = rows.select_related("vendor__organisation", "link", "recorded_by")

    def told() -> list[ChangeNotice]:
        found = sorted(notices, key=lambda notice: (notice.starts, notice.pk))
        attach(found, "readers", ((one.notice_id, one) for one in readers))
        named = sorted(services, key=lambda one: one.service.name.lower())
        attach(found, "services", ((one.changenotice_id, one.service) for one in named))
        return found

    return Lookup(reads=(notices, readers, services), told=told)


def of_vendor_in(vendor: Vendor, now: datetime) -> Lookup[list[NoticeView]]:
    """All of one vendor, the latest first; one query more where there is any."""
    notices = _whole_in(ChangeNotice.objects.filter(vendor=vendor))
    return Lookup(reads=notices.reads, told=lambda: views_of(notices.told()[::-1], now))
