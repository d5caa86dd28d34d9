"""Demo data: built through the same functions as real data, so that it cannot show what the product cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts import mail
from accounts.models import Department, Membership, Organisation, Role, User
from assessments.models import ApprovalLevel
from assessments.schedule import readings
from config.demo import clock
from config.demo.acknowledgements import DemoAcknowledgements
from config.demo.agreements import DemoAgreements, DemoCommitment
from config.demo.assessments import DemoAssessment, quarter_ago, told_by
from config.demo.batches import DemoBatch
from config.demo.care import DemoCare
from config.demo.clock import Event
from config.demo.connected import DemoConnected
from config.demo.emergencies import DemoEmergencies
from config.demo.expectations import DemoExpectations
from config.demo.exports import DemoExport
from config.demo.facts import DemoFacts
from config.demo.hours import DemoHour
from config.demo.letters import DemoLetters
from config.demo.notices import DemoNotice
from config.demo.proofs import DemoProof
from config.demo.pushes import DemoPush
from config.demo.rehearsals import DemoRehearsal
from config.demo.sign_in import DemoSignIn
from config.demo.waiting_import import DemoImport
from config.demo.webhooks import DemoWebhook
from manifesto.apps import EDITORS
from manifesto.models import Release
from vendors.models import Contact, Service, Vendor

DEMO = Path(__file__).parent / "demo.yaml"
AFTER_ITS_QUARTER = timedelta(days=20)
# Editions are as old as what is assessed by them: each shipped one, with the quarter (1: that ended last) in which it
# came into force, and how long before the quarter’s end.
IN_FORCE_SINCE = {
    "2026.1": (7, timedelta(days=40)),
    "2026.2": (1, timedelta(days=40)),
    "2026.3": (1, timedelta(days=5)),
}


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    email: str
    name: str
    role: str


def read_demo() -> dict[str, Any]:
    with DEMO.open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def is_set_up() -> bool:
    """The tables are there, and an edition of the question bank to assess by."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes()) and Release.objects.current() is not None


def is_empty() -> bool:
    """Nobody and nothing is there yet that demo data could mix with."""
    return not User.objects.exists() and not Organisation.objects.exists()


def load_bank(today: date) -> None:
    """The shipped editions, each published as long ago as the demo data needs it. What is there already stays."""
    for edition, (quarters_ago, before_its_end) in IN_FORCE_SINCE.items():
        with clock.at(quarter_ago(today, quarters_ago).end - before_its_end):
            call_command("load_bank", edition=edition, publish=True, stdout=StringIO())


@mail.quiet()
@transaction.atomic
def load(today: date) -> None:
    data = read_demo()
    hashed = make_password(data["password"])  # once: it takes 0.3 s, and all know the word
    for organisation in data["organisations"]:
        _load_organisation(organisation, data, hashed, today)
    readings.read_due(timezone.now())  # what the measures say of the commitments today: one of them has fallen back
    editor = User.objects.create(is_staff=True, password=hashed, **data["editor"])
    editor.groups.add(Group.objects.get(name=EDITORS))


def accounts() -> tuple[str, list[DemoAccount]]:
    """The password of all demo accounts, and those that are in the database with that password."""
    data = read_demo()
    people = [
        DemoAccount(email=member["email"], name=organisation["name"], role=member["role"])
        for organisation in data["organisations"][:1]
        for member in organisation["members"]
    ]
    people.append(DemoAccount(email=data["editor"]["email"], name="", role="bank editor"))
    users = {user.email: user for user in User.objects.filter(email__in=[person.email for person in people])}
    return data["password"], [person for person in people if person.email in users]


def _bring_in(data: dict[str, Any], author: Membership, today: date) -> None:
    """Incidents, from files and by pushes."""
    for entry in data.get("imports", ()):
        DemoImport(author=author, data=entry, today=today).load()
    for entry in data.get("pushes", ()):
        DemoPush(author=author, data=entry, today=today).load()


