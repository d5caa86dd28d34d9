"""The page of the directory, for administrators."""

from django.urls import path

from accounts.provisioning import pages

urlpatterns = [
    path("organisation/directory/", pages.directory, name="directory"),
    path("organisation/directory/groups/<int:pk>/", pages.directory_group, name="directory_group"),
]
