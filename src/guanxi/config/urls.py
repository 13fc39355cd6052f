"""All routes: generated ones of every record type, then those that features write by hand."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