def _load_organisation(data: dict[str, Any], demo: dict[str, Any], hashed: str, today: date) -> None:
    organisation = Organisation.objects.create(name=data["name"], slug=data["slug"], language=data["language"])
    departments = {
        name: Department.objects.create(organisation=organisation, name=name, is_it=name in data.get("it", ()))
        for name in data["departments"]
    }
    members = {member["email"]: _load_member(organisation, departments, member, hashed) for member in data["members"]}
    _load_chain(organisation, members, data.get("approval", {}))
    vendors = {vendor["name"]: _load_vendor(organisation, departments, vendor) for vendor in data["vendors"]}
    author = next(member for member in members.values() if member.role == Role.ASSESSOR)
    for entry in data.get("facts", ()):
        DemoFacts(
            vendor=vendors[entry["vendor"]], author=author, departments=departments, data=entry, today=today
        ).load()
    _bring_in(data, author, today)
    people = {email: member.user for email, member in members.items()}
    agreed = DemoAgreements(author=author, people=people, vendors=vendors, today=today)
    terms = _Terms(data=data, author=author, members=members, departments=departments, vendors=vendors, today=today)
    events = [
        *_assessments(data, demo, members, vendors, today),
        *_commitments(data, author, vendors, today),
        *terms.rehearsals(),
        *terms.announced(),
        *terms.signs_in(),
        *terms.emergencies(),
        *_hours(data, author, vendors, today),
        *terms.expectations(),
        *terms.proofs(),
        *terms.exports(),
        *terms.batches(),
        *terms.connected(),
        *terms.webhooks(),
        *DemoLetters(author=author, vendors=vendors, data=data, today=today).events(),
    ]
    for day, happens in sorted(events, key=lambda event: event[0]):
        with clock.at(day):
            happens()
    for contract in data.get("contracts", ()):
        agreed.add_contract(contract)
    for paper in data.get("papers", ()):
        agreed.add_paper(paper)


@dataclass(frozen=True, kw_only=True)
class _Terms:
    """What an organisation sets, and what its vendors say and show to it."""

    data: dict[str, Any]
    author: Membership
    members: dict[str, Membership]
    departments: dict[str, Department]
    vendors: dict[str, Vendor]
    today: date

    def rehearsals(self) -> Iterator[Event]:
        people = {email: member.user for email, member in self.members.items()}
        for vendor, entry in self._of("rehearsals"):
            held = DemoRehearsal(author=self.author, people=people, vendor=vendor, data=entry, today=self.today)
            yield from held.events()

    def signs_in(self) -> Iterator[Event]:
        if "sign_in" in self.data:
            administrator = next(member for member in self.members.values() if member.role == Role.ADMIN)
            yield from DemoSignIn(administrator=administrator, data=self.data["sign_in"], today=self.today).events()

    def announced(self) -> Iterator[Event]:
        """Planned changes, and who looks after the customer."""
        for vendor, entry in self._of("notices"):
            notice = DemoNotice(author=self.author, members=self.members, vendor=vendor, data=entry, today=self.today)
            yield from notice.events()
        for vendor, entry in self._of("care"):
            care = DemoCare(
                author=self.author, departments=self.departments, vendor=vendor, data=entry, today=self.today
            )
            yield from care.events()

    def emergencies(self) -> Iterator[Event]:
        plans = DemoEmergencies(
            author=self.author,
            members=self.members,
            departments=self.departments,
            vendors=self.vendors,
            today=self.today,
        )
        for entry in self.data.get("emergencies", ()):
            yield from plans.events(entry)

    def expectations(self) -> Iterator[Event]:
        editions = DemoExpectations(author=self.author, data=self.data.get("expectations", []), today=self.today)
        yield from editions.events()
        answers = DemoAcknowledgements(author=self.author, vendors=self.vendors, today=self.today)
        for entry in self.data.get("acknowledgements", ()):
            yield from answers.events(entry)

    def proofs(self) -> Iterator[Event]:
        for vendor, entry in self._of("proofs"):
            owner = self.members.get(entry.get("owner", ""), self.author)
            proof = DemoProof(author=self.author, owner=owner, vendor=vendor, data=entry, today=self.today)
            yield from proof.events()

    def batches(self) -> Iterator[Event]:
        for entry in self.data.get("batches", ()):
            yield from DemoBatch(members=self.members, vendors=self.vendors, data=entry, today=self.today).events()

    def connected(self) -> Iterator[Event]:
        for entry in self.data.get("connected", ()):
            yield from DemoConnected(members=self.members, data=entry, today=self.today).events()

    def webhooks(self) -> Iterator[Event]:
        for entry in self.data.get("webhooks", ()):
            yield from DemoWebhook(members=self.members, data=entry, today=self.today).events()

    def exports(self) -> Iterator[Event]:
        for entry in self.data.get("exports", ()):
            yield from DemoExport(members=self.members, vendors=self.vendors, data=entry, today=self.today).events()

    def _of(self, name: str) -> Iterator[tuple[Vendor, dict[str, Any]]]:
        return ((self.vendors[entry["vendor"]], entry) for entry in self.data.get(name, ()))


