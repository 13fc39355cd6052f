"""Routes of sign-in, set-up and settings."""

from django.urls import include, path

from guanxi.identity import setup_views

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("setup/<str:token>/", setup_views.show_setup, name="setup"),
]
