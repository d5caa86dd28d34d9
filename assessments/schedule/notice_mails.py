"""The members of the departments that a planned change affects learn of it: announced, changed, withdrawn."""

from __future__ import annotations

from accounts import mail
from accounts.access import Right, roles_with
from accounts.models import Membership
from assessments.preferences import tell
from vendors.models import ChangeNotice
from vendors.notices.reading import NoticeView, of_notice
from vendors.notices.telling import Word
from vendors.withheld import is_withheld


def tell_departments(notice: ChangeNotice, word: Word) -> set[int]:
    """One mail a person; none to whoever still judges the vendor. The keys of the departments in which somebody was
    reached, by mail or, where they wish that, by the summary."""
    view = of_notice(notice)
    organisation = notice.vendor.organisation
    url = mail.page_address(notice.get_absolute_url(), organisation)
    context = {"view": view, "notice": view.notice, "vendor": notice.vendor, "url": url}
    reached: set[int] = set()
    for member in _members(view):
        if member.department_id is None or is_withheld(member, notice.vendor):
            continue
        if tell(member.user, f"assessments/schedule/email/notice_{word}", context):
            reached.add(member.department_id)
    return reached


def _members(view: NoticeView) -> list[Membership]:
    departments = [reader.department_id for reader in view.readers]
    rows = Membership.objects.active().filter(
        organisation=view.notice.vendor.organisation_id,
        department__in=departments,
        user__is_active=True,
        role__in=roles_with(Right.READ),
    )
    return list(rows.select_related("user", "organisation").order_by("pk"))
