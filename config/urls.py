"""Every route; each has its row in `accounts/access.py`."""

from django.contrib import admin
from django.urls import include, path

from config import views

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler500 = "config.views.server_error"

urlpatterns = [
    path("", views.home, name="home"),
    path("my-work/", views.work, name="work"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("favicon.svg", views.favicon, name="favicon"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.theme_set, name="theme_set"),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("manifesto.urls")),
    path("", include("vendors.urls")),
    path("", include("assessments.urls")),
    path("", include("reports.urls")),
]
