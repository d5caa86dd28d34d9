"""Whether an uploaded DOCX is one that may become letters: a package of text alone, that fetches and starts nothing.

Looked at before any library of documents opens it: bounded in every direction, and each part of a kind that is known.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import NoReturn

from django.utils.translation import gettext as _
from lxml import etree

from groundwork import words
from groundwork.archives import TooManyEntries, refuse_long_list
from reports.letters.placeholders import TemplateRefused

LARGEST_FILE = 3 * 1024 * 1024  # bytes
MOST_ENTRIES = 300
LARGEST_WHOLE = 24 * 1024 * 1024  # bytes, unpacked
LARGEST_XML = 4 * 1024 * 1024  # bytes of one part that is read as XML
LARGEST_TEXT = 1024 * 1024  # bytes of the parts that are read for placeholders, together
LONGEST_TEXT = 60_000  # characters of what they say: a letter has one page
MOST_BRACES = 1000
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_READ = {MAIN, *(f"{_WORD}{part}+xml" for part in ("header", "footer", "footnotes"))}
TYPES = _READ | {
    *(f"{_WORD}{part}+xml" for part in ("styles", "settings", "webSettings", "fontTable", "numbering", "endnotes")),
    "application/vnd.ms-word.stylesWithEffects+xml",
    "application/vnd.openxmlformats-officedocument.theme+xml",
    "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
    "application/vnd.openxmlformats-package.core-properties+xml",
    "application/vnd.openxmlformats-package.relationships+xml",
    "application/vnd.openxmlformats-officedocument.obfuscatedFont",
    *("application/xml", "image/png", "image/jpeg", "image/gif"),
}
FIELDS = {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "DATE", "TIME", "STYLEREF", "HYPERLINK", "TITLE"}
SAFE_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
LINKED = re.compile(r"""\s*HYPERLINK\s+(?:\\l\s|"?(?:https?://|mailto:))""", re.IGNORECASE)
SPECIAL = re.compile(r"\{\{(?:r|p|tr|tc)\s|\{%-?\s*(?:colspan|cellbg|vm|hm)\b")
SIGN = re.compile(r"\{[{%#]")  # what begins a placeholder
MARKED = re.compile(r"(\{[%#]-?)(?:p|r|tr|tc)\s")  # what moves a tag out of its paragraph, run, row or cell


@dataclass(frozen=True, kw_only=True)
class Part:
    name: str
    content_type: str
    content: bytes


def texts_of(content: bytes) -> Iterator[str]:
    """What stands in each part, a line a paragraph, runs joined: with the placeholders as a person typed them.

    Raises TemplateRefused, in words for whoever chose the file."""
    parts = _parts(content)
    if sum(len(part.content) for part in parts if part.content_type in _READ) > LARGEST_TEXT:
        _refuse_length()
    left = LONGEST_TEXT
    for part in parts:
        if part.content_type.endswith("xml") or part.name.endswith((".rels", ".xml")):
            root = _read(part)
            if part.name.endswith(".rels"):
                _check_relations(root)
            if part.content_type in _READ:
                text = _text(root)
                left -= len(text)
                if left < 0:
                    _refuse_length()
                yield text


def _refuse_length() -> NoReturn:
    raise TemplateRefused(_("The text of this letter is too long: a letter has one page."))


def refuse_size() -> NoReturn:
    told = {"limit": words.size(LARGEST_FILE)}
    raise TemplateRefused(_("The file is too large: a letter of at most %(limit)s is taken.") % told)


def _parts(content: bytes) -> list[Part]:
    if len(content) > LARGEST_FILE:
        refuse_size()
    try:
        refuse_long_list(BytesIO(content), MOST_ENTRIES)
        with zipfile.ZipFile(BytesIO(content)) as package:
            _check_bounds(package)
            held = {entry.filename: package.read(entry) for entry in package.infolist() if not entry.is_dir()}
    except TooManyEntries as fault:
        raise TemplateRefused(_("There are too many parts in this file for a letter.")) from fault
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError, EOFError) as fault:
        raise TemplateRefused(_("This file is no DOCX. Save the letter as a Word document (.docx).")) from fault
    types = _types(held)
    return [_known(name, part, types) for name, part in held.items() if name != "[Content_Types].xml"]


