"""Routes of vendors.care."""

from django.urls import path

from vendors.care import views

urlpatterns = [
    path("vendors/<int:pk>/trainings/add/", views.training_add, name="training_add"),
    path("trainings/<int:pk>/edit/", views.training_edit, name="training_edit"),
    path("trainings/<int:pk>/delete/", views.training_delete, name="training_delete"),
    path("vendors/<int:pk>/people/add/", views.support_person_add, name="support_person_add"),
    path("people/<int:pk>/edit/", views.support_person_edit, name="support_person_edit"),
    path("people/<int:pk>/delete/", views.support_person_delete, name="support_person_delete"),
]
