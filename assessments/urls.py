"""Routes of assessments."""

from django.urls import path

from assessments.views import assessments, decisions, questionnaire

urlpatterns = [
    path("assessments/", assessments.assessment_list, name="assessment_list"),
    path("assessments/add/", assessments.assessment_add, name="assessment_add"),
    path("assessments/<int:pk>/", assessments.assessment_detail, name="assessment_detail"),
    path("assessments/<int:pk>/edit/", assessments.assessment_edit, name="assessment_edit"),
    path("assessments/<int:pk>/history/", assessments.assessment_history, name="assessment_history"),
    path("assessments/<int:pk>/open/", decisions.assessment_open, name="assessment_open"),
    path("assessments/<int:pk>/cancel/", decisions.assessment_cancel, name="assessment_cancel"),
    path("assessments/<int:pk>/review/", decisions.assessment_review, name="assessment_review"),
    path("assessments/<int:pk>/hand-in/", decisions.assessment_hand_in, name="assessment_hand_in"),
    path("assessments/<int:pk>/take-up/", decisions.assessment_take_up, name="assessment_take_up"),
    path("assessments/<int:pk>/submit/", decisions.assessment_submit, name="assessment_submit"),
    path("assessments/<int:pk>/approve/", decisions.assessment_approve, name="assessment_approve"),
    path("assessments/<int:pk>/send-back/", decisions.assessment_send_back, name="assessment_send_back"),
    path("assessments/<int:pk>/questionnaire/<slug:rule>/", questionnaire.questionnaire, name="questionnaire"),
    path("assessments/<int:pk>/score/", questionnaire.assessment_score, name="assessment_score"),
    path("answers/<int:pk>/", questionnaire.answer_edit, name="answer_edit"),
    path("answers/<int:pk>/evidence/", questionnaire.evidence_add, name="evidence_add"),
    path("evidence/<int:pk>/", questionnaire.evidence_download, name="evidence_download"),
    path("evidence/<int:pk>/delete/", questionnaire.evidence_delete, name="evidence_delete"),
]
