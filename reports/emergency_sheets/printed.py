"""Whether the folder that was printed last still says what the pages say today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils import timezone

from accounts.models import Membership
from reports.emergency_sheets.facts import FOLDER, folder_facts
from reports.fact_sheets import keeping
from reports.fact_sheets.kinds import Content
from reports.models import FactSheet, FactSheetKind, Rendering
from reports.scorecard.snapshots import SnapshotDamaged
from vendors.emergencies.folder import PrintedFolder

OF_THE_CHECK = {"checked_on", "checked_by", "check_by"}


def printed_folder(member: Membership) -> PrintedFolder | None:
    """None where nobody has printed one. What is counted are services: changed, new and gone."""
    sheets = FactSheet.objects.for_member(member).filter(kind=FactSheetKind.EMERGENCY, about=FOLDER)
    done = Rendering.objects.ready().filter(fact_sheet__in=sheets, finished_at__isnull=False)
    last = done.select_related("fact_sheet").order_by("-finished_at", "-pk").first()
    if last is None or last.fact_sheet is None or last.finished_at is None:
        return None
    try:
        before = keeping.content_of(last.fact_sheet)
    except SnapshotDamaged:
        return None
    return PrintedFolder(printed_on=timezone.localdate(last.finished_at), changed=changed(before, _today(member)))


def _today(member: Membership) -> Content:
    try:
        return folder_facts(member).content
    except Http404:
        return {"pages": []}


def changed(before: Content, now: Content) -> int:
    """How many services stand there otherwise. Its name is part of what stands there; that somebody went through a page
    and found it true makes no paper wrong."""
    old, new = _by_service(before), _by_service(now)
    return sum(old.get(service) != new.get(service) for service in old.keys() | new.keys())


def _by_service(content: Content) -> dict[int, Mapping[str, Any]]:
    return {page["id"]: {key: page[key] for key in page.keys() - OF_THE_CHECK} for page in content["pages"]}
