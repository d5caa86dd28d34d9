"""Organisations with many vendors, each with services, a contract, commitments and a line of scorecards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random

from django.utils import timezone

from accounts.models import Department, Membership, Organisation, Role, User
from assessments.models import Assessment, AssessmentState, Commitment, Response
from manifesto.models import RULE_KEYS, Release
from reports.models import Scorecard, ScorecardRule, VendorStanding
from reports.standing_rows import NOTHING_MEASURED, row_of
from vendors.models import Contract, Incident, Service, Tier, Vendor

EACH = 10  # assessments of a vendor
INCIDENTS = 5  # of a vendor
OF_ONE = 25  # vendors that one person looks after
STATUSES = ("met", "partly", "broken", "not_rated")
PERCENTS = (Decimal(80), Decimal(60), Decimal(20), None)
AT_ONCE = 1000


def of(member: Membership, *, vendors: int, name: str = "Portfolio") -> Organisation:
    """One with so many vendors, a twentieth of which was never approved. Snapshots are empty: no list reads them."""
    organisation = Organisation.objects.create(name=f"{name} {vendors}", slug=f"{name.lower()}-{vendors}")
    Membership.objects.create(organisation=organisation, user=member.user, role=Role.READER)
    departments = Department.objects.bulk_create(
        Department(organisation=organisation, name=f"Department {number}") for number in range(8)
    )
    random = Random(vendors)  # noqa: S311 the same rows in every run
    rows = Vendor.objects.bulk_create(
        (
            Vendor(
                organisation=organisation,
                name=f"Vendor {number:05}",
                tier=random.choice(Tier.values),
                country=random.choice(("Belgium", "France", "Netherlands")),
                department=random.choice(departments),
                months_to_replace=random.choice((None, 3, 9, 18)),
            )
            for number in range(vendors)
        ),
        batch_size=AT_ONCE,
    )
    _facts(rows, departments, member, random)
    assessments = Assessment.objects.bulk_create(_assessments(rows, member), batch_size=AT_ONCE)
    _scorecards([one for one in assessments if one.state == AssessmentState.APPROVED], member, random)
    return organisation


def at_work(member: Membership, *, vendors: int) -> Organisation:
    """One in which everybody looks after 25 vendors, the member after the first: an assessment of a twentieth of the
    vendors is being answered by whoever owns it, what came before was approved long ago. Contracts, commitments and
    incidents are there for each vendor, and much the same of them waits for the member, however large it is."""
    organisation = of(member, vendors=vendors, name="Work")
    put_to_work(organisation, member)
    return organisation


def put_to_work(organisation: Organisation, member: Membership) -> None:
    Membership.objects.filter(organisation=organisation, user=member.user).update(role=Role.ASSESSOR)
    keys = list(organisation.vendors.order_by("pk").values_list("pk", flat=True))
    people = [member.user, *_colleagues(organisation, -(-len(keys) // OF_ONE) - 1)]
    assessments = Assessment.objects.filter(organisation=organisation)
    running = assessments.filter(state=AssessmentState.COLLECTING)
    earlier = running.exclude(reference__endswith=f"-{EACH - 1:02}")
    earlier.update(state=AssessmentState.CANCELLED, closed_at=timezone.now() - timedelta(days=700))
    for number, person in enumerate(people):
        theirs = {"vendor__in": keys[number * OF_ONE : (number + 1) * OF_ONE]}
        assessments.filter(**theirs).update(owner=person)
        Commitment.objects.filter(**theirs).update(owner=person)
        Contract.objects.filter(**theirs).update(owner=person)
    _days_of_the_member(keys[:OF_ONE])
    Response.objects.bulk_create((Response(assessment=one, rater=one.owner) for one in running), batch_size=AT_ONCE)
    _incidents(organisation, keys)


def _colleagues(organisation: Organisation, count: int) -> list[User]:
    users = User.objects.bulk_create(
        User(email=f"{organisation.slug}-{number}@example.org", name=f"Colleague {number}") for number in range(count)
    )
    Membership.objects.bulk_create(
        Membership(organisation=organisation, user=user, role=Role.ASSESSOR) for user in users
    )
    return users


def _days_of_the_member(vendors: list[int]) -> None:
    """The same in organisations of every size, a few of them soon."""
    today = timezone.localdate()
    for number, vendor in enumerate(vendors):
        Contract.objects.filter(vendor=vendor).update(decide_by=today + timedelta(days=15 * number))
        Commitment.objects.filter(vendor=vendor).update(due_on=today + timedelta(days=15 * number))


def _incidents(organisation: Organisation, vendors: list[int]) -> None:
    now = timezone.now()
    Incident.objects.bulk_create(
        (
            Incident(
                organisation=organisation,
                vendor_id=vendor,
                reference=f"INC-{vendor}-{number}",
                opened_at=now - timedelta(days=20 + 70 * number),
                restored_at=None if number % 2 else now - timedelta(days=70 * number),
            )
            for vendor in vendors
            for number in range(INCIDENTS)
        ),
        batch_size=AT_ONCE,
    )


def _facts(rows: list[Vendor], departments: list[Department], member: Membership, random: Random) -> None:
    today = timezone.localdate()
    Service.objects.bulk_create(
        (
            Service(vendor=vendor, name=f"Service {number}", department=random.choice(departments))
            for vendor in rows
            for number in range(2)
        ),
        batch_size=AT_ONCE,
    )
    Contract.objects.bulk_create(
        (
            Contract(vendor=vendor, reference="Support", decide_by=today + timedelta(days=random.randrange(-30, 400)))
            for vendor in rows
        ),
        batch_size=AT_ONCE,
    )
    Commitment.objects.bulk_create(
        (
            Commitment(
                organisation=vendor.organisation,
                vendor=vendor,
                number=f"C-{vendor.pk}",
                rule="speed",
                source="rule",
                what="Rehearse",
                owner=member.user,
                due_on=today + timedelta(days=random.randrange(-30, 400)),
                state="agreed",
                agreed_on=today,
                agreed_by="Example Person",
                created_by=member.user,
                created_at=timezone.now(),
            )
            for vendor in rows
        ),
        batch_size=AT_ONCE,
    )


def _assessments(rows: list[Vendor], member: Membership) -> Iterator[Assessment]:
    release = Release.objects.current()
    for at, vendor in enumerate(rows):
        for number in range(EACH):
            start = date(2016 + number, 1, 1)
            is_open = at % 20 == 0
            yield Assessment(
                organisation=vendor.organisation,
                vendor=vendor,
                release=release,
                reference=f"A-{at:05}-{number:02}",
                period_start=start,
                period_end=start.replace(month=12, day=31),
                owner=member.user,
                state=AssessmentState.COLLECTING if is_open else AssessmentState.APPROVED,
                closed_at=None if is_open else datetime(2017 + number, 1, 20, 9, tzinfo=UTC) + timedelta(minutes=at),
            )


def _scorecards(assessments: list[Assessment], member: Membership, random: Random) -> None:
    now = timezone.now()
    left = iter(enumerate(assessments))
    while some := list(islice(left, AT_ONCE)):
        cards = Scorecard.objects.bulk_create(_card(at, one, member, now, random) for at, one in some)
        rules = [_rules(card, random) for card in cards]
        ScorecardRule.objects.bulk_create((rule for of_card in rules for rule in of_card), batch_size=AT_ONCE)
        VendorStanding.objects.bulk_create(
            VendorStanding(**row_of(card, of_card, NOTHING_MEASURED))
            for card, of_card in zip(cards, rules, strict=True)
            if card.assessment.reference.endswith(f"-{EACH - 1:02}")
        )


def _card(at: int, one: Assessment, member: Membership, now: datetime, random: Random) -> Scorecard:
    years_ago = EACH - 1 - int(one.reference[-2:])
    return Scorecard(
        organisation=one.organisation,
        assessment=one,
        number=f"S-{at:06}",
        snapshot="{}",
        sha256="0" * 64,
        engine_version="1",
        verdict="not_met",
        rules_met=0,
        weakest_rule=random.choice(RULE_KEYS),
        confidence="medium",
        approved_by=member.user,
        approved_at=now - timedelta(days=365 * years_ago + random.randrange(500)),
    )


def _rules(card: Scorecard, random: Random) -> list[ScorecardRule]:
    chosen = [random.randrange(4) for _ in RULE_KEYS]
    chosen[RULE_KEYS.index(card.weakest_rule)] = 2
    return [
        ScorecardRule(
            scorecard=card,
            position=position,
            key=key,
            status=STATUSES[at],
            percent=PERCENTS[at],
            coverage=Decimal(100),
        )
        for position, (key, at) in enumerate(zip(RULE_KEYS, chosen, strict=True), start=1)
    ]
