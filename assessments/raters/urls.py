"""Routes of assessments.raters."""

from django.urls import path

from assessments.raters import views

urlpatterns = [
    path("assessments/<int:pk>/raters/", views.assessment_raters, name="assessment_raters"),
    path("assessments/<int:pk>/raters/invite/", views.rater_invite, name="rater_invite"),
    path("assessments/<int:pk>/raters/join/", views.rater_join, name="rater_join"),
    path("assessments/<int:pk>/raters/leave/", views.rater_leave, name="rater_leave"),
    path("raters/<int:pk>/edit/", views.rater_edit, name="rater_edit"),
    path("raters/<int:pk>/withdraw/", views.rater_withdraw, name="rater_withdraw"),
    path("raters/<int:pk>/ask-again/", views.rater_ask_again, name="rater_ask_again"),
    path("raters/<int:pk>/remind/", views.rater_remind, name="rater_remind"),
]
