"""Routes of assessments.commitments."""

from django.urls import path

from assessments.commitments import step_views, views

urlpatterns = [
    path("commitments/", views.commitment_list, name="commitment_list"),
    path("vendors/<int:pk>/commitments/add/", views.commitment_add, name="commitment_add"),
    path("commitments/<int:pk>/", views.commitment_detail, name="commitment_detail"),
    path("commitments/<int:pk>/edit/", views.commitment_edit, name="commitment_edit"),
    path("commitments/<int:pk>/agree/", step_views.commitment_agree, name="commitment_agree"),
    path("commitments/<int:pk>/progress/", step_views.commitment_progress, name="commitment_progress"),
    path("commitments/<int:pk>/report/", step_views.commitment_report, name="commitment_report"),
    path("commitments/<int:pk>/return/", step_views.commitment_return, name="commitment_return"),
    path("commitments/<int:pk>/keep/", step_views.commitment_keep, name="commitment_keep"),
    path("commitments/<int:pk>/miss/", step_views.commitment_miss, name="commitment_miss"),
    path("commitments/<int:pk>/withdraw/", step_views.commitment_withdraw, name="commitment_withdraw"),
    path("commitments/<int:pk>/files/add/", views.commitment_file_add, name="commitment_file_add"),
    path("commitments/files/<int:pk>/", views.commitment_file_download, name="commitment_file_download"),
    path("commitments/files/<int:pk>/delete/", views.commitment_file_delete, name="commitment_file_delete"),
]
