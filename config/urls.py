"""Every route; each has its row in `accounts/access.py`."""

from django.contrib import admin
from django.urls import include, path

from config import help_views, views
from config.api import api

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("my-work/", views.work, name="work"),
    path("first-steps/", views.first_steps, name="first_steps"),
    path("first-steps/put-away/", views.first_steps_put_away, name="first_steps_put_away"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("favicon.svg", views.favicon, name="favicon"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.theme_set, name="theme_set"),
    path("api/v1/", api.urls),
    path("scim/v2/", include("accounts.provisioning.urls")),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("manifesto.urls")),
    path("", include("vendors.urls")),
    path("", include("assessments.urls")),
    path("", include("reports.urls")),
    path("", include("config.reference.urls")),
    path("", include("config.knowhow.urls")),
    path("help/", help_views.help_index, name="help_index"),
    path("help/<slug:topic>/", help_views.help_topic, name="help_topic"),  # after those that subjects bring
]
