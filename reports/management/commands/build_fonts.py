"""Make the page's web fonts (WOFF2, the characters of our languages only) from the packaged TrueType files."""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset

FONTS = {
    "source-sans-400": ("font_source_sans_pro", "SourceSansPro-Regular.ttf"),
    "source-sans-400i": ("font_source_sans_pro", "SourceSansPro-It.ttf"),
    "source-sans-600": ("font_source_sans_pro", "SourceSansPro-Semibold.ttf"),
    "source-sans-700": ("font_source_sans_pro", "SourceSansPro-Bold.ttf"),
    "source-serif-400": ("font_source_serif_pro", "SourceSerifPro-Regular.ttf"),
    "source-serif-600": ("font_source_serif_pro", "SourceSerifPro-Semibold.ttf"),
    "source-serif-700": ("font_source_serif_pro", "SourceSerifPro-Bold.ttf"),
}
CHARACTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),  # Latin-1, Latin Extended-A and -B
    *range(0x2BB, 0x2DE),  # spacing modifiers
    *range(0x300, 0x330),  # combining accents
    *range(0x1E00, 0x1F00),  # Latin Extended Additional
    *range(0x2000, 0x2070),  # punctuation, quotes, dashes, the narrow no-break space of French
    *range(0x2070, 0x20A0),  # superior and inferior figures
    *range(0x20A0, 0x20C0),  # currencies
    *range(0x2100, 0x2200),  # letter-like signs, fractions, arrows
    *(0x2211, 0x2212, 0x2248, 0x2260, 0x2264, 0x2265),  # sums and comparisons
    *(0x25CB, 0x25CC, 0x25CF, 0x25D0, 0x2713, 0x2717),  # the marks in plain text
)
FEATURES = ("kern", "liga", "mark", "mkmk", "ccmp", "locl", "lnum", "onum", "tnum", "pnum", "frac", "sups", "case")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--force", action="store_true", help="Build again what is there already.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.DATA_DIR) / "built" / "fonts"
        made = build(folder, force=options["force"])
        if options["verbosity"]:
            self.stdout.write(f"{made} fonts built in {folder}." if made else f"The fonts in {folder} are up to date.")


def build(folder: Path, *, force: bool = False) -> int:
    """Write the fonts into `folder`, unless the same recipe did so before; how many were written."""
    stamp = folder / ".recipe"
    wanted = recipe()
    there = stamp.is_file() and stamp.read_text() == wanted and all(_path(folder, name).is_file() for name in FONTS)
    if there and not force:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, (package, file) in FONTS.items():
        _subset(Path(str(files(package) / "files" / file)), _path(folder, name))
    stamp.write_text(wanted)
    return len(FONTS)


def recipe() -> str:
    """What the result depends on, as one hash."""
    packages = sorted({package for package, _ in FONTS.values()} | {"fonttools"})
    parts = [FONTS, CHARACTERS, FEATURES, [(name, version(name.replace("_", "-"))) for name in packages]]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.woff2"


def _subset(source: Path, target: Path) -> None:
    """Through a file beside it, so that a reader never meets half a font."""
    options = subset.Options(flavor="woff2", layout_features=list(FEATURES), hinting=False, desubroutinize=True)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # the names, and the licence with its address
    font = subset.load_font(str(source), options)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=CHARACTERS)
    worker.subset(font)
    fresh = target.with_suffix(".part")
    subset.save_font(font, str(fresh), options)
    fresh.replace(target)
