"""What a member can do on the review page while answers are collected, and who is still outstanding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.access import Right, may
from accounts.models import Membership
from assessments.independence import notice, standing_of
from assessments.models import Assessment, AssessmentState, Response, ResponseKind
from assessments.secrecy import is_kept_apart, is_rating


@dataclass(frozen=True, kw_only=True)
class Review:
    """How a member stands to an assessment; `outstanding` are the other raters who have not handed in."""

    is_collecting: bool
    is_judging: bool  # their own answers alone are shown
    is_kept_apart: bool  # so are nobody's to who is not asked, until all are in
    may_assess: bool
    own: Response | None
    notice: str  # what a rater is told who has read others' answers; empty for everybody else
    outstanding: tuple[Response, ...]
    handed_in: tuple[Response, ...]
    is_vendor_asked: bool
    is_vendor_in: bool  # its own answers are handed in

    @property
    def may_hand_in(self) -> bool:
        return self.is_collecting and self.own is not None and self.own.is_outstanding

    @property
    def may_take_up(self) -> bool:
        return self.is_collecting and self.own is not None and not self.own.is_outstanding

    @property
    def may_submit(self) -> bool:
        """Nobody is waited for; one's own answers go in with it."""
        return self.is_collecting and self.may_assess and not self.outstanding

    @property
    def may_submit_without(self) -> bool:
        return self.is_collecting and self.may_assess and bool(self.outstanding)

    @property
    def hands_in_first(self) -> bool:
        """Of several raters each hands in before it is submitted: only then one sees where they differ."""
        return self.may_hand_in and (self.has_others or not self.may_submit)

    @property
    def not_independent(self) -> tuple[Response, ...]:
        """Of those that were handed in."""
        return tuple(rater for rater in self.handed_in if not rater.is_independent)

    @property
    def has_others(self) -> bool:
        return bool(self.outstanding) or any(one != self.own for one in self.handed_in)


def review_of(assessment: Assessment, member: Membership) -> Review:
    """Five queries at most."""
    rows = Response.objects.filter(assessment=assessment).select_related("rater", "department", "invitation")
    responses = list(rows.order_by("pk"))
    raters = _of(ResponseKind.CUSTOMER, responses)
    vendor = _of(ResponseKind.VENDOR, responses)
    own = next((rater for rater in raters if rater.rater_id == member.user_id), None)
    return Review(
        is_collecting=assessment.state == AssessmentState.COLLECTING,
        is_judging=is_rating(assessment, member.user),
        is_kept_apart=is_kept_apart(assessment, member.user),
        may_assess=may(member, Right.ASSESS),
        own=own,
        notice=notice(standing_of(assessment, member.user, own)) if own else "",
        outstanding=tuple(rater for rater in raters if rater.is_outstanding and rater != own),
        handed_in=tuple(rater for rater in raters if not rater.is_outstanding),
        is_vendor_asked=bool(vendor),
        is_vendor_in=any(not one.is_outstanding for one in vendor),
    )


def _of(kind: str, responses: Iterable[Response]) -> list[Response]:
    return [one for one in responses if one.kind == kind]
