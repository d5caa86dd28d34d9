"""Routes of assessments.approval."""

from django.urls import path

from assessments.approval import views

urlpatterns = [
    path("settings/approval/", views.approval_chain, name="approval_chain"),
    path("settings/approval/add/", views.approval_level_add, name="approval_level_add"),
    path("settings/approval/<int:pk>/", views.approval_level_edit, name="approval_level_edit"),
    path("settings/approval/<int:pk>/delete/", views.approval_level_delete, name="approval_level_delete"),
    path("settings/approval/<int:pk>/move/", views.approval_level_move, name="approval_level_move"),
]
