"""Who has been asked to rate, who has started, handed in or is late. It never reads a grade or a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import WithAnnotations

from accounts.models import Membership, Role, User
from assessments.independence import knowing
from assessments.models import Answer, Assessment, AssessmentQuerySet, AssessmentState, Response, ResponseKind
from assessments.raters.departments import DepartmentVoices, of_voices, those_with_a_say
from groundwork.together import Lookup
from manifesto.models import RULE_KEYS


class RaterState(StrEnum):
    INVITED = "invited"
    STARTED = "started"
    HANDED_IN = "handed_in"
    LATE = "late"
    WITHDRAWN = "withdrawn"


STATES: dict[RaterState, tuple[str, Promise]] = {  # the chip's shape, the word
    RaterState.INVITED: ("invited", _("Invited")),
    RaterState.STARTED: ("collecting", _("Started")),
    RaterState.HANDED_IN: ("done", _("Handed in")),
    RaterState.LATE: ("late", _("Late")),
    RaterState.WITHDRAWN: ("archived", _("Withdrawn")),
}


@dataclass(frozen=True, kw_only=True)
class RaterRow:
    """One rater: how far, never what. `rules`: positions of those asked."""

    response: Response
    name: str
    department: str
    rules: tuple[int, ...]
    answered: int
    total: int
    state: RaterState
    due_on: date | None
    last_at: datetime | None
    is_outside: bool = False  # looks at it from outside the organisation
    knows: bool = False  # has read others' answers, or heard of them

    @property
    def chip(self) -> str:
        return STATES[self.state][0]

    @property
    def state_label(self) -> str:
        return str(STATES[self.state][1])

    @property
    def is_independent(self) -> bool:
        return self.response.is_independent

    @property
    def would_not_be_independent(self) -> bool:
        """Nothing was handed in before the others' answers were read, and nothing is marked yet."""
        return self.is_independent and self.knows and self.response.first_handed_in_at is None

    @property
    def is_of_all_rules(self) -> bool:
        return len(self.rules) == len(RULE_KEYS)

    @property
    def rules_text(self) -> str:
        return " · ".join(map(str, self.rules))

    @property
    def is_waiting_to_join(self) -> bool:
        return self.response.rater_id is None

    @property
    def is_outstanding(self) -> bool:
        return self.state in (RaterState.INVITED, RaterState.STARTED, RaterState.LATE)

    @property
    def may_be_reminded(self) -> bool:
        """Not twice a day, unless the last mail did not go out."""
        last = self.response.reminded_at
        if self.response.failed_at is not None or last is None:
            return True
        return timezone.localdate(last) < timezone.localdate()


@dataclass(frozen=True, kw_only=True)
class Raters:
    """All raters of an assessment, those withdrawn last, and which departments are heard."""

    rows: tuple[RaterRow, ...]
    heard: DepartmentVoices

    @property
    def active(self) -> tuple[RaterRow, ...]:
        return tuple(row for row in self.rows if row.state != RaterState.WITHDRAWN)

    @property
    def handed_in(self) -> tuple[RaterRow, ...]:
        return tuple(row for row in self.rows if row.state == RaterState.HANDED_IN)

    @property
    def outstanding(self) -> tuple[RaterRow, ...]:
        return tuple(row for row in self.rows if row.is_outstanding)

    @property
    def late(self) -> tuple[RaterRow, ...]:
        return tuple(row for row in self.rows if row.state == RaterState.LATE)

    def late_others(self, user: User) -> tuple[RaterRow, ...]:
        return tuple(row for row in self.late if row.response.rater_id != user.pk)

    def own(self, user: User) -> RaterRow | None:
        """The user's own, unless it was withdrawn."""
        return next((row for row in self.active if row.response.rater_id == user.pk), None)


def raters_of(assessment: Assessment, *, today: date | None = None) -> Raters:
    """One query, however many raters."""
    return raters_in(assessment, today=today).now()


