"""Routes of accounts.choices."""

from django.urls import path

from accounts.choices import views

urlpatterns = [
    path("choices/<slug:source>/", views.choice_matches, name="choice_matches"),
]
