"""Routes of reports.vendor_copy."""

from django.urls import path

from reports.vendor_copy import views

urlpatterns = [
    path("vendor-desk/<int:link>/copy/", views.vendor_copy, name="vendor_copy"),
    path("vendor-desk/<int:link>/copy/<slug:language>.pdf", views.vendor_copy_download, name="vendor_copy_download"),
]
