"""Every list with many rows against the same list with few: seconds of CPU, kilobytes and queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organisation, Role
from benchmarks import list_rows, portfolios
from benchmarks.timing import cpu_medians

FEW, MANY = 100, 10_000
LISTS: Mapping[str, str] = {
    "assessments": "/assessments/",
    "assessments in review": "/assessments/?state=in_review",
    "assessments, approved": "/assessments/?state=approved",
    "vendors, by what needs attention": "/vendors/",
    "vendors, by name": "/vendors/?sort=name",
    "vendors, by rules met": "/vendors/?sort=met",
    "vendors, by weakest rule": "/vendors/?sort=-weakest",
    "vendors, by what moved": "/vendors/?sort=moved",
    "vendors, by next date": "/vendors/?sort=due",
    "vendors, by the day to decide": "/vendors/?sort=decide",
    "incidents": "/incidents/",
    "incidents, open": "/incidents/?state=open",
    "incidents, longest first": "/incidents/?sort=-duration",
    "commitments": "/commitments/",
    "decisions": "/decisions/",
    "proofs of cause": "/proofs/",
    "rehearsals": "/rehearsals/",
    "notices of changes": "/notices/",
    "feedback": "/feedback/",
    "imports of incidents": "/incidents/import/",
    "when it breaks": "/emergencies/",
    "members": "/organisation/",
    "audit trail": "/organisation/audit/",
    "search: vendors": "/choices/vendors/?q=123",
    "search: services": "/choices/services/?q=service 1 0123",
}


@dataclass(frozen=True, kw_only=True)
class Taken:
    queries: int
    size: int


def report(repetitions: int) -> str:
    member = Membership.objects.filter(role=Role.ASSESSOR, organisation__slug="harbour")[0]
    few, many = (filled(member, vendors) for vendors in (FEW, MANY))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return table(few, many, repetitions)


def filled(member: Membership, vendors: int) -> Membership:
    """An organisation with so many vendors, and an administrator of it who is an assessor, too, in turn."""
    organisation = portfolios.of(member, vendors=vendors)
    list_rows.write(organisation, member)
    return reading(organisation)


def reading(organisation: Organisation) -> Membership:
    member = Membership.objects.filter(organisation=organisation).order_by("pk")[0]
    Membership.objects.filter(pk=member.pk).update(role=Role.ADMIN)
    return member


def table(few: Membership, many: Membership, repetitions: int) -> str:
    head = f"| {MANY:,} vendors, {MANY * portfolios.EACH:,} assessments | seconds of CPU | ratio to {FEW} vendors |"
    lines = [f"{head} kB | queries |", "|---|--:|--:|--:|--:|"]
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        clients = {"few": signed_in(few), "many": signed_in(many)}
        for name, url in LISTS.items():
            taken = {at: _taken(client, url) for at, client in clients.items()}
            seconds = cpu_medians({at: partial(client.get, url) for at, client in clients.items()}, repetitions)
            ratio = seconds["many"] / seconds["few"]
            sizes = f"{taken['many'].size / 1000:.0f} | {taken['many'].queries} |"
            lines.append(f"| {name} | {seconds['many']:.3f} | {ratio:.2f} | {sizes}")
    return "\n".join([*lines, ""])


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    session = client.session
    session["organisation"] = member.organisation_id
    session.save()
    return client


def _taken(client: Client, url: str) -> Taken:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answered {answer.status_code}")
    return Taken(queries=len(queries), size=len(answer.content))
