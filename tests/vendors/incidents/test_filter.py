"""The list of incidents: what its filters find, how it is sorted, and what it costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import NOW, Cast, make_incident, make_vendor
from vendors.models import Incident, IncidentImport, Service, Vendor

BRUSSELS = ZoneInfo("Europe/Brussels")
URL = "/incidents/"


@pytest.fixture(autouse=True)
def _in_brussels(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Brussels"


@pytest.fixture
def vendor(cast: Cast) -> Vendor:
    return make_vendor(cast.organisation)


def references(client: Any, query: str = "") -> list[str]:
    return [incident.reference for incident in client.get(f"{URL}?{query}").context["page"]]


@pytest.fixture
def reader(cast: Cast, vendor: Vendor, signed_in: Any) -> Any:
    """Three incidents of two vendors, and one of another organisation, as the reader sees them."""
    service = Service.objects.create(vendor=vendor, name="Payroll")
    make_incident(vendor, "SLOW", title="Payroll run stops", hours=50, sla="missed", service=service)
    make_incident(vendor, "OPEN", opened=NOW - timedelta(days=40), hours=None, problem="Disk full")
    quick = {"hours": 0.5, "sla": "met", "mission_critical": False}
    make_incident(make_vendor(cast.organisation, "Another"), "QUICK", opened=NOW + timedelta(days=1), **quick)
    make_incident(make_vendor(cast.other_organisation, "Their Secret Vendor"), "THEIRS", title="Their secret")
    return signed_in(cast.reader)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["QUICK", "SLOW", "OPEN"]),
        ("q=slow", ["SLOW"]),
        ("q=%20payroll%20%20run", ["SLOW"]),
        ("q=disk", ["OPEN"]),
        ("q=%25", []),
        ("q=secret", []),
        ("q=%00", ["QUICK", "SLOW", "OPEN"]),
        ("state=open", ["OPEN"]),
        ("state=resolved", ["QUICK", "SLOW"]),
        ("critical=1", ["SLOW", "OPEN"]),
        ("critical=0", ["QUICK"]),
        ("sla=met", ["QUICK"]),
        ("sla=unknown", ["OPEN"]),
        ("since=2026-03-02", ["QUICK", "SLOW"]),
        ("until=2026-03-02", ["SLOW", "OPEN"]),
        ("since=2026-03-02&until=2026-03-02&state=resolved&sla=missed&critical=1", ["SLOW"]),
        ("since=2026-03-04", []),
        ("since=yesterday", ["QUICK", "SLOW", "OPEN"]),
        ("since=9999-12-31", []),
        ("until=9999-12-31", ["QUICK", "SLOW", "OPEN"]),
        ("until=0001-01-01", []),
        ("since=0001-01-01", ["QUICK", "SLOW", "OPEN"]),
        ("state=unheard-of", ["QUICK", "SLOW", "OPEN"]),
    ],
)
def test_filters_narrow_the_list(reader: Any, query: str, found: list[str]) -> None:
    assert references(reader, query) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("opened", ["OPEN", "SLOW", "QUICK"]),
        ("-opened", ["QUICK", "SLOW", "OPEN"]),
        ("duration", ["QUICK", "SLOW", "OPEN"]),
        ("-duration", ["SLOW", "QUICK", "OPEN"]),
        ("vendor__organisation", ["QUICK", "SLOW", "OPEN"]),
    ],
)
def test_the_list_is_sorted_and_what_has_no_duration_comes_last(reader: Any, sort: str, found: list[str]) -> None:
    assert references(reader, f"sort={sort}") == found


def test_vendor_and_service_are_those_of_the_organisation(cast: Cast, reader: Any, vendor: Vendor) -> None:
    assert references(reader, f"vendor={vendor.pk}") == ["SLOW", "OPEN"]
    assert references(reader, f"service={vendor.services.get().pk}") == ["SLOW"]
    theirs = Vendor.objects.get(organisation=cast.other_organisation)
    Service.objects.create(vendor=theirs, name="Secret service")
    page = reader.get(f"{URL}?vendor={theirs.pk}")
    assert "vendor" in page.context["filter"].form.errors
    assert "ecret" not in page.content.decode()


def test_the_incidents_of_a_point_are_shown_and_no_others(cast: Cast, reader: Any) -> None:
    ids = ",".join(
        str(pk) for pk in Incident.objects.filter(reference__in=["OPEN", "THEIRS"]).values_list("pk", flat=True)
    )
    assert references(reader, f"ids={ids}") == ["OPEN"]
    assert references(reader, "ids=x") == []
    assert "behind one point" in reader.get(f"{URL}?ids={ids}").content.decode()


def test_the_incidents_of_an_import_are_shown_and_no_others(
    cast: Cast, reader: Any, vendor: Vendor, signed_in: Any
) -> None:
    upload, later = (
        IncidentImport.objects.create(organisation=cast.organisation, created_by=cast.assessor.user, file_name=name)
        for name in ("march.csv", "april.csv")
    )
    Incident.objects.filter(reference="OPEN").update(created_in=upload)
    Incident.objects.filter(reference="SLOW").update(changed_in=upload)
    Incident.objects.filter(reference="QUICK").update(created_in=later)
    assert references(reader, f"import={upload.pk}") == ["SLOW", "OPEN"]
    assert references(reader, f"import={later.pk}") == ["QUICK"]
    assert references(reader, f"import={upload.pk}&state=open") == ["OPEN"]
    page = reader.get(f"{URL}?import={upload.pk}").content.decode()
    assert "march.csv" in page
    assert f'href="{upload.get_absolute_url()}"' not in page  # a reader does not see imports
    of_assessor = signed_in(cast.assessor).get(f"{URL}?import={upload.pk}").content.decode()
    assert f'href="{upload.get_absolute_url()}"' in of_assessor
    assert "Show the others, too" in page
    exported = b"".join(reader.get(f"{URL}export/?import={upload.pk}").streaming_content).decode()
    assert "SLOW" in exported
    assert "QUICK" not in exported


def test_an_import_of_another_organisation_shows_nothing(cast: Cast, reader: Any) -> None:
    theirs = IncidentImport.objects.create(
        organisation=cast.other_organisation, created_by=cast.stranger.user, file_name="secret.csv"
    )
    Incident.objects.filter(reference="THEIRS").update(created_in=theirs)
    for wish in (str(theirs.pk), "999", "x", "-1", "9" * 40):
        answer = reader.get(f"{URL}?import={wish}")
        assert list(answer.context["page"]) == []
        assert "no such import" in answer.content.decode()
        assert "secret" not in answer.content.decode()


def test_a_day_is_a_day_of_the_installation(vendor: Vendor, cast: Cast, signed_in: Any) -> None:
    make_incident(vendor, "LATE", opened=datetime(2026, 3, 1, 23, 59, tzinfo=BRUSSELS))
    make_incident(vendor, "EARLY", opened=datetime(2026, 3, 2, 0, 0, tzinfo=BRUSSELS))
    client = signed_in(cast.reader)
    assert references(client, "until=2026-03-01") == ["LATE"]
    assert references(client, "since=2026-03-02") == ["EARLY"]


def test_what_is_of_an_archived_vendor_stays_readable(cast: Cast, reader: Any, vendor: Vendor) -> None:
    Vendor.objects.filter(pk=vendor.pk).update(archived_at=NOW)
    assert "SLOW" in references(reader)
    assert references(reader, f"vendor={vendor.pk}") == ["SLOW", "OPEN"]


def test_pages_share_no_row_even_when_all_were_opened_at_once(cast: Cast, vendor: Vendor, signed_in: Any) -> None:
    for number in range(120):
        make_incident(vendor, f"INC-{number}")
    client = signed_in(cast.reader)
    pages = [references(client, f"sort=-duration&page={page}") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [40, 40, 40]
    assert len({name for page in pages for name in page}) == 120
    assert references(client, "page=99") == references(client, "page=3")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=inc&state=resolved&critical=1&sla=unknown&since=2026-01-01&until=2026-12-31",
        "sort=-duration",
        "ids=1,2,3",
        "import=1",
    ],
)
def test_one_incident_and_sixty_take_the_same_queries(cast: Cast, vendor: Vendor, signed_in: Any, query: str) -> None:
    client = signed_in(cast.reader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{URL}?{query}").status_code == 200
        return len(caught)

    make_incident(vendor, "INC-0", service=Service.objects.create(vendor=vendor, name="Payroll"))
    queries()
    one = queries()
    for number in range(60):
        make_incident(make_vendor(cast.organisation, f"Vendor {number}"), f"INC-{1 + number}")
    assert queries() == one
    assert one <= 12


def test_an_empty_list_says_what_incidents_are_for_and_what_to_do(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.assessor).get(URL).content.decode()
    assert "No incidents yet" in page
    assert reverse("incident_vendor") in page
    assert "No incidents yet" in signed_in(cast.assessor).get(f"{URL}?q=x").content.decode()
    assert reverse("incident_vendor") not in signed_in(cast.reader).get(URL).content.decode()


def test_a_filter_that_finds_nothing_says_so(reader: Any) -> None:
    page = reader.get(f"{URL}?q=nothing").content.decode()
    assert "No incident fits these filters" in page
    assert "No incidents yet" not in page
