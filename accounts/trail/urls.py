"""Routes of accounts.trail."""

from django.urls import path

from accounts.trail import views

urlpatterns = [
    path("organisation/audit/", views.audit_list, name="audit_list"),
]
