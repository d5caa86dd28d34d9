"""Routes of vendors."""

from django.urls import path

from vendors.views import imports, parts, register

urlpatterns = [
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
    path("vendors/import/", imports.vendor_import, name="vendor_import"),
    path("vendors/import/template/", imports.vendor_import_template, name="vendor_import_template"),
    path("vendors/import/<int:pk>/", imports.vendor_import_preview, name="vendor_import_preview"),
    path("vendors/import/<int:pk>/apply/", imports.vendor_import_apply, name="vendor_import_apply"),
    path("vendors/import/<int:pk>/errors/", imports.vendor_import_errors, name="vendor_import_errors"),
]
