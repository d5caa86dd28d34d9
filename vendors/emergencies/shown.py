"""A plan as pages and papers show it: the numbers in their order, who stands still, what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Membership
from vendors.emergencies import expected, standing
from vendors.emergencies.checks import CheckState, check_by, state_of
from vendors.emergencies.numbers import dialled
from vendors.models import AffectedDepartment, EmergencyCall, EmergencyPlan, Expectation, Service, ServiceQuerySet


@dataclass(frozen=True, kw_only=True)
class Callee:
    """Whom to call. `number`: as it was written; `tel`: the address that dials it; both empty where none is noted."""

    who: str
    job: str = ""
    number: str = ""
    when: str = ""

    @property
    def tel(self) -> str:
        return dialled(self.number)


@dataclass(frozen=True, kw_only=True)
class Standstill:
    """A department that stands still, what stops there, and who tells it at which number."""

    department: str
    what_stops: str = ""
    told_by: str = ""
    number: str = ""

    @property
    def tel(self) -> str:
        return dialled(self.number)


@dataclass(frozen=True, kw_only=True)
class EmergencyPage:
    """All that one page says. `plan`: None where nobody has written one; then the register's contacts and department
    stand here, better than nothing. `check_by`: until when it is to be gone through."""

    service: Service
    plan: EmergencyPlan | None
    calls: tuple[Callee, ...]
    standstills: tuple[Standstill, ...]
    expected: tuple[Expectation, ...]
    state: CheckState
    check_by: date | None

    @property
    def first(self) -> Callee | None:
        """Whom to call first: the first of the order who has a number."""
        return next((callee for callee in self.calls if callee.tel), None)

    @property
    def without_number(self) -> int:
        return sum(not callee.tel for callee in self.calls)

    @property
    def is_checked(self) -> bool:
        return self.state == CheckState.CHECKED


def with_plans(services: ServiceQuerySet) -> ServiceQuerySet:
    """These with all that `page_of` reads: six queries in all, however many services."""
    return services.select_related("vendor__organisation", "department", "emergency_plan__owner").prefetch_related(
        "emergency_plan__calls__contact", "emergency_plan__affected__department", "vendor__contacts"
    )


def plan_of(service: Service) -> EmergencyPlan | None:
    return getattr(service, "emergency_plan", None)


def page_of(service: Service, expectations: Sequence[Expectation], today: date) -> EmergencyPage:
    """Of a service that came `with_plans`; `expectations`: those in force. No query."""
    plan = plan_of(service)
    if plan is None:
        return EmergencyPage(
            service=service,
            plan=None,
            calls=_from_the_register(service),
            standstills=_of_the_register(service),
            expected=expected.by_default(expectations),
            state=CheckState.NO_PLAN,
            check_by=None,
        )
    return EmergencyPage(
        service=service,
        plan=plan,
        calls=tuple(_callee(call) for call in plan.calls.all()),
        standstills=tuple(_standstill(row) for row in plan.affected.all()),
        expected=expected.lines(expectations, plan.expectations),
        state=state_of(plan.checked_on, today),
        check_by=check_by(plan.checked_on, timezone.localdate(plan.updated_at)),
    )


def page_for(member: Membership, service: Service, today: date) -> EmergencyPage:
    """As `page_of`, with the expectations of the member's organisation. Two queries at most."""
    return page_of(service, expected.in_force(member.organisation, today), today)


def all_pages(member: Membership, today: date) -> list[EmergencyPage]:
    """Of every service of the organisation that is mission-critical or has a plan, by name. The same few queries
    however many."""
    services = with_plans(standing.listed(member)).order_by()
    pages = pages_of(services, expected.in_force(member.organisation, today), today)
    return sorted(pages, key=lambda page: (page.service.name.casefold(), page.service.vendor.name.casefold()))


def pages_of(services: Iterable[Service], expectations: Sequence[Expectation], today: date) -> list[EmergencyPage]:
    return [page_of(service, expectations, today) for service in services]


def _callee(call: EmergencyCall) -> Callee:
    job = call.job or (call.contact.job if call.contact else "")
    return Callee(who=call.who, job=job, number=call.number, when=call.when)


def _standstill(row: AffectedDepartment) -> Standstill:
    return Standstill(department=row.department.name, what_stops=row.what_stops, told_by=row.told_by, number=row.phone)


def _from_the_register(service: Service) -> tuple[Callee, ...]:
    """The vendor's contacts, those with a number first."""
    contacts = sorted(service.vendor.contacts.all(), key=lambda one: (not one.phone, one.name.casefold(), one.pk))
    return tuple(Callee(who=one.name, job=one.job, number=one.phone) for one in contacts)


def _of_the_register(service: Service) -> tuple[Standstill, ...]:
    if service.department is None:
        return ()
    return (Standstill(department=service.department.name, what_stops=service.description),)
