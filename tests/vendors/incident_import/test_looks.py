"""A file is looked at once, when it comes: by whoever brings it, or by a worker where that would take too long."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from groundwork.tables import workbooks
from groundwork.tables.limits import TookTooLong
from tests.factories import Cast
from vendors.incident_import import files, job, looks, worker
from vendors.models import FILES_KEPT, ImportFailure, ImportState, IncidentImport

CSV = b"Number;Opened;Short description;Assignment group\nINC1;13/01/2026 09:00;The gate stands still;Alpha\n"


@pytest.fixture
def client(cast: Cast, signed_in: Callable[..., Client]) -> Client:
    return signed_in(cast.assessor)


def book() -> bytes:
    stream = BytesIO()
    made = Workbook()
    for name in ("Calls", "Incidents"):
        made.create_sheet(name).append(["Number", "Opened", f"Title of {name}"])
        made[name].append([f"{name} 1", "13/01/2026 09:00", "x"])
    made.remove(made["Sheet"])
    made.save(stream)
    return stream.getvalue()


def brought(client: Client, content: bytes) -> tuple[Any, IncidentImport]:
    response = client.post(reverse("incident_import"), {"file": SimpleUploadedFile("incidents.csv", content)})
    return response, IncidentImport.objects.get()


@pytest.fixture
def in_no_time(settings: Any) -> None:
    settings.IMPORT_LOOK_SECONDS = -1.0


@pytest.mark.usefixtures("in_no_time")
@pytest.mark.parametrize("content", [CSV, book()], ids=["CSV", "workbook"])
def test_what_takes_longer_than_somebody_waits_is_read_by_a_worker(client: Client, content: bytes) -> None:
    response, upload = brought(client, content)
    assert response["Location"] == upload.get_absolute_url()
    assert (upload.state, upload.options) == (ImportState.READING, {})
    page = client.get(upload.get_absolute_url()).content.decode()
    assert "The file is being read" in page
    assert "Cancel the import" in page
    assert client.get(reverse("incident_import_mapping", args=[upload.pk]))["Location"] == upload.get_absolute_url()
    worker.work_on(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.token) == (ImportState.MAPPING, None)
    assert upload.options["columns"]["reference"] == "Number"
    page = client.get(reverse("incident_import_mapping", args=[upload.pk])).content.decode()
    assert "INC1" in page or "Calls 1" in page


@pytest.mark.usefixtures("in_no_time")
def test_what_a_worker_cannot_read_says_why_and_can_be_left(client: Client) -> None:
    _response, upload = brought(client, book()[:-100])
    worker.work_on(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == (ImportState.FAILED, ImportFailure.REFUSED)
    page = client.get(upload.get_absolute_url()).content.decode()
    assert "The file cannot be used: This is not an XLSX workbook." in page


@pytest.mark.usefixtures("in_no_time")
def test_a_file_that_is_being_read_can_be_cancelled(client: Client) -> None:
    _response, upload = brought(client, CSV)
    client.post(reverse("incident_import_cancel", args=[upload.pk]))
    worker.work_on(upload.pk)
    upload.refresh_from_db()
    assert upload.state == ImportState.CANCELLED


@pytest.mark.parametrize("content", [CSV, book()], ids=["CSV", "workbook"])
def test_later_looks_read_nothing_of_the_file_again(client: Client, content: bytes) -> None:
    _response, upload = brought(client, content)
    before = looks.look_at(upload)
    Path(upload.file.path).write_bytes(b"something else")
    assert looks.look_at(upload) == before
    page = client.get(reverse("incident_import_mapping", args=[upload.pk])).content
    assert b"INC1" in page or b"Calls 1" in page


def test_another_sheet_is_read_when_it_is_asked_for_and_by_a_worker_where_it_takes_long(
    client: Client, settings: Any
) -> None:
    _response, upload = brought(client, book())
    mapping = reverse("incident_import_mapping", args=[upload.pk])
    settings.IMPORT_LOOK_SECONDS = -1.0
    assert b"Title of Calls" in client.get(mapping).content
    assert client.get(f"{mapping}?sheet=Incidents")["Location"] == upload.get_absolute_url()
    worker.work_on(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.options["sheet"]) == (ImportState.MAPPING, "Incidents")
    assert b"Title of Incidents" in client.get(mapping).content
    assert sorted(upload.looks.values_list("sheet", flat=True)) == ["", "Incidents"]


def test_an_import_of_the_last_version_is_looked_at_when_its_page_is(client: Client) -> None:
    _response, upload = brought(client, CSV)
    upload.looks.all().delete()
    assert b"INC1" in client.get(reverse("incident_import_mapping", args=[upload.pk])).content
    assert upload.looks.count() == 1


def test_a_look_is_small_and_goes_with_its_file(cast: Cast) -> None:
    rows = b"".join(b"INC%d;13/01/2026 09:00;%s;Alpha\n" % (number, b"x" * 30_000) for number in range(400))
    now = timezone.now()
    upload = files.keep(cast.assessor, ContentFile(CSV + rows), "incidents.csv", now)
    look = looks.look_at(upload)
    assert sum(len(cell) for line in look.rows for cell in line.cells) < looks.CHARACTERS + 21_000
    assert max(len(cell) for line in look.rows for cell in line.cells) == 20_000
    assert files.forget_files(now + FILES_KEPT * 2) == 1
    assert not upload.looks.exists()


def test_nothing_is_read_anew_of_an_import_that_has_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = files.keep(cast.assessor, ContentFile(CSV), "incidents.csv", timezone.now())
    monkeypatch.setattr(IncidentImport, "wrote_something", True)
    with pytest.raises(job.NotNow, match="Undo"):
        job.start_reading(upload, sheet="")
    upload.refresh_from_db()
    assert upload.state == ImportState.MAPPING


def test_a_worker_has_its_own_time(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.IMPORT_LOOK_SECONDS = -1.0
    upload = files.keep(cast.assessor, ContentFile(book()), "incidents.xlsx", timezone.now())
    with pytest.raises(TookTooLong):
        looks.look_at(upload)
    seen: list[dict[str, Any]] = []
    orders = workbooks._orders

    def watched(*given: Any, **named: Any) -> dict[str, Any]:
        seen.append(orders(*given, **named))
        return seen[-1]

    monkeypatch.setattr(workbooks, "_orders", watched)
    looks.look_at(upload, haste=looks.IN_TURN)
    assert [one["memory_bytes"] for one in seen] == [1_024 * 10**6]
