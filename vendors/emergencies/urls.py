"""Routes of vendors.emergencies."""

from django.urls import path

from vendors.emergencies import views

urlpatterns = [
    path("emergencies/", views.emergency_list, name="emergency_list"),
    path("services/<int:pk>/emergency/", views.emergency_plan, name="emergency_plan"),
    path("services/<int:pk>/emergency/edit/", views.emergency_edit, name="emergency_edit"),
    path("services/<int:pk>/emergency/check/", views.emergency_check, name="emergency_check"),
]
