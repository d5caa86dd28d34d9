"""What a web process has loaded when it begins to serve: all that the first page needs, and nothing that few need."""

from __future__ import annotations

from pathlib import Path

from tests.config.serving.servers import web_server

# Each costs every process of every installation 0.1 to 4 s of processor time, and up to 80 MB.
FOR_FEW = {
    *("weasyprint", "pikepdf", "scipy", "pymannkendall", "krippendorff", "numpy", "scim2_models"),
    *("openpyxl", "xlsxwriter", "docxtpl", "python_calamine", "icalendar", "holidays"),
}


def test_a_web_process_serves_with_its_views_loaded_and_without_what_few_need(tmp_path: Path) -> None:
    with web_server(tmp_path, config="tests/config/serving/telling.py"):
        loaded = set((tmp_path / "loaded").read_text(encoding="utf-8").split("\n"))
    assert {"config.urls", "reports.letters.views", "vendors.measures.views"} <= loaded
    assert loaded & FOR_FEW == set()
