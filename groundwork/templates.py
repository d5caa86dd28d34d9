"""Our templates as they are sent: indentation is for whoever writes a page, and was a tenth to a third of its bytes."""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENTATION = re.compile(r"\n[ \t]+")
AS_IT_STANDS = ("<pre", "<textarea")  # what these hold is shown with every blank
# A document keeps the bytes that it had when it was made first; a test finds what else is printed.
ON_PAPER = re.compile(r"pdf|/record/|/(?:emergency_sheets|fact_sheets|letters|packs|board|vendor_copy)/")


def without_indentation(source: str) -> str:
    """Lines stay lines, so that a fault is still told by its number."""
    return source if any(tag in source for tag in AS_IT_STANDS) else INDENTATION.sub("\n", source)


class Loader(filesystem.Loader):
    """Leaves mails and other plain text alone, and what is printed."""

    def get_contents(self, origin: Origin) -> str:
        source: str = super().get_contents(origin)
        name = str(origin.template_name)
        return source if ON_PAPER.search(name) or not name.endswith(".html") else without_indentation(source)
