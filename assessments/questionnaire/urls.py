"""Routes of assessments.questionnaire."""

from django.urls import path

from assessments.questionnaire import delegation_views, grid_views, views

urlpatterns = [
    path("assessments/<int:pk>/questionnaire/<slug:rule>/", views.questionnaire, name="questionnaire"),
    path("assessments/<int:pk>/score/", views.assessment_score, name="assessment_score"),
    path("answers/<int:pk>/delegate/", delegation_views.delegation_add, name="delegation_add"),
    path("delegations/<int:pk>/", delegation_views.delegation_detail, name="delegation_detail"),
    path("delegations/<int:pk>/done/", delegation_views.delegation_done, name="delegation_done"),
    path("delegations/<int:pk>/take-back/", delegation_views.delegation_take_back, name="delegation_take_back"),
    path("answers/<int:pk>/", views.answer_edit, name="answer_edit"),
    path("answers/<int:pk>/note/", views.answer_note, name="answer_note"),
    path("answers/<int:pk>/evidence/", views.evidence_add, name="evidence_add"),
    path("evidence/<int:pk>/", views.evidence_download, name="evidence_download"),
    path("evidence/<int:pk>/delete/", views.evidence_delete, name="evidence_delete"),
    path("my-work/side-by-side/", grid_views.answer_grid, name="answer_grid"),
    path("my-work/side-by-side/<slug:question>/", grid_views.answer_grid_question, name="answer_grid_question"),
]
