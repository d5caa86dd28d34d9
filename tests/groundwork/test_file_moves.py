"""From a folder into a store and back: nothing is lost on the way, and what was begun goes on."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from groundwork.object_storage import WholeObjects
from groundwork.storage import WholeFiles
from tests.factories import Cast
from tests.object_store import Store, keep_in
from vendors.incident_import import files
from vendors.models import IncidentImport

CONTENTS = [b"Number;Opened\nINC%d;13/01/2026 09:00\n" % number for number in range(3)]


@pytest.fixture
def folder(tmp_path: Path, cast: Cast, settings: Any, store: Store) -> Path:
    """Three files that rows name, and a stray: in a folder, as before there was a store."""
    place = tmp_path / "media"
    usual = settings.STORAGES
    settings.STORAGES = {
        **usual,
        "default": {"BACKEND": "groundwork.storage.WholeFiles", "OPTIONS": {"location": place}},
    }
    for content in CONTENTS:
        files.keep(cast.assessor, ContentFile(content), "incidents.csv", timezone.now())
    default_storage.save("feedback/stray.txt", ContentFile(b"stray"))
    settings.STORAGES = usual
    settings.S3_BUCKET = store.bucket
    return place


def moved(*options: str) -> str:
    out = StringIO()
    call_command("move_files", *options, stdout=out, stderr=out)
    return out.getvalue().strip()


def contents() -> list[bytes]:
    return [row.file.open("rb").read() for row in IncidentImport.objects.order_by("pk")]


def test_every_file_that_a_row_names_comes_whole_and_the_folder_stays(folder: Path, store: Store) -> None:
    assert moved("--folder", str(folder)) == "3 copied, 0 there already, 0 lost, 0 damaged"
    assert contents() == CONTENTS
    assert len(store.names()) == 3
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 4


def test_what_was_begun_goes_on_and_what_was_cut_short_is_copied_again(folder: Path) -> None:
    moved("--folder", str(folder))
    first, second, _third = (str(row.file.name) for row in IncidentImport.objects.order_by("pk"))
    default_storage.delete(first)
    default_storage.delete(second)
    default_storage.save(second, ContentFile(CONTENTS[1][:5]))
    assert moved("--folder", str(folder)) == "2 copied, 1 there already, 0 lost, 0 damaged"
    assert contents() == CONTENTS


def test_a_file_that_is_lost_is_named(folder: Path) -> None:
    name = str(IncidentImport.objects.order_by("pk")[0].file.name)
    (folder / name).unlink()
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 need somebody to look\."):
        call_command("move_files", "--folder", str(folder), stdout=out, stderr=out)
    assert f"lost: {name}" in out.getvalue()


def test_a_file_that_comes_back_as_another_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save = WholeObjects._save

    def spoils(storage: Any, name: str, content: Any) -> str:
        return str(save(storage, name, ContentFile(content.read()[:-1])))

    monkeypatch.setattr(WholeObjects, "_save", spoils)
    with pytest.raises(CommandError, match=r"3 need somebody to look\."):
        moved("--folder", str(folder))


def test_and_back_into_a_folder(folder: Path, tmp_path: Path) -> None:
    moved("--folder", str(folder))
    target = tmp_path / "again"
    assert moved("--folder", str(target), "--back") == "3 copied, 0 there already, 0 lost, 0 damaged"
    names = [str(row.file.name) for row in IncidentImport.objects.order_by("pk")]
    assert [WholeFiles(location=target).open(name).read() for name in names] == CONTENTS


def test_without_a_store_or_while_it_is_away_it_says_so(folder: Path, store: Store, settings: Any) -> None:
    keep_in(store, settings, bucket_name="another")
    with pytest.raises(CommandError, match="What was copied stays; begin anew"):
        moved("--folder", str(folder))
    settings.S3_BUCKET = ""
    with pytest.raises(CommandError, match="There is no store"):
        moved()
