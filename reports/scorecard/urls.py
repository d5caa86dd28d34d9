"""Routes of reports.scorecard."""

from django.urls import path

from reports.scorecard import views

urlpatterns = [
    path("scorecards/<int:pk>/", views.scorecard_detail, name="scorecard_detail"),
    path("scorecards/<int:pk>/rules/<slug:rule>/", views.scorecard_rule, name="scorecard_rule"),
    path("scorecards/<int:pk>/trends/", views.scorecard_trends, name="scorecard_trends"),
]
