"""Routes of reports.people."""

from django.urls import path

from reports.people import views

urlpatterns = [
    path("profile/stored/", views.person_stored, name="person_stored"),
    path("profile/stored/download/", views.person_download, name="person_download"),
    path("contacts/<int:pk>/erase/", views.contact_erase, name="contact_erase"),
    path("profile/erase/", views.person_erase, name="person_erase"),
]
