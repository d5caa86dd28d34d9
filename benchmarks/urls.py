"""The product's routes and two empty views: the floor that a page is measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts import access


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


access.ROUTES["empty_public"] = access.Gate.PUBLIC
access.ROUTES["empty_member"] = access.Right.READ
urlpatterns = [
    path("empty/public/", empty, name="empty_public"),
    path("empty/member/", empty, name="empty_member"),
    path("", include("config.urls")),
]
