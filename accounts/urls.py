"""Routes of accounts: each subject has its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.founding.urls")),
    path("", include("accounts.choices.urls")),
    path("", include("accounts.members.urls")),
    path("", include("accounts.single_sign_on.urls")),
    path("", include("accounts.provisioning.page_urls")),
    path("", include("accounts.tokens.urls")),
    path("", include("accounts.trail.urls")),
    path("", include("accounts.webhooks.urls")),
]
