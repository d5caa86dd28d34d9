"""No file of the bank holds the others up, whoever may import one: workbooks and YAML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.brevity import MB, assert_brief, cost_of, only_where_it_is_told
from tests.factories import Cast
from tests.groundwork.tables.bombs import SMALL

pytestmark = [only_where_it_is_told, pytest.mark.django_db]

YAML: dict[str, Callable[[], bytes]] = {
    "lists in lists": lambda: b"[" * 2 * MB,
    "mappings in mappings": lambda: b"{a: " * (MB // 2),
    "aliases": lambda: b"a: &a [x, x]\n" + b"".join(b"a%d: &b [*a, *a]\n" % number for number in range(50_000)),
    "anchors": lambda: b"- &a x\n" * 250_000,
    "keys": lambda: b"".join(b"k%d: 1\n" % number for number in range(150_000)),
    "as many keys as are allowed": lambda: b"".join(b"k%d: 1\n" % number for number in range(9_900)),
    "a number to the base of 60": lambda: b"a: 1" + b":1" * 990_000,
    "a number without end": lambda: b"a: " + b"9" * 2 * MB,
    "a text without end": lambda: b"a: >\n" + b" x\n\n" * 490_000,
    "comments": lambda: b"#\n" * MB,
    "documents": lambda: b"---\n" * (MB // 2),
}


@pytest.mark.parametrize("name", [*SMALL, *YAML])
def test_no_file_of_the_bank_holds_the_others_up(cast: Cast, signed_in: Callable[..., Client], name: str) -> None:
    client = signed_in(cast.editor)
    file = SimpleUploadedFile("bank.yaml" if name in YAML else "bank.xlsx", (SMALL | YAML)[name]())
    answers: list[Any] = []
    page = reverse("admin:manifesto_release_import_new")
    assert_brief(cost_of(lambda: answers.append(client.post(page, {"file": file}))))
    assert [row for row in answers[0].context["run"].rows if row.kind == "error" and row.reason]
