"""A letter as DOCX: a template filled in with what was frozen, the same bytes each time.

Whatever a vendor, a contact or a writer wrote arrives letter by letter: braces in it are no placeholders, and signs of
XML are none.
"""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from docx.shared import Mm
from jinja2 import TemplateError
from lxml import etree
from markupsafe import escape
from PIL import Image

from groundwork import words
from groundwork.clean_text import without_controls
from reports.fact_sheets.kinds import Content
from reports.letters.placeholders import LetterEnvironment, TemplateRefused

if TYPE_CHECKING:  # loaded by whoever fills in a letter, not by every web process
    from docxtpl import DocxTemplate

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SYMBOLS = {"met": "●", "partly": "◐", "broken": "⊘", "not_rated": "◌"}
LOGO_WIDTH, LOGO_HEIGHT = 60, 22  # millimetres, at most
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a zip
# The library of templates looks through what it filled in for signs of its own: as numbers they stay what they are.
_BRACES = str.maketrans({sign: f"&#{ord(sign)};" for sign in "{}%_"})


class _Words:
    """What somebody wrote, as it enters a document: line ends and tabs stay, of which the library makes breaks."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __bool__(self) -> bool:
        return bool(self.text)

    def __html__(self) -> str:
        return str(escape(self.text)).translate(_BRACES)


def filled(template: bytes, content: Content, *, made_at: datetime) -> bytes:
    """The letter; `made_at` stands for the clock. Raises TemplateRefused where it cannot be filled in."""
    from docxtpl import DocxTemplate

    document = DocxTemplate(BytesIO(template))
    try:
        document.init_docx()
        _name(document.docx, content, made_at)
        document.render(_values(document, content), jinja_env=LetterEnvironment(), autoescape=True)
        written = BytesIO()
        document.save(written)
    except (TemplateError, etree.XMLSyntaxError, RecursionError, LookupError, ValueError, AttributeError) as fault:
        told = {"fault": str(fault)[:200]}
        raise TemplateRefused(_("The letter could not be filled in: %(fault)s") % told) from fault
    return _still(written.getvalue())


def _name(document: Any, content: Content, made_at: datetime) -> None:
    """What the file says of itself: nothing that somebody else’s program left in the template, and no placeholders."""
    about = document.core_properties
    for name in ("comments", "identifier", "keywords", "category", "content_status", "version", "title", "subject"):
        setattr(about, name, "")
    about.author = about.last_modified_by = ""
    about.language = content["language"]
    about.revision = 1
    moment = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about.created = about.modified = about.last_printed = moment


def _values(document: DocxTemplate, content: Content) -> dict[str, Any]:
    head, addressee, language = content["letterhead"], content["addressee"], content["language"]
    day = datetime.fromisoformat(content["day"]).date()
    said = {
        "organisation": content["organisation"],
        "organisation_address": "\n".join(head["address"]),
        "foot": head["foot"],
        "place": head["place"],
        "vendor": addressee["vendor"],
        "contact": addressee["name"],
        "contact_job": addressee["job"],
        "contact_address": "\n".join(addressee["address"]),
        "place_and_date": content["place_and_day"],
        "date": words.day(day, language),
        "reference": content["reference"],
        "subject": content["subject"],
        "salutation": content["salutation"],
        "paragraphs": content["paragraphs"],
        "own_text": content["own"],
        "period": content["period"],
        "incident": content["incident"],
        "result": content["result"],
        "rules": [
            {"number": one["number"], "name": one["name"], "mark": SYMBOLS[one["status"]], "status": one["label"]}
            for one in content["rules"]
        ],
        "requests": [{"number": number, **one} for number, one in enumerate(content["requests"], start=1)],
        "reply": content["reply"],
        "deadline": content["deadline_said"],
        "closing": content["closing"],
        "sender": content["sender"],
    }
    logo = _logo(document, head["logo"], named=content["organisation"])
    return {**{name: _verbatim(value) for name, value in said.items()}, "logo": logo}


def _verbatim(value: Any) -> Any:
    if isinstance(value, list):
        return [_verbatim(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _verbatim(one) for name, one in value.items()}
    return _Words(without_controls(str(value)).replace("\r", ""))


@cache
def _named_picture() -> Any:
    """The kind of a picture whose name is read aloud."""
    from docxtpl import InlineImage

    class NamedPicture(InlineImage):
        def __init__(self, *args: Any, named: str, **size: Any) -> None:
            super().__init__(*args, **size)
            self.named = _Words(named).__html__()

        def _insert_image(self) -> str:
            drawn: str = super()._insert_image()
            return drawn.replace("<wp:docPr ", f'<wp:docPr descr="{self.named}" ', 1)

    return NamedPicture


def _logo(document: DocxTemplate, stored: str, *, named: str) -> Any:
    """A picture in the place of the placeholder; nothing where there is no logo."""
    if not stored:
        return ""
    content = base64.b64decode(stored)
    with Image.open(BytesIO(content), formats=["PNG"]) as picture:
        is_wide = picture.width * LOGO_HEIGHT >= picture.height * LOGO_WIDTH
    size = {"width": Mm(LOGO_WIDTH)} if is_wide else {"height": Mm(LOGO_HEIGHT)}
    return _named_picture()(document, BytesIO(content), named=named, **size)


def _still(content: bytes) -> bytes:
    """The same parts with one date: what a library writes carries the clock."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            plain = zipfile.ZipInfo(entry.filename, date_time=FIRST_DAY)
            plain.compress_type, plain.external_attr, plain.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(plain, old.read(entry))
    return written.getvalue()
