"""How an operation is declared: by its row in `accounts.operations.OPERATIONS`, which says what it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from accounts.access import may
from accounts.api import scopes
from accounts.api.problems import Problem, not_found
from accounts.api.requests import ApiRequest
from accounts.api.schemas import ConflictOut, ProblemOut
from accounts.operations import OPERATIONS, Operation, Scope
from groundwork.refusals import Refusal
from groundwork.storage import StoreAway

ALWAYS = (400, 401, 403, 429)
HAS_BODY = ("POST", "PUT", "PATCH")
MEANING: Mapping[int, str] = {
    304: "You have it already: nothing changed.",
    400: "The request cannot be read.",
    401: "No valid token.",
    403: "The token or its holder may not.",
    404: "Not there, or another organisation’s.",
    409: "Refused, or somebody else was first; then both texts.",
    412: "It changed since it was read.",
    413: "More than one request may bring.",
    422: "Some of it cannot be taken; `errors` says what.",
    423: "Nothing is taken here any more.",
    428: "Say by If-Match what you change.",
    429: "Too many requests; Retry-After says when.",
}
NAMED = re.compile(r'"#/components/schemas/([^"]+)"')
Handler = Callable[..., Any]


def endpoint(
    router: Router,
    method: str,
    path: str,
    operation: str,
    response: Any,
    *,
    problems: tuple[int, ...] = (),
    status: int = 200,
    is_versioned: bool = False,
    is_kept: bool = False,
    more: Mapping[str, Any] | None = None,
) -> Callable[[Handler], Handler]:
    """Declare the decorated handler `(request, …) → body` as `METHOD path` with this operation id.

    `response`: the schema of the answer with `status`; `problems`: statuses that it refuses with beside those of every
    operation; `is_versioned`: it answers with an ETag, or takes If-Match; `is_kept`: who has it by its ETag is answered
    304 (`etags.is_known`). The first line of the docstring is the
    summary of the reference, the rest its description. Raises KeyError for an operation without a row in the table.
    """
    takes = OPERATIONS[operation]
    refusals = sorted({*ALWAYS, *problems, *((404,) if "{" in path else ()), *((422,) if method in HAS_BODY else ())})
    answers = {status: response, **{one: ConflictOut if one == 409 else ProblemOut for one in refusals}}
    if is_kept:
        answers[304] = None

    def declare(handler: Handler) -> Handler:
        guarded = _guarded(handler)
        summary, _blank, description = (handler.__doc__ or "").strip().partition("\n")
        router.api_operation(
            [method],
            path,
            operation_id=operation,
            auth=_doorkeeper(takes),
            response=answers,
            summary=summary.rstrip("."),
            description=_dedented(description),
            exclude_none=False,
            openapi_extra=_extra(
                method,
                takes,
                takes_match=is_versioned and _takes_match(method, problems),
                is_kept=is_kept,
                more=more or {},
            ),
        )(guarded)
        return handler

    return declare


def _doorkeeper(takes: Operation) -> Callable[[ApiRequest], bool]:
    """Asked before anything of the request is read: who may not, is not told what is wrong with it."""

    def lets_in(request: ApiRequest) -> bool:
        _let_in(request, takes)
        return True

    return lets_in


def _guarded(handler: Handler) -> Handler:
    @wraps(handler)
    def guarded(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return handler(request, *args, **kwargs)
        except Http404 as error:
            raise not_found() from error
        except PermissionDenied as error:
            raise Problem(403, "not_allowed", str(error)) from error
        except StoreAway as away:
            raise Problem(503, "away", str(away), headers={"Retry-After": "30"}) from away
        except Refusal as refusal:
            raise Problem(409, "refused", str(refusal)) from refusal

    # The library looks for the names of annotations in the module of what it is given: here they mean nothing.
    guarded.__signature__ = signature(handler, eval_str=True)  # type: ignore[attr-defined]
    return guarded


def _let_in(request: ApiRequest, takes: Operation) -> None:
    """Raises Problem 403, which says what is missing."""
    if takes.scope is not None:
        hold_to_scope(request, takes.scope)
    if takes.right is not None and not may(request.member, takes.right):
        raise Problem(403, "not_allowed", _("The role of its holder does not allow it."))


def hold_to_scope(request: ApiRequest, scope: Scope) -> None:
    """For what tells more than the scope of its own operation says. Raises Problem 403."""
    if scope not in request.token.scopes:
        missing = _("It lacks the scope “%(scope)s”. Scopes are chosen when a token is made.")
        raise Problem(403, "not_allowed", missing % {"scope": scope})


def _dedented(description: str) -> str:
    return " ".join(line.strip() for line in description.strip().splitlines())


def _takes_match(method: str, problems: tuple[int, ...]) -> bool:
    """A POST takes it where it refuses without it: a step further of something that has a version."""
    return method in ("PUT", "PATCH", "DELETE") or 428 in problems


def _extra(
    method: str, takes: Operation, *, takes_match: bool, is_kept: bool, more: Mapping[str, Any]
) -> dict[str, Any]:
    """What the library does not say by itself."""
    parameters = []
    if takes_match:
        parameters.append(_header("If-Match", "The ETag of what you read and now change."))
    if is_kept:
        parameters.append(_header("If-None-Match", "The ETag of what you have; where it is the same still: 304."))
    if method in ("POST", "PUT", "PATCH", "DELETE"):
        parameters.append(_header("Idempotency-Key", "Any text of yours: what carries it is done once."))
    extra: dict[str, Any] = {"x-scope": takes.scope and str(takes.scope), "security": [{"token": []}], **more}
    if parameters:
        extra["parameters"] = [*parameters, *extra.get("parameters", [])]
    return extra


def _header(name: str, description: str) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": False,
        "description": description,
        "schema": {"type": "string", "maxLength": 255},
    }


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The document of OpenAPI with what each status means, problems as `application/problem+json`, and the scopes."""
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                code = int(status)
                answer["description"] = MEANING.get(code, "Done.")
                if code >= 400:
                    answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
    tags = dict.fromkeys(tag for path in document["paths"].values() for one in path.values() for tag in one["tags"])
    document["tags"] = [{"name": tag} for tag in tags]
    document["servers"] = [{"url": "/"}]
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["x-scopes"] = {scope: str(words) for scope, words in scopes.WORDS.items()}
    _forget_what_nobody_names(document)
    return document


def _forget_what_nobody_names(document: dict[str, Any]) -> None:
    """The library also lists the shapes that it makes parameters of."""
    shapes = document["components"]["schemas"]
    named = None
    while named is None or named < shapes.keys():
        named = set(NAMED.findall(json.dumps(document, default=str)))
        for name in shapes.keys() - named:
            del shapes[name]
