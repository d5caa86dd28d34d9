"""A document before it is drawn: the one thing that what is said and how it is printed share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Attached:
    """What a document was made from, carried inside the PDF: canonical JSON, so that it can be held against it.

    `description` in the language of the document.
    """

    name: str
    description: str
    content: str


@dataclass(frozen=True, kw_only=True)
class Layout:
    """`created` (ISO 8601) stands for the clock: the same snapshot gives the same bytes."""

    html: str
    title: str
    created: str
    attached: Attached | None = None
