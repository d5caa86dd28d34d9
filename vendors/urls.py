"""Routes of vendors."""

from django.urls import path

from vendors.views import feedback, imports, incident_imports, incidents, measures, parts, pulses, register

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
    path("feedback/", feedback.feedback_list, name="feedback_list"),
    path("feedback/add/", feedback.feedback_add, name="feedback_add"),
    path("feedback/export/", feedback.feedback_export, name="feedback_export"),
    path("feedback/<int:pk>/", feedback.feedback_detail, name="feedback_detail"),
    path("feedback/<int:pk>/edit/", feedback.feedback_edit, name="feedback_edit"),
    path("feedback/<int:pk>/delete/", feedback.feedback_delete, name="feedback_delete"),
    path("feedback/files/<int:pk>/", feedback.feedback_file_download, name="feedback_file_download"),
    path("feedback/files/<int:pk>/delete/", feedback.feedback_file_delete, name="feedback_file_delete"),
    path("incidents/<int:pk>/pulse/", pulses.pulse_ask, name="pulse_ask"),
    path("pulses/<int:pk>/revoke/", pulses.pulse_revoke, name="pulse_revoke"),
    path("pulses/<int:pk>/renew/", pulses.pulse_renew, name="pulse_renew"),
    path("pulse/<str:token>/", pulses.pulse_answer, name="pulse_answer"),
    path("incidents/import/", incident_imports.incident_import, name="incident_import"),
    path("incidents/imports/", incident_imports.incident_import_list, name="incident_import_list"),
    path("incidents/imports/<int:pk>/", incident_imports.incident_import_detail, name="incident_import_detail"),
    path(
        "incidents/imports/<int:pk>/mapping/", incident_imports.incident_import_mapping, name="incident_import_mapping"
    ),
    path(
        "incidents/imports/<int:pk>/vendors/", incident_imports.incident_import_vendors, name="incident_import_vendors"
    ),
    path("incidents/imports/<int:pk>/state/", incident_imports.incident_import_state, name="incident_import_state"),
    path("incidents/imports/<int:pk>/apply/", incident_imports.incident_import_apply, name="incident_import_apply"),
    path("incidents/imports/<int:pk>/cancel/", incident_imports.incident_import_cancel, name="incident_import_cancel"),
    path("incidents/imports/<int:pk>/undo/", incident_imports.incident_import_undo, name="incident_import_undo"),
    path("incidents/imports/<int:pk>/errors/", incident_imports.incident_import_errors, name="incident_import_errors"),
    path("incidents/imports/<int:pk>/keep/", incident_imports.import_mapping_add, name="import_mapping_add"),
    path(
        "incidents/mappings/<int:pk>/delete/", incident_imports.import_mapping_delete, name="import_mapping_delete"
    ),
]
