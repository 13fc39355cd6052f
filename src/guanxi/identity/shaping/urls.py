"""Where administrators shape records."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
