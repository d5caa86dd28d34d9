"""Routes of vendors.voice."""

from django.urls import path

from vendors.voice import feedback_views, pulse_views, quadrant_views

urlpatterns = [
    path("quadrant/", quadrant_views.quadrant, name="quadrant"),
    path("vendors/<int:pk>/quadrant/", quadrant_views.vendor_quadrant, name="vendor_quadrant"),
    path("feedback/", feedback_views.feedback_list, name="feedback_list"),
    path("feedback/add/", feedback_views.feedback_add, name="feedback_add"),
    path("feedback/export/", feedback_views.feedback_export, name="feedback_export"),
    path("feedback/<int:pk>/", feedback_views.feedback_detail, name="feedback_detail"),
    path("feedback/<int:pk>/edit/", feedback_views.feedback_edit, name="feedback_edit"),
    path("feedback/<int:pk>/delete/", feedback_views.feedback_delete, name="feedback_delete"),
    path("feedback/files/<int:pk>/", feedback_views.feedback_file_download, name="feedback_file_download"),
    path("feedback/files/<int:pk>/delete/", feedback_views.feedback_file_delete, name="feedback_file_delete"),
    path("incidents/<int:pk>/pulse/", pulse_views.pulse_ask, name="pulse_ask"),
    path("pulses/<int:pk>/revoke/", pulse_views.pulse_revoke, name="pulse_revoke"),
    path("pulses/<int:pk>/renew/", pulse_views.pulse_renew, name="pulse_renew"),
    path("pulse/<str:token>/", pulse_views.pulse_answer, name="pulse_answer"),
]
