"""Routes of reports.scorecard."""

from django.urls import path

from reports.scorecard import views

urlpatterns = [
    path("scorecards/<int:pk>/", views.scorecard_detail, name="scorecard_detail"),
]
