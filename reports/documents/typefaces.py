"""The fonts of documents: those of packages, and a fontconfig of our own that sees nothing else.

What is installed on a machine, its aliases and its rules of hinting never reach a document: the same snapshot gives
the same bytes everywhere, and a font that comes or goes while a worker runs changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

from fontTools.ttLib import TTFont
from weasyprint.pdf import fonts

# Named by the stylesheet, each file by its name.
TEXT = {
    "SourceSansPro-Regular.ttf": "font_source_sans_pro",
    "SourceSansPro-It.ttf": "font_source_sans_pro",
    "SourceSansPro-Semibold.ttf": "font_source_sans_pro",
    "SourceSerifPro-Semibold.ttf": "font_source_serif_pro",
    "SourceSerifPro-Regular.ttf": "font_source_serif_pro",
}
# For what those have no glyphs for, in this order: Hebrew, Arabic, Devanagari, Thai.
FALLBACK = {
    "Heebo": "fontpkg_heebo",
    "Noto Sans Arabic": "fontpkg_noto_sans_arabic",
    "Noto Sans Devanagari": "fontpkg_noto_sans_devanagari",
    "Noto Sans Thai": "fontpkg_noto_sans_thai",
}
# What a machine may say in the environment about its own fonts.
OF_THE_MACHINE = ("FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT", "FC_LANG")


def path_of(name: str) -> Path:
    """Where the package of a font of `TEXT` keeps it."""
    return _files(TEXT[name]) / name


@cache
def code_points() -> frozenset[int]:
    """Every code point that one of the fonts has a glyph for."""
    covered: set[int] = set()
    for path in _paths():
        with TTFont(path, lazy=True) as font:
            covered.update(font.getBestCmap())
    return frozenset(covered)


def is_packaged(font: bytes) -> bool:
    """Whether this is one of the packaged files, byte for byte."""
    return sha256(font).digest() in _checksums()


@contextmanager
def alone() -> Iterator[None]:
    """Whoever loads the configuration of fonts within it gets ours. Not for two threads at a time.

    Only while it is loaded: a browser that this process starts later draws with the fonts of the machine.
    """
    with TemporaryDirectory(prefix="fonts-") as folder:
        path = Path(folder) / "fonts.conf"
        path.write_text(configuration(folder), encoding="utf-8")
        before = {name: os.environ.pop(name, None) for name in OF_THE_MACHINE}
        os.environ["FONTCONFIG_FILE"] = str(path)
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]
            os.environ.update({name: value for name, value in before.items() if value is not None})


def keep_dates() -> None:
    """WeasyPrint makes a plain font of a variable one, and fontTools would write into it when that was."""
    fonts.TTFont = partial(TTFont, recalcTimestamp=False)


def configuration(cache_folder: str) -> str:
    """fonts.conf: the folders of the packages alone, never looked at again, and no glyph bent to a screen."""
    folders = "".join(f"<dir>{escape(str(_files(package)))}</dir>" for package in FALLBACK.values())
    families = "".join(f"<string>{escape(name)}</string>" for name in FALLBACK)
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        f"<reset-dirs/>{folders}<cachedir>{escape(cache_folder)}</cachedir><config><rescan><int>0</int></rescan></config>"
        '<match target="pattern">'
        f'<edit name="family" mode="append_last" binding="strong">{families}</edit>'
        '<edit name="hinting" mode="assign"><bool>false</bool></edit>'
        '<edit name="antialias" mode="assign"><bool>true</bool></edit>'
        "</match></fontconfig>"
    )


def _files(package: str) -> Path:
    location = import_module(package).__file__
    if location is None:
        raise FileNotFoundError(f"The package of fonts {package} has no folder.")
    return Path(location).parent / "files"


def _paths() -> list[Path]:
    fallback = [path for package in FALLBACK.values() for path in sorted(_files(package).glob("*.ttf"))]
    return [*map(path_of, TEXT), *fallback]


@cache
def _checksums() -> frozenset[bytes]:
    return frozenset(sha256(path.read_bytes()).digest() for path in _paths())
