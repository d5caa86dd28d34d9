"""Routes of vendors: each subject has its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("vendors.voice.urls")),
    path("", include("vendors.measures.urls")),
    path("", include("vendors.register.urls")),
    path("", include("vendors.desk.urls")),
    path("", include("vendors.proofs.urls")),
    path("", include("vendors.service_hours.urls")),
    path("", include("vendors.contracts.urls")),
    path("", include("vendors.emergencies.urls")),
    path("", include("vendors.timeline.urls")),
    path("", include("vendors.expectations.urls")),
    path("", include("vendors.incidents.urls")),
    path("", include("vendors.rehearsals.urls")),
    path("", include("vendors.notices.urls")),
    path("", include("vendors.care.urls")),
    path("", include("vendors.vendor_import.urls")),
    path("", include("vendors.incident_import.urls")),
]
