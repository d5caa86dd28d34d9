"""Files that are asked for, followed and fetched: what their answers have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja import Field

from accounts.api.problems import Fault, Problem, invalid
from accounts.api.requests import ApiRequest
from groundwork.languages import LANGUAGE_CODES, active_language

SOON = "2"  # seconds until it is worth asking again
LANGUAGE = Field("", pattern=rf"^({'|'.join(LANGUAGE_CODES)})?$", description="en, fr or nl; as asked for unless said.")


def language_of(said: str) -> str:
    return said or active_language()


def show_where(request: ApiRequest, kind: str, uuid: object, *, is_unfinished: bool) -> None:
    """Where it is followed, and when to ask again."""
    request.answer_headers["Location"] = f"/api/v1/{kind}/{uuid}"
    show_when(request, is_unfinished=is_unfinished)


def show_when(request: ApiRequest, *, is_unfinished: bool) -> None:
    if is_unfinished:
        request.answer_headers["Retry-After"] = SOON


def bytes_of(*kinds: str) -> Mapping[str, Any]:
    """For the reference: the answer is a file of one of these kinds."""
    structured = {"type": "object"}
    content = {
        kind: {"schema": structured if kind == "application/json" else {"type": "string", "contentMediaType": kind}}
        for kind in kinds
    }
    return {"responses": {200: {"content": content}}}


def not_there(path: str, words: object) -> Problem:
    return invalid([Fault(path=path, detail=str(words))])
