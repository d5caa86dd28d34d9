"""The organisation's chain of approval: its levels for all vendors and for each tier, in order.

What is in review keeps the levels that it was submitted with. Every change is in the trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.members.changes import lock_organisation
from accounts.models import Membership
from accounts.trail import audit
from assessments.approval.chain import roles_of
from assessments.approval.panel import DECIDERS, who_decides
from assessments.models import ApprovalLevel
from vendors.models import Tier

FIELDS = ("tier", "position", "name", "role", "person")


@dataclass(frozen=True, kw_only=True)
class LevelLine:
    level: ApprovalLevel
    number: int
    who: str
    warnings: tuple[str, ...]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class TierChain:
    """The chain of a tier; `tier` empty: of all vendors whose tier has none of its own."""

    tier: str
    label: str
    lines: tuple[LevelLine, ...]


def chains_of(member: Membership) -> tuple[TierChain, ...]:
    """All vendors first, then each tier, with what would not work; two queries."""
    rows = ApprovalLevel.objects.for_member(member).select_related("person__user").order_by("tier", "position")
    levels = list(rows)
    people = Membership.objects.for_member(member).active().filter(user__is_active=True)
    active = Counter(people.values_list("role", flat=True))
    labels = {"": _("All vendors"), **{tier.value: str(tier.label) for tier in Tier}}
    return tuple(
        TierChain(
            tier=tier,
            label=label,
            lines=tuple(_lines([level for level in levels if level.tier == tier], member, active)),
        )
        for tier, label in labels.items()
    )


def add_level(
    actor: Membership, *, tier: str, name: str, role: str = "", person: Membership | None = None
) -> ApprovalLevel:
    """A level at the end of the chain of a tier."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        last = _chain(actor, tier).aggregate(last=Max("position"))["last"] or 0
        level = ApprovalLevel.objects.create(
            organisation=actor.organisation, tier=tier, position=last + 1, name=name, role=role, person=person
        )
        audit.record(actor.user, "approval_level.added", level, after=audit.snapshot(level, FIELDS))
    return level


def change_level(
    actor: Membership, level: ApprovalLevel, *, name: str, role: str = "", person: Membership | None = None
) -> ApprovalLevel:
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = ApprovalLevel.objects.for_member(actor).get(pk=level.pk)
        before = audit.snapshot(row, FIELDS)
        row.name, row.role, row.person = name, role, person
        after = audit.snapshot(row, FIELDS)
        if after != before:
            row.save(update_fields=["name", "role", "person"])
            audit.record(actor.user, "approval_level.changed", row, before=before, after=after)
    return row


def move_level(actor: Membership, level: ApprovalLevel, *, up: bool) -> None:
    """Change places with the level before or after; at the end of the chain nothing happens."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = ApprovalLevel.objects.for_member(actor).get(pk=level.pk)
        chain = _chain(actor, row.tier)
        if up:
            other = chain.filter(position__lt=row.position).last()
        else:
            other = chain.filter(position__gt=row.position).first()
        if other is None:
            return
        before = {"position": row.position}
        # Through a place that nobody has: no two levels share one, not even within the transaction.
        first, second = row.position, other.position
        chain = ApprovalLevel.objects.filter(organisation=row.organisation_id, tier=row.tier)
        _place(row, chain.latest("position").position + 1)
        _place(other, first)
        _place(row, second)
        audit.record(actor.user, "approval_level.moved", row, before=before, after={"position": row.position})


def delete_level(actor: Membership, level: ApprovalLevel) -> None:
    """The levels behind it move up."""
    with transaction.atomic():
        lock_organisation(actor.organisation_id)
        row = ApprovalLevel.objects.for_member(actor).get(pk=level.pk)
        audit.record(actor.user, "approval_level.deleted", row, before=audit.snapshot(row, FIELDS))
        row.delete()
        for number, later in enumerate(_chain(actor, row.tier), start=1):
            if later.position != number:
                _place(later, number)


def _place(level: ApprovalLevel, position: int) -> None:
    level.position = position
    level.save(update_fields=["position"])


def _chain(actor: Membership, tier: str) -> QuerySet[ApprovalLevel]:
    return ApprovalLevel.objects.for_member(actor).filter(tier=tier).order_by("position")


# What would not work ---------------------------------------------------------------------------------------------
def _lines(levels: list[ApprovalLevel], member: Membership, active: Mapping[str, int]) -> Iterable[LevelLine]:
    by_role = Counter(level.role for level in levels if level.role)
    for number, level in enumerate(levels, start=1):
        able = sum(active.get(role, 0) for role in roles_of(level.role, member.organisation))
        yield LevelLine(
            level=level,
            number=number,
            who=who_decides(level),
            warnings=tuple(_warnings(level, able, by_role[level.role])),
            is_first=number == 1,
            is_last=number == len(levels),
        )


def _warnings(level: ApprovalLevel, able: int, times: int) -> Iterable[str]:
    """`able`: active members who could decide it by role; `times`: levels of the chain by the same role."""
    person = level.person
    if person is not None and not (person.is_active and person.user.is_active):
        if able:
            yield _("This person is no longer active. Until you name somebody else, any approver stands in.")
        else:
            yield _("This person is no longer active, and no active member is an approver to stand in.")
    elif person is not None and person.is_outside:
        yield _("This person only rates from outside by now. Until you name somebody else, any approver stands in.")
    if level.role and not able:
        yield str(DECIDERS[level.role].nobody)
    if level.role and able and times > able:
        yield _(
            "More levels than people: nobody decides two levels of the same answers by role. Name a person instead."
        )
