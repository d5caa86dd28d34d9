"""Routes of reports.fact_sheets."""

from django.urls import path

from reports.fact_sheets import views

urlpatterns = [
    path("sheets/", views.fact_sheet_request, name="fact_sheet_request"),
    path("sheets/<int:pk>/", views.fact_sheet_status, name="fact_sheet_status"),
    path("sheets/<int:pk>/download/", views.fact_sheet_download, name="fact_sheet_download"),
]
