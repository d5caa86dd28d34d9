"""Pictures for tests."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def picture(size: tuple[int, int], kind: str = "PNG", mode: str = "RGB") -> bytes:
    written = BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else None).save(written, format=kind)
    return written.getvalue()
