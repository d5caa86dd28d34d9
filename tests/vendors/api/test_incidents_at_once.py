"""Pushes that meet another push, a file, or somebody who takes them back: nothing twice, nobody waits in a circle."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from tests.concurrency import at_once, shared_database
from tests.factories import make_cast, make_vendor
from tests.vendors.incident_import.files import as_csv, checked, options_for, started
from vendors.incident_import import job, pushes, worker
from vendors.incident_import.pushes import Claim, Push
from vendors.models import ImportState, Incident, IncidentImport, IncidentSource

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = [f"INC-{number}" for number in range(12)]
UNTIL = timezone.now()


def what(title: str, numbers: list[str], claim: Claim | None = None) -> Push:
    facts = {"vendor": "One", "opened_at": "2026-03-01T08:00:00Z", "title": title}
    return Push(rows=[{**facts, "reference": number} for number in numbers], claim=claim)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job.IMPORTS, "nudge", lambda pk: True)


def test_two_pushes_of_one_incident_make_one(tmp_path: Path) -> None:
    cast = make_cast()
    make_vendor(cast.organisation, "One")
    source = IncidentSource.objects.create(organisation=cast.organisation, key="test", name="Test")
    claim = Claim(until=UNTIL, since=UNTIL.date())

    def one(title: str, numbers: list[str]) -> list[str]:
        pushed = pushes.push(cast.assessor, source, what(title, numbers, claim), name="Tool", now=timezone.now())
        return [told.outcome.value for told in pushed.told]

    with shared_database(tmp_path):
        first, second = at_once(lambda: one("A", NUMBERS), lambda: one("B", NUMBERS[::-1]))
        assert sorted([first, second]) == [["changed"] * 12, ["created"] * 12]
        assert at_once(Incident.objects.count) == [12]


def test_a_push_while_a_file_is_imported_ends_as_one_after_the_other(tmp_path: Path) -> None:
    cast = make_cast()
    vendor = make_vendor(cast.organisation, "One")
    source = IncidentSource.objects.create(organisation=cast.organisation, key="test", name="Test")
    rows = [(number, "1/3/2026 08:00", "", "File", "", "") for number in NUMBERS]
    options = options_for(vendor, source=source.key)
    upload = started(cast.assessor, checked(cast.assessor, as_csv(rows), options))
    titles: list[str] = []

    def look() -> None:
        titles.extend(sorted(set(Incident.objects.values_list("title", flat=True))))
        titles.append(IncidentImport.objects.get(pk=upload.pk).state)

    with shared_database(tmp_path):
        outcomes = at_once(
            lambda: worker.work_on(upload.pk),
            lambda: pushes.push(cast.admin, source, what("Push", NUMBERS), name="Tool", now=timezone.now()),
        )
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        assert at_once(look) == [None]
    assert titles in (["File", ImportState.DONE], ["Push", ImportState.DONE])
