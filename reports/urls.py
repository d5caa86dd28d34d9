"""Routes of reports: each subject has its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("reports.scorecard.urls")),
    path("", include("reports.trends.urls")),
    path("", include("reports.change.urls")),
    path("", include("reports.documents.urls")),
    path("", include("reports.vendor_copy.urls")),
    path("", include("reports.portfolio.urls")),
    path("", include("reports.benchmark.urls")),
    path("", include("reports.exports.urls")),
    path("", include("reports.comparison.urls")),
    path("", include("reports.batches.urls")),
    path("", include("reports.board.urls")),
    path("", include("reports.fact_sheets.urls")),
    path("", include("reports.emergency_sheets.urls")),
    path("", include("reports.verification.urls")),
    path("", include("reports.letters.urls")),
    path("", include("reports.people.urls")),
    path("", include("reports.archives.urls")),
    path("", include("reports.packs.urls")),
]
