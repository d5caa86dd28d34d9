"""A full disk: nothing half-written stays, and what no row names is swept up."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.forms import BaseForm
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.tasks import housekeeping
from config.views import server_error
from groundwork.storage import FEW, OLD_ENOUGH, NoRoom, WholeFiles, forget_strays, is_full
from tests.factories import Cast, make_vendor
from vendors.incident_import import files
from vendors.models import Feedback, IncidentImport

CSV = b"Number;Opened\nINC1;13/01/2026 09:00\n"


def no_room(*_arguments: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django has made the file by then, and written nothing of it."""
    monkeypatch.setattr("django.core.files.storage.filesystem.locks.lock", no_room)


@pytest.mark.usefixtures("full_disk")
def test_a_file_for_which_there_is_no_room_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(NoRoom, match=r"There is no room on the server: .* Tell your administrator\."):
        WholeFiles(location=tmp_path).save("folder/a.txt", ContentFile(b"x"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_breaks_off_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(ContentFile):
        def chunks(self, chunk_size: int | None = None) -> Any:
            yield b"half"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        WholeFiles(location=tmp_path).save("a.txt", Broken(b""))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_from_other_faults() -> None:
    class DiskFullError(Exception):
        sqlstate = "53100"

    full = OperationalError("x")
    full.__cause__ = DiskFullError()
    assert is_full(full)
    assert is_full(OperationalError("database or disk is full"))
    assert is_full(OSError(errno.EDQUOT, "quota"))
    assert not is_full(OSError(errno.ENOENT, "none"))
    assert not is_full(None)
    circle = ValueError()
    circle.__context__ = other = KeyError()
    other.__context__ = circle
    assert not is_full(circle)


def test_a_page_that_fails_for_want_of_room_says_so() -> None:
    for error, status, words in (
        (OSError(errno.ENOSPC, ""), 507, b"Tell your administrator that there is no room."),
        (ValueError(), 500, b"Something broke on our side"),
    ):
        try:
            raise error
        except (OSError, ValueError):
            response = server_error(RequestFactory().get("/"))
        assert response.status_code == status
        assert words in b" ".join(response.content.split())


@pytest.mark.django_db
def test_files_without_a_row_go_after_a_day_and_the_others_stay(cast: Cast, settings: Any) -> None:
    now = timezone.now()
    upload = files.keep(cast.assessor, ContentFile(CSV), "incidents.csv", now)
    root = Path(settings.MEDIA_ROOT)
    strays = [root / name for name in ("incident-imports/a.csv", "evidence/2026/01/b.pdf", "feedback/c.png")]
    young, other = root / "feedback/young.png", root / "elsewhere.txt"
    for path in (*strays, young, other):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    before = (now - OLD_ENOUGH - timedelta(hours=1)).timestamp()
    for path in (*strays, other, Path(upload.file.path)):
        os.utime(path, (before, before))
    housekeeping()
    assert [path for path in (*strays, young, other) if path.exists()] == [young, other]
    assert Path(IncidentImport.objects.get().file.path).is_file()
    assert forget_strays(now) == 0


@pytest.mark.django_db
def test_files_stay_where_the_database_is_not_theirs(settings: Any) -> None:
    folder = Path(settings.MEDIA_ROOT) / "evidence"
    folder.mkdir(parents=True)
    for number in range(FEW + 1):
        (folder / f"{number}.pdf").write_bytes(b"x")
    assert forget_strays(timezone.now() + OLD_ENOUGH * 2) == 0
    (folder / "0.pdf").unlink()
    assert forget_strays(timezone.now() + OLD_ENOUGH * 2) == FEW


def posted_form(form: BaseForm, **said: Any) -> dict[str, Any]:
    """As it comes, with what somebody adds."""
    given = {field.name: field.value() for field in form}
    return {name: value for name, value in given.items() if value not in {None, ""}} | said


@pytest.mark.usefixtures("full_disk")
@pytest.mark.django_db
@pytest.mark.parametrize("route", ["incident_import", "feedback_add"])
def test_a_form_with_a_file_says_that_there_is_no_room_and_saves_nothing(
    cast: Cast, signed_in: Callable[..., Client], settings: Any, route: str
) -> None:
    vendor = make_vendor(cast.organisation)
    client = signed_in(cast.assessor)
    sent = {"file": SimpleUploadedFile("incidents.csv", CSV)}
    if route == "feedback_add":
        sent = posted_form(client.get(reverse(route)).context["form"], feeling=2, vendor=vendor.pk, comment="x")
        sent["evidence"] = SimpleUploadedFile("a.txt", b"text")
    response = client.post(reverse(route), sent)
    assert response.status_code in {200, 422}, response.get("Location")
    assert "There is no room on the server" in response.content.decode()
    assert not Feedback.objects.exists()
    assert not IncidentImport.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_an_upload_that_fills_the_disk_on_its_way_is_answered_with_507(
    cast: Cast, signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", no_room)
    client = signed_in(cast.assessor)
    client.raise_request_exception = False
    file = SimpleUploadedFile("incidents.csv", CSV * 200_000)  # on disk, not in memory
    response = client.post(reverse("incident_import"), {"file": file})
    assert response.status_code == 507
    assert not IncidentImport.objects.exists()
