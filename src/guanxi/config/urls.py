"""All routes: generated ones of every record type, then those that features write by hand."""

from django.urls import include, path

from guanxi.records.api.urls import api_urls

urlpatterns = [
    path("api/v1/", include(api_urls())),
    path("account/", include("allauth.urls")),
]
