"""Routes of vendors.proofs."""

from django.urls import path

from vendors.proofs import step_views, views

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
]
