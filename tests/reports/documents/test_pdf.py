"""The PDF: sealed off, the same bytes each time, accessible, and unbroken by whatever people write."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader
from weasyprint import HTML

from reports import worker
from reports.comparison import printing
from reports.documents import pdf, typefaces
from reports.models import Scorecard
from tests.reports import cards, hard, papers, verapdf
from tests.reports.comparison import sides
from tests.reports.documents import test_structure
from tests.reports.emergency_sheets import folders

LANGUAGES = ("en", "fr", "nl")
FOLDER = ["Patient record", folders.LONG]  # services
FOREIGN = "אבטחה בע״מ 🚀"
ROOT = Path(__file__).resolve().parents[3]


whole = partial(worker.produce, kind="record")


def printed(content: Mapping[str, Any], language: str = "en") -> PdfReader:
    return PdfReader(BytesIO(whole(cards.scorecard(content), language=language)))


def text_of(reader: PdfReader) -> str:
    """All words with single spaces: lines break where they will, and a sentence may go on behind the foot of a page."""
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    return re.sub(r"Harbour Hospital · \S.{1,60}? · S-2026-001 page \d+ of \d+ ", "", words)


@pytest.fixture(scope="module")
def usual() -> dict[str, bytes]:
    """The usual scorecard in each language, printed once for all tests that only read it: by threads, all at once."""
    card = cards.scorecard(cards.snapshot())
    with ThreadPoolExecutor(len(LANGUAGES)) as threads:
        made = threads.map(lambda language: whole(card, language=language), LANGUAGES)
    return dict(zip(LANGUAGES, made, strict=True))


@pytest.fixture(scope="module")
def full() -> dict[str, bytes]:
    """A scorecard with consensus, gap, replies and levels of approval in each language."""
    card = cards.scorecard(cards.full())
    return {language: whole(card, language=language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def measured() -> dict[str, bytes]:
    """The full scorecard with everything that measures can say against it, in each language."""
    content = cards.with_measures(cards.full(), cards.cases(repeating=-0.4), targets={"duration_mean": 8})
    return {language: whole(cards.scorecard(content), language=language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def stale() -> dict[str, bytes]:
    """The same out of a file that ended long before, of a service with a calendar."""
    content = cards.with_measures(cards.full(), **cards.from_a_tool(cards.cases(repeating=-0.4)))
    return {language: whole(cards.scorecard(content), language=language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def compared() -> dict[str, bytes]:
    """Five vendors side by side in each language: two editions, measures, a name from right to left."""
    return {language: side_by_side(language) for language in LANGUAGES}


def side_by_side(language: str) -> bytes:
    layout = printing.layout_of(sides.scorecards(*sides.five()), language=language)
    return pdf.to_pdf(layout.html, language=language, title=layout.title, created=layout.created)


@pytest.fixture(scope="module")
def foreign() -> bytes:
    """The usual scorecard of a vendor whose name is written from right to left, with a picture in it."""
    return whole(cards.scorecard(cards.snapshot(vendor=FOREIGN)), language="en")


@pytest.fixture(scope="module")
def extreme() -> bytes:
    """Texts as long and as odd as people can make them."""
    return whole(extreme_scorecard(), language="nl")


# Sealed off ------------------------------------------------------------------------------------------------------
class _Trap(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.caught.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def trap() -> Iterator[HTTPServer]:
    """A server that must never be asked for anything."""
    server = HTTPServer(("127.0.0.1", 0), _Trap)
    server.caught = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


HOSTILE = (
    '<img src="{url}/img">',
    '<link rel="stylesheet" href="{url}/css">',
    '<style>@import url("{url}/import"); body {{ background: url({url}/background) }}</style>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}/svg" width="9" height="9"/></svg>',
    '<object data="{url}/object"></object>',
    '<embed src="{url}/embed">',
    '<img src="file:///etc/passwd">',
    '<link rel="attachment" href="file:///etc/passwd">',
    '<p style="background: url(file:///etc/hostname)">x</p>',
    '<img src="asset:../../../etc/passwd">',
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_that_asks_for_anything_ends_the_rendering_without_a_request(trap: HTTPServer, hostile: str) -> None:
    html = f"<html><body>{hostile.format(url=f'http://127.0.0.1:{trap.server_port}')}</body></html>"
    with pytest.raises(pdf.RenderingRefused):
        pdf.to_pdf(html, language="en", title="x", created="2026-03-02T09:30:00Z")
    assert trap.caught == []  # type: ignore[attr-defined]


def test_the_trap_catches_a_renderer_that_is_not_sealed_off(trap: HTTPServer) -> None:
    HTML(string=HOSTILE[0].format(url=f"http://127.0.0.1:{trap.server_port}")).write_pdf()
    assert trap.caught == ["/img"]  # type: ignore[attr-defined]


def test_hostile_words_are_printed_as_words_and_nothing_leaves_the_renderer(trap: HTTPServer) -> None:
    url = f"http://127.0.0.1:{trap.server_port}"
    said = " ".join(HOSTILE).format(url=url)
    content = cards.snapshot(
        lambda question: (
            {
                "grade": 3,
                "vendor_says": said,
                "comment": said,
                "evidence": [{"name": said, "sha256": cards.SHA, "size": 1}],
            }
            if question["position"] == 1
            else cards.usual(question)
        ),
        vendor=f'"><img src={url}/v>',
        organisation=f"</style><link rel=stylesheet href={url}/o>",
        service="url(file:///etc/passwd)",
        approver=f"<script src={url}></script>",
    )
    reader = printed(content)
    assert trap.caught == []  # type: ignore[attr-defined]
    assert "root:x:0:0" not in text_of(reader)
    assert '"><img src=' in text_of(reader)
    assert list(reader.attachments) == ["snapshot-S-2026-001.json"]


def test_data_urls_are_part_of_the_document_and_allowed() -> None:
    pixel = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    html = f'<html><body><img src="{pixel}" alt="dot"></body></html>'
    assert pdf.to_pdf(html, language="en", title="x", created="2026-03-02T09:30:00Z").startswith(b"%PDF-1.7")


def test_after_a_refusal_the_next_document_is_made() -> None:
    with pytest.raises(pdf.RenderingRefused):
        pdf.to_pdf('<html><body><img src="file:///x"></body></html>', language="en", title="x", created="2026-01-01")
    assert pdf.to_pdf("<html><body><p>ok</p></body></html>", language="en", title="x", created="2026-01-01")


# The same bytes --------------------------------------------------------------------------------------------------
# As on another machine: other fonts, which stand in for ours, other rules for their glyphs, said in all the places.
OTHER_MACHINE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>
<dir>{fonts}</dir><cachedir>{folder}</cachedir>
<match target="pattern"><edit name="family" mode="prepend_first" binding="strong"><string>Source Serif Pro</string>
<string>Source Sans Pro Black</string></edit></match>
<match target="font"><edit name="hintstyle" mode="assign"><const>hintfull</const></edit>
<edit name="matrix" mode="assign"><matrix><double>1</double><double>0.4</double><double>0</double><double>1</double>
</matrix></edit></match></fontconfig>"""
PRINT = """
import django, hashlib, json, sys
django.setup()
from reports import worker
from tests.reports import cards
from tests.reports.documents import test_pdf
def told(content, language):
    return hashlib.sha256(worker.produce(cards.scorecard(content), kind="record", language=language)).hexdigest()
hashes = {language: told(cards.snapshot(), language) for language in ("en", "fr", "nl")}
hashes["full"] = told(cards.full(), "nl")
hashes["foreign"] = told(cards.snapshot(vendor=sys.argv[1]), "en")
hashes["compared"] = hashlib.sha256(test_pdf.side_by_side("nl")).hexdigest()
print(json.dumps(hashes))
"""


