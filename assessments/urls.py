"""Routes of assessments."""

from django.urls import path

from assessments.views import assessments, decisions, grid, links, preferences, questionnaire

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
    path("assessments/<int:pk>/vendor/", links.assessment_vendor, name="assessment_vendor"),
    path("assessments/<int:pk>/vendor/links/", links.link_add, name="link_add"),
    path("assessments/<int:pk>/vendor/reopen/", links.vendor_reopen, name="vendor_reopen"),
    path("links/<int:pk>/renew/", links.link_renew, name="link_renew"),
    path("links/<int:pk>/extend/", links.link_extend, name="link_extend"),
    path("links/<int:pk>/withdraw/", links.link_revoke, name="link_revoke"),
    path("vendor-link/<str:token>/", links.vendor_link, name="vendor_link"),
    path("answers/<int:pk>/", questionnaire.answer_edit, name="answer_edit"),
    path("answers/<int:pk>/evidence/", questionnaire.evidence_add, name="evidence_add"),
    path("evidence/<int:pk>/", questionnaire.evidence_download, name="evidence_download"),
    path("evidence/<int:pk>/delete/", questionnaire.evidence_delete, name="evidence_delete"),
    path("my-work/side-by-side/", grid.answer_grid, name="answer_grid"),
    path("my-work/side-by-side/<slug:question>/", grid.answer_grid_question, name="answer_grid_question"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/calendar/", preferences.preferences_calendar, name="preferences_calendar"),
    path("preferences/calendar/close/", preferences.preferences_calendar_close, name="preferences_calendar_close"),
    path("calendar/<str:secret>.ics", preferences.calendar_feed, name="calendar_feed"),
]
