"""Routes of vendors.notices."""

from django.urls import path

from vendors.notices import desk_views, views, write_views

urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/<int:pk>/", views.change_notice, name="change_notice"),
    path("notices/<int:pk>/confirm/", views.notice_confirm, name="notice_confirm"),
    path("notices/<int:pk>/edit/", write_views.notice_edit, name="notice_edit"),
    path("notices/<int:pk>/withdraw/", write_views.notice_withdraw, name="notice_withdraw"),
    path("notices/<int:pk>/outcome/", write_views.notice_outcome, name="notice_outcome"),
    path("vendors/<int:pk>/notices/add/", write_views.notice_add, name="notice_add"),
    path("desk/<int:link>/notices/", desk_views.desk_notices, name="desk_notices"),
    path("desk/<int:link>/notices/add/", desk_views.desk_notice_add, name="desk_notice_add"),
    path("desk/<int:link>/notices/<int:pk>/", desk_views.desk_notice_edit, name="desk_notice_edit"),
    path("desk/<int:link>/notices/<int:pk>/withdraw/", desk_views.desk_notice_withdraw, name="desk_notice_withdraw"),
    path("desk/<int:link>/notices/<int:pk>/outcome/", desk_views.desk_notice_outcome, name="desk_notice_outcome"),
]
