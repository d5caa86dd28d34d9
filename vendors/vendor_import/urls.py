"""Routes of vendors.vendor_import."""

from django.urls import path

from vendors.vendor_import import views

urlpatterns = [
    path("vendors/import/", views.vendor_import, name="vendor_import"),
    path("vendors/import/template/", views.vendor_import_template, name="vendor_import_template"),
    path("vendors/import/<int:pk>/", views.vendor_import_preview, name="vendor_import_preview"),
    path("vendors/import/<int:pk>/apply/", views.vendor_import_apply, name="vendor_import_apply"),
    path("vendors/import/<int:pk>/errors/", views.vendor_import_errors, name="vendor_import_errors"),
]
