"""Routes of reports.board."""

from django.urls import path

from reports.board import views

urlpatterns = [
    path("portfolio/board/", views.board_report, name="board_report"),
    path("portfolio/board/<int:pk>/", views.board_detail, name="board_detail"),
]
