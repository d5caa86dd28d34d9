"""Planned changes over all vendors, and one of them, which departments confirm to have read."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Case, F, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest
from accounts.fetching import fetch
from groundwork.pagination import BoundedPaginator
from groundwork.responses import or_say_why
from vendors.models import ChangeNotice, ChangeNoticeQuerySet, Vendor
from vendors.notices import changes
from vendors.notices.forms import PAST, TO_COME, WITHDRAWN, NoticeFilter
from vendors.notices.reading import NoticeView, views_of, whole
from vendors.withheld import is_withheld, withheld

PER_PAGE = 50


@require_safe
def notice_list(request: MemberRequest) -> HttpResponse:
    """What is to come, the next first, then what is over, the latest first. The same few queries however many."""
    member, now = request.member, timezone.now()
    closed = withheld(member)
    chosen = NoticeFilter(request.GET, member=member)
    everything = ChangeNotice.objects.for_member(member)
    rows = _asked(everything.exclude(vendor__in=closed), chosen, now)
    page = BoundedPaginator(whole(_in_order(rows, now)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": chosen,
        "page": page,
        "rows": views_of(page, now),
        "is_empty": not page.paginator.count and not everything.exists(),
        "closed": list(Vendor.objects.for_member(member).filter(pk__in=closed)) if closed else [],
    }
    return render(request, "vendors/notices/notice_list.html", context)


def _asked(rows: ChangeNoticeQuerySet, chosen: NoticeFilter, now: datetime) -> ChangeNoticeQuerySet:
    if vendor := chosen.asked("vendor"):
        rows = rows.filter(vendor=vendor)
    match chosen.asked("state"):
        case state if state == TO_COME:
            return rows.filter(withdrawn_at=None, until__gte=now)
        case state if state == PAST:
            return rows.filter(withdrawn_at=None, until__lt=now)
        case state if state == WITHDRAWN:
            return rows.filter(withdrawn_at__isnull=False)
        case _:
            return rows


def _in_order(rows: ChangeNoticeQuerySet, now: datetime) -> ChangeNoticeQuerySet:
    """The next one first among those to come."""
    ahead = When(withdrawn_at=None, until__gte=now, then=F("starts"))
    return rows.order_by(Case(ahead, default=None).asc(nulls_last=True), "-starts", Value(0), "-pk")


@require_safe
def change_notice(request: MemberRequest, pk: int) -> HttpResponse:
    notice, now = fetch(request, whole(ChangeNotice.objects.all()), pk), timezone.now()
    member = request.member
    if is_withheld(member, notice.vendor):
        return render(request, "vendors/notices/notice_closed.html", {"vendor": notice.vendor})
    [view] = views_of([notice], now)
    is_writer = changes.may_write(member) and notice.vendor.archived_at is None
    context = {
        "vendor": notice.vendor,
        "notice": notice,
        "view": view,
        "to_confirm": _to_confirm(request, view),
        "may_change": is_writer and view.is_to_come,
        "may_tell": is_writer and view.is_over and not view.is_withdrawn,
    }
    return render(request, "vendors/notices/change_notice.html", context)


def _to_confirm(request: MemberRequest, view: NoticeView) -> set[int]:
    """The departments that this member can confirm for: their own, and for whoever keeps the register those to which
    nobody belongs. One query at most."""
    member = request.member
    unread = {one.department_id for one in view.unread}
    if not view.is_to_come or not unread:
        return set()
    own = {pk for pk in unread if pk == member.department_id}
    others = unread - own
    if not others or not changes.may_write(member):
        return own
    return own | changes.departments_without_readers(member.organisation_id, others)


@require_POST
def notice_confirm(request: MemberRequest, pk: int) -> HttpResponse:
    notice = fetch(request, ChangeNotice.objects.select_related("vendor"), pk)
    if is_withheld(request.member, notice.vendor):
        return redirect(notice)
    with or_say_why(request):
        reader = changes.confirm(
            request.member,
            notice,
            _number(request.POST.get("department", "")),
            version=_number(request.POST.get("version", "")),
            now=timezone.now(),
        )
        messages.success(request, _("Confirmed for %(department)s.") % {"department": reader.department})
    return redirect(notice)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
