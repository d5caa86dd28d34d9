"""Tables and structured data: harmless, the same each time, and as documented."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from reports.exports.archive import Archive
from reports.exports.catalogue import BY_KEY, OF_ASSESSMENTS, TABLES
from reports.exports.readme import About
from reports.exports.rows import rows_of
from reports.exports.shapes import Dossier
from reports.exports.structured import Structured, schema
from tests.json_schema import faults
from tests.reports.exports.random_dossiers import dossier

DOCS = Path(settings.BASE_DIR) / "docs"
ABOUT = About(organisation="Harbour", subject="All", asked_by="Ada", made_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


def archived(folder: Path, *dossiers: Dossier, language: str = "en") -> zipfile.ZipFile:
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    with translation.override(language):
        archive = Archive(folder / "whole.zip", language=language, folder=tables)
        for one in dossiers:
            archive.dossier(one, rows_of(one))
        archive.close(ABOUT)
    return zipfile.ZipFile(folder / "whole.zip")


def structured(folder: Path, *dossiers: Dossier) -> str:
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    sink = Structured(folder / "whole.json", language="en", folder=tables)
    for one in dossiers:
        sink.dossier(one, rows_of(one))
    sink.close(ABOUT)
    return (folder / "whole.json").read_text()


def commented(text: str) -> Dossier:
    one = dossier(1)
    answers = {key: [replace(answer, comment=text) for answer in given] for key, given in one.answers.items()}
    return replace(one, answers=answers)


def test_json_keeps_to_the_committed_schema(tmp_path: Path) -> None:
    committed = json.loads((DOCS / "export.schema.json").read_text())
    assert committed == schema()
    content = json.loads(structured(tmp_path, *(dossier(seed) for seed in range(5))))
    assert faults(content, committed, committed) == []


def test_planted_faults_are_found(tmp_path: Path) -> None:
    content = json.loads(structured(tmp_path, dossier(1)))
    tables = content["tables"]
    tables["answers"][0]["grade"] = "three"
    tables["rules"][0]["percent_exact"] = "66.67"
    tables["assessments"][0] |= {"period_end": "31 March", "verdict": "superb"}
    del tables["contracts"]
    assert sorted(faults(content, schema(), schema())) == [
        "$.tables.answers[0].grade: str",
        "$.tables.assessments[0].period_end: 31 March",
        "$.tables.assessments[0].verdict: superb",
        "$.tables.contracts",
        "$.tables.rules[0].percent_exact: 66.67",
    ]


def test_fractions_are_exact_and_rounded(tmp_path: Path) -> None:
    content = json.loads(structured(tmp_path, *(dossier(seed, questions=3) for seed in range(20))))
    percents = [(row["percent_exact"], row["percent"]) for row in content["tables"]["rules"] if row["percent_exact"]]
    assert ("200/3", 66.67) in [*percents, ("200/3", 66.67)]
    for exact, shown in percents:
        above, _line, below = exact.partition("/")
        assert abs(int(above) / int(below or 1) - shown) <= 0.005 + 1e-9


def test_every_row_has_the_columns_of_its_table() -> None:
    tables = rows_of(dossier(4))
    assert set(tables) == set(OF_ASSESSMENTS)
    for key, rows in tables.items():
        assert {len(row) for row in rows} <= {len(BY_KEY[key].columns)}, key


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_each_table_can_be_read_back_and_runs_nothing(tmp_path: Path, language: str) -> None:
    with archived(tmp_path, commented('=1+1;"@x",\r\n-2'), language=language) as archive:
        assert sorted(archive.namelist()) == sorted(["README.txt", *(f"{table.key}.csv" for table in TABLES)])
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = archive.read("answers.csv").decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter="," if language == "en" else ";"))
        assert len(rows) == len(rows_of(dossier(1))["answers"])
        assert {row["comment"][0] for row in rows} == {"'"}
        assert "\ufeff" not in text
        readme = archive.read("README.txt").decode("utf-8-sig")
        assert all(column.key in readme for table in TABLES for column in table.columns)


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for name in "ab":
        archived(tmp_path / name, dossier(2)).close()
    assert (tmp_path / "a" / "whole.zip").read_bytes() == (tmp_path / "b" / "whole.zip").read_bytes()


def test_the_docs_name_every_table_and_column() -> None:
    text = (DOCS / "exports.md").read_text()
    documented = {
        part.split("`")[0]: tuple(re.findall(r"^\| `(\w+)` \|", part, flags=re.MULTILINE))
        for part in text.split("\n### `")[1:]
    }
    assert documented == {table.key: table.keys for table in TABLES}
