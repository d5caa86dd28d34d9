"""One line of text as people see it, whatever wrote it: two that look the same are the same.

Tools leave their own marks in what they export: HTML, escapes of workbooks, letters in two parts, signs that nobody
sees. Each of them makes two of what is one: of a vendor, of a problem that comes back, of an incident.
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

# Printable, without the signs that marks begin with (& < # _), and one space between words.
_PLAIN = re.compile(r"[!\"$%'-;=-^`-~]+(?: [!\"$%'-;=-^`-~]+)*")
PASSES = 4  # marks within marks: “&amp;lt;” is “<”
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_AGAIN = re.compile(r"&(?:(?:amp|#0{0,5}38|#x0{0,4}26);)+", re.IGNORECASE)  # encoded more than once
_BOOK_ESCAPE = re.compile(r"_x([0-9a-fA-F]{4})_")
# Names that stand in what people format; no others: “<unknown>”, “<time>” and “<code>” are words of theirs.
_APART = (
    "blockquote|body|br|center|dd|div|dl|dt|h[1-6]|head|hr|html|img|li|ol|p|pre|table|tbody|td|tfoot|th|thead|tr|ul"
)
_WITHIN = "a|b|big|del|em|font|i|ins|o:p|s|small|span|strike|strong|sub|sup|tt|u"
_INSIDE = r"(?:\s+[\w:-]+=[^<>]*)?\s*/?"
_GLPI_BREAK = "#LB[BH]R#"  # stands for <br> and <hr>
_TAG_APART = re.compile(f"</?(?:{_APART}){_INSIDE}>|{_GLPI_BREAK}", re.IGNORECASE)
_TAG_WITHIN = re.compile(f"</?(?:{_WITHIN}){_INSIDE}>", re.IGNORECASE)
_UNSEEN_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_LETTERS_UNSEEN = re.compile(f"[{_UNSEEN_LETTERS}]")  # they count as letters or accents, and show nothing
# Controls that are no line end and no tab, and the two that XML cannot hold: nobody types them, and no paper prints
# them. Not NUL, which Django's own fields refuse in words.
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_MARKS = str.maketrans(dict.fromkeys("&<#_"))


def without_controls(text: str) -> str:
    """A text of any number of lines, without the characters that are none."""
    return text if text.isprintable() else _CONTROLS.sub("", text)


def is_plain(text: str) -> bool:
    """Whether it is clean by the look of it: of the signs of ASCII, none with which a mark begins."""
    return _PLAIN.fullmatch(text) is not None


def cleaned(text: str) -> str:
    """In NFC, without what cannot be seen, entities decoded, tags taken off, one space between words; cleaned again, it
    is the same."""
    if text.isascii() and (text.isalnum() or is_plain(text)):
        return text  # as nearly all texts are: this is what reading a large file takes its time for
    for _ in range(PASSES):
        before, text = text, _once(text)
        if text == before:
            return text
    return text if _once(text) == text else _once(text.translate(_MARKS))


def _once(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda found: unescape(found[0]), _AGAIN.sub("&", text))
    if "_x" in text:
        text = _BOOK_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if "<" in text or "#" in text:
        text = _TAG_WITHIN.sub("", _TAG_APART.sub(" ", text))
    if not text.isprintable():
        text = "".join([sign for sign in text if _is_seen(sign)])
    if not text.isascii():
        text = unicodedata.normalize("NFC", _LETTERS_UNSEEN.sub("", text))
    return " ".join(text.split())


def _is_seen(sign: str) -> bool:
    """White space is; a control, a mark of direction or of width, and half of a sign in two parts are not."""
    return (sign.isspace() and sign not in "\x1c\x1d\x1e\x1f") or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}