def raters_in(assessment: Assessment, *, today: date | None = None) -> Lookup[Raters]:
    """The same, to be read with what else a page shows."""
    customer = Response.objects.filter(assessment=assessment, kind=ResponseKind.CUSTOMER).order_by()
    responses = customer.select_related("rater", "invitation", "department").annotate(
        total=Count("answers", filter=Q(answers__question__supplementary=False)),
        answered=Count(
            "answers",
            filter=Q(answers__question__supplementary=False)
            & (Q(answers__grade__isnull=False) | ~Q(answers__blank="")),
        ),
        last_at=Max("answers__updated_at"),
    )
    rules, known, expected = _rules_asked(assessment), knowing(assessment.pk), those_with_a_say(assessment)
    outside = outsiders_of(assessment)

    def told() -> Raters:
        asked: dict[int, set[int]] = defaultdict(set)
        for response, position in rules:
            asked[response].add(position)
        who, beyond, day = known.told(), outside.told(), today or timezone.localdate()
        rows = [
            _row(one, tuple(sorted(asked[one.pk])), assessment, day, knowing=who, outside=beyond) for one in responses
        ]
        rows.sort(key=lambda row: (row.state == RaterState.WITHDRAWN, row.name.casefold(), row.response.pk))
        voices = [
            (row.response.department_id, row.department, row.state == RaterState.HANDED_IN)
            for row in rows
            if row.state != RaterState.WITHDRAWN
        ]
        return Raters(rows=tuple(rows), heard=of_voices(expected.told(), voices))

    return Lookup(reads=(responses, rules, *outside.reads, *known.reads, *expected.reads), told=told)


def outsiders(assessment: Assessment) -> frozenset[int | None]:
    """Ids of the users who look at the organisation from outside; None among them: an address that has not joined
    yet. One query."""
    return outsiders_of(assessment).now()


def outsiders_of(assessment: Assessment) -> Lookup[frozenset[int | None]]:
    """The same, to be read with what else a page shows."""
    rows = Membership.objects.filter(organisation=assessment.organisation_id, role=Role.RATER)
    users = rows.order_by().values_list("user", flat=True)
    return Lookup(reads=(users,), told=lambda: frozenset({None, *users}))


def with_own_progress(rows: AssessmentQuerySet, user: User) -> AssessmentQuerySet:
    """Each with how far this person's own questionnaire is, where it waits for them: `own_total`, `own_answered`, and
    `own_rule`, the key of the first rule that is not finished. None where nothing waits. No query of its own."""
    waiting = Response.objects.waiting_for(user)
    own = Answer.objects.filter(response__in=waiting, response__assessment=OuterRef("pk")).counting()
    counted = own.order_by().values("response__assessment")
    left = own.filter(grade=None, blank="").order_by("question__rule__position", "question__position")
    answered = Count("pk", filter=Q(grade__isnull=False) | ~Q(blank=""))
    return rows.annotate(
        own_total=Subquery(counted.values(count=Count("pk"))),
        own_answered=Subquery(counted.values(count=answered)),
        own_rule=Subquery(left.values("question__rule__key")[:1]),
    )


def _rules_asked(assessment: Assessment) -> QuerySet[Answer, tuple[int, int]]:
    """Of each response the positions of the rules that it asks about."""
    rows = Answer.objects.filter(response__assessment=assessment, response__kind=ResponseKind.CUSTOMER)
    return rows.order_by().values_list("response", "question__rule__position").distinct()


class AnswerCounts(TypedDict):
    total: int
    answered: int
    last_at: datetime | None


def _row(
    response: WithAnnotations[Response, AnswerCounts],
    rules: tuple[int, ...],
    assessment: Assessment,
    today: date,
    *,
    knowing: Collection[int],
    outside: Collection[int | None],
) -> RaterRow:
    due_on = response.due_on or assessment.due_on
    return RaterRow(
        response=response,
        name=str(response.rater or response.invitation or "–"),
        department=str(response.department or ""),
        rules=rules,
        answered=response.answered,
        total=response.total,
        state=_state(response, assessment, due_on=due_on, today=today, answered=response.answered),
        due_on=due_on,
        last_at=response.submitted_at or response.last_at,
        is_outside=response.rater_id in outside,
        knows=response.rater_id in knowing,
    )


def _state(
    response: Response, assessment: Assessment, *, due_on: date | None, today: date, answered: int
) -> RaterState:
    if response.withdrawn_at is not None:
        return RaterState.WITHDRAWN
    if response.submitted_at is not None:
        return RaterState.HANDED_IN
    if assessment.state == AssessmentState.COLLECTING and due_on is not None and due_on < today:
        return RaterState.LATE
    return RaterState.STARTED if answered else RaterState.INVITED
