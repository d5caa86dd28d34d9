"""Documents to verify: small ones that carry what the real ones carry, and what people do to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf

from reports.documents import pdf
from reports.models import Scorecard
from reports.scorecard import view
from tests.factories import Cast
from tests.reports import cards
from tests.reports.renderings import make_ready

PAGE = "<html><body><p>4 of 7 rules met</p></body></html>"


def drawn(card: Scorecard, *, page: str = PAGE) -> bytes:
    attached = view.layout(card, language="en").attached
    return pdf.to_pdf(page, language="en", title="x", created="2026-03-02T09:30:00Z", attached=attached)


def made(cast: Cast, **told: Any) -> tuple[Scorecard, bytes]:
    """An approved scorecard and its ready document."""
    card = cards.approved(cast, **told)
    content = drawn(card)
    make_ready(card, content=content)
    return card, content


def edited(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def with_snapshot(content: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The same PDF with another snapshot inside, in place of its own."""

    def replace(document: pikepdf.Pdf) -> None:
        (name,) = document.attachments
        told = json.loads(document.attachments[name].get_file().read_bytes())
        change(told)
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        document.attachments[name] = pikepdf.AttachedFileSpec(document, text.encode(), filename=name)

    return edited(content, replace)


def other_page(document: pikepdf.Pdf) -> None:
    document.add_blank_page()
