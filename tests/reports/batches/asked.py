"""Batches for tests: asked for by somebody, and made without drawing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.utils import timezone

from accounts.models import Membership
from reports.batches.binding import Bound
from reports.batches.job import Wish, request_batch
from reports.batches.making import Makers
from reports.documents.job import RENDERINGS, RenderingFailure, publish
from reports.models import Batch, Binding, DocumentKind, Rendering, Scorecard, VendorStanding

BRIEFS = Wish(title="All of them", kind=DocumentKind.BRIEF, binding=Binding.ZIP, language="fr")


def ask(member: Membership, cards: Iterable[Scorecard], **fields: Any) -> Batch:
    return request_batch(member, replace(BRIEFS, **fields), cards)


def drawing(number: str) -> bytes:
    return b"%PDF of " + number.encode()


def renders(*, log: list[str] | None = None, fails: Iterable[str] = ()) -> Makers:
    """As the worker does it, with a stand-in for the drawing; those with these numbers fail for good."""

    def render(pk: int) -> None:
        job = RENDERINGS.claim(pk, now=timezone.now())
        if job is None or job.row.scorecard is None:
            return
        number = job.row.scorecard.number
        if log is not None:
            log.append(number)
        if number in fails:
            job.fail(RenderingFailure.SNAPSHOT_DAMAGED, now=timezone.now())
        else:
            publish(job, drawing(number), now=timezone.now())

    return makers(render)


def makers(render: Callable[[int], None]) -> Makers:
    """A bound one is the titles of its parts, a line each."""

    def bind(bound: Bound, language: str, after_each: Callable[[], None]) -> bytes:
        for _part in bound.parts:
            after_each()
        return "\n".join(["%PDF", *(part.title for part in bound.parts)]).encode()

    return Makers(render=render, bind=bind)


def stand_by(card: Scorecard) -> None:
    """The row that says that it is its vendor’s latest."""
    VendorStanding.objects.create(
        organisation=card.organisation,
        vendor=card.assessment.vendor,
        scorecard=card,
        approved_at=card.approved_at,
        period_end=card.assessment.period_end,
        verdict=card.verdict,
        confidence=card.confidence,
        met=7,
        partly=0,
        broken=0,
        not_rated=0,
        **{f"status_{position}": "met" for position in range(1, 8)},
    )


def rendering_of(card: Scorecard, **fields: Any) -> Rendering:
    return Rendering.objects.get(scorecard=card, **fields)


def hash_of(content: bytes) -> str:
    return sha256(content).hexdigest()
