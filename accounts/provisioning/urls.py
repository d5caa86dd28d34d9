from django.urls import path

from accounts.provisioning import views

app_name = "scim"
urlpatterns = [
    path("Users", views.users, name="users"),
    path("Users/<str:uuid>", views.user, name="user"),
    path("Groups", views.groups, name="groups"),
    path("Groups/<str:uuid>", views.group, name="group"),
    path("ServiceProviderConfig", views.config, name="config"),
    path("Schemas", views.schemas, name="schemas"),
    path("Schemas/<str:key>", views.schema, name="schema"),
    path("ResourceTypes", views.resource_types, name="resource_types"),
    path("ResourceTypes/<str:key>", views.resource_type, name="resource_type"),
    path("<path:path>", views.nothing, name="nothing"),
    path("", views.nothing, name="nothing"),
]
