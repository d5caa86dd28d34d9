"""Routes of assessments.hub."""

from django.urls import path

from assessments.hub import decision_views, views

urlpatterns = [
    path("assessments/", views.assessment_list, name="assessment_list"),
    path("assessments/add/", views.assessment_add, name="assessment_add"),
    path("assessments/<int:pk>/", views.assessment_detail, name="assessment_detail"),
    path("assessments/<int:pk>/edit/", views.assessment_edit, name="assessment_edit"),
    path("assessments/<int:pk>/history/", views.assessment_history, name="assessment_history"),
    path("assessments/<int:pk>/open/", decision_views.assessment_open, name="assessment_open"),
    path("assessments/<int:pk>/cancel/", decision_views.assessment_cancel, name="assessment_cancel"),
    path("assessments/<int:pk>/review/", decision_views.assessment_review, name="assessment_review"),
    path("assessments/<int:pk>/hand-in/", decision_views.assessment_hand_in, name="assessment_hand_in"),
    path("assessments/<int:pk>/take-up/", decision_views.assessment_take_up, name="assessment_take_up"),
    path("assessments/<int:pk>/submit/", decision_views.assessment_submit, name="assessment_submit"),
    path("assessments/<int:pk>/take-back/", decision_views.assessment_take_back, name="assessment_take_back"),
    path("assessments/<int:pk>/take-approval-back/", decision_views.approval_take_back, name="approval_take_back"),
    path("assessments/<int:pk>/approve/", decision_views.assessment_approve, name="assessment_approve"),
    path("assessments/<int:pk>/send-back/", decision_views.assessment_send_back, name="assessment_send_back"),
]
