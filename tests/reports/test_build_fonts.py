"""The page's fonts are made from the packaged ones: small, complete for our languages, and made once."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from fontTools.ttLib import TTFont

from reports.management.commands.build_fonts import FONTS, build, recipe

ROOT = Path(__file__).resolve().parents[2]
NEEDED = "Àéèêëçœæßñöüïıłščžőő€“”‘’«»–—…·×→←↑↓✓≥≤\u00a0"
LARGEST = 60_000  # bytes


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "fonts"
    assert build(folder) == len(FONTS)
    return folder


@pytest.mark.parametrize("name", FONTS)
def test_a_font_is_small_and_has_the_characters_of_our_languages(built: Path, name: str) -> None:
    path = built / f"{name}.woff2"
    font = TTFont(path)
    known = font.getBestCmap()
    assert font.flavor == "woff2"
    assert path.stat().st_size < LARGEST
    assert [character for character in NEEDED if ord(character) not in known] == []


def test_figures_are_of_one_width_so_that_columns_of_numbers_align(built: Path) -> None:
    font = TTFont(built / "source-sans-400.woff2")
    widths = {font["hmtx"][font.getBestCmap()[ord(figure)]][0] for figure in "0123456789"}
    assert len(widths) == 1


def test_a_font_keeps_its_licence(built: Path) -> None:
    names = TTFont(built / "source-sans-400.woff2")["name"]
    assert "Open Font License" in str(names.getDebugName(13))


def test_a_second_run_does_nothing(built: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in built.iterdir()}
    assert build(built) == 0
    assert {path.name: path.stat().st_mtime_ns for path in built.iterdir()} == before


def test_a_missing_font_or_another_recipe_is_noticed(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.management.commands.build_fonts._subset", lambda _, target: target.touch())
    folder = tmp_path / "fonts"
    assert build(folder) == len(FONTS)
    (folder / "source-sans-600.woff2").unlink()
    assert build(folder) == len(FONTS)
    (folder / ".recipe").write_text("of last year")
    assert build(folder) == len(FONTS)
    assert (folder / ".recipe").read_text() == recipe()
    assert build(folder) == 0


def test_the_command_says_what_it_did(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.management.commands.build_fonts._subset", lambda _, target: target.touch())
    settings.DATA_DIR = tmp_path
    first, second = io.StringIO(), io.StringIO()
    call_command("build_fonts", stdout=first)
    call_command("build_fonts", stdout=second)
    assert f"{len(FONTS)} fonts built" in first.getvalue()
    assert "up to date" in second.getvalue()
    assert len(list((tmp_path / "built" / "fonts").glob("*.woff2"))) == len(FONTS)


def test_the_style_sheet_asks_for_exactly_the_fonts_that_are_built() -> None:
    css = (ROOT / "static/css/tokens.css").read_text()
    assert set(re.findall(r"fonts/([\w-]+)\.woff2", css)) == set(FONTS)
