"""Routes of vendors.rehearsals."""

from django.urls import path

from vendors.rehearsals import held_views, plan_views, views

urlpatterns = [
    path("rehearsals/", views.rehearsal_list, name="rehearsal_list"),
    path("rehearsals/since/", held_views.rehearsal_since, name="rehearsal_since"),
    path("vendors/<int:pk>/rehearsals/add/", plan_views.rehearsal_add, name="rehearsal_add"),
    path("vendors/<int:pk>/rehearsals/note/", held_views.rehearsal_note, name="rehearsal_note"),
    path("rehearsals/<int:pk>/", views.rehearsal_detail, name="rehearsal_detail"),
    path("rehearsals/<int:pk>/edit/", plan_views.rehearsal_edit, name="rehearsal_edit"),
    path("rehearsals/<int:pk>/invite/", plan_views.rehearsal_invite, name="rehearsal_invite"),
    path("rehearsals/<int:pk>/hold/", held_views.rehearsal_hold, name="rehearsal_hold"),
    path("rehearsals/<int:pk>/call-off/", plan_views.rehearsal_call_off, name="rehearsal_call_off"),
    path("rehearsals/<int:pk>/calendar/", views.rehearsal_calendar, name="rehearsal_calendar"),
]
