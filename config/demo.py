"""Demo data: built through the same functions as real data, so that it cannot show what the product cannot do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Department, Membership, Organisation, Role, User
from assessments import lifecycle
from assessments.evidence import add_evidence
from assessments.models import Answer, Assessment
from assessments.periods import Period, last_quarter
from manifesto.apps import EDITORS
from manifesto.models import Release
from vendors.models import Contact, Service, Vendor

DEMO = Path(__file__).parent / "demo.yaml"


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    email: str
    name: str
    role: str


def read_demo() -> dict[str, Any]:
    with DEMO.open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def is_empty() -> bool:
    """Nobody and nothing is there yet that demo data could mix with."""
    return not User.objects.exists() and not Organisation.objects.exists()


@transaction.atomic
def load(today: date) -> None:
    data = read_demo()
    hashed = make_password(data["password"])  # once: it takes 0.3 s, and all know the word
    for organisation in data["organisations"]:
        _load_organisation(organisation, data, hashed, today)
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


def _load_organisation(data: dict[str, Any], demo: dict[str, Any], hashed: str, today: date) -> None:
    organisation = Organisation.objects.create(name=data["name"], slug=data["slug"], language=data["language"])
    departments = {
        name: Department.objects.create(organisation=organisation, name=name) for name in data["departments"]
    }
    members = [_load_member(organisation, departments, member, hashed) for member in data["members"]]
    vendors = {vendor["name"]: _load_vendor(organisation, departments, vendor) for vendor in data["vendors"]}
    cast = {Role(member.role): member for member in reversed(members)}
    for assessment in data.get("assessments", ()):
        _load_assessment(cast, vendors[assessment["vendor"]], assessment, demo, today)


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


def _load_vendor(organisation: Organisation, departments: dict[str, Department], data: dict[str, Any]) -> Vendor:
    plain = {key: value for key, value in data.items() if key not in {"services", "contacts"}}
    vendor = Vendor.objects.create(organisation=organisation, **plain)
    for service in data.get("services", ()):
        Service.objects.create(vendor=vendor, **{**service, "department": departments[service["department"]]})
    for contact in data.get("contacts", ()):
        Contact.objects.create(vendor=vendor, **contact)
    return vendor


def _load_assessment(
    cast: dict[Role, Membership], vendor: Vendor, data: dict[str, Any], demo: dict[str, Any], today: date
) -> None:
    assessor, approver = cast[Role.ASSESSOR], cast[Role.APPROVER]
    period = _quarters_ago(today, data["quarters_ago"])
    due_on = today + timedelta(days=data["due_in"]) if "due_in" in data else None
    assessment = lifecycle.create_assessment(
        assessor, vendor=vendor, release=Release.objects.current(), period=period, due_on=due_on
    )
    # Each step has its real moment: a made-up one would contradict the history, and the day the bank was published.
    steps = ("draft", "collecting", "in_review", "approved")
    reached = steps.index(data["until"])
    if reached >= 1:
        lifecycle.open_assessment(assessor, assessment)
        _fill_in(assessment, assessor.user, data, demo)
    if reached >= 2:
        lifecycle.submit(assessor, assessment)
    if reached >= 3:
        lifecycle.approve(approver, assessment)


def _quarters_ago(today: date, count: int) -> Period:
    """The quarter that ended last is one ago."""
    period = last_quarter(today)
    for _ in range(count - 1):
        period = last_quarter(period.start)
    return period


def _fill_in(assessment: Assessment, user: User, data: dict[str, Any], demo: dict[str, Any]) -> None:
    texts, files = demo["answers"][data["answers"]], demo["evidence"].get(data["answers"], {})
    only = set(data.get("only", ()))
    grades = data.get("grades", {})
    now = timezone.now()
    answers = Answer.objects.filter(response__assessment=assessment).select_related("question__rule")
    for answer in answers:
        text = texts.get(answer.question.key)
        if text is None or (only and answer.question.rule.key not in only):
            continue
        answer.vendor_says, answer.comment = text["says"], text["comment"]
        answer.grade = grades.get(answer.question.key, text.get("grade"))
        answer.blank, answer.reason = text.get("blank", ""), text.get("reason", "")
        answer.fact_value, answer.fact_unit = text.get("fact"), text.get("unit", "")
        answer.version, answer.updated_at, answer.updated_by = 1, now, user
        answer.save()
        for name, content in files.get(answer.question.key, {}).items():
            add_evidence(answer, SimpleUploadedFile(name, content.encode()), author=user, now=now)
