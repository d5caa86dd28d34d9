"""Routes of reports.comparison."""

from django.urls import path

from reports.comparison import views

urlpatterns = [
    path("comparison/", views.comparison, name="comparison"),
    path("comparison/documents/", views.comparison_document_request, name="comparison_document_request"),
    path("comparison/documents/<int:pk>/", views.comparison_document_status, name="comparison_document_status"),
    path(
        "comparison/documents/<int:pk>/download/",
        views.comparison_document_download,
        name="comparison_document_download",
    ),
]
