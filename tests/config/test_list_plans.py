"""No list reads a whole table: the database is asked how it would answer every query of every list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, Membership, Role
from assessments.models import Assessment, Commitment
from benchmarks import list_rows, portfolios
from benchmarks.lists import LISTS, signed_in
from reports.models import Scorecard
from tests.factories import Cast, make_release
from vendors.models import CauseProof, ChangeNotice, Contract, Feedback, Incident, Rehearsal, Service, Vendor

BIG = (Assessment, AuditEntry, CauseProof, ChangeNotice, Commitment, Contract, Feedback, Incident, Rehearsal)
TABLES = frozenset(model._meta.db_table for model in (*BIG, Scorecard, Service, Vendor))
FEW, MANY = 30, 270  # vendors of the one who looks, and of another organisation; ten assessments each
COMPUTED = {"vendors, by what moved", "vendors, by next date"}  # of all vendors, to be put in order


# So small a table is read from end to end even where an index stands ready: PostgreSQL is to say whether one does.
BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"


def scans(sql: str, params: Any = None) -> Iterator[str]:
    """The big tables that the database would read from end to end, by their rows or by an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            nodes = [(str(row[-1]), False) for row in cursor.fetchall()]
        else:
            cursor.execute(BY_INDEX)
            cursor.execute(f"EXPLAIN {sql}", params)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            nodes = [(node, "Index Cond:" in node) for node in plan.split("->")]
    for node, is_narrowed in nodes:
        whole = re.search(r"(?:\bSCAN|Seq Scan on|Index Scan using \w+ on|Index Only Scan using \w+ on) (\w+)", node)
        if whole and not is_narrowed and whole[1] in TABLES:
            yield whole[1]


@pytest.fixture
def crowded(cast: Cast) -> Client:
    """Somebody who looks at a small organisation beside a large one."""
    make_release()
    organisations = [portfolios.of(cast.admin, vendors=vendors) for vendors in (FEW, MANY)]
    for organisation in organisations:
        list_rows.write(organisation, cast.admin)
    Membership.objects.filter(organisation=organisations[0], user=cast.admin.user).update(role=Role.ADMIN)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return signed_in(Membership.objects.get(organisation=organisations[0], user=cast.admin.user))


def test_no_list_reads_a_whole_table(crowded: Client) -> None:
    found = {}
    for name, url in LISTS.items():
        if name in COMPUTED:
            continue
        with CaptureQueriesContext(connection) as queries:
            assert crowded.get(url).status_code == 200
        asked = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("SELECT")]
        assert asked
        if whole := sorted({table for sql in asked for table in scans(sql.replace("%", "%%"))}):
            found[name] = whole
    assert found == {}


def test_a_planted_scan_is_found(crowded: Client) -> None:
    """By a column that no index gives, over all organisations."""
    sql, params = Incident.objects.order_by("title").query.sql_with_params()
    assert list(scans(sql, params)) == ["vendors_incident"]
