"""Routes of reports.documents."""

from django.urls import path

from reports.documents import views

urlpatterns = [
    path("scorecards/<int:pk>/renderings/", views.rendering_request, name="rendering_request"),
    path("renderings/<int:pk>/", views.rendering_status, name="rendering_status"),
    path("renderings/<int:pk>/download/", views.rendering_download, name="rendering_download"),
]
