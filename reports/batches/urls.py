"""Routes of reports.batches."""

from django.urls import path

from reports.batches import views

urlpatterns = [
    path("batches/", views.batch_list, name="batch_list"),
    path("batches/add/", views.batch_add, name="batch_add"),
    path("batches/<int:pk>/", views.batch_detail, name="batch_detail"),
    path("batches/<int:pk>/state/", views.batch_state, name="batch_state"),
    path("batches/<int:pk>/cancel/", views.batch_cancel, name="batch_cancel"),
    path("batches/<int:pk>/download/", views.batch_download, name="batch_download"),
]