def test_another_process_prints_the_same_bytes_one_after_the_other(
    usual: dict[str, bytes],
    full: dict[str, bytes],
    foreign: bytes,
    compared: dict[str, bytes],
    tmp_path: Path,
) -> None:
    """Whatever was printed before, by whichever thread, with whatever seed of hashes, folder, time zone, language of
    the machine and fonts on it.

    Takes its time: six documents are printed again, by a process that has nothing of this one.
    """
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "DATA_DIR": str(tmp_path), "TZ": "UTC-2"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    theirs = tmp_path / "fonts.conf"
    fonts = typefaces.path_of("SourceSerifPro-Regular.ttf").parent
    theirs.write_text(OTHER_MACHINE.format(fonts=fonts, folder=tmp_path))
    environment |= {"FONTCONFIG_FILE": str(theirs), "FONTCONFIG_PATH": str(tmp_path), "LC_ALL": "ar", "FC_LANG": "he"}
    run = subprocess.run(
        [sys.executable, "-c", PRINT, FOREIGN],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=1200,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    here = {**usual, "full": full["nl"], "foreign": foreign, "compared": compared["nl"]}
    assert json.loads(run.stdout) == {name: sha256(content).hexdigest() for name, content in here.items()}
    assert len(set(here.values())) == 6


# Accessible ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def faults(  # noqa: PLR0917 - all of them are fixtures
    usual: dict[str, bytes],
    full: dict[str, bytes],
    measured: dict[str, bytes],
    stale: dict[str, bytes],
    compared: dict[str, bytes],
    extreme: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[str]]:
    """What the checker finds in each document: it takes longer to start than to check."""
    folder = tmp_path_factory.mktemp("checked")
    documents = {"extreme": extreme, "without a scope": without_scope(usual["en"])}
    documents["divided"] = test_structure.content()
    documents["untagged"] = HTML(string="<p>Untagged</p>").write_pdf()
    kinds = {"usual": usual, "full": full, "measured": measured, "stale": stale, "compared": compared}
    for kind, made in kinds.items():
        documents |= {f"{kind} {language}": content for language, content in made.items()}
    documents |= {f"emergency {language}": folders.printed(folders.content(FOLDER), language) for language in LANGUAGES}
    documents |= {
        f"{kind} {language}": papers.hardest(kind, language) for kind in papers.KINDS for language in LANGUAGES
    }
    paths = {name: folder / f"{name.replace(' ', '-')}.pdf" for name in documents}
    for name, path in paths.items():
        path.write_bytes(documents[name])
    found = verapdf.failures(*paths.values())
    return {name: found[path] for name, path in paths.items()}


