"""Who asks for the directory: a token with the scope for it; and how refusals look, as SCIM writes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError
from scim2_models import Context, Error, NotFoundException, ResponseParameters, SCIMException, UniquenessException

from accounts.access import Right, may
from accounts.api.frame import identify
from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from accounts.operations import Scope
from accounts.provisioning.members import DirectoryError
from accounts.provisioning.resources import PROVIDER
from accounts.trail import audit
from groundwork.clean_text import without_controls
from groundwork.refusals import Refusal

CONTENT_TYPE = "application/scim+json"
View = Callable[..., HttpResponse]
LACKING = "The token lacks the scope “directory”, or its holder may not administer the organisation."


def directory_view(view: View) -> View:
    """For the view `(request: ApiRequest, …)`; it may raise what SCIM, its schemas and this house refuse with."""

    @csrf_exempt  # a token says who asks; a cookie means nothing here
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = cast(ApiRequest, request)
        try:
            headers = identify(asked, timezone.now())
            if Scope.DIRECTORY not in asked.token.scopes or not may(asked.member, Right.ADMINISTER):
                raise Problem(403, "not_allowed", LACKING)
            with audit.through(asked.token.name), PROVIDER:
                response = view(asked, *args, **kwargs)
            for name, value in headers.items():
                response.headers[name] = value
        except Problem as problem:
            response = _error(problem.status, str(problem.detail or problem.code), headers=dict(problem.headers))
        except ValidationError as error:
            first = Error.from_validation_error(cast(dict[str, Any], error.errors()[0]))
            response = _error(first.status or 400, first.detail or "", first.scim_type or "")
        except SCIMException as error:
            response = _error(error.status, str(error), error.scim_type or "")
        except Http404:
            response = _error(404, str(NotFoundException()))
        except DirectoryError as refusal:
            response = _error(400, str(refusal), "invalidValue")
        except Refusal as refusal:
            response = _error(409, str(refusal))
        return response

    return guarded


def written(
    model: Any,
    *,
    status: int = 200,
    context: Context = Context.RESOURCE_QUERY_RESPONSE,
    parts: ResponseParameters[Any] | None = None,
) -> HttpResponse:
    """A resource or a list as it goes out, with its ETag and place. `parts`: what the request wants of it."""
    content = model.model_dump(scim_ctx=context, response_parameters=parts)
    response = HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)
    meta = getattr(model, "meta", None)
    if meta is not None and meta.version:
        response["ETag"] = meta.version
    if meta is not None and meta.location:
        response["Location"] = str(meta.location)
    return response


def body_of(request: HttpRequest) -> Any:
    """Cleaned. Raises Problem 400 for what is no JSON at all."""
    try:
        return _clean(json.loads(request.body))
    except (ValueError, RecursionError) as error:
        raise Problem(400, "bad_request", "The body is no JSON, or nested too deep.") from error


def _clean(said: Any) -> Any:
    """Without control characters, which would be kept, and printed."""
    if isinstance(said, str):
        return without_controls(said).replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(said, list):
        return [_clean(one) for one in said]
    if isinstance(said, dict):
        return {_clean(key): _clean(value) for key, value in said.items()}
    return said


def already_used(attribute: str) -> SCIMException:
    return UniquenessException(attribute=attribute, detail=f"Another one has this {attribute}.")


def _error(status: int, detail: str, scim_type: str = "", *, headers: dict[str, str] | None = None) -> HttpResponse:
    error = Error(status=status, detail=detail, scim_type=scim_type or None)
    content = json.dumps(error.model_dump(), ensure_ascii=False)
    return HttpResponse(content, status=status, content_type=CONTENT_TYPE, headers=headers or {})
