"""Routes of vendors.expectations."""

from django.urls import path

from vendors.expectations import ack_views, draft_views, vendor_views, views

urlpatterns = [
    path("desk/<int:link>/expectations/<int:edition>/", vendor_views.desk_expectations, name="desk_expectations"),
    path(
        "desk/<int:link>/expectations/<int:edition>/acknowledge/",
        vendor_views.desk_acknowledge,
        name="desk_acknowledge",
    ),
    path(
        "desk/<int:link>/expectations/<int:edition>/rules/<slug:rule>/",
        vendor_views.desk_expectation_save,
        name="desk_expectation_save",
    ),
    path("vendors/<int:pk>/expectations/note/", ack_views.expectation_note, name="expectation_note"),
    path("expectations/editions/<int:pk>/send/", ack_views.expectation_edition_send, name="expectation_edition_send"),
    path("expectations/", views.expectations, name="expectations"),
    path("expectations/draft/", draft_views.expectation_draft_add, name="expectation_draft_add"),
    path("expectations/editions/<int:pk>/", views.expectation_edition, name="expectation_edition"),
    path(
        "expectations/editions/<int:pk>/publish/",
        draft_views.expectation_edition_publish,
        name="expectation_edition_publish",
    ),
    path(
        "expectations/editions/<int:pk>/delete/", draft_views.expectation_draft_delete, name="expectation_draft_delete"
    ),
    path("expectations/editions/<int:pk>/add/", draft_views.expectation_add, name="expectation_add"),
    path("expectations/<int:pk>/edit/", draft_views.expectation_edit, name="expectation_edit"),
    path("expectations/<int:pk>/move/", draft_views.expectation_move, name="expectation_move"),
    path("expectations/<int:pk>/remove/", draft_views.expectation_remove, name="expectation_remove"),
]
