"""What people do in their job, in one language: pages opened as one of the cast, texts as these pages say them."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext, ngettext
from playwright.sync_api import Locator, Page, expect

from manifesto.models import Question, Rule
from manifesto.yaml_files import shipped_editions
from reports import worker as press
from reports.documents import job as rendering
from reports.models import Rendering
from tests.browser.conftest import Visit
from tests.factories import Cast


@dataclass(frozen=True, kw_only=True)
class Words:
    """The same bank and people in each language; `say` gives a text of the pages as they show it."""

    cast: Cast
    language: str

    def say(self, message: str, **values: object) -> str:
        with translation.override(self.language):
            return gettext(message) % values if values else gettext(message)

    def count(self, one: str, many: str, number: float, **values: object) -> str:
        with translation.override(self.language):
            return ngettext(one, many, number) % values  # type: ignore[arg-type]

    def headline(self, met: int) -> str:
        message = "%(met)s of %(total)s rules met"
        return self.count(message, message, met, met=met, total=7)

    def so_far(self, rated: int, met: int) -> str:
        """While answers are collected, until all are rated."""
        return self.say("Rules rated so far: %(rated)s of %(total)s; met: %(met)s", rated=rated, met=met, total=7)

    def text_of(self, row: Rule | Question, name: str) -> str:
        text: str = getattr(row, f"{name}_{self.language}")
        assert text
        return text


@dataclass(frozen=True, kw_only=True)
class Job(Words):
    """In a browser."""

    visit: Visit
    with_script: bool = True

    def open(self, path: str, who: str = "") -> Page:
        member = getattr(self.cast, who) if who else None
        return self.visit(path, member, locale=self.language, java_script_enabled=self.with_script)

    def press(self, page: Page, name: str, **values: object) -> None:
        page.get_by_role("main").get_by_role("button", name=self.say(name, **values), exact=True).click()

    def confirm(self, page: Page, name: str, **values: object) -> None:
        """By the link to the page that says what is at stake, and by the button of the same name there."""
        said = self.say(name, **values)
        page.get_by_role("main").get_by_role("link", name=said, exact=True).first.click()
        expect(page.get_by_role("main").locator(".form-actions")).to_be_visible()
        self.press(page, name, **values)


def load_bank_and_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest shipped edition alone, and a worker that is always at hand."""
    call_command("load_bank", "--edition", shipped_editions()[-1].name, "--publish", stdout=StringIO())
    monkeypatch.setattr(rendering.RENDERINGS, "nudge", press.render)


def begin(visit: Visit, cast: Cast, language: str, monkeypatch: pytest.MonkeyPatch, *, with_script: bool = True) -> Job:
    load_bank_and_worker(monkeypatch)
    return Job(visit=visit, cast=cast, language=language, with_script=with_script)


def click_grade(row: Locator, value: int) -> None:
    """On the card of the grade, of the question that this row is about."""
    row.locator(".grade").nth(value).click()


def expect_saved(row: Locator) -> None:
    """By itself, as the row says."""
    own = row.locator(":scope > [data-status], :scope > .reply-said > [data-status]")  # not that of a row within it
    expect(own).to_have_attribute("data-state", "saved")


def fetch_pdf(job: Job, page: Page, folder: Path, kind: str = "record") -> bytes:
    """From the page of a scorecard: wished for, made, and downloaded; the whole record unless another is asked."""
    wish = page.locator(f"#document-{kind}-{job.language}")
    wish.get_by_role("button").click()
    expect(wish.locator(".chip-ready")).to_be_visible()
    with page.expect_download() as arriving:
        wish.get_by_role("link", name=job.say("Download")).click()
    path = folder / arriving.value.suggested_filename
    arriving.value.save_as(path)
    content = path.read_bytes()
    assert content == bytes(Rendering.objects.get().document.content)
    return content


def unbroken(text: str) -> str:
    """Without spaces and hyphens: on paper a word may be divided at the end of any line."""
    return "".join(sign for sign in text if not sign.isspace() and sign not in "-\N{SOFT HYPHEN}\N{HYPHEN}")


def plain(text: str) -> str:
    """With single ordinary spaces, as the text of a page is compared."""
    return " ".join(text.split())
