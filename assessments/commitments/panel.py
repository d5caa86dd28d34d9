"""What a vendor's page shows of its commitments: what is open, overdue and ended, and the share kept."""

from __future__ import annotations

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from assessments.commitments.kept import Share
from assessments.commitments.rows import complete, rows_of
from assessments.models import COMMITMENT_BINDING, COMMITMENT_DECIDED, COMMITMENT_OPEN, Commitment, CommitmentState
from vendors.models import Vendor
from vendors.panels import Panel

SHOWN = 5  # the next that are due: the list has them all


def of_vendor(member: Membership, vendor: Vendor) -> Panel:
    """Four queries, however many commitments there are."""
    today = timezone.localdate()
    ours = Commitment.objects.for_member(member).filter(vendor=vendor)
    binding = Q(state__in=COMMITMENT_BINDING, due_on__lt=today)
    counts = ours.order_by().aggregate(
        open=Count("pk", filter=Q(state__in=COMMITMENT_OPEN)),
        overdue=Count("pk", filter=binding),
        ended=Count("pk", filter=Q(state__in=COMMITMENT_DECIDED)),
        kept=Count("pk", filter=Q(state=CommitmentState.KEPT)),
    )
    log = f"{reverse('commitment_list')}?vendor={vendor.pk}"
    context = {
        "vendor": vendor,
        "rows": rows_of(complete(ours.open().order_by("due_on", "pk"))[:SHOWN], today),
        "open": counts["open"],
        "overdue": counts["overdue"],
        "share": Share(kept=counts["kept"], ended=counts["ended"]),
        "log": log,
        "may_ask": may(member, Right.ASSESS) and vendor.archived_at is None,
    }
    return Panel(
        template="assessments/commitments/_panel_commitments.html",
        anchor="commitments",
        label=_("Commitments"),
        context=context,
    )
