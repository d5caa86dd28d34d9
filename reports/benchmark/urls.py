"""Routes of reports.benchmark."""

from django.urls import path

from reports.benchmark import views

urlpatterns = [
    path("benchmark/", views.benchmark, name="benchmark"),
    path("benchmark/join/", views.benchmark_join, name="benchmark_join"),
    path("benchmark/leave/", views.benchmark_leave, name="benchmark_leave"),
]
