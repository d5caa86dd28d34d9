"""Routes of vendors.desk. What other subjects put behind the link begins with `desk/<int:link>/` too: the path of its
cookie."""

from django.urls import path

from vendors.desk import desk_views, link_views

urlpatterns = [
    path("vendors/<int:pk>/desk/", link_views.desk_links, name="desk_links"),
    path("vendors/<int:pk>/desk/add/", link_views.desk_link_add, name="desk_link_add"),
    path("desk-links/<int:pk>/renew/", link_views.desk_link_renew, name="desk_link_renew"),
    path("desk-links/<int:pk>/extend/", link_views.desk_link_extend, name="desk_link_extend"),
    path("desk-links/<int:pk>/withdraw/", link_views.desk_link_revoke, name="desk_link_revoke"),
    path("desk-links/<int:pk>/tell/", link_views.desk_link_tell, name="desk_link_tell"),
    path("desk-link/<str:token>/", desk_views.desk_link, name="desk_link"),
    path("desk/<int:link>/", desk_views.desk_home, name="desk_home"),
]
