"""Routes of config.knowhow."""

from django.urls import path

from config.knowhow import rule_views

urlpatterns = [
    path("rules/<slug:rule>/", rule_views.rule_guide, name="rule_guide"),
]
