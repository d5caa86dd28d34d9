"""What the pages of a vendor and of an incident show of proofs of cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right, may
from accounts.models import Membership
from groundwork.together import Lookup
from vendors.models import PROOF_AT_VENDOR, CauseProof, Incident, ProofState, Vendor
from vendors.panels import Panel
from vendors.proofs.outcomes import outcomes_of
from vendors.proofs.reading import ProofRow, complete, rows_of
from vendors.proofs.returning import Fate, Outcome
from vendors.proofs.transitions import why_not_asked
from vendors.proofs.words import outcome_words
from vendors.withheld import is_withheld

SHOWN = 5  # the next that are due: the list has them all


def of_vendor(member: Membership, vendor: Vendor) -> Panel | Lookup[Panel]:
    """Seven queries at most beside what it looks up, however many proofs there are; none for whoever still judges the
    vendor."""
    if is_withheld(member, vendor):
        return _panel({"vendor": vendor, "is_withheld": True})
    now = timezone.now()
    today = timezone.localdate(now)
    ours = CauseProof.objects.for_member(member).filter(vendor=vendor)
    at_vendor = Q(state__in=PROOF_AT_VENDOR)
    counted: QuerySet[Any, Any] = (
        ours.order_by()
        .values("vendor")
        .annotate(
            at_vendor=Count("pk", filter=at_vendor),
            late=Count("pk", filter=at_vendor & Q(due_on__lt=today)),
            to_read=Count("pk", filter=Q(state=ProofState.HANDED_IN)),
            accepted=Count("pk", filter=Q(state=ProofState.ACCEPTED)),
        )
    )
    waiting = complete(ours.open().order_by("due_on", "pk"))[:SHOWN]
    counts = ("at_vendor", "late", "to_read", "accepted")

    def told() -> Panel:
        found = {name: sum(row[name] for row in counted) for name in counts}
        accepted = outcomes_of(ours.accepted().select_related("incident"), now=now) if found["accepted"] else {}
        returned = complete(ours.filter(pk__in=_of(accepted, Fate.CAME_BACK)).order_by("-decided_at", "-pk"))
        came_back = rows_of(returned, today=today, now=now, outcomes=accepted)
        next_ones = rows_of(sorted(waiting, key=lambda one: (one.due_on, one.pk)), today=today, now=now)
        return _of_vendor(vendor, came_back, next_ones, accepted, found)

    return Lookup(reads=(counted, waiting), told=told)


def _of_vendor(
    vendor: Vendor,
    came_back: Sequence[ProofRow],
    waiting: Sequence[ProofRow],
    accepted: Mapping[int, Outcome],
    counts: Mapping[str, int],
) -> Panel:
    context = {
        **counts,
        "vendor": vendor,
        "rows": [*came_back, *waiting],
        "came_back": len(came_back),
        "stayed_away": len(_of(accepted, Fate.STAYED_AWAY)),
        "log": f"{reverse('proof_list')}?vendor={vendor.pk}",
    }
    return _panel(context)


def _panel(context: Mapping[str, Any]) -> Panel:
    template = "vendors/proofs/_panel.html"
    return Panel(template=template, anchor="proofs", label=_("Proofs of cause"), context=context)


def _of(outcomes: Mapping[int, Outcome], fate: Fate) -> list[int]:
    return [pk for pk, found in outcomes.items() if found.fate == fate]


@dataclass(frozen=True, kw_only=True)
class OfIncident:
    """What the page of an incident shows: its proof, or why none can be asked for. `is_closed`: this member still
    judges the vendor; `returned`: an accepted cause of the same problem that came back with this incident."""

    row: ProofRow | None = None
    words: str = ""
    may_ask: bool = False
    why_not: str = ""
    is_closed: bool = False
    returned: tuple[CauseProof, ...] = ()


def of_incident(member: Membership, incident: Incident) -> OfIncident:
    if is_withheld(member, incident.vendor):
        return OfIncident(is_closed=True)
    now = timezone.now()
    proof = complete(CauseProof.objects.for_member(member)).filter(incident=incident).first()
    rows = rows_of([proof], today=timezone.localdate(now), now=now) if proof else []
    can_ask = proof is None or proof.state == ProofState.WAIVED
    why = str(why_not_asked(incident)) if can_ask else ""
    return OfIncident(
        row=rows[0] if rows else None,
        words=outcome_words(rows[0].outcome) if rows else "",
        may_ask=can_ask and not why and may(member, Right.EDIT_VENDORS),
        why_not=why if incident.mission_critical else "",
        returned=_returned_with(member, incident),
    )


def _returned_with(member: Membership, incident: Incident) -> tuple[CauseProof, ...]:
    """The accepted proofs of this vendor whose cause came back with this incident."""
    earlier = (
        CauseProof.objects.for_member(member)
        .accepted()
        .filter(vendor=incident.vendor_id, decided_at__lt=incident.opened_at)
    )
    proofs = list(earlier.select_related("incident"))
    outcomes = outcomes_of(proofs, now=timezone.now())
    return tuple(proof for proof in proofs if incident.pk in {one.pk for one in outcomes[proof.pk].incidents})
