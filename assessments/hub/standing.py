"""An assessment as one member sees it, read at once: for its page and for the API."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Membership
from assessments.approval import panel
from assessments.consensus import meeting
from assessments.hub.next_step import Standing, handed_to
from assessments.models import Assessment
from assessments.raters.table import raters_in
from assessments.score.overview import ScoreSheet, sheet_in
from assessments.vendor_side import links
from groundwork.together import Lookup


@dataclass(frozen=True, kw_only=True)
class Seen:
    """`sheet`: what the answers that the member may read add up to."""

    sheet: ScoreSheet
    standing: Standing


def standing_in(assessment: Assessment, member: Membership, *, reads: bool) -> Lookup[Seen]:
    """To be read with what else a page shows. `reads`: what `let_read` said."""
    sheets, raters = sheet_in(assessment, member, reads=reads), raters_in(assessment)
    vendor, talk = links.vendor_side_in(assessment), meeting.panel_in(assessment, member, reads=reads)
    approval, handed = panel.panel_in(assessment), handed_to(assessment, member)

    def told() -> Seen:
        sheet = sheets.told()
        standing = Standing(
            assessment=assessment,
            member=member,
            rules=tuple(rule.progress for rule in sheet.rules),
            raters=raters.told(),
            vendor=vendor.told(),
            talk=talk.told(),
            approval=approval.told(),
            handed=min(handed, key=lambda one: one.pk, default=None),
        )
        return Seen(sheet=sheet, standing=standing)

    parts = (sheets, raters, vendor, talk, approval)
    return Lookup(reads=(*(rows for part in parts for rows in part.reads), handed), told=told)
