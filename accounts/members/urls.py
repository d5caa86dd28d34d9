"""Routes of accounts.members."""

from django.urls import path

from accounts.members import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/role/", views.role_put_away, name="role_put_away"),
    path("organisation/switch/", views.organisation_switch, name="organisation_switch"),
    path("organisation/settings/", views.organisation_edit, name="organisation_edit"),
    path("organisation/", views.member_list, name="member_list"),
    path("organisation/members/invite/", views.member_invite, name="member_invite"),
    path("organisation/members/<int:pk>/", views.member_edit, name="member_edit"),
    path("organisation/invitations/<int:pk>/resend/", views.invitation_resend, name="invitation_resend"),
    path("organisation/invitations/<int:pk>/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("organisation/departments/add/", views.department_add, name="department_add"),
    path("organisation/departments/<int:pk>/", views.department_edit, name="department_edit"),
    path("organisation/departments/<int:pk>/delete/", views.department_delete, name="department_delete"),
    path("invitation/<str:token>/", views.invitation_accept, name="invitation_accept"),
]
