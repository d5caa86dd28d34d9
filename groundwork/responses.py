"""How views try a change and what they answer with, the same in all apps."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from django.contrib import messages
from django.db.models.fields.files import FieldFile
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.views.decorators.http import require_http_methods

from groundwork.languages import active_language
from groundwork.refusals import Refusal
from groundwork.tables.writing import KINDS, Rows, TableFile

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


def table_response(request: HttpRequest, rows: Rows, name: str) -> HttpResponse | StreamingHttpResponse:
    """A table to go on with in a spreadsheet, a list whole, all else a row at a time: as CSV of the reader's language,
    or as XLSX where the address asks for it (`?file=xlsx`). `name`: without its ending."""
    asked = request.GET.get("file", "")
    kind = TableFile.XLSX if asked == TableFile.XLSX else TableFile.CSV
    written = KINDS[kind]
    pieces = written.pieces(rows, active_language())
    response = (
        HttpResponse(b"".join(pieces), content_type=written.content_type)
        if isinstance(rows, list)
        else StreamingHttpResponse(pieces, content_type=written.content_type)
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
