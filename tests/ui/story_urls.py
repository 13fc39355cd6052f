"""The story pages where they name themselves: under /ui/."""

from django.urls import include, path

urlpatterns = [path("ui/", include("guanxi.ui.urls"))]
