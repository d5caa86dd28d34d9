"""Routes of vendors.incidents."""

from django.urls import path

from vendors.incidents import views

urlpatterns = [
    path("incidents/", views.incident_list, name="incident_list"),
    path("incidents/export/", views.incident_export, name="incident_export"),
    path("incidents/add/", views.incident_vendor, name="incident_vendor"),
    path("incidents/<int:pk>/", views.incident_detail, name="incident_detail"),
    path("incidents/<int:pk>/edit/", views.incident_edit, name="incident_edit"),
    path("incidents/<int:pk>/delete/", views.incident_delete, name="incident_delete"),
    path("vendors/<int:pk>/incidents/add/", views.incident_add, name="incident_add"),
]
