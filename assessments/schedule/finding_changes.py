"""A finding came or went: other systems are told.

Findings are stored nowhere: pages hold the latest approved ratings against the measures of the moment. So a finding
appears when somebody looks, and this looks: after each change of facts, after each approval, and once a day, since
measures end where the data do. What was there at the first look is no news. While somebody still judges a vendor nobody
looks at it: the event would tell them that something is measured.
"""

from __future__ import annotations

from datetime import date, datetime

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.webhooks.kinds import Kind
from accounts.webhooks.telling import organisations_wanting
from assessments import outward
from assessments.findings.findings import SPEAKING, MeasuredRules, measured_rules_today
from assessments.models import Assessment, FindingsTold
from vendors.models import Vendor

logger = structlog.get_logger(__name__)

BATCH = 200  # vendors at one time: the rest waits ten minutes


def tell_changes(now: datetime) -> int:
    """How many vendors were looked at. What fails is left for the next time."""
    today = timezone.localdate(now)
    wanting = organisations_wanting(Kind.FINDING_APPEARED, Kind.FINDING_GONE)
    if not wanting:
        return 0
    _begin(wanting, now=now, today=today)
    rows = FindingsTold.objects.stale(today).not_judged()
    rows = rows.filter(vendor__organisation__in=wanting, vendor__archived_at=None)
    return sum(_try(row, now, today) for row in rows.select_related("vendor").order_by("read_on", "pk")[:BATCH])


def speaking(found: MeasuredRules | None) -> list[str]:
    """What says something against the grades, as “rule:whose:finding”, in order."""
    said = []
    for rule in found.rules if found else ():
        for whose, opinion in (("rating", rule.rating), ("claim", rule.claim)):
            if opinion is not None and opinion.finding in SPEAKING:
                said.append(f"{rule.rule}:{whose}:{opinion.finding.value}")
    return sorted(said)


def _begin(organisations: set[int], *, now: datetime, today: date) -> None:
    """Of vendors that nobody looked at yet: what is there now is where it begins."""
    vendors = Vendor.objects.filter(organisation__in=organisations, archived_at=None, findings_told=None)
    for vendor in vendors.filter(assessments__in=Assessment.objects.approved()).distinct().order_by("pk")[:BATCH]:
        try:
            assessment = _latest(vendor)
            found = speaking(measured_rules_today(assessment, now=now).now())
        except Exception:
            logger.exception("findings_not_read", vendor=vendor.pk)
            continue
        row = {"assessment": assessment, "read_on": today, "read_facts": vendor.facts_revision, "speaking": found}
        FindingsTold.objects.get_or_create(vendor=vendor, defaults=row)


def _try(row: FindingsTold, now: datetime, today: date) -> bool:
    try:
        _look(row, now, today)
    except Exception:
        logger.exception("findings_not_read", vendor=row.vendor_id)
        return False
    return True


def _look(known: FindingsTold, now: datetime, today: date) -> None:
    facts = known.vendor.facts_revision  # before they are read: what changes meanwhile is looked at the next time
    assessment = _latest(known.vendor)
    found = speaking(measured_rules_today(assessment, now=now).now())
    with transaction.atomic():
        row = FindingsTold.objects.select_for_update().get(pk=known.pk)
        if (row.read_on, row.read_facts, row.assessment_id) != (known.read_on, known.read_facts, known.assessment_id):
            return  # somebody else looked meanwhile
        came, went = set(found) - set(row.speaking), set(row.speaking) - set(found)
        row.assessment, row.read_on, row.read_facts, row.speaking = assessment, today, facts, found
        row.save()
        for kind, changed in ((Kind.FINDING_GONE, went), (Kind.FINDING_APPEARED, came)):
            if changed:
                outward.findings_changed(kind, assessment, count=len(changed), now=now)


def _latest(vendor: Vendor) -> Assessment:
    approved = vendor.assessments.approved().select_related("release").order_by("-closed_at", "-pk")
    assessment: Assessment = approved[:1].get()
    assessment.vendor = vendor
    return assessment
