"""Routes of vendors.service_hours."""

from django.urls import path

from vendors.service_hours import views

urlpatterns = [path("services/<int:pk>/hours/", views.service_hours, name="service_hours")]
