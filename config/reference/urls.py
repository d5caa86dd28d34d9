"""Routes of config.reference."""

from django.urls import path

from config.reference import pages

urlpatterns = [
    path("help/api/", pages.help_api, name="help_api"),
    path("help/api/problems/", pages.help_api_problems, name="help_api_problems"),
    path("help/api/<slug:group>/", pages.help_api_group, name="help_api_group"),
]
