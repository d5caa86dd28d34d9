"""Routes of vendors.proofs. What a vendor opens begins with `desk/<int:link>/`: the path of its cookie."""

from django.urls import path

from vendors.proofs import desk_views, step_views, views

urlpatterns = [
    path("proofs/", views.proof_list, name="proof_list"),
    path("proofs/<int:pk>/", views.proof_detail, name="proof_detail"),
    path("proofs/<int:pk>/people/", views.proof_assign, name="proof_assign"),
    path("proofs/<int:pk>/more-time/", step_views.proof_extend, name="proof_extend"),
    path("proofs/<int:pk>/hand-in/", step_views.proof_hand_in, name="proof_hand_in"),
    path("proofs/<int:pk>/accept/", step_views.proof_accept, name="proof_accept"),
    path("proofs/<int:pk>/return/", step_views.proof_return, name="proof_return"),
    path("proofs/<int:pk>/waive/", step_views.proof_waive, name="proof_waive"),
    path("proof-files/<int:pk>/", views.proof_file, name="proof_file"),
    path("incidents/<int:pk>/proof/", views.proof_ask, name="proof_ask"),
    path("desk/<int:link>/proofs/<int:pk>/", desk_views.vendor_proof, name="vendor_proof"),
    path("desk/<int:link>/proofs/<int:pk>/hand-in/", desk_views.vendor_proof_hand_in, name="vendor_proof_hand_in"),
    path("desk/<int:link>/proofs/<int:pk>/files/", desk_views.vendor_proof_file_add, name="vendor_proof_file_add"),
    path("desk/<int:link>/proofs/<int:pk>/save/<slug:part>/", desk_views.vendor_proof_save, name="vendor_proof_save"),
    path("desk/<int:link>/proof-files/<int:pk>/", desk_views.vendor_proof_file, name="vendor_proof_file"),
    path(
        "desk/<int:link>/proof-files/<int:pk>/delete/",
        desk_views.vendor_proof_file_delete,
        name="vendor_proof_file_delete",
    ),
]
