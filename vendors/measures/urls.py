"""Routes of vendors.measures."""

from django.urls import path

from vendors.measures import views

urlpatterns = [
    path("help/measures/", views.help_measures, name="help_measures"),
    path("vendors/<int:pk>/measures/", views.vendor_measures, name="vendor_measures"),
    path("vendors/<int:pk>/measures/<slug:measure>/", views.vendor_measure, name="vendor_measure"),
    path("vendors/<int:pk>/targets/<slug:measure>/", views.target_edit, name="target_edit"),
    path("vendors/<int:pk>/targets/<slug:measure>/delete/", views.target_delete, name="target_delete"),
]
