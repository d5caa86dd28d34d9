"""Routes of config.knowhow."""

from django.urls import path

from config.knowhow import pages, rule_views

urlpatterns = [
    path("rules/<slug:rule>/", rule_views.rule_guide, name="rule_guide"),
    path("help/glossary/", pages.help_glossary, name="help_glossary"),
    path("help/search/", pages.help_search, name="help_search"),
    path("help/guides/<slug:guide>/", pages.help_guide, name="help_guide"),
]
