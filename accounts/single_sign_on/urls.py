"""Routes of accounts.single_sign_on."""

from django.urls import path

from accounts.single_sign_on import entrance, views

urlpatterns = [
    path("organisation/sign-in/", views.own_sign_in, name="own_sign_in"),
    path("organisation/sign-in/provider/", views.own_sign_in_edit, name="own_sign_in_edit"),
    path("organisation/sign-in/try/", views.own_sign_in_try, name="own_sign_in_try"),
    path("organisation/sign-in/change/", views.own_sign_in_change, name="own_sign_in_change"),
    path("organisation/sign-in/only-way-in/", views.own_sign_in_force, name="own_sign_in_force"),
    path("organisation/sign-in/emergency/<int:pk>/", views.own_sign_in_way, name="own_sign_in_way"),
    path("organisation/sign-in/domains/add/", views.own_sign_in_domain_add, name="own_sign_in_domain_add"),
    path(
        "organisation/sign-in/domains/<int:pk>/remove/",
        views.own_sign_in_domain_remove,
        name="own_sign_in_domain_remove",
    ),
    path("sign-in/", entrance.sign_in_organisation, name="sign_in_organisation"),
    path("sign-in/out/", entrance.signed_out, name="signed_out"),
    path("sign-in/<uuid:provider>/", entrance.sign_in_at, name="sign_in_at"),
    path("sign-in/<uuid:provider>/callback/", entrance.sign_in_callback, name="sign_in_callback"),
    path("sign-in/<uuid:provider>/saml/", entrance.sign_in_saml, name="sign_in_saml"),
    path("sign-in/<uuid:provider>/saml/finish/", entrance.sign_in_saml_finish, name="sign_in_saml_finish"),
    path("sign-in/<uuid:provider>/saml/metadata/", entrance.sign_in_metadata, name="sign_in_metadata"),
    path("sign-in/<uuid:provider>/saml/sign-out/", entrance.sign_in_sign_out, name="sign_in_sign_out"),
]
