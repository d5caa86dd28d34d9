"""Routes of vendors.register."""

from django.urls import path

from vendors.register import service_contact_views, views

urlpatterns = [
    path("vendors/", views.vendor_list, name="vendor_list"),
    path("vendors/add/", views.vendor_add, name="vendor_add"),
    path("vendors/<int:pk>/", views.vendor_detail, name="vendor_detail"),
    path("vendors/<int:pk>/edit/", views.vendor_edit, name="vendor_edit"),
    path("vendors/<int:pk>/archive/", views.vendor_archive, name="vendor_archive"),
    path("vendors/<int:pk>/restore/", views.vendor_restore, name="vendor_restore"),
    path("vendors/<int:pk>/services/add/", service_contact_views.service_add, name="service_add"),
    path("vendors/<int:pk>/contacts/add/", service_contact_views.contact_add, name="contact_add"),
    path("services/<int:pk>/edit/", service_contact_views.service_edit, name="service_edit"),
    path("services/<int:pk>/delete/", service_contact_views.service_delete, name="service_delete"),
    path("contacts/<int:pk>/edit/", service_contact_views.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/delete/", service_contact_views.contact_delete, name="contact_delete"),
]
