"""Routes of assessments.consensus."""

from django.urls import path

from assessments.consensus import views

urlpatterns = [
    path("assessments/<int:pk>/consensus/", views.assessment_consensus, name="assessment_consensus"),
    path("assessments/<int:pk>/consensus/<slug:question>/", views.consensus_agree, name="consensus_agree"),
    path("assessments/<int:pk>/consensus/<slug:question>/undo/", views.consensus_undo, name="consensus_undo"),
    path("assessments/<int:pk>/meeting/", views.consensus_meeting, name="consensus_meeting"),
]