def _check_bounds(package: zipfile.ZipFile) -> None:
    entries = package.infolist()
    if len(entries) > MOST_ENTRIES or len({entry.filename for entry in entries}) < len(entries):
        raise TemplateRefused(_("There are too many parts in this file for a letter."))
    if sum(entry.file_size for entry in entries) > LARGEST_WHOLE:
        raise TemplateRefused(_("Unpacked, this file is too large for a letter: take pictures out of it."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise TemplateRefused(_("This file is locked with a password: take it off first."))


def _types(held: Mapping[str, bytes]) -> dict[str, str]:
    """By “/name” of a part or by “.ending”: its type."""
    listed = held.get("[Content_Types].xml")
    if listed is None:
        raise TemplateRefused(_("This file is no DOCX. Save the letter as a Word document (.docx)."))
    found: dict[str, str] = {}
    for entry in _read(Part(name="[Content_Types].xml", content_type="application/xml", content=listed)):
        key = entry.get("PartName") or f".{entry.get('Extension', '')}"
        found[key.lower()] = entry.get("ContentType", "")
    if MAIN not in found.values():
        raise TemplateRefused(_("This is no plain Word document: save it as .docx, without macros, not as a template."))
    return found


def _known(name: str, content: bytes, types: Mapping[str, str]) -> Part:
    ending = f".{name.rpartition('.')[2]}".lower()
    content_type = types.get(f"/{name}".lower()) or types.get(ending, "")
    if content_type not in TYPES:
        told = {"part": name}
        raise TemplateRefused(
            _("It holds “%(part)s”, which letters may not: take out macros, objects, and pictures but PNG and JPEG.")
            % told
        )
    return Part(name=name, content_type=content_type, content=content)


def _read(part: Part) -> etree._Element:
    if len(part.content) > LARGEST_XML:
        raise TemplateRefused(_("“%(part)s” in it is too large for a letter.") % {"part": part.name})
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(part.content, parser=parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        told = {"part": part.name}
        raise TemplateRefused(
            _("“%(part)s” in it is damaged: open the letter in Word and save it anew.") % told
        ) from fault
    if root.getroottree().docinfo.internalDTD is not None:
        told = {"part": part.name}
        raise TemplateRefused(_("“%(part)s” declares entities, which no Word document does: it is not taken.") % told)
    return root


def _check_relations(root: etree._Element) -> None:
    """Nothing from elsewhere, but for links that somebody clicks."""
    for relation in root:
        if relation.get("TargetMode", "").lower() != "external":
            continue
        target, kind = relation.get("Target", ""), relation.get("Type", "").rpartition("/")[2]
        if kind == "hyperlink" and SAFE_LINK.match(target):
            continue
        if kind == "attachedTemplate":
            raise TemplateRefused(_("It rests on a template elsewhere: attach the template “Normal” and save it anew."))
        told = {"target": target[:80]}
        raise TemplateRefused(_("It fetches something from elsewhere (%(target)s): put it into the file.") % told)


def _text(root: etree._Element) -> str:
    _check_fields(root)
    _check_elsewhere(root)
    lines = ["".join(piece.text or "" for piece in one.iter(f"{W}t")) for one in root.iter(f"{W}p")]
    text = "\n".join(lines)
    if text.count("{") > MOST_BRACES:
        raise TemplateRefused(_("There are too many placeholders in it."))
    special = SPECIAL.search(text)
    if special:
        told = {"what": special[0].strip()}
        raise TemplateRefused(_("“%(what)s” is not read here: write placeholders as {{ name }}.") % told)
    return MARKED.sub(r"\1 ", text)


def _check_elsewhere(root: etree._Element) -> None:
    """The library that fills in looks through the whole part, where a few braces beside the text can keep it busy for
    hours. Word itself puts a brace there around an identifier alone, which begins no placeholder."""
    named = [value for one in root.iter(etree.Element) for value in one.attrib.values() if "{" in value]
    is_named = len(named) <= MOST_BRACES and not any(map(SIGN.search, named))
    if not is_named or any("{" in text for text in _beside_the_text(root)):
        raise TemplateRefused(
            _("Braces stand in it where no text of the letter is (deleted text, fields, drawings): accept all changes.")
        )


def _beside_the_text(root: etree._Element) -> Iterator[str]:
    in_text = {piece for one in root.iter(f"{W}p") for piece in one.iter(f"{W}t")}
    for one in root.iter():
        yield one.tail or ""
        if one not in in_text:
            yield one.text or ""


def _check_fields(root: etree._Element) -> None:
    """Fields of Word that only count, or link to a page or an address."""
    for instruction in _fields_of(root):
        name = instruction.split()[0].upper() if instruction.split() else ""
        if name == "HYPERLINK" and not LINKED.match(instruction):
            raise TemplateRefused(_("It links to something that is no page and no mail address: take the link out."))
        if name and name not in FIELDS:
            raise TemplateRefused(
                _("It holds the field %(name)s, which letters may not: take it out.") % {"name": name}
            )


def _fields_of(root: etree._Element) -> list[str]:
    """What each field says, which may be torn over runs, as all text."""
    said: list[str] = [one.get(f"{W}instr", "") for one in root.iter(f"{W}fldSimple")]
    held: list[list[str]] = []
    for one in root.iter(f"{W}fldChar", f"{W}instrText"):
        kind = one.get(f"{W}fldCharType")
        if kind == "begin":
            held.append([])
        elif kind == "end" and held:
            said.append("".join(held.pop()))
        elif one.tag == f"{W}instrText":
            (held[-1] if held else said).append(one.text or "")
    return [*said, *("".join(left) for left in held)]
