"""Routes of reports.trends."""

from django.urls import path

from reports.trends import views

urlpatterns = [
    path("vendors/<int:pk>/trends/", views.vendor_trends, name="vendor_trends"),
]
