"""The addresses that a directory calls. What answers is loaded by the first call: scim2-models takes a web process as
long to load as everything else together, and few installations have a directory."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt


def _late(address: str, name: str) -> URLPattern:
    """The view of this name, loaded when it is asked for."""

    @csrf_exempt  # as each of them is
    def view(request: HttpRequest, **named: Any) -> HttpResponse:
        from accounts.provisioning import views

        response: HttpResponse = getattr(views, name)(request, **named)
        return response

    view.__name__ = view.__qualname__ = name
    return path(address, view, name=name)


app_name = "scim"
urlpatterns = [
    _late("Users", "users"),
    _late("Users/<str:uuid>", "user"),
    _late("Groups", "groups"),
    _late("Groups/<str:uuid>", "group"),
    _late("ServiceProviderConfig", "config"),
    _late("Schemas", "schemas"),
    _late("Schemas/<str:key>", "schema"),
    _late("ResourceTypes", "resource_types"),
    _late("ResourceTypes/<str:key>", "resource_type"),
    _late("<path:path>", "nothing"),
    _late("", "nothing"),
]
