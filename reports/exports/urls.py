"""Routes of reports.exports."""

from django.urls import path

from reports.exports import views

urlpatterns = [
    path("exports/", views.export_list, name="export_list"),
    path("exports/add/", views.export_add, name="export_add"),
    path("exports/<int:pk>/", views.export_state, name="export_state"),
    path("exports/<int:pk>/cancel/", views.export_cancel, name="export_cancel"),
    path("exports/<int:pk>/download/", views.export_download, name="export_download"),
]
