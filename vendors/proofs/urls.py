"""Routes of vendors.proofs. What a vendor opens begins with `desk/<int:link>/`: the path of its cookie."""

from django.urls import path

from vendors.proofs import desk_views

urlpatterns = [
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
