"""Routes of reports.archives."""

from django.urls import path

from reports.archives import views

urlpatterns = [
    path("organisation/archive/", views.organisation_archive, name="organisation_archive"),
    path("organisation/archive/add/", views.organisation_archive_add, name="organisation_archive_add"),
    path(
        "organisation/archive/<int:pk>/cancel/", views.organisation_archive_cancel, name="organisation_archive_cancel"
    ),
    path(
        "organisation/archive/<int:pk>/download/",
        views.organisation_archive_download,
        name="organisation_archive_download",
    ),
]
