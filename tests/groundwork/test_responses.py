"""What views try and answer with, on pages and fields of nobody in particular."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db.models.fields.files import FieldFile, FileField
from django.http import Http404, HttpRequest
from django.test import RequestFactory

from groundwork.refusals import Refusal
from groundwork.responses import attachment, or_beside, or_say_why, post_data, table_response


class TooLate(Refusal):
    field = "day"


class DayForm(forms.Form):
    day = forms.CharField(required=False)


@pytest.fixture
def request_with_messages() -> HttpRequest:
    request = RequestFactory().post("/", {})
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def said(request: HttpRequest) -> list[tuple[str, str]]:
    return [(message.level_tag, message.message) for message in get_messages(request)]


def test_a_refusal_is_said_and_the_view_goes_on(request_with_messages: HttpRequest) -> None:
    reached = False
    with or_say_why(request_with_messages):
        raise Refusal("It is closed.")
        reached = True
    assert said(request_with_messages) == [("error", "It is closed.")]
    assert not reached


def test_a_change_that_is_made_says_nothing_by_itself(request_with_messages: HttpRequest) -> None:
    with or_say_why(request_with_messages):
        pass
    assert said(request_with_messages) == []


def test_what_breaks_is_no_refusal(request_with_messages: HttpRequest) -> None:
    with pytest.raises(ZeroDivisionError), or_say_why(request_with_messages):
        raise ZeroDivisionError


@pytest.mark.parametrize(("refusal", "field"), [(TooLate("Past."), "day"), (Refusal("Past."), "__all__")])
def test_a_refusal_stands_beside_the_field_that_it_is_about(refusal: Refusal, field: str) -> None:
    form = DayForm({})
    with or_beside(form):
        raise refusal
    assert form.errors == {field: ["Past."]}


def test_an_empty_post_is_bound_and_a_look_is_not() -> None:
    assert post_data(RequestFactory().post("/", {})) is not None
    assert post_data(RequestFactory().get("/?day=1")) is None


def kept(name: str) -> FieldFile:
    storage = InMemoryStorage()
    storage.save("there.txt", ContentFile(b"<script>"))
    return FieldFile(instance=None, field=FileField(storage=storage), name=name)  # type: ignore[arg-type]


def test_a_file_is_kept_and_never_shown() -> None:
    response = attachment(kept("there.txt"), name="notes.txt", content_type="text/plain")
    assert b"".join(response.streaming_content) == b"<script>"  # type: ignore[arg-type]
    assert response["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")


def test_a_file_that_is_gone_is_not_found() -> None:
    with pytest.raises(Http404):
        attachment(kept("gone.txt"), name="notes.txt", content_type="text/plain")


@pytest.mark.parametrize("rows", [[["a", "b"]], iter([["a", "b"]])], ids=["whole", "a line at a time"])
def test_a_table_goes_out_to_be_kept_and_not_to_be_shown(rows: list[list[str]]) -> None:
    response = table_response(RequestFactory().get("/"), rows, "incidents")
    assert b"".join(response) == b'\xef\xbb\xbf"a","b"\r\n'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="incidents.csv"'
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
