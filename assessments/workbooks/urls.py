"""Routes of assessments.workbooks."""

from django.urls import path

from assessments.workbooks import views

urlpatterns = [
    path("assessments/<int:pk>/workbook/", views.workbook, name="workbook"),
    path("assessments/<int:pk>/workbook/file/", views.workbook_download, name="workbook_download"),
    path("workbooks/<int:pk>/", views.workbook_upload, name="workbook_upload"),
    path("workbooks/<int:pk>/discard/", views.workbook_discard, name="workbook_discard"),
]
