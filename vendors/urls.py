"""Routes of vendors."""

from django.urls import path

from vendors.views import imports, incidents, measures, parts, register

urlpatterns = [
    path("quadrant/", measures.quadrant, name="quadrant"),
    path("vendors/<int:pk>/measures/", measures.vendor_measures, name="vendor_measures"),
    path("vendors/<int:pk>/quadrant/", measures.vendor_quadrant, name="vendor_quadrant"),
    path("vendors/<int:pk>/targets/<slug:measure>/", measures.target_edit, name="target_edit"),
    path("vendors/<int:pk>/targets/<slug:measure>/delete/", measures.target_delete, name="target_delete"),
    path("vendors/", register.vendor_list, name="vendor_list"),
    path("vendors/add/", register.vendor_add, name="vendor_add"),
    path("vendors/<int:pk>/", register.vendor_detail, name="vendor_detail"),
    path("vendors/<int:pk>/edit/", register.vendor_edit, name="vendor_edit"),
    path("vendors/<int:pk>/archive/", register.vendor_archive, name="vendor_archive"),
    path("vendors/<int:pk>/restore/", register.vendor_restore, name="vendor_restore"),
    path("vendors/<int:pk>/services/add/", parts.service_add, name="service_add"),
    path("vendors/<int:pk>/contacts/add/", parts.contact_add, name="contact_add"),
    path("services/<int:pk>/edit/", parts.service_edit, name="service_edit"),
    path("services/<int:pk>/delete/", parts.service_delete, name="service_delete"),
    path("contacts/<int:pk>/edit/", parts.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/delete/", parts.contact_delete, name="contact_delete"),
    path("incidents/", incidents.incident_list, name="incident_list"),
    path("incidents/export/", incidents.incident_export, name="incident_export"),
    path("incidents/add/", incidents.incident_vendor, name="incident_vendor"),
    path("incidents/<int:pk>/", incidents.incident_detail, name="incident_detail"),
    path("incidents/<int:pk>/edit/", incidents.incident_edit, name="incident_edit"),
    path("incidents/<int:pk>/delete/", incidents.incident_delete, name="incident_delete"),
    path("vendors/<int:pk>/incidents/add/", incidents.incident_add, name="incident_add"),
    path("vendors/import/", imports.vendor_import, name="vendor_import"),
    path("vendors/import/template/", imports.vendor_import_template, name="vendor_import_template"),
    path("vendors/import/<int:pk>/", imports.vendor_import_preview, name="vendor_import_preview"),
    path("vendors/import/<int:pk>/apply/", imports.vendor_import_apply, name="vendor_import_apply"),
    path("vendors/import/<int:pk>/errors/", imports.vendor_import_errors, name="vendor_import_errors"),
]
