from django.urls import path

from reports.portfolio import views

urlpatterns = [
    path("portfolio/", views.portfolio, name="portfolio"),
    path("portfolio/file/", views.portfolio_export, name="portfolio_export"),
    path("portfolio/power/", views.power_map, name="power_map"),
]
