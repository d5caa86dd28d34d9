"""Routes of assessments.vendor_commitments."""

from django.urls import path

from assessments.vendor_commitments import desk_views, link_views

urlpatterns = [
    path("vendors/<int:pk>/commitments/links/", link_views.commitment_links, name="commitment_links"),
    path("vendors/<int:pk>/commitments/links/add/", link_views.commitment_link_add, name="commitment_link_add"),
    path("commitment-links/<int:pk>/renew/", link_views.commitment_link_renew, name="commitment_link_renew"),
    path("commitment-links/<int:pk>/extend/", link_views.commitment_link_extend, name="commitment_link_extend"),
    path("commitment-links/<int:pk>/withdraw/", link_views.commitment_link_revoke, name="commitment_link_revoke"),
    path("commitment-links/<int:pk>/tell/", link_views.commitment_link_tell, name="commitment_link_tell"),
    path("commitments-link/<str:token>/", desk_views.vendor_commitments_link, name="vendor_commitments_link"),
    path("vendor-commitments/<int:link>/", desk_views.vendor_commitments, name="vendor_commitments"),
    path("vendor-commitments/<int:link>/all/", desk_views.vendor_commitments_print, name="vendor_commitments_print"),
    path("vendor-commitments/<int:link>/agree/", desk_views.vendor_commitments_agree, name="vendor_commitments_agree"),
    path("vendor-commitments/<int:link>/<int:pk>/", desk_views.vendor_commitment, name="vendor_commitment"),
    path(
        "vendor-commitments/<int:link>/<int:pk>/agree/",
        desk_views.vendor_commitment_agree,
        name="vendor_commitment_agree",
    ),
    path(
        "vendor-commitments/<int:link>/<int:pk>/decline/",
        desk_views.vendor_commitment_decline,
        name="vendor_commitment_decline",
    ),
    path("vendor-commitments/<int:link>/<int:pk>/say/", desk_views.vendor_commitment_say, name="vendor_commitment_say"),
    path(
        "vendor-commitments/<int:link>/files/<int:pk>/",
        desk_views.vendor_commitment_file,
        name="vendor_commitment_file",
    ),
    path(
        "vendor-commitments/<int:link>/files/<int:pk>/delete/",
        desk_views.vendor_commitment_file_delete,
        name="vendor_commitment_file_delete",
    ),
]
