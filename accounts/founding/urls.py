"""Routes of accounts.founding."""

from django.urls import path

from accounts.founding import views

urlpatterns = [path("start/", views.start, name="start")]
