"""Routes of the sample data."""

from django.urls import path

from guanxi.packs.sample import views

urlpatterns = [
    path("settings/start/samples/load/", views.load, name="sample.load"),
    path("settings/start/samples/remove/", views.remove, name="sample.remove"),
]
