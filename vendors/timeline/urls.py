"""Routes of vendors.timeline."""

from django.urls import path

from vendors.timeline import views

urlpatterns = [
    path("incidents/hour/start/", views.incident_hour_start, name="incident_hour_start"),
    path("incidents/<int:pk>/hour/", views.incident_hour, name="incident_hour"),
    path("incidents/<int:pk>/hour/add/", views.incident_hour_add, name="incident_hour_add"),
    path("incidents/<int:pk>/hour/resolved/", views.incident_hour_resolved, name="incident_hour_resolved"),
    path("incidents/<int:pk>/hour/now/", views.incident_hour_now, name="incident_hour_now"),
    path("incidents/<int:pk>/hour/json/", views.incident_hour_json, name="incident_hour_json"),
    path("timeline/<int:pk>/correct/", views.timeline_entry_correct, name="timeline_entry_correct"),
]
