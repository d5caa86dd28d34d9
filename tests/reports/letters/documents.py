"""DOCX files for tests: small ones, and ones that were tampered with."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

from docx import Document

Change = Callable[[bytes], bytes]


def docx(*paragraphs: str) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def torn(*runs: str) -> bytes:
    """One paragraph whose text Word has torn into runs."""
    document = Document()
    paragraph = document.add_paragraph()
    for text in runs:
        paragraph.add_run(text).bold = bool(len(text) % 2)
    return saved(document)


def saved(document: object) -> bytes:
    written = BytesIO()
    document.save(written)  # type: ignore[attr-defined]
    return written.getvalue()


def changed(content: bytes, changes: Mapping[str, Change] | None = None, **more: bytes) -> bytes:
    """With these parts altered, and `more` parts added (double underscores stand for slashes, single for dots)."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry.filename, (changes or {}).get(entry.filename, lambda same: same)(part))
        for name, part in more.items():
            new.writestr(name.replace("__", "/").replace("_", "."), part)
    return written.getvalue()


def replaced(content: bytes, part: str, old: str, new: str) -> bytes:
    def change(text: bytes) -> bytes:
        assert old.encode() in text, f"{part} does not hold {old}"
        return text.replace(old.encode(), new.encode(), 1)

    return changed(content, {part: change})


def text_of(content: bytes) -> str:
    """Paragraphs and cells in their order, a line each."""
    document = Document(BytesIO(content))
    lines = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)
