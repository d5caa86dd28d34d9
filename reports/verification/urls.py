"""Routes of reports.verification."""

from django.urls import path

from reports.verification import views

urlpatterns = [
    path("verify/", views.document_verify, name="document_verify"),
]
