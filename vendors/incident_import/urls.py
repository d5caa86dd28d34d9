"""Routes of vendors.incident_import."""

from django.urls import path

from vendors.incident_import import kept_views, mapping_views, views
from vendors.incident_import.holding.views import incident_import_holds

urlpatterns = [
    path("incidents/import/", views.incident_import, name="incident_import"),
    path("incidents/imports/", views.incident_import_list, name="incident_import_list"),
    path("incidents/imports/<int:pk>/", views.incident_import_detail, name="incident_import_detail"),
    path("incidents/imports/<int:pk>/mapping/", mapping_views.incident_import_mapping, name="incident_import_mapping"),
    path("incidents/imports/<int:pk>/vendors/", views.incident_import_vendors, name="incident_import_vendors"),
    path("incidents/imports/<int:pk>/state/", views.incident_import_state, name="incident_import_state"),
    path("incidents/imports/<int:pk>/holds/", incident_import_holds, name="incident_import_holds"),
    path("incidents/imports/<int:pk>/apply/", views.incident_import_apply, name="incident_import_apply"),
    path("incidents/imports/<int:pk>/cancel/", views.incident_import_cancel, name="incident_import_cancel"),
    path("incidents/imports/<int:pk>/undo/", views.incident_import_undo, name="incident_import_undo"),
    path("incidents/imports/<int:pk>/errors/", views.incident_import_errors, name="incident_import_errors"),
    path("incidents/imports/<int:pk>/keep/", kept_views.import_mapping_add, name="import_mapping_add"),
    path("incidents/sources/<int:pk>/edit/", kept_views.incident_source_edit, name="incident_source_edit"),
    path("incidents/mappings/<int:pk>/delete/", kept_views.import_mapping_delete, name="import_mapping_delete"),
]
