"""Routes of accounts.webhooks."""

from django.urls import path

from accounts.webhooks import views

urlpatterns = [
    path("organisation/webhooks/", views.webhook_list, name="webhook_list"),
    path("organisation/webhooks/add/", views.webhook_add, name="webhook_add"),
    path("organisation/webhooks/<int:pk>/", views.webhook_detail, name="webhook_detail"),
    path("organisation/webhooks/<int:pk>/edit/", views.webhook_edit, name="webhook_edit"),
    path("organisation/webhooks/<int:pk>/pause/", views.webhook_pause, name="webhook_pause"),
    path("organisation/webhooks/<int:pk>/resume/", views.webhook_resume, name="webhook_resume"),
    path("organisation/webhooks/<int:pk>/test/", views.webhook_test, name="webhook_test"),
    path("organisation/webhooks/<int:pk>/secret/", views.webhook_secret, name="webhook_secret"),
    path("organisation/webhooks/<int:pk>/delete/", views.webhook_delete, name="webhook_delete"),
    path("organisation/webhooks/<int:pk>/again/", views.webhook_again, name="webhook_again"),
    path("organisation/webhooks/deliveries/<int:pk>/", views.webhook_delivery, name="webhook_delivery"),
    path(
        "organisation/webhooks/deliveries/<int:pk>/again/", views.webhook_delivery_again, name="webhook_delivery_again"
    ),
]
