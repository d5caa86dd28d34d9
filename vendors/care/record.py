"""What is on record of a vendor: the people whom it named, where nobody follows, and the trainings of a year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groundwork.together import Lookup, attach
from groundwork.words import day, number
from vendors.care.cover import Term, without_successor
from vendors.models import Service, SupportPerson, Training, Vendor

YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """`lacks`: the services that nobody looks after once this one leaves; `is_on`: looks after the customer today."""

    person: SupportPerson
    services: str
    is_on: bool
    lacks: str

    @property
    def warning(self) -> str:
        if not self.lacks or self.person.until is None:
            return ""
        return _("Nobody is named for the time after %(day)s: %(services)s.") % {
            "day": day(self.person.until),
            "services": self.lacks,
        }


@dataclass(frozen=True, kw_only=True)
class Care:
    """`people`: those of today and to come first, then who has left; `trainings`: the latest first."""

    people: tuple[PersonRow, ...]
    trainings: tuple[Training, ...]

    @property
    def on(self) -> tuple[PersonRow, ...]:
        return tuple(row for row in self.people if row.is_on)

    def trained_since(self, since: date) -> list[Training]:
        return [one for one in self.trainings if one.held_on >= since]


def care_in(vendor: Vendor, today: date) -> Lookup[Care]:
    """To be read with what else a page shows; one query by itself."""
    names = Service.objects.filter(vendor=vendor).order_by().values_list("pk", "name")
    named = SupportPerson.objects.filter(vendor=vendor).order_by()
    theirs = SupportPerson.services.through.objects.filter(supportperson__vendor=vendor).select_related("service")
    trainings = Training.objects.filter(vendor=vendor).select_related("department").order_by()

    def told() -> Care:
        people = sorted(named, key=lambda one: (one.name.lower(), one.pk))
        services = sorted(theirs, key=lambda one: (one.service.name.lower(), one.service_id))
        attach(people, "services", ((one.supportperson_id, one.service) for one in services))
        held = sorted(trainings, key=lambda one: (one.held_on, one.pk), reverse=True)
        return Care(people=_rows(people, dict(names), today), trainings=tuple(held))

    return Lookup(reads=(names, named, theirs, trainings), told=told)


def _rows(people: Sequence[SupportPerson], names: Mapping[int, str], today: date) -> tuple[PersonRow, ...]:
    """`people`: with their services; `names`: of all services of the vendor."""
    terms = [_term(one) for one in people]
    lacking = without_successor(terms, names, today)
    rows = [
        PersonRow(
            person=one,
            services=", ".join(service.name for service in one.services.all()) or _("all services"),
            is_on=term.is_on(today),
            lacks=", ".join(names.get(pk) or _("all services") for pk in sorted(lacking.get(one.pk, ()))),
        )
        for one, term in zip(people, terms, strict=True)
    ]
    gone = [row for row in rows if row.person.until is not None and row.person.until < today]
    return (*(row for row in rows if row not in gone), *gone)


def _term(person: SupportPerson) -> Term:
    services = frozenset(service.pk for service in person.services.all())
    return Term(key=person.pk, services=services, since=person.since, until=person.until)


def in_lines(care: Care, today: date) -> Iterator[str]:
    """What is on record, as evidence beside a question: who is named, where nobody follows, what was trained."""
    if care.on:
        named = ", ".join(f"{row.person.name} ({row.services})" for row in care.on)
        yield _("Named for your support today: %(people)s.") % {"people": named}
    elif care.people:
        yield _("Nobody is named for your support today.")
    yield from (row.warning for row in care.people if row.warning)
    if trained := care.trained_since(today - YEAR):
        hours = sum((one.hours for one in trained if one.hours), Decimal(0))
        said = ngettext(
            "%(n)s training in the last twelve months, %(hours)s hours as far as noted.",
            "%(n)s trainings in the last twelve months, %(hours)s hours as far as noted.",
            len(trained),
        )
        yield said % {"n": len(trained), "hours": number(hours)}
