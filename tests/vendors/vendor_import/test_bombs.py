"""No file of vendors holds the others up: it is read while somebody waits, so little of it is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.brevity import assert_brief, cost_of, only_where_it_is_told
from tests.factories import Cast
from tests.groundwork.tables.bombs import SMALL, SMALL_TEXTS
from vendors.models import VendorImport

pytestmark = only_where_it_is_told


@pytest.mark.parametrize("name", [*SMALL, *SMALL_TEXTS])
def test_no_file_of_vendors_holds_the_others_up(cast: Cast, signed_in: Callable[..., Client], name: str) -> None:
    client = signed_in(cast.assessor)
    file = SimpleUploadedFile("vendors.bin", (SMALL | SMALL_TEXTS)[name]())
    answers: list[Any] = []
    assert_brief(cost_of(lambda: answers.append(client.post(reverse("vendor_import"), {"file": file}))))
    upload = VendorImport.objects.first()
    if upload is None:
        assert answers[0].context["form"].errors["file"][0]
        return
    assert_brief(cost_of(lambda: client.get(reverse("vendor_import_preview", args=[upload.pk]))))
