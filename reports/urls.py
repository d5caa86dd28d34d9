"""Routes of reports."""

from django.urls import path

from reports.views import rendering, scorecard

urlpatterns = [
    path("scorecards/<int:pk>/", scorecard.scorecard_detail, name="scorecard_detail"),
    path("scorecards/<int:pk>/renderings/", rendering.rendering_request, name="rendering_request"),
    path("renderings/<int:pk>/", rendering.rendering_status, name="rendering_status"),
    path("renderings/<int:pk>/download/", rendering.rendering_download, name="rendering_download"),
]
