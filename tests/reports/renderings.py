"""Scorecards and renderings for tests that care about the job, not about what the document says."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from accounts.models import Membership
from assessments.models import Assessment, AssessmentState
from manifesto.models import Release
from reports.models import Document, DocumentKind, FactSheet, Rendering, RenderingState, Scorecard
from tests.factories import NOW, make_release, make_vendor

PDF = b"%PDF-1.7 stand-in"


def make_scorecard(
    member: Membership, *, number: str = "S-2026-001", vendor: str = "Example Systems", **told: Any
) -> Scorecard:
    """The row with a snapshot that names the vendor, and what is told beside it."""
    assessment = Assessment.objects.create(
        organisation=member.organisation,
        vendor=make_vendor(member.organisation, vendor),
        release=Release.objects.current() or make_release(questions_per_rule=1),
        reference=number.replace("S-", "A-"),
        period_start=NOW.date() - timedelta(days=90),
        period_end=NOW.date(),
        owner=member.user,
        state=AssessmentState.APPROVED,
    )
    snapshot = json.dumps({"schema": 1, "vendor": {"name": vendor}, **told}, sort_keys=True, separators=(",", ":"))
    return Scorecard.objects.create(
        organisation=member.organisation,
        assessment=assessment,
        number=number,
        snapshot=snapshot,
        sha256=sha256(snapshot.encode()).hexdigest(),
        engine_version="1",
        verdict="not_met",
        rules_met=5,
        average="68.50",
        confidence="medium",
        approved_by=member.user,
        approved_at=NOW,
    )


def make_rendering(scorecard: Scorecard, *, language: str = "en", now: datetime = NOW, **fields: Any) -> Rendering:
    """A queued wish that nobody has been told of yet."""
    defaults = {"kind": DocumentKind.SCORECARD, "requested_at": now, "next_nudge_at": now}
    return Rendering.objects.create(scorecard=scorecard, language=language, **{**defaults, **fields})


def make_ready(scorecard: Scorecard, *, language: str = "en", content: bytes = PDF) -> Rendering:
    rendering = make_rendering(
        scorecard,
        language=language,
        state=RenderingState.READY,
        progress=100,
        attempts=1,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        finished_at=NOW,
        next_nudge_at=None,
    )
    Document.objects.create(rendering=rendering, content=content)
    return rendering


def make_ready_sheet(sheet: FactSheet, *, language: str = "en", content: bytes = PDF) -> Rendering:
    """The document of a sheet, whether somebody has asked for it or not."""
    ready = {
        "requested_at": NOW,
        "state": RenderingState.READY,
        "progress": 100,
        "attempts": 1,
        "size": len(content),
        "sha256": sha256(content).hexdigest(),
        "finished_at": NOW,
        "next_nudge_at": None,
    }
    rendering, _is_new = Rendering.objects.update_or_create(fact_sheet=sheet, language=language, defaults=ready)
    Document.objects.create(rendering=rendering, content=content)
    return rendering
