"""Routes of assessments: each subject has its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("assessments.approval.urls")),
    path("", include("assessments.hub.urls")),
    path("", include("assessments.questionnaire.urls")),
    path("", include("assessments.workbooks.urls")),
    path("", include("assessments.vendor_side.urls")),
    path("", include("assessments.vendor_commitments.urls")),
    path("", include("assessments.raters.urls")),
    path("", include("assessments.consensus.urls")),
    path("", include("assessments.commitments.urls")),
    path("", include("assessments.schedule.urls")),
]
