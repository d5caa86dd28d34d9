"""The changes that a vendor has announced, on its desk, and the way to announce one."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.desk.matters import Matter
from vendors.models import DeskLink


def notices_on_desk(link: DeskLink, today: date) -> list[Matter]:
    """One line, which leads to all of them. One query."""
    count = link.vendor.change_notices.filter(withdrawn_at=None, until__gte=timezone.now()).count()
    return [
        Matter(
            title=_("Changes that you plan"),
            url=reverse("desk_notices", args=[link.pk]),
            waits=False,
            state=_("%(count)s to come") % {"count": count} if count else "",
            note=_("Tell your customer before you change something: when, what may go wrong, how it is undone."),
        )
    ]
