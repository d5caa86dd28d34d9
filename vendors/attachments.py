"""Files that people attach: checked by what they contain, named without tricks, kept under a name of our own."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any, Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from groundwork import words
from groundwork.archives import TooManyEntries, refuse_long_list
from groundwork.fields import ManyFilesField
from groundwork.refusals import Refusal
from groundwork.storage import NotKept

HEAD_BYTES = 4096
MOST_MEMBERS = 5000  # files in one office document
NAME_LENGTH = 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE = "application/vnd.openxmlformats-officedocument"
HEADER_LINE = re.compile(rb"^[A-Za-z][A-Za-z0-9-]*:[ \t]*\S", re.MULTILINE)
ACTIVE_CONTENT = re.compile(rb"^\s*(<\?php|<!doctype|<html|<script|<svg|<\?xml|#!)", re.IGNORECASE)


class AttachmentError(Refusal):
    """The file cannot be kept; the message says why, in words for the person who chose it."""


@dataclass(frozen=True, kw_only=True)
class FileKind:
    """A kind of file that is kept: the type it is sent as, and how its contents are recognised."""

    content_type: str
    matches: Callable[[bytes, IO[bytes]], bool]


def _starts(*signatures: bytes) -> Callable[[bytes, IO[bytes]], bool]:
    return lambda head, _file: head.startswith(signatures)


def _is_text(head: bytes, _file: IO[bytes]) -> bool:
    """Text in some 8-bit encoding or UTF-16 with its mark; neither binary nor a script in disguise."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    return not controls and not ACTIVE_CONTENT.match(head.removeprefix(b"\xef\xbb\xbf"))


def _is_mail(head: bytes, file: IO[bytes]) -> bool:
    return _is_text(head, file) and len(HEADER_LINE.findall(head)) >= 2


def _is_office(folder: str) -> Callable[[bytes, IO[bytes]], bool]:
    """A package of the format that its name claims, without macros."""

    def matches(head: bytes, file: IO[bytes]) -> bool:
        if not head.startswith(b"PK\x03\x04"):
            return False
        try:
            refuse_long_list(file, MOST_MEMBERS)
            with zipfile.ZipFile(file) as package:
                names = package.namelist()
        except (zipfile.BadZipFile, TooManyEntries, ValueError, OSError, NotImplementedError):
            return False
        has_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
        is_package = "[Content_Types].xml" in names and any(name.startswith(f"{folder}/") for name in names)
        return is_package and not has_macros and len(names) <= MOST_MEMBERS

    return matches


_JPEG = FileKind(content_type="image/jpeg", matches=_starts(b"\xff\xd8\xff"))
KINDS: dict[str, FileKind] = {
    ".pdf": FileKind(content_type="application/pdf", matches=_starts(b"%PDF-")),
    ".png": FileKind(content_type="image/png", matches=_starts(b"\x89PNG\r\n\x1a\n")),
    ".jpg": _JPEG,
    ".jpeg": _JPEG,
    ".docx": FileKind(content_type=f"{OFFICE}.wordprocessingml.document", matches=_is_office("word")),
    ".xlsx": FileKind(content_type=f"{OFFICE}.spreadsheetml.sheet", matches=_is_office("xl")),
    ".pptx": FileKind(content_type=f"{OFFICE}.presentationml.presentation", matches=_is_office("ppt")),
    ".txt": FileKind(content_type="text/plain", matches=_is_text),
    ".csv": FileKind(content_type="text/csv", matches=_is_text),
    ".eml": FileKind(content_type="message/rfc822", matches=_is_mail),
    ".msg": FileKind(content_type="application/vnd.ms-outlook", matches=_starts(OLE)),
}
ACCEPT = ",".join(KINDS)  # for the file input
EXTENSIONS = ", ".join(extension.removeprefix(".").upper() for extension in KINDS)


def check_file(file: UploadedFile) -> tuple[str, FileKind]:
    """The name to show and the kind of an uploaded file. Raises AttachmentError."""
    name = clean_name(file.name or "")
    size = file.size or 0
    if not size:
        raise AttachmentError(_("“%(name)s” is empty.") % {"name": name})
    if size > settings.EVIDENCE_MAX_BYTES:
        limit = {"name": name, "size": words.size(size), "limit": words.size(settings.EVIDENCE_MAX_BYTES)}
        raise AttachmentError(_("“%(name)s” has %(size)s; the limit is %(limit)s.") % limit)
    kind = KINDS.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        allowed = {"name": name, "kinds": EXTENSIONS}
        raise AttachmentError(_("“%(name)s” is of a kind that is not kept. Possible are %(kinds)s.") % allowed)
    file.seek(0)
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not kind.matches(head, file):
        raise AttachmentError(_("“%(name)s” does not contain what its name says, so it was not kept.") % {"name": name})
    return name, kind


def clean_name(name: str) -> str:
    """The last part of the name, on one line, without characters that hide or turn text; at most 200 long."""
    last = re.split(r"[\\/]", name)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    shown = " ".join(shown.split()).strip(". ") or "file"
    path = PurePosixPath(shown)
    return path.stem[: NAME_LENGTH - len(path.suffix)] + path.suffix if len(shown) > NAME_LENGTH else shown


class EvidenceField(ManyFilesField):
    """Any number of files, each of them what its name says."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files, refused = super().clean(data, initial), []
        for file in files:
            try:
                check_file(file)
            except AttachmentError as error:
                refused.append(ValidationError(str(error)))
        if refused:
            raise ValidationError(refused)
        return files


class AttachedFile(Protocol):
    """A row that keeps a file."""

    file: Any

    def save(self) -> None: ...


def store(row: AttachedFile, file: UploadedFile, *, name: str) -> None:
    """Write the file under a random name beside its row; should the row fail, take the file away again.
    AttachmentError where there is no room for it, or its store is away."""
    file.seek(0)
    try:
        row.file.save(f"{secrets.token_hex(16)}{PurePosixPath(name).suffix.lower()}", File(file), save=False)
    except NotKept as refused:
        raise AttachmentError(str(refused)) from refused
    try:
        row.save()
    except BaseException:
        row.file.delete(save=False)
        raise


def digest(file: UploadedFile) -> str:
    """The SHA-256 of an uploaded file, in hexadecimal."""
    found = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        found.update(chunk)
    return found.hexdigest()
