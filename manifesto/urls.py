"""Routes of manifesto."""

from django.urls import URLPattern, path

from manifesto import views

urlpatterns: list[URLPattern] = [path("rules/", views.rules, name="rules")]
