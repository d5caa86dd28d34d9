"""What is attached is what its name says, and is named without tricks."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from groundwork.archives import TooManyEntries, refuse_long_list
from vendors.attachments import MOST_MEMBERS, AttachmentError, check_file, clean_name, digest

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def office(folder: str, *more: str) -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            archive.writestr(name, "<xml/>")
    return package.getvalue()


GOOD = {
    "report.pdf": PDF,
    "screen.PNG": PNG,
    "photo.jpg": b"\xff\xd8\xff\xe0 rest",
    "photo.jpeg": b"\xff\xd8\xff\xe1 rest",
    "letter.docx": office("word"),
    "figures.xlsx": office("xl"),
    "slides.pptx": office("ppt"),
    "notes.txt": "Zwölf Störungen\n".encode("latin-1"),
    "windows.txt": "Notes".encode("utf-16"),
    "incidents.csv": b"number;opened\n1;2026-01-04\n",
    "mail.eml": b"From: helpdesk@example.org\nTo: us@example.org\nSubject: Incident 12\n\nText",
    "mail.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest",
}
BAD = {
    "script.pdf": b"#!/bin/sh\nrm -rf ~\n",
    "page.pdf": b"<html><script>alert(1)</script></html>",
    "page.txt": b"  <!DOCTYPE html><script>alert(1)</script>",
    "drawing.txt": b"<svg onload=alert(1)>",
    "script.csv": b"#!/bin/sh\nrm -rf ~\n",
    "program.png": b"MZ\x90\x00" + bytes(50),
    "program.txt": b"MZ\x90\x00" + bytes(50),
    "program.jpg": b"\x7fELF" + bytes(50),
    "archive.docx": office("other"),
    "sheet.docx": office("xl"),
    "macros.docx": office("word", "word/vbaProject.bin"),
    "broken.xlsx": b"PK\x03\x04 and then nothing",
    "text.eml": b"Dear all, no headers here",
    "text.msg": b"plain",
    "drawing.svg": b"<svg/>",
    "page.html": b"<html>",
    "program.exe": b"MZ",
    "archive.zip": office("word"),
    "nothing": b"text",
    "empty.pdf": b"",
}


def uploaded(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("name", GOOD)
def test_a_file_that_is_what_it_says_is_accepted(name: str) -> None:
    assert check_file(uploaded(name, GOOD[name]))[0] == name


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_what_it_says_is_refused_by_name(name: str) -> None:
    with pytest.raises(AttachmentError) as refused:
        check_file(uploaded(name, BAD[name]))

    assert f"“{name}”" in str(refused.value)


def test_a_file_over_the_limit_is_refused_with_the_limit(settings: Any) -> None:
    settings.EVIDENCE_MAX_BYTES = 10
    with pytest.raises(AttachmentError, match="1\xa0kB"):
        check_file(uploaded("big.pdf"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (r"C:\\Users\\me\\report.pdf", "report.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("in\nvoice\u202egpj.pdf", "invoicegpj.pdf"),
        ("…", "…"),
        ("...", "file"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("Überprüfung ١.pdf", "Überprüfung ١.pdf"),
    ],
)
def test_a_name_is_one_line_without_folders_or_tricks(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_the_digest_is_that_of_the_whole_file() -> None:
    file = uploaded("report.pdf")
    file.read(3)

    assert digest(file) == hashlib.sha256(PDF).hexdigest()


def test_a_package_that_lists_more_than_a_document_has_is_not_opened() -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        for number in range(40_000):
            archive.writestr(f"word/{number}.xml", b"")
    with pytest.raises(TooManyEntries):
        refuse_long_list(package, MOST_MEMBERS)
    with pytest.raises(AttachmentError, match="does not contain what its name says"):
        check_file(SimpleUploadedFile("bomb.docx", package.getvalue()))
    refuse_long_list(io.BytesIO(office("word")), MOST_MEMBERS)
