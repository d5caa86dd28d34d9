"""Routes of accounts.tokens."""

from django.urls import path

from accounts.tokens import views

urlpatterns = [
    path("profile/tokens/", views.token_list, name="token_list"),
    path("profile/tokens/add/", views.token_add, name="token_add"),
    path("profile/tokens/<int:pk>/withdraw/", views.token_revoke, name="token_revoke"),
    path("organisation/api/", views.api_access, name="api_access"),
    path("organisation/api/tokens/<int:pk>/withdraw/", views.api_access_revoke, name="api_access_revoke"),
    path("organisation/api/connect/", views.connected_add, name="connected_add"),
    path("organisation/api/<int:pk>/token/", views.connected_token, name="connected_token"),
    path("organisation/api/<int:pk>/take-over/", views.connected_take_over, name="connected_take_over"),
    path("organisation/api/<int:pk>/end/", views.connected_end, name="connected_end"),
]
