"""Seconds a scorecard, against WeasyPrint alone for the same HTML; and what a second worker adds."""

from __future__ import annotations

import multiprocessing
from statistics import median
from time import perf_counter, process_time

from django.utils import timezone
from weasyprint import HTML

from accounts.models import Membership, Role
from benchmarks import browser
from benchmarks.renderer import render_many
from benchmarks.timing import medians
from reports import worker
from reports.comparison import keeping
from reports.documents import pdf
from reports.models import Comparison, DocumentKind, Scorecard
from reports.scorecard import view
from reports.verification import checking


def report(repetitions: int) -> str:
    card = Scorecard.objects.order_by("pk")[0]
    html = view.scorecard_html(card, language="en")
    comparison = _comparison()
    made = archival_with_snapshot(card)
    seconds = medians(
        {
            "floor": lambda: weasyprint_alone(html),
            "ua": lambda: accessible_alone(html),
            "archival": lambda: archival_with_snapshot(card),
            "html": lambda: view.scorecard_html(card, language="en"),
            "ours": lambda: worker.produce(card, language="en"),
            "record": lambda: worker.produce(card, kind=DocumentKind.RECORD, language="en"),
            "verify": lambda: checking.check(made, None),
            "comparison": lambda: worker.produce(comparison, language="en"),
        },
        repetitions,
    )
    one, two = throughput(1, repetitions), throughput(2, repetitions)
    floor = seconds["floor"]
    rows = [
        ("WeasyPrint alone, same HTML and stylesheet, untagged (the floor)", floor, 1.0),
        ("drawn as PDF/UA-1 alone, nothing attached", seconds["ua"], seconds["ua"] / floor),
        (
            "HTML, and drawn as PDF/A-3a and PDF/UA-1 with the snapshot attached",
            seconds["archival"],
            seconds["archival"] / floor,
        ),
        ("verifying it: what it carries, seal, arithmetic", seconds["verify"], seconds["verify"] / floor),
        ("HTML from the snapshot", seconds["html"], seconds["html"] / floor),
        ("the whole rendering: snapshot, HTML, PDF", seconds["ours"], seconds["ours"] / floor),
        ("its full record: snapshot, HTML, PDF", seconds["record"], seconds["record"] / floor),
        (
            "a comparison of five vendors: snapshots, HTML, PDF",
            seconds["comparison"],
            seconds["comparison"] / floor,
        ),
    ]
    lines = ["## Renderings", "", "| one scorecard of 22 answers | seconds | ratio to the floor |", "|---|--:|--:|"]
    lines += [f"| {name} | {value:.3f} | {ratio:.2f} |" for name, value, ratio in rows]
    lines += ["", "| workers | scorecards a second | ratio to one |", "|---|--:|--:|"]
    lines += [f"| 1 | {one:.2f} | 1.00 |", f"| 2 | {two:.2f} | {two / one:.2f} |", ""]
    return "\n".join([*lines, *_against_chromium(card, repetitions)])


def _against_chromium(card: Scorecard, repetitions: int) -> list[str]:
    """CPU of a whole rendering, from the snapshot to PDF/A-3a and PDF/UA-1, against a warm browser that prints its
    HTML."""
    path = browser.path_of()
    if path is None:
        return ["No Chromium to compare with.", ""]
    lines = [
        "| document | CPU seconds | warm Chromium, same HTML | ratio | wall seconds | Chromium’s | ratio |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    with browser.printer(path) as peer:
        for kind in (DocumentKind.SCORECARD, DocumentKind.RECORD):
            ours, theirs = _costs(card, kind, peer, repetitions)
            shown = (f"{one:.3f} | {other:.3f} | {one / other:.2f}" for one, other in zip(ours, theirs, strict=True))
            lines.append(f"| {kind.label} | {' | '.join(shown)} |")
    return [*lines, ""]


def _costs(
    card: Scorecard, kind: DocumentKind, peer: browser.Printer, repetitions: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """(CPU, wall) of ours and of the browser’s: medians of rounds that each run both."""
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for _round in range(repetitions + 1):
        laid_out = view.layout(card, kind=kind, language="en")
        cpu, wall = process_time(), perf_counter()
        worker.produce(card, kind=kind, language="en")
        ours.append((process_time() - cpu, perf_counter() - wall))
        cpu, wall = peer.cpu(), perf_counter()
        peer.printed(laid_out)
        theirs.append((peer.cpu() - cpu, perf_counter() - wall))
    return _median(ours[1:]), _median(theirs[1:])  # the first run pays for caches


def _median(costs: list[tuple[float, float]]) -> tuple[float, float]:
    return median(cpu for cpu, _wall in costs), median(wall for _cpu, wall in costs)


def _comparison() -> Comparison:
    """Of the latest scorecards of five vendors."""
    member = Membership.objects.filter(role=Role.READER, organisation__slug="harbour")[0]
    cards = Scorecard.objects.for_member(member).filter(standing__isnull=False).order_by("pk")
    compared = list(cards.select_related("assessment__vendor")[: keeping.MOST])
    return keeping.keep(member, compared, now=timezone.now())


def weasyprint_alone(html: str) -> bytes:
    """What cannot be avoided: layout and drawing, with fonts and stylesheet kept."""
    css, fonts = pdf._resources()
    content: bytes = HTML(string=html, url_fetcher=pdf.PackagedAssets()).write_pdf(stylesheets=[css], font_config=fonts)
    return content


def accessible_alone(html: str) -> bytes:
    """As documents were made before they were archival and carried what they were made from."""
    css, fonts = pdf._resources()
    sheet = HTML(string=html, url_fetcher=pdf.PackagedAssets())
    content: bytes = sheet.write_pdf(stylesheets=[css], font_config=fonts, pdf_variant="pdf/ua-1")
    return content


def archival_with_snapshot(card: Scorecard) -> bytes:
    laid_out = view.layout(card, language="en")
    return pdf.to_pdf(
        laid_out.html, language="en", title=laid_out.title, created=laid_out.created, attached=laid_out.attached
    )


def throughput(workers: int, documents: int) -> float:
    """Scorecards a second of `workers` warm processes that render `documents` each."""
    context = multiprocessing.get_context("spawn")
    ready, go = context.Barrier(workers + 1), context.Barrier(workers + 1)
    pool = [context.Process(target=render_many, args=(documents, ready, go)) for _ in range(workers)]
    for process in pool:
        process.start()
    ready.wait(timeout=120)
    start = perf_counter()
    go.wait(timeout=120)
    for process in pool:
        process.join()
    if any(process.exitcode for process in pool):
        raise RuntimeError("A rendering process failed: see the lines above.")
    return workers * documents / (perf_counter() - start)
