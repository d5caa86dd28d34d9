"""Half a request is none: a body that broke off is shorter than it said it would be, or lacks the mark of its end."""

from __future__ import annotations

from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.shortcuts import render

from accounts.access import ROUTES
from accounts.sending import kept
from accounts.sending.mark import FIELD

# Forms of Django's own and of the sign-in library: they end in nothing, hold no text that could be cut, and a password
# that is cut is refused by itself.
POSTED_BY_OTHERS = ("sign_in_saml",)  # by a provider's page, which knows nothing of our marks
UNMARKED = ("account_", "mfa_", "admin:login", "admin:logout", "admin:password_change", "admin:auth_user_password")


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...
    def readline(self, size: int = ..., /) -> bytes: ...


class Counted:
    """A request's stream that counts what it gave."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.count = 0

    def read(self, *size: int) -> bytes:
        return self._counted(self._stream.read(*size))

    def readline(self, *size: int) -> bytes:
        return self._counted(self._stream.readline(*size))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _counted(self, part: bytes) -> bytes:
        self.count += len(part)
        return part


def is_short(request: HttpRequest) -> bool:
    """Read the whole body, and compare it with what was announced.

    The server hands a short read on as if it were the end, and Django takes it: fields that are missing mean empty.
    Here, because a view that asks a second time after a failed read is given an empty form.
    """
    announced = _announced(request)
    if request.method in ("GET", "HEAD") or announced == 0:
        return False
    stream = Counted(request._stream)
    request._stream = stream  # type: ignore[assignment]
    try:
        if request.content_type == "multipart/form-data":
            request.POST  # noqa: B018 - reading is what it is for: files go where the upload handlers put them
        else:
            request.body  # noqa: B018
    except UnreadablePostError:  # the connection is gone, or its sender was silent for too long
        return True
    return stream.count < announced


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def must_be_marked(route: str) -> bool:
    if route in POSTED_BY_OTHERS:
        return False
    return route in ROUTES or (route.startswith("admin:") and not route.startswith(UNMARKED))


def lacks_its_end(request: HttpRequest, route: str) -> bool:
    return request.method == "POST" and must_be_marked(route) and FIELD not in request.POST


def broken_off(request: HttpRequest) -> HttpResponse:
    """400: nothing was written. Browsers keep no page of ours, so what did arrive stands there to be copied."""
    return render(request, "errors/broken_off.html", {"left": kept.shown(request)}, status=400)
