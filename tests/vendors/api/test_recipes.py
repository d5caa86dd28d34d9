"""Each recipe does what it says, against the server: a stranger copies it."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from jinja2 import Environment

from tests.conventions.test_house import ROOT
from tests.factories import Cast, make_cast, make_token, make_vendor
from vendors.models import Incident, IncidentImport, IncidentSource

RECIPES = ROOT / "docs" / "recipes"
VENDOR = 'Müller "Data" \\ Söhne & Co'  # with all that a template may forget to escape
TITLE = 'Orders "today" can’t be \\booked'


@pytest.fixture
def tokens(cast: Cast) -> str:
    make_vendor(cast.organisation, VENDOR)
    for key in ("servicenow", "jira", "zendesk", "glpi"):
        IncidentSource.objects.create(organisation=cast.organisation, key=key, name=key)
    return make_token(cast.assessor)


def ask(token: str, method: str, path: str, body: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    response = Client().generic(method, f"/api/v1/incident-sources/{path}", body, "application/json", headers=headers)
    assert response.status_code == 200, (response.content.decode(), body)
    return response.json()


# As the tools fill them ------------------------------------------------------------------------------------------
def at(values: Mapping[str, Any], path: str) -> str:
    """The value at the longest beginning of the path; nothing where there is none."""
    return str(values.get(path, ""))


def as_jira(template: str, values: Mapping[str, str]) -> str:
    """`jsonEncode`: as within the quotation marks of JSON. `format` is of the values already."""

    def fill(found: re.Match[str]) -> str:
        path, _dot, _function = found[1].rpartition(".")
        return json.dumps(at(values, path))[1:-1]

    dated = re.sub(r'\.format\("[^"]*"\)', ".format", template)
    return re.sub(r"\{\{(issue\.[^{}]*)\}\}", fill, dated)


def as_zendesk(template: str, values: Mapping[str, str]) -> str:
    """Liquid: the filters that the recipes use; a text of its has no escapes."""

    def fill(found: re.Match[str]) -> str:
        path, *filters = [part.strip() for part in found[1].split("|")]
        value = at(values, path)
        for name in filters:
            if name == "escape":
                value = html.escape(value)
            else:
                old, new = re.fullmatch(r"replace: '(.*)', '(.*)'", name).groups()  # type: ignore[union-attr]
                value = value.replace(old, new)
        return value

    return re.sub(r"\{\{(.*?)\}\}", fill, template)


def as_glpi(template: str, values: Mapping[str, Any]) -> str:
    """Twig, of which the recipes use what Jinja has too. GLPI puts a backslash before quotation marks, and no other."""

    def slashed(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: slashed(one) for name, one in value.items()}
        if isinstance(value, list):
            return [slashed(one) for one in value]
        return value.replace('"', '\\"') if isinstance(value, str) else value

    return Environment(autoescape=False).from_string(template).render(slashed(values))  # noqa: S701


# The tools -------------------------------------------------------------------------------------------------------
SERVICENOW = {
    "number": "INC0010042",
    "assignment_group": VENDOR,
    "business_service": "Orders",
    "short_description": TITLE,
    "opened_at": "2026-03-02 08:00:00",
    "resolved_at": "2026-03-02 12:30:00",
    "sys_updated_on": "2026-03-02 12:31:00",
    "state": "Resolved",
    "priority": "1 - Critical",
    "made_sla": "1",
    "reopen_count": "0",
    "reassignment_count": "2",
    "problem_id": "PRB0007",
}
HARNESS = """
const fields = JSON.parse(process.argv[1]), sent = { headers: {} };
const current = { getValue: (name) => fields[name] || null, getDisplayValue: (name) => fields[name] || '' };
const previous = null;
const gs = { getProperty: (name) => 'https://x' + name, error: (said) => { throw new Error(said); } };
const sn_ws = { RESTMessageV2: function () {
  this.setHttpMethod = (method) => { sent.method = method; };
  this.setEndpoint = (address) => { sent.address = address; };
  this.setRequestHeader = (name, value) => { sent.headers[name] = value; };
  this.setRequestBody = (body) => { sent.body = body; };
  this.execute = () => ({ getStatusCode: () => 200, getBody: () => '' });
} };
"""


def test_the_business_rule_of_servicenow(db: None, tokens: str) -> None:
    script = HARNESS + (RECIPES / "servicenow-business-rule.js").read_text() + "console.log(JSON.stringify(sent));"
    told = subprocess.run(
        ["node", "-e", script, json.dumps(SERVICENOW)], capture_output=True, text=True, check=True, timeout=300
    )
    sent = json.loads(told.stdout)
    path = sent["address"].partition("/incident-sources/")[2]
    incident = ask(tokens, sent["method"], path, sent["body"])["incident"]
    assert (incident["reference"], incident["title"]) == ("INC0010042", TITLE)
    assert (incident["opened_at"], incident["resolved_at"]) == ("2026-03-02T08:00:00Z", "2026-03-02T12:30:00Z")
    assert (incident["mission_critical"], incident["sla"], incident["handovers"]) == (True, "met", 2)


JIRA = {
    "issue.Vendor.value": VENDOR,
    "issue.summary": TITLE,
    "issue.created": "2026-03-02T09:00:00+01:00",
    "issue.resolutiondate": "",
    "issue.updated": "2026-03-02T09:05:00+01:00",
    "issue.status.name": "In Progress",
    "issue.priority.name": "Highest",
    "issue.assignee.displayName": "",
}


def test_the_automation_of_jira(db: None, tokens: str) -> None:
    template = (RECIPES / "jira-automation.json").read_text()
    first = ask(tokens, "PUT", "jira/incidents/OPS-7", as_jira(template, JIRA))
    assert (first["outcome"], first["incident"]["state"], first["incident"]["title"]) == ("created", "open", TITLE)
    solved = {**JIRA, "issue.resolutiondate": "2026-03-02T13:30:00+01:00", "issue.status.name": "Done"}
    incident = ask(tokens, "PUT", "jira/incidents/OPS-7", as_jira(template, solved))["incident"]
    assert incident["resolved_at"] == "2026-03-02T12:30:00Z"
    assert incident["mission_critical"] is True


def test_the_triggers_of_zendesk(db: None, tokens: str) -> None:
    values = {
        "ticket.id": "4711",
        "ticket.ticket_field_option_title_VENDOR_FIELD": VENDOR,
        "ticket.title": TITLE,
        "ticket.created_at_with_timestamp": "2026-03-02T08:00:00Z",
        "ticket.updated_at_with_timestamp": "2026-03-02T12:30:00Z",
        "ticket.status": "Open",
        "ticket.priority": "Urgent",
    }
    for name, status, outcome in (("updated", "Open", "created"), ("solved", "Solved", "changed")):
        body = as_zendesk((RECIPES / f"zendesk-{name}.json").read_text(), {**values, "ticket.status": status})
        assert [one["outcome"] for one in ask(tokens, "POST", "zendesk/incidents", body)["outcomes"]] == [outcome]
    incident = Incident.objects.get()
    assert (incident.reference, incident.title, incident.mission_critical) == ("4711", TITLE, True)
    assert incident.resolved_at is not None
    assert incident.resolved_at.isoformat() == "2026-03-02T12:30:00+00:00"


def test_the_webhooks_of_glpi(db: None, cast: Cast, tokens: str) -> None:
    vendor = VENDOR.replace("\\", "/")  # before which GLPI puts nothing, so that no payload of its can carry it
    make_vendor(cast.organisation, vendor)
    ticket = {
        "id": 42,
        "name": 'Orders "today"',
        "date": "2026-03-02 09:00:00",
        "date_mod": "2026-03-02 13:30:00",
        "status": {"id": 2, "name": "Processing (assigned)"},
        "priority": 5,
        "category": {"id": 3, "name": "Orders"},
        "team": [{"type": "User", "name": "Kim"}, {"type": "Supplier", "name": vendor}],
    }
    body = as_glpi((RECIPES / "glpi-ticket.twig").read_text(), {"event": "new", "item": ticket})
    assert ask(tokens, "PUT", "glpi/incidents/42", body)["incident"]["state"] == "open"
    solved = {**ticket, "status": {"id": 5, "name": "Solved"}}
    body = as_glpi((RECIPES / "glpi-solution.twig").read_text(), {"event": "new", "parent_item": solved})
    incident = ask(tokens, "PUT", "glpi/incidents/42", body)["incident"]
    assert (incident["opened_at"], incident["resolved_at"]) == ("2026-03-02T08:00:00Z", "2026-03-02T12:30:00Z")
    assert (incident["title"], incident["mission_critical"]) == ('Orders "today"', True)


@pytest.mark.django_db(transaction=True)
def test_curl_and_the_nightly_push(live_server: Any, tmp_path: Path) -> None:
    cast = make_cast()
    make_vendor(cast.organisation)
    environment = {**os.environ, "BASE": live_server.url, "TOKEN": make_token(cast.assessor), "no_proxy": "*"}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path
        )

    by_curl = run("sh", str(RECIPES / "push-incidents.sh"))
    assert by_curl.returncode == 0, by_curl.stdout + by_curl.stderr
    assert Incident.objects.get().reference == "INC-1042"
    assert IncidentImport.objects.get().known_until is not None
    export = tmp_path / "export.csv"
    rows = "\n".join(f"N-{number},Example Systems,2026-03-02 09:00,P1" for number in range(1_001))
    export.write_text(f"reference,vendor,opened_at,priority\n{rows}\n")
    by_night = run(sys.executable, str(RECIPES / "push_incidents.py"), "export.csv", "2026-01-01")
    assert by_night.returncode == 0, by_night.stdout + by_night.stderr
    assert Incident.objects.filter(mission_critical=True, reference__startswith="N-").count() == 1_001
    export.write_text("reference,vendor,opened_at,priority\nN-9,Who,2026-03-02 09:00,P1\n")
    refused = run(sys.executable, str(RECIPES / "push_incidents.py"), "export.csv", "2026-01-01")
    assert (refused.returncode, "/vendor" in refused.stderr) == (1, True)
