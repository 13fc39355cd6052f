"""The story pages where they name themselves: under /ui/."""

from django.urls import include, path

from guanxi.ui.speculation import PATH, show_rules

urlpatterns = [path("ui/", include("guanxi.ui.urls")), path(PATH, show_rules)]
