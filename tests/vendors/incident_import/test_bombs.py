"""No file stops the others: whatever is handed in, the process that serves people works briefly and stays small."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.sending.mark import FIELD
from tests.brevity import MB, assert_brief, cost_of, only_where_it_is_told
from tests.factories import Cast
from tests.groundwork.tables.bombs import TEXTS, WORKBOOKS
from vendors.models import ImportState, IncidentImport

MARKER = "-=-"
SOUND = {  # read at once, or by a worker: nothing is wrong with them but their size
    "many cells", "rows that say the same number", "many rows", "letters of Windows", "defined names", "kinds of parts",
    "styles, as many as are allowed", "shared strings, as many as are allowed",
}  # fmt: skip

pytestmark = only_where_it_is_told


def test_the_measure_sees_what_is_held_and_let_go_again() -> None:
    def hold() -> None:
        held = bytearray(150 * MB)
        time.sleep(0.05)
        assert held

    cost = cost_of(hold)
    assert cost.growth > 140 * MB
    assert cost.seconds >= 0.05
    with pytest.raises(AssertionError):
        assert_brief(cost)


@pytest.fixture
def client(cast: Cast, signed_in: Callable[..., Client], settings: Any) -> Iterator[Client]:
    settings.IMPORT_LOOK_SECONDS = 1.2
    yield signed_in(cast.assessor)


@pytest.fixture
def post_file(client: Client, tmp_path: Path) -> Callable[[str, Callable[[], bytes]], Callable[[], Any]]:
    """The body lies on disk, as on its way from the server: a test client would hold it in memory, twice."""

    def prepare(url: str, make: Callable[[], bytes]) -> Callable[[], Any]:
        head = f'--{MARKER}\r\nContent-Disposition: form-data; name="file"; filename="incidents.bin"\r\n\r\n'
        body = tmp_path / "body"
        with body.open("wb") as file:
            file.write(head.encode())
            file.write(make())
            end = f'--{MARKER}\r\nContent-Disposition: form-data; name="{FIELD}"\r\n\r\nend\r\n--{MARKER}--\r\n'
            file.write(f"\r\n{end}".encode())

        def post() -> Any:
            with body.open("rb") as file:
                return client.request(
                    **{"PATH_INFO": url, "REQUEST_METHOD": "POST", "wsgi.input": file},
                    **{"CONTENT_TYPE": f"multipart/form-data; boundary={MARKER}"},
                    **{"CONTENT_LENGTH": body.stat().st_size},
                )

        return post

    return prepare


@pytest.mark.parametrize("name", [*WORKBOOKS, *TEXTS])
def test_no_file_of_incidents_holds_the_others_up(client: Client, post_file: Any, name: str) -> None:
    """The request is answered in time; what is refused says why, and what is not is to be mapped or read in turn."""
    post = post_file(reverse("incident_import"), (WORKBOOKS | TEXTS)[name])
    answers: list[Any] = []
    assert_brief(cost_of(lambda: answers.append(post())))
    upload = IncidentImport.objects.first()
    if upload is None:
        errors = answers[0].context["form"].errors["file"]
        assert name not in SOUND, errors
        assert any(
            word in errors[0]
            for word in ("Save", "save", "split", "shorten", "leave", "look at", "empty", "not an", "no incident")
        )
        return
    assert upload.state in {ImportState.MAPPING, ImportState.READING}
    assert_brief(cost_of(lambda: client.get(reverse("incident_import_mapping", args=[upload.pk]))))
