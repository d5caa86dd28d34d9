"""Routes of reports.emergency_sheets."""

from django.urls import path

from reports.emergency_sheets import views

urlpatterns = [
    path("emergencies/folder/", views.emergency_folder, name="emergency_folder"),
    path("services/<int:pk>/emergency/paper/", views.emergency_paper, name="emergency_paper"),
]
