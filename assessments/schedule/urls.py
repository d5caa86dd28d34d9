"""Routes of assessments.schedule."""

from django.urls import path

from assessments.schedule import views

urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/calendar/", views.preferences_calendar, name="preferences_calendar"),
    path("preferences/calendar/close/", views.preferences_calendar_close, name="preferences_calendar_close"),
    path("calendar/<str:secret>.ics", views.calendar_feed, name="calendar_feed"),
    path("commitments/<int:pk>/due.ics", views.commitment_calendar, name="commitment_calendar"),
    path("proofs/<int:pk>/due.ics", views.proof_calendar, name="proof_calendar"),
    path("contracts/<int:pk>/decide.ics", views.contract_calendar, name="contract_calendar"),
    path("services/<int:pk>/emergency/check.ics", views.emergency_calendar, name="emergency_calendar"),
]
