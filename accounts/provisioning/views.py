"""The addresses that a directory calls, below /scim/v2/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from scim2_models import (
    Context,
    ListResponse,
    Meta,
    NotFoundException,
    NotImplementedException,
    PatchOp,
    ResourceType,
    ResponseParameters,
    Schema,
    SearchRequest,
)

from accounts.api.problems import Problem
from accounts.api.requests import ApiRequest
from accounts.models import ProvisionedGroup, ProvisionedPerson
from accounts.provisioning import keeping
from accounts.provisioning.door import already_used, body_of, directory_view, written
from accounts.provisioning.resources import CONFIG, MOST, PROVIDER, Group, User

Row = ProvisionedPerson | ProvisionedGroup
FURTHEST = 10**9  # a place in a list: beyond it a database counts no more


# People and groups --------------------------------------------------------------------------------------------------
@directory_view
def users(request: ApiRequest) -> HttpResponse:
    if request.method == "POST":
        said = User.model_validate(body_of(request), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
        made = _taken(lambda: keeping.add_person(request.member, said))
        return written(keeping.user_of(made), status=201, context=Context.RESOURCE_CREATION_RESPONSE)
    return _list(request, _people(request), User, keeping.user_of, {"username": "user_name"})


@directory_view
def user(request: ApiRequest, uuid: str) -> HttpResponse:
    person = _one(_people(request), uuid)
    if request.method == "DELETE":
        keeping.remove_person(request.member, person, match=_match(request))
        return HttpResponse(status=204)
    if request.method in ("PUT", "PATCH"):
        become = _become(request, User)
        person = _taken(lambda: keeping.change_person(request.member, person, become, match=_match(request)))
    return _shown(request, keeping.user_of(person), User)


@directory_view
def groups(request: ApiRequest) -> HttpResponse:
    if request.method == "POST":
        said = Group.model_validate(body_of(request), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
        made = _taken(lambda: keeping.add_group(request.member, said))
        return written(keeping.group_of(made), status=201, context=Context.RESOURCE_CREATION_RESPONSE)
    return _list(request, _groups(request), Group, keeping.group_of, {"displayname": "name"})


@directory_view
def group(request: ApiRequest, uuid: str) -> HttpResponse:
    row = _one(_groups(request), uuid)
    if request.method == "DELETE":
        keeping.remove_group(request.member, row, match=_match(request))
        return HttpResponse(status=204)
    if request.method in ("PUT", "PATCH"):
        become = _become(request, Group)
        row = _taken(lambda: keeping.change_group(request.member, row, become, match=_match(request)))
    return _shown(request, keeping.group_of(row), Group)


# What is served -----------------------------------------------------------------------------------------------------
@directory_view
def config(request: ApiRequest) -> HttpResponse:
    _only_get(request)
    place = settings.BASE_URL + reverse("scim:config")
    meta = Meta(resource_type="ServiceProviderConfig", location=place)
    return written(CONFIG.model_copy(update={"meta": meta}))


@directory_view
def schemas(request: ApiRequest) -> HttpResponse:
    return _of_description(request, _schemas(), Schema)


@directory_view
def schema(request: ApiRequest, key: str) -> HttpResponse:
    return _of_description(request, _schemas(), Schema, key)


@directory_view
def resource_types(request: ApiRequest) -> HttpResponse:
    return _of_description(request, _resource_types(), ResourceType)


@directory_view
def resource_type(request: ApiRequest, key: str) -> HttpResponse:
    return _of_description(request, _resource_types(), ResourceType, key)


def _schemas() -> list[Any]:
    return [one.model_copy(update={"meta": _place("Schema", "scim:schema", str(one.id))}) for one in PROVIDER.schemas]


def _resource_types() -> list[Any]:
    return [
        one.model_copy(update={"meta": _place("ResourceType", "scim:resource_type", str(one.id))})
        for one in PROVIDER.resource_types
    ]


@directory_view
def nothing(request: ApiRequest, path: str = "") -> HttpResponse:
    """What SCIM knows and this house does not serve, and what nobody knows."""
    if path.rstrip("/") in ("Me", "Bulk", ".search", "Users/.search", "Groups/.search"):
        raise NotImplementedException()
    raise NotFoundException()


# Parts --------------------------------------------------------------------------------------------------------------
def _people(request: ApiRequest) -> QuerySet[ProvisionedPerson]:
    rows = ProvisionedPerson.objects.filter(organisation=request.member.organisation_id)
    return rows.select_related("membership__user", "organisation").prefetch_related("groups").order_by("pk")


def _groups(request: ApiRequest) -> QuerySet[ProvisionedGroup]:
    rows = ProvisionedGroup.objects.filter(organisation=request.member.organisation_id)
    return rows.select_related("organisation").prefetch_related("people").order_by("pk")


def _one(rows: QuerySet[Any], uuid: str) -> Any:
    try:
        found = rows.filter(uuid=uuid).first()
    except ValidationError as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return found


def _list(request: ApiRequest, rows: QuerySet[Any], model: Any, shown: Any, columns: dict[str, str]) -> HttpResponse:
    _only_get(request)
    wanted = SearchRequest[model].model_validate(request.GET.dict())
    start, size = min(wanted.start_index_0 or 0, FURTHEST), MOST if wanted.count is None else min(wanted.count, MOST)
    found: list[Any]
    if wanted.filter is None:
        total, found = rows.count(), [shown(row) for row in rows[start : start + size]]
    else:
        matching = [one for one in map(shown, _narrowed(rows, wanted.filter, columns)) if wanted.filter.match(one)]
        total, found = len(matching), matching[start : start + size]
    listed = ListResponse[model](total_results=total, start_index=start + 1, items_per_page=len(found), resources=found)
    return written(listed, parts=wanted)


def _narrowed(rows: QuerySet[Any], said: str, columns: dict[str, str]) -> QuerySet[Any]:
    """What every directory asks before it creates, “userName eq …”, by the index; any other filter reads the rows."""
    name, _space, rest = said.strip().partition(" ")
    operator, _space, value = rest.strip().partition(" ")
    column = columns.get(name.lower())
    quoted = value.strip()
    plain = len(quoted) > 2 and quoted[0] == quoted[-1] == '"' and not set(quoted[1:-1]) & set('"\\')
    if column is None or operator.lower() != "eq" or not plain:
        return rows
    return rows.filter(**{f"{column}__iexact": quoted[1:-1]})


def _become(request: ApiRequest, model: Any) -> Callable[[Any], Any]:
    """From what stands there to the whole resource as it shall be: as it was sent, or with the operations done."""
    if request.method == "PUT":
        wanted = model.model_validate(body_of(request), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)

        def replaced(stands: Any) -> Any:
            wanted.replace(stands)
            return wanted

        return replaced
    operations = PatchOp[model].model_validate(body_of(request), scim_ctx=Context.RESOURCE_PATCH_REQUEST)

    def patched(stands: Any) -> Any:
        operations.patch(stands)
        return stands

    return patched


def _shown(request: ApiRequest, resource: Any, model: Any) -> HttpResponse:
    if request.method not in ("GET", "PUT", "PATCH"):
        raise Problem(405, "method_not_allowed", headers={"Allow": "GET, PUT, PATCH, DELETE"})
    if request.headers.get("If-None-Match") == resource.meta.version:
        return HttpResponse(status=304, headers={"ETag": resource.meta.version})
    wanted = ResponseParameters[model].model_validate(request.GET.dict())
    return written(resource, parts=wanted)


def _taken(change: Any) -> Any:
    try:
        return change()
    except keeping.TakenError as taken:
        raise already_used(taken.attribute) from taken


def _match(request: ApiRequest) -> str:
    return request.headers.get("If-Match", "").strip()


def _only_get(request: ApiRequest) -> None:
    if request.method != "GET":
        raise Problem(405, "method_not_allowed", headers={"Allow": "GET"})


def _no_filter(request: ApiRequest) -> None:
    """RFC 7644, 4: a filter on what is served is refused, since it would hide some of it."""
    if "filter" in request.GET:
        raise Problem(403, "not_allowed", "What is served is not filtered.")


def _place(kind: str, route: str, key: str) -> Meta:
    return Meta(resource_type=kind, location=settings.BASE_URL + reverse(route, kwargs={"key": key}))


def _of_description(request: ApiRequest, rows: list[Any], model: Any, key: str = "") -> HttpResponse:
    _only_get(request)
    _no_filter(request)
    if not key:
        return written(
            ListResponse[model](total_results=len(rows), start_index=1, items_per_page=len(rows), resources=rows)
        )
    for row in rows:
        if str(row.id) == key:
            return written(row)
    raise NotFoundException()
