"""A warm Chromium that prints what we print: a peer for renderings, its processes’ CPU counted by the kernel."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.staticfiles import finders

from reports.documents import pdf, typefaces
from reports.documents.layout import Layout

NAMES = ("chromium-headless-shell", "chromium", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
TICKS = os.sysconf("SC_CLK_TCK")


def path_of() -> str | None:
    """Where Chromium is, if anywhere: the one in CHROMIUM, else on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@dataclass(frozen=True, kw_only=True)
class Printer:
    """One page of one browser, opened once."""

    page: Any
    folder: Path

    def printed(self, layout: Layout) -> bytes:
        """The document as tagged PDF, with our stylesheet and our fonts."""
        path = self.folder / "document.html"
        path.write_text(_with_styles(layout), encoding="utf-8")
        self.page.goto(path.as_uri())
        content: bytes = self.page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
        return content

    def cpu(self) -> float:
        """Seconds that the processes of the browser have taken so far, the driver’s left out."""
        return sum(_taken(pid) for pid in _below(os.getpid()) if not _is_driver(pid))


@contextmanager
def printer(path: str) -> Iterator[Printer]:
    # Installed with the packages of the tests alone.
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # its loop runs in this thread, and so do our queries
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield Printer(page=browser.new_page(), folder=Path(folder))
        finally:
            browser.close()


def _with_styles(layout: Layout) -> str:
    sheet = finders.find(pdf.STYLESHEET)
    css = Path(str(sheet)).read_text(encoding="utf-8")
    for name in typefaces.TEXT:
        css = css.replace(f"{pdf.SCHEME}{name}", typefaces.path_of(name).as_uri())
    head = f'<head><meta charset="utf-8"><title>Document</title><style>{css}</style></head>'
    _before, tag, body = layout.html.partition("<body")
    return f'<!doctype html><html lang="en">{head}{tag}{body}'


# From /proc --------------------------------------------------------------------------------------------------------
def _below(pid: int) -> Iterator[int]:
    """Every process that this one started, and those that they did."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(task).split():
            yield int(child)
            yield from _below(int(child))


def _is_driver(pid: int) -> bool:
    return "node" in Path(_read(Path(f"/proc/{pid}/cmdline")).split("\0")[0]).name


def _taken(pid: int) -> float:
    """User and system time, its own and that of its children that have ended."""
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # it ended meanwhile
        return ""
