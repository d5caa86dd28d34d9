"""Static files: all that a page asks for is collected, and little else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.staticfiles.finders import find, get_finders
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from config.apps import StaticFiles
from config.static_files import ServedFiles

NAMED = re.compile(r"\{%\s*static\s+['\"]([^'\"]+)['\"]")


def asked_for() -> set[str]:
    """By templates of ours and of the packages, and by the pages of the admin."""
    folders = [Path(settings.BASE_DIR) / "templates", *(Path(app.path) / "templates" for app in apps.get_app_configs())]
    templates = [path for folder in folders for path in folder.rglob("*.html")]
    names = {name for path in templates for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    for model_admin in admin.site._registry.values():
        names |= {str(name) for name in model_admin.media._js}
        names |= {str(name) for group in model_admin.media._css.values() for name in group}
    return {name for name in names if find(name)}


def left_out(names: set[str]) -> list[str]:
    patterns = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]
    return sorted(name for name in names if matches_patterns(name, patterns))


def test_whatever_a_page_asks_for_is_collected() -> None:
    names = asked_for()
    assert {"css/bootstrap.min.css", "js/site.js", "admin/css/base.css"} <= names
    assert left_out(names) == []


def test_the_look_through_what_is_left_out_finds_a_planted_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StaticFiles, "ignore_patterns", [*StaticFiles.ignore_patterns, "css/bootstrap*"])
    assert left_out(asked_for()) == ["css/bootstrap.min.css"]


def test_what_nobody_asks_for_is_neither_collected_nor_compressed() -> None:
    found = {
        path: Path(storage.path(path)).stat().st_size
        for finder in get_finders()
        for path, storage in finder.list(StaticFiles.ignore_patterns)
        if isinstance(storage, FileSystemStorage)
    }
    assert not [path for path in found if path.endswith(".map")]
    assert sum(found.values()) < 4_000_000  # the packages bring 14 MB


def test_a_file_that_names_its_source_map_is_served_without_it() -> None:
    assert "sourceMappingURL" in str(ServedFiles.__base__.patterns)  # type: ignore[union-attr]
    assert "sourceMappingURL" not in str(ServedFiles.patterns)
    assert "url" in str(ServedFiles.patterns)
