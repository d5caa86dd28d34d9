"""Routes of reports.letters."""

from django.urls import path

from reports.letters import settings_views, views

OWN = "organisation/letters/<slug:letter>/<slug:language>/"

urlpatterns = [
    path("vendors/<int:pk>/letters/", views.vendor_letters, name="vendor_letters"),
    path("assessments/<int:pk>/letters/<slug:letter>/", views.assessment_letter, name="assessment_letter"),
    path("proofs/<int:pk>/letter/", views.proof_letter, name="proof_letter"),
    path("letters/<int:pk>/", views.letter_detail, name="letter_detail"),
    path("letters/<int:pk>/letter.docx", views.letter_docx, name="letter_docx"),
    path("organisation/letterhead/", settings_views.letterhead_edit, name="letterhead_edit"),
    path("organisation/letters/", settings_views.letter_templates, name="letter_templates"),
    path(OWN, settings_views.letter_template, name="letter_template"),
    path(f"{OWN}ours.docx", settings_views.letter_template_starter, name="letter_template_starter"),
    path(
        "organisation/own-letters/<int:pk>/letter.docx",
        settings_views.letter_template_file,
        name="letter_template_file",
    ),
    path(
        "organisation/own-letters/<int:pk>/example.docx",
        settings_views.letter_template_preview,
        name="letter_template_preview",
    ),
    path("organisation/own-letters/<int:pk>/use/", settings_views.letter_template_use, name="letter_template_use"),
    path(f"{OWN}remove/", settings_views.letter_template_remove, name="letter_template_remove"),
]
