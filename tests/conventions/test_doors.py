"""Each package says which of its modules others may import, and nobody outside imports the rest."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp
import pytest

from tests.conventions.test_house import APPS, DOCUMENTS, ROOT

# What Django finds by name, and models, which are imported by the package's own name.
FOUND_BY_NAME = {"admin", "formats", "management", "migrations", "models", "templatetags"}


def packages() -> dict[str, Path]:
    """Dotted name → folder of every package of a subject."""
    folders = (path.parent for app in APPS for path in (ROOT / app).rglob("__init__.py") if path.parent != ROOT / app)
    named = {".".join(folder.relative_to(ROOT).parts): folder for folder in folders}
    return {name: folder for name, folder in named.items() if not FOUND_BY_NAME & set(name.split("."))}


def doors_of(folder: Path) -> list[str]:
    """Its modules that the docstring names after “Doors:”; it is a fault to have none."""
    told = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return re.findall(r"`([\w.]+)`", told.partition("Doors:")[2])


PACKAGES = packages()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_names_its_doors(package: str) -> None:
    doors = doors_of(PACKAGES[package])
    missing = [door for door in doors if not (PACKAGES[package] / f"{door.replace('.', '/')}.py").is_file()]
    assert missing == []
    assert 1 <= len(doors) <= 9


def past_the_doors(imports: Iterable[tuple[str, str]], doors: Mapping[str, Iterable[str]]) -> list[str]:
    """`imports`: importer and imported; `doors`: package → names of its modules that others may import."""
    found = []
    for importer, imported in imports:
        for package, open_ones in doors.items():
            inside = imported.startswith(f"{package}.") and not f"{importer}.".startswith(f"{package}.")
            if inside and imported.removeprefix(f"{package}.") not in open_ones:
                found.append(f"{importer} imports {imported}")
    return sorted(found)


def test_others_come_in_by_the_doors() -> None:
    graph = grimp.build_graph(*APPS, cache_dir=None)
    imports = [(one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)]
    assert len(imports) > 1000
    # An inner package's doors stand in the outer one's list with their dotted names.
    assert past_the_doors(imports, {package: doors_of(folder) for package, folder in PACKAGES.items()}) == []


def test_an_import_past_the_doors_is_caught() -> None:
    doors = {"vendors.voice": ["pulses"]}
    assert (
        past_the_doors([("reports.apps", "vendors.voice.pulses"), ("vendors.voice.a", "vendors.voice.b")], doors) == []
    )
    assert past_the_doors([("reports.apps", "vendors.voice.quadrant")], doors) == [
        "reports.apps imports vendors.voice.quadrant"
    ]


NAMED = re.compile(r"`((?:groundwork|accounts|manifesto|vendors|assessments|reports|config|tests|templates)/[\w/.]*)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_names_exists(document: Path) -> None:
    assert named_in_vain(document.read_text(encoding="utf-8")) == []


def named_in_vain(text: str) -> list[str]:
    """Paths of modules, folders and templates that are not there."""
    return [path for path in NAMED.findall(text) if not (ROOT / path).exists()]


def test_a_module_that_is_not_there_is_caught() -> None:
    assert named_in_vain("`vendors/facts.py` and `vendors/models/`, `reports/charts`") == ["vendors/facts.py"]


def test_the_page_on_the_house_names_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [package for package in PACKAGES if f"`{package.replace('.', '/')}`" not in text] == []