def _assessments(
    data: dict[str, Any],
    demo: dict[str, Any],
    members: dict[str, Membership],
    vendors: dict[str, Vendor],
    today: date,
) -> Iterator[Event]:
    """Each some weeks after its quarter; what is in hand, and what ended last, today."""
    for entry in told_by(data.get("histories", ())):
        day = min(quarter_ago(today, entry["quarters_ago"]).end + AFTER_ITS_QUARTER, today)
        yield day, DemoAssessment(members, vendors[entry["vendor"]], entry, demo, today).load
    for entry in data.get("assessments", ()):
        is_past = entry["until"] == "approved" and entry["quarters_ago"] > 1
        day = quarter_ago(today, entry["quarters_ago"]).end + AFTER_ITS_QUARTER if is_past else today
        yield day, DemoAssessment(members, vendors[entry["vendor"]], entry, demo, today).load


def _commitments(data: dict[str, Any], author: Membership, vendors: dict[str, Vendor], today: date) -> Iterator[Event]:
    for entry in data.get("commitments", ()):
        one = DemoCommitment(author=author, vendor=vendors[entry["vendor"]], data=entry, today=today)
        for day, step in one.steps():
            yield day, partial(one.take, step, day)


def _hours(data: dict[str, Any], author: Membership, vendors: dict[str, Vendor], today: date) -> Iterator[Event]:
    for entry in data.get("hours", ()):
        hour = DemoHour(author=author, vendor=vendors[entry["vendor"]], data=entry, today=today)
        yield hour.day, hour.load


def _load_member(
    organisation: Organisation, departments: dict[str, Department], data: dict[str, Any], hashed: str
) -> Membership:
    user = User.objects.filter(email=data["email"]).first()
    if user is None:
        user = User.objects.create(
            email=data["email"], password=hashed, name=data.get("name", ""), language=organisation.language
        )
    department = departments.get(data.get("department", ""))
    return Membership.objects.create(user=user, organisation=organisation, role=data["role"], department=department)


def _load_chain(organisation: Organisation, members: dict[str, Membership], chains: dict[str, Any]) -> None:
    for tier, levels in chains.items():
        for position, level in enumerate(levels, start=1):
            ApprovalLevel.objects.create(
                organisation=organisation,
                tier=tier,
                position=position,
                name=level["name"],
                role=level.get("role", ""),
                person=members.get(level.get("person", "")),
            )


PARTS_OF_VENDORS = {"services", "contacts", "department"}


def _load_vendor(organisation: Organisation, departments: dict[str, Department], data: dict[str, Any]) -> Vendor:
    plain = {key: value for key, value in data.items() if key not in PARTS_OF_VENDORS}
    department = departments.get(data.get("department", ""))
    vendor = Vendor.objects.create(organisation=organisation, department=department, **plain)
    for service in data.get("services", ()):
        Service.objects.create(vendor=vendor, **{**service, "department": departments[service["department"]]})
    for contact in data.get("contacts", ()):
        Contact.objects.create(vendor=vendor, **contact)
    return vendor
