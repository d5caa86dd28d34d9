"""Routes of vendors.contracts."""

from django.urls import path

from vendors.contracts import contract_views, decision_views, paper_views

urlpatterns = [
    path("decisions/", decision_views.contract_list, name="contract_list"),
    path("vendors/<int:pk>/contracts/add/", contract_views.contract_add, name="contract_add"),
    path("contracts/<int:pk>/", contract_views.contract_detail, name="contract_detail"),
    path("contracts/<int:pk>/edit/", contract_views.contract_edit, name="contract_edit"),
    path("contracts/<int:pk>/decide/", contract_views.contract_decide, name="contract_decide"),
    path("contracts/<int:pk>/end/", contract_views.contract_end, name="contract_end"),
    path("contracts/<int:pk>/delete/", contract_views.contract_delete, name="contract_delete"),
    path("contracts/files/<int:pk>/", paper_views.contract_file_download, name="contract_file_download"),
    path("contracts/files/<int:pk>/delete/", paper_views.contract_file_delete, name="contract_file_delete"),
    path("vendors/<int:pk>/papers/add/", paper_views.paper_add, name="paper_add"),
    path("papers/<int:pk>/edit/", paper_views.paper_edit, name="paper_edit"),
    path("papers/<int:pk>/replace/", paper_views.paper_replace, name="paper_replace"),
    path("papers/<int:pk>/delete/", paper_views.paper_delete, name="paper_delete"),
]
