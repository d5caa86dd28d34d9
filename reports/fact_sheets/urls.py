"""Routes of reports.fact_sheets."""

from django.urls import path

from reports.fact_sheets import expectations_by_link, proof_by_link, views

urlpatterns = [
    path("sheets/", views.fact_sheet_request, name="fact_sheet_request"),
    path("sheets/<int:pk>/", views.fact_sheet_status, name="fact_sheet_status"),
    path("sheets/<int:pk>/download/", views.fact_sheet_download, name="fact_sheet_download"),
    path(
        "desk/<int:link>/expectations/<int:edition>/document/",
        expectations_by_link.desk_expectations_document,
        name="desk_expectations_document",
    ),
    path(
        "desk/<int:link>/expectations/<int:edition>/document/<slug:language>.pdf",
        expectations_by_link.desk_expectations_download,
        name="desk_expectations_download",
    ),
    path(
        "desk/<int:link>/proofs/<int:pk>/document/", proof_by_link.vendor_proof_document, name="vendor_proof_document"
    ),
    path(
        "desk/<int:link>/proofs/<int:pk>/document/<slug:language>.pdf",
        proof_by_link.vendor_proof_download,
        name="vendor_proof_download",
    ),
]
