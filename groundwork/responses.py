"""How views try a change and what they answer with, the same in all apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType

from django.contrib import messages
from django.db.models.fields.files import FieldFile
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.views.decorators.http import require_http_methods

from groundwork.refusals import Refusal

# For a page with a form of its own: whoever does not post is shown it.
form_view = require_http_methods(["GET", "HEAD", "POST"])


def post_data(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty POST says something too, that nothing was chosen."""
    return request.POST if request.method == "POST" else None


# Trying a change -------------------------------------------------------------------------------------------------
class Attempt:
    """`with Attempt(tell): …` tries a change; a refusal is told, and the view goes on behind the block."""

    def __init__(self, tell: Callable[[Refusal], object]) -> None:
        self.tell = tell

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, Refusal):
            return False
        self.tell(error)
        return True


def or_say_why(request: HttpRequest, *, level: int = messages.ERROR) -> Attempt:
    """A refusal is said on the next page. What follows the change in the block is for the change that was made."""
    return Attempt(lambda refused: messages.add_message(request, level, str(refused)))


def or_beside(form: BaseForm, field: str | None = None) -> Attempt:
    """A refusal is said beside the field that it is about, else beside this one, or above them all."""
    return Attempt(lambda refused: form.add_error(refused.field or field, str(refused)))


# Files -----------------------------------------------------------------------------------------------------------
def attachment(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """The file, always to be kept and never to be shown: what it contains was written by others."""
    try:
        content = file.open("rb")
    except FileNotFoundError as missing:
        raise Http404 from missing
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def csv_response(content: bytes | Iterable[bytes], name: str) -> HttpResponse | StreamingHttpResponse:
    """A table to go on with in a spreadsheet: whole, or a line at a time."""
    kind = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    response = kind(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
