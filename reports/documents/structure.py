"""The structure of a PDF as the HTML has it: what a page break divides is one table, one row, one paragraph still.

WeasyPrint tags each page by itself. Here the parts are put together again, and the heads that a table repeats on each
page become artifacts: a screen reader says them once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from weasyprint.pdf import tags

UNDIVIDED = {"/Link", "/Figure", "/Span"}  # what they hold stands in them by its number on one page
REPEATED = {"/THead", "/TFoot"}

Element = dict[str, Any]  # a pydyf.Dictionary


@dataclass(kw_only=True)
class Origins:
    """Which element of the HTML each structure element was made of, while a document is written."""

    of: dict[int, Any] = field(default_factory=dict)  # id() of the structure element → the element of the HTML

    def is_same(self, one: Element, other: Element) -> bool:
        origin = self.of.get(id(one))
        return origin is not None and origin is self.of.get(id(other)) and one["S"] == other["S"]


@contextmanager
def origins() -> Iterator[Origins]:
    """Within it WeasyPrint notes them; not for two threads at a time."""
    noted, build = Origins(), tags._build_box_tree

    def noting(box: Any, *rest: Any) -> Iterator[Element]:
        # A placeholder stands for a box that is laid out elsewhere.
        origin = getattr(getattr(box, "_box", box), "element", None)
        for made in build(box, *rest):
            noted.of.setdefault(id(made), origin)  # the pages, html and body hand on what is within them
            yield made

    tags._build_box_tree = noting
    try:
        yield noted
    finally:
        tags._build_box_tree = build


def put_together(pdf: Any, noted: Origins) -> None:
    """Join the parts of each element, in place."""
    tree = _Tree(pdf, noted)
    tree.join_below(next(entry for entry in tree.elements.values() if entry["S"] == "/Document"))
    tree.point_to_kept_headers()


class _Tree:
    def __init__(self, pdf: Any, noted: Origins) -> None:
        self.pdf, self.noted = pdf, noted
        self.objects = {entry.reference: entry for entry in pdf.objects}
        self.elements = {ref: entry for ref, entry in self.objects.items() if structure_of(entry)}
        self.kept_ids: dict[str, Any] = {}  # the key of a header that went → that of the one that stands for it
        root = self.objects[pdf.catalog["StructTreeRoot"]]
        numbers = self.objects[root["ParentTree"]]["Nums"]
        self.parents = dict(zip(numbers[::2], numbers[1::2], strict=True))  # page → owner of each marked content

    def join_below(self, parent: Element) -> None:
        if parent["S"] == "/Table":
            self._drop_repeated(parent)
        kept: list[Any] = []
        for reference in parent["K"]:
            part = self.elements.get(reference)
            whole = self._begun(part, kept, parent) if part else None
            if part and whole:
                self._absorb(whole, part)
            else:
                kept.append(reference)
        parent["K"][:] = kept
        for reference in kept:
            if reference in self.elements:
                self.join_below(self.elements[reference])

    def point_to_kept_headers(self) -> None:
        for entry in self.elements.values():
            headers = entry.get("A", {}).get("Headers", ())
            for place, key in enumerate(headers):
                headers[place] = self.kept_ids.get(key.string, key)

    def _begun(self, part: Element, kept: list[Any], parent: Element) -> Element | None:
        """The part before it, on an earlier page. The cells of a divided row come together, all of them again."""
        if part["S"] in UNDIVIDED:
            return None
        near = kept if parent["S"] == "/TR" else kept[-1:]
        before = (self.elements[reference] for reference in near if reference in self.elements)
        return next((one for one in before if one["Pg"] != part["Pg"] and self.noted.is_same(one, part)), None)

    def _absorb(self, whole: Element, part: Element) -> None:
        for reference in part["K"]:
            if reference in self.elements:
                self.elements[reference]["P"] = whole.reference  # type: ignore[attr-defined]
        whole["K"].extend(part["K"])
        self._remove(part, whole)

    def _remove(self, gone: Element, stays: Element | None) -> None:
        if stays and "ID" in gone and "ID" in stays:
            self.kept_ids[gone["ID"].string] = stays["ID"]
        gone.free = "f"  # type: ignore[attr-defined]
        del self.elements[gone.reference]  # type: ignore[attr-defined]

    def _drop_repeated(self, table: Element) -> None:
        first: dict[str, Element] = {}
        for reference in list(table["K"]):
            group = self.elements.get(reference)
            if group is None or group["S"] not in REPEATED:
                continue
            if self.noted.is_same(group, first.setdefault(group["S"], group)) and group is not first[group["S"]]:
                table["K"].remove(reference)
                self._make_artifact(group, first[group["S"]])

    def _make_artifact(self, repeated: Element, first: Element) -> None:
        cells = {id(self.noted.of.get(id(one))): one for one in self._within(first) if "ID" in one}
        for entry in list(self._within(repeated)):
            for number in entry["K"]:
                if isinstance(number, int):
                    self._unmark(entry["Pg"], number)
            self._remove(entry, cells.get(id(self.noted.of.get(id(entry)))))

    def _within(self, element: Element) -> Iterator[Element]:
        yield element
        for reference in element["K"]:
            if reference in self.elements:
                yield from self._within(self.elements[reference])

    def _unmark(self, page: bytes, number: int) -> None:
        """Make of a marked content of that page an artifact, which no structure element owns."""
        content = self.objects[self.objects[page]["Contents"]].stream
        for place, operand in enumerate(content):
            if isinstance(operand, dict) and operand.get("MCID") == number:
                content[place - 1 : place + 2] = [b"/Artifact", b"BMC", b""]
                break
        self.parents[self.pdf.page_references.index(page)][number] = b"null"


def structure_of(entry: Any) -> str | None:
    """What a structure element is, such as `/TH`; None for any other object."""
    if not isinstance(entry, dict) or entry.get("Type") != "/StructElem":
        return None
    return str(entry["S"])
