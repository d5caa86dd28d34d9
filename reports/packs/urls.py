"""Routes of reports.packs."""

from django.urls import path

from reports.packs import views

urlpatterns = [
    path("assessments/<int:pk>/pack/", views.pack, name="pack"),
    path("assessments/<int:pk>/pack/<slug:language>/", views.pack_docx, name="pack_docx"),
    path("assessments/<int:pk>/blank/", views.pack_blank, name="pack_blank"),
    path("assessments/<int:pk>/blank/<slug:language>/", views.pack_blank_docx, name="pack_blank_docx"),
]
