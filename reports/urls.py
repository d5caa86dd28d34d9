"""Routes of reports."""

from django.urls import path

from reports.views import copies, rendering, scorecard

urlpatterns = [
    path("scorecards/<int:pk>/", scorecard.scorecard_detail, name="scorecard_detail"),
    path("scorecards/<int:pk>/renderings/", rendering.rendering_request, name="rendering_request"),
    path("renderings/<int:pk>/", rendering.rendering_status, name="rendering_status"),
    path("renderings/<int:pk>/download/", rendering.rendering_download, name="rendering_download"),
    path("vendor-desk/<int:link>/copy/", copies.vendor_copy, name="vendor_copy"),
    path("vendor-desk/<int:link>/copy/<slug:language>.pdf", copies.vendor_copy_download, name="vendor_copy_download"),
]