def test_the_checker_finds_a_planted_fault(faults: dict[str, list[str]]) -> None:
    """Takes its time: as the first, it waits for a dozen documents to be printed and checked; others only read."""
    assert faults["untagged"]
    assert faults["without a scope"], "a table header without a scope must be found"


@pytest.mark.parametrize("kind", ["usual", "full", "measured", "stale", "compared", "emergency", *papers.KINDS])
def test_scorecards_comparisons_and_sheets_pass_both_profiles(faults: dict[str, list[str]], kind: str) -> None:
    assert {language: faults[f"{kind} {language}"] for language in LANGUAGES} == {
        language: [] for language in LANGUAGES
    }


def test_whatever_people_write_passes_both_profiles(faults: dict[str, list[str]]) -> None:
    assert faults["extreme"] == []


def test_what_page_breaks_divide_passes_both_profiles(faults: dict[str, list[str]]) -> None:
    assert faults["divided"] == []


def without_scope(content: bytes) -> bytes:
    """The document as WeasyPrint alone makes it."""
    with pikepdf.open(BytesIO(content)) as document:
        for entry in document.objects:
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == "/TH":
                del entry["/A"]["/Scope"]
        for entry in document.objects:
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == "/TD" and "/Headers" in entry["/A"]:
                del entry["/A"]["/Headers"]
        out = BytesIO()
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_document_is_sound_tagged_and_says_its_language_and_title(usual: dict[str, bytes], language: str) -> None:
    with pikepdf.open(BytesIO(usual[language])) as document:
        assert document.check_pdf_syntax() == []
        assert document.Root.Lang == language
        assert document.Root.MarkInfo.Marked
        said = document.Root.Metadata.read_bytes()
        assert b'pdfuaid:part="1"' in said
        assert b'pdfaid:part="3" pdfaid:conformance="A"' in said
        assert document.docinfo["/Title"] == "S-2026-001 · Northwind Core Systems"
        assert str(document.docinfo["/CreationDate"]) == "D:20260302093000Z"
        headers = [o for o in document.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/TH"]
        assert {str(header["/A"]["/Scope"]) for header in headers} == {"/Column", "/Row"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_bookmarks_lead_to_every_rule(usual: dict[str, bytes], language: str) -> None:
    names: list[str] = []

    def collect(entries: list[Any]) -> None:
        for entry in entries:
            collect(entry) if isinstance(entry, list) else names.append(entry.title)

    collect(PdfReader(BytesIO(usual[language])).outline)
    assert names[0] == "Northwind Core Systems"
    for rule in cards.release()["rules"]:
        assert any(rule["name"][language] in name for name in names)


# What it says ----------------------------------------------------------------------------------------------------
def test_every_page_has_the_running_foot(usual: dict[str, bytes]) -> None:
    pages = PdfReader(BytesIO(usual["en"])).pages
    for number, page in enumerate(pages, start=1):
        words = page.extract_text()
        assert "Harbour Hospital · Northwind Core Systems · S-2026-001" in words
        assert f"page {number} of {len(pages)}" in words


def test_arithmetic_answers_and_hash_are_printed(usual: dict[str, bytes]) -> None:
    words = text_of(PdfReader(BytesIO(usual["en"])))
    card = cards.scorecard(cards.snapshot())
    for said in (cards.SAYS.split(";")[0], "incident-2026-014.pdf (123 kB)", "12.5%", "2.5 times a quarter"):
        assert said in words
    assert "We buy no changes from this vendor." in words
    assert card.sha256 in words.replace(" ", "")


def test_without_measures_one_quiet_line_says_so_under_its_heading(usual: dict[str, bytes]) -> None:
    words = text_of(PdfReader(BytesIO(usual["en"])))
    assert words.count("Nothing was measured") == 1
    assert words.count("Facts and trends Nothing was measured: no mission-critical incident") == 1


# One page, whatever there is to say ------------------------------------------------------------------------------
def test_many_services_take_one_line_of_page_one_and_are_all_on_record() -> None:
    content = hard.longest("en")
    named = hard.SERVICE.format(number=1)
    assert f"Mission-critical services: {named} and 7 more" in papers.pages(papers.hardest("brief", "en"))[0]
    words = letters(text_of(PdfReader(BytesIO(whole(cards.scorecard(content), language="en")))))
    assert all(letters(hard.SERVICE.format(number=number)) in words for number in range(1, 9))


def letters(text: str) -> str:
    """Without spaces and hyphens: a line may end within a name."""
    return "".join(character for character in text if character.isalnum())


# Whatever people write -------------------------------------------------------------------------------------------
def extreme_scorecard() -> Scorecard:
    words = "Donaudampfschifffahrtsgesellschaftskapitän 🚀 👩‍🔬 שלום עולם العربية 漢字 \u202eoverride\u202c " * 6

    def answers(question: Mapping[str, Any]) -> Mapping[str, Any]:
        if question["key"] == "support-exit":
            return {"grade": 4, "vendor_says": "word " * 3000, "comment": words}
        if question["key"] == "support-ownership":
            return {"grade": 3, "vendor_says": "שלום עולם, " * 40, "comment": "x" * 5000}
        return cards.usual(question)

    name = "Vereinigte 🚀 Rechenzentren und Systemhäuser für Verwaltung und Industrie " * 3
    return cards.scorecard(cards.snapshot(answers, cards.usual, vendor=name[:200], organisation="ארגון לדוגמה"))


def test_long_emoji_and_right_to_left_texts_are_printed_whole(extreme: bytes) -> None:
    reader = PdfReader(BytesIO(extreme))
    words = text_of(reader)
    assert words.count("word ") >= 3000
    assert "[rocket]" in words or "🚀" in words
    assert words.replace(" ", "").count("x") >= 5000
    assert 8 <= len(reader.pages) <= 25


def test_a_right_to_left_vendor_heads_its_scorecard(foreign: bytes) -> None:
    page = PdfReader(BytesIO(foreign)).pages[0].extract_text()
    assert "אבטחה" in page or "החטבא" in page


def test_nothing_rated_is_printed_without_any_score() -> None:
    page = printed(cards.snapshot(lambda question: {"blank": "dont_know"})).pages[0].extract_text()
    assert "Verdict: undecided" in page
    assert "No rule is rated, so none is the weakest." in page
    assert "Average" not in page


def test_warming_up_needs_no_scorecard() -> None:
    pdf.warm_up()
