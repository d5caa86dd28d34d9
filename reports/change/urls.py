"""Routes of reports.change."""

from django.urls import path

from reports.change import views

urlpatterns = [
    path("scorecards/<int:pk>/change/", views.scorecard_change, name="scorecard_change"),
]
